//! A server that sends the same response to each request: [`Stub`].

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// A server on this machine. It runs as long as the process.
#[derive(Debug)]
pub struct Stub {
    port: u16,
}

impl Stub {
    /// Starts a server that sends an empty response with a status.
    ///
    /// # Errors
    /// Where the system has no port for it.
    pub fn start(status: u16) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let response = format!(
            "HTTP/1.1 {status} of the stub\r\ncontent-type: application/x-amz-json-1.0\r\n\
             content-length: 2\r\n\r\n{{}}"
        );
        let response: Arc<str> = response.into();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let response = Arc::clone(&response);
                thread::spawn(move || while serve(&stream, &response).is_ok() {});
            }
        });
        Ok(Self { port })
    }

    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// Returns the address of a port on which nothing listens.
///
/// # Errors
/// Where the system has no port.
pub fn closed_port() -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    Ok(format!("http://{}", listener.local_addr()?))
}

/// Serves a request.
fn serve(mut stream: &TcpStream, response: &str) -> io::Result<()> {
    // It reads no further than a request: the client waits for the response.
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let line = line.trim_end().to_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
        if line.is_empty() {
            break;
        }
    }
    io::copy(&mut reader.take(length), &mut io::sink())?;
    stream.write_all(response.as_bytes())
}
