//! A web service that logs JSON lines, keeps an access log in a rotating file, and changes levels
//! by requests:
//!
//! ```sh
//! cargo run -- 127.0.0.1:8080 access.log 1000000
//! curl -H 'x-request-id: r-17' http://127.0.0.1:8080/orders/7
//! curl -X PUT -d DEBUG http://127.0.0.1:8080/levels/web_service.orders
//! ```

mod levels;
mod logging;
mod orders;
mod payments;
mod requests;

use std::error::Error;
use std::{env, path::Path};

use axum::Router;
use axum::routing::{get, put};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let [address, access_log, max_bytes] = &arguments[..] else {
        return Err("expected an address, a file for the access log, and its size".into());
    };
    logging::set_up(Path::new(access_log), max_bytes.parse()?)?;

    let service = Router::new()
        .route("/orders/{id}", get(orders::show))
        .route("/payments/{id}", get(payments::show))
        .route("/levels/{logger}", put(levels::change))
        .layer(requests::layer());
    let listener = TcpListener::bind(address).await?;
    tracing::info!(address = %listener.local_addr()?, "listens");
    axum::serve(listener, service).await?;
    Ok(())
}
