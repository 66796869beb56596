//! Records sent to a web server, which this program starts itself: in batches, as lines of JSON.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::thread;

use logtree::handler::{HttpBody, HttpHandler};
use logtree::{Level, get_logger};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}/logs", listener.local_addr()?);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = stream.and_then(serve);
        }
    });

    let handler = HttpHandler::builder(url)
        .body(HttpBody::NdJson)
        .credentials("shop", "not shown in any error")
        // Records wait for others to go with them.
        .linger(std::time::Duration::from_secs(1))
        .start()?;
    let logger = get_logger("shop");
    logger.set_level(Level::INFO);
    logger.add_handler(handler.clone());

    logtree::info!(logger, "open");
    logtree::warn!(logger, left = 3, article = "tea"; "running out");
    // Both are with the server when it returns.
    handler.flush()?;
    println!("sent: {}", handler.counters().written());
    Ok(())
}

/// Prints the records of one request, without their times, and takes them.
fn serve(mut stream: std::net::TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut length = 0;
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    for record in String::from_utf8_lossy(&body).lines() {
        let (_, rest) = record.split_once(',').unwrap_or_default();
        println!("received: {rest}");
    }
    stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
}
