//! Records sent to another program as Python's `SocketHandler` does, and taken into a tree there;
//! here both are in one process, with a registry each.

use logtree::delivery::SocketReceiver;
use logtree::handler::{SocketHandler, StreamHandler};
use logtree::{Formatter, Level, Registry};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The program that receives: its levels and handlers decide.
    let there = Registry::new();
    let output = StreamHandler::new(std::io::stdout());
    output.set_formatter(Formatter::new(
        "%(levelname)s %(name)s: %(message)s [%(filename)s]",
    )?);
    there.root().add_handler(output);
    there.get_logger("shop.cart").set_level(Level::DEBUG);
    let receiver = SocketReceiver::builder("127.0.0.1:0")
        .registry(&there)
        .start()?;

    // The program that sends.
    let here = Registry::new();
    here.root().set_level(Level::DEBUG);
    here.root()
        .add_handler(SocketHandler::new(receiver.address())?);
    logtree::debug!(here.get_logger("shop.cart"), article = "tea"; "added");
    logtree::info!(here.get_logger("shop"), "hidden there");
    logtree::error!(here.get_logger("shop"), "out of stock");

    while receiver.received() < 3 {
        std::thread::yield_now();
    }
    println!(
        "received: {}, refused: {}",
        receiver.received(),
        receiver.refused()
    );
    Ok(())
}
