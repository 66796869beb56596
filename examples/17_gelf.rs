//! Records sent to Graylog as GELF over TCP; here to a stub, which this program starts itself.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::thread;

use logtree::handler::GelfHandler;
use logtree::{Level, get_logger};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = format!("tcp:{}", listener.local_addr()?);
    let receiver = thread::spawn(move || -> std::io::Result<()> {
        let (stream, _) = listener.accept()?;
        // Each message ends with a NUL.
        for message in BufReader::new(stream).split(0).take(2) {
            let message = String::from_utf8_lossy(&message?).into_owned();
            for field in message.trim_matches(['{', '}']).split(',') {
                if !field.contains("timestamp") && !field.contains("_thread") {
                    println!("{field}");
                }
            }
        }
        Ok(())
    });

    let handler = GelfHandler::builder(address).host("web1").start()?;
    let logger = get_logger("shop");
    logger.set_level(Level::INFO);
    logger.add_handler(handler.clone());

    logtree::info!(logger, "open");
    logtree::error!(logger, left = 0, article = "tea"; "out of stock");
    handler.flush()?;
    receiver.join().map_err(|_| "the receiver panicked")??;
    println!("sent: {}", handler.counters().written());
    Ok(())
}
