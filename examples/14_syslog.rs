//! Syslog over TCP. The receiver is a thread of this program:
//! `cargo run --example 14_syslog --features syslog`.

use std::error::Error;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::thread;

use logtree::get_logger;
use logtree::handler::{SysLogFacility, SysLogHandler};

fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = format!("tcp:{}", listener.local_addr()?);
    let receiver = thread::spawn(move || receive(&listener));

    // The daemon of the machine would be `SysLogHandler::local()`.
    let handler = SysLogHandler::builder(address)
        .facility(SysLogFacility::Daemon)
        .app_name("shop")
        .host("example")
        .start()?;
    let logger = get_logger("shop.orders");
    logger.add_handler(handler.clone());
    logtree::warn!(logger, order = 17, user = "ann"; "payment is slow");
    logtree::error!(logger, event_type = "payment_failed"; "no connection:\ntry later");
    // Waits until both are sent.
    handler.close()?;

    for message in receiver.join().expect("the receiver does not panic")? {
        // Without what differs from run to run: time and process.
        let fields: Vec<_> = message.splitn(7, ' ').collect();
        let [priority, _, host, app, _, kind, rest] = fields[..] else {
            return Err("not a message of RFC 5424".into());
        };
        println!("{priority} {host} {app} {kind} {rest}");
    }
    Ok(())
}

/// Reads messages with their length in front, until the end of the connection.
fn receive(listener: &TcpListener) -> Result<Vec<String>, std::io::Error> {
    let mut reader = BufReader::new(listener.accept()?.0);
    let mut messages = Vec::new();
    loop {
        let mut digits = Vec::new();
        reader.read_until(b' ', &mut digits)?;
        let Ok(length) = String::from_utf8_lossy(&digits).trim().parse() else {
            return Ok(messages);
        };
        let mut message = vec![0; length];
        reader.read_exact(&mut message)?;
        messages.push(String::from_utf8_lossy(&message).into_owned());
    }
}
