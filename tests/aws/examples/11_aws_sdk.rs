//! Verbosity for each service of the AWS SDK, changed while its clients are in use. It needs no AWS
//! and no network:
//!
//! ```sh
//! cargo run --example 11_aws_sdk
//! ```

use std::error::Error;

use logtree::handler::StreamHandler;
use logtree::{Formatter, Level, get_logger};
use logtree_aws::{Clients, Stub};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let line = "  %(rpc.service)s.%(rpc.method)s %(levelname)s %(name)s: %(message).60s";
    let handler = StreamHandler::stdout().with_formatter(Formatter::new(line)?);
    get_logger("").add_handler(handler);
    logtree::tracing::install()?;
    let clients = Clients::new(&Stub::start(200)?.url());

    println!(
        "As it is: {} calls succeed, and nothing is logged.",
        clients.both().await
    );

    println!("S3 at DEBUG: its calls as a whole, whichever crate logs.");
    get_logger("aws_sdk_s3").set_level(Level::DEBUG);
    clients.both().await;

    println!("DynamoDB instead.");
    get_logger("aws_sdk_s3").set_level(Level::NOTSET);
    get_logger("aws_sdk_dynamodb").set_level(Level::DEBUG);
    clients.both().await;

    println!("The retries of all services, but for DynamoDB.");
    get_logger("aws_sdk_dynamodb").set_level(Level::OFF);
    get_logger("aws_smithy_runtime.client.retries").set_level(Level::DEBUG);
    clients.both().await;
    Ok(())
}
