//! Records sent to a collector of OpenTelemetry; here a stub, which this program starts itself.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::thread;

use logtree::handler::OtlpHandler;
use logtree::{Level, get_logger};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let endpoint = format!("http://{}/v1/logs", listener.local_addr()?);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = stream.and_then(serve);
        }
    });

    // Without `endpoint`, as the environment says: OTEL_EXPORTER_OTLP_ENDPOINT and others.
    let handler = OtlpHandler::builder()
        .endpoint(endpoint)
        .resource("service.name", "shop")
        .start()?;
    let logger = get_logger("shop.orders");
    logger.set_level(Level::INFO);
    logger.add_handler(handler.clone());

    let trace_id = "0af7651916cd43dd8448eb211c80319c";
    logtree::info!(logger, trace_id, span_id = "b7ad6b7169203331", order = 7; "placed");
    // It is with the collector when it returns.
    handler.flush()?;
    println!("sent: {}", handler.counters().written());
    Ok(())
}

/// Takes a request, and prints what of it can be read without a decoder.
fn serve(mut stream: std::net::TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut length = 0;
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        let header = line.to_ascii_lowercase();
        if header.starts_with("post") || header.starts_with("content-type") {
            println!("received: {}", line.trim());
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let text = String::from_utf8_lossy(&body);
    for word in ["service.name", "shop.orders", "INFO", "placed", "order"] {
        println!("{word}: {}", text.contains(word));
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}
