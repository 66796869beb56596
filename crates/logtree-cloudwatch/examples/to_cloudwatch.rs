//! Sends each line of standard input to a log group: `to_cloudwatch GROUP STREAM [ROLE]`.
//!
//! Credentials, region and endpoint come from the environment, as for every AWS program; a role, by
//! its ARN, is assumed with them.

use std::io;

use logtree::handler::CloudWatchHandler;
use logtree::{Level, get_logger};
use logtree_cloudwatch::CloudWatch;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(group), Some(stream)) = (arguments.next(), arguments.next()) else {
        return Err("usage: to_cloudwatch GROUP STREAM [ROLE]".into());
    };
    let mut loader = CloudWatch::loader();
    if let Some(role) = arguments.next() {
        loader = loader.role_arn(role);
    }
    let client = loader.blocking_load()?;
    let handler = CloudWatchHandler::builder(client, group)
        .stream(stream)
        .retention_days(7)
        .start()?;
    // Everything, of the SDK as well: what it logs while it sends does not come back.
    let root = get_logger("");
    root.set_level(Level::TRACE);
    root.add_handler(handler.clone());
    logtree::install()?;
    for (number, line) in io::stdin().lines().enumerate() {
        logtree::info!(get_logger("lines"), number; "{}", line?);
    }
    handler.flush()?;
    println!("sent {}", handler.counters().written());
    Ok(())
}
