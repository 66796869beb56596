//! A client of a local server that logs like the AWS SDK for Go:
//!
//! ```text
//! SDK_LOG_MODE='LogRetries|LogRequest|LogResponse' \
//!     cargo run --features tower --example 09_client
//! ```

use std::future::{Ready, ready};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::task::{Context, Poll, Waker};
use std::{pin, process, thread};

use logtree::client::{ClientLogMode, ClientLogger, CountAttempts, LogLayer};
use logtree::{Level, set_stream_logger};
use tower::retry::{Policy, RetryLayer};
use tower::{Service, ServiceBuilder, service_fn};

type Request = http::Request<String>;
type Response = http::Response<String>;

fn main() {
    let mode = ClientLogMode::from_env().unwrap_or_else(|error| {
        eprintln!("{error}");
        process::exit(2);
    });
    // The client logs on loggers of its own, which are configured like all others.
    set_stream_logger("botocore.client.S3", Level::DEBUG);
    let client = ClientLogger::for_service("S3");
    client.set_mode(mode.unwrap_or(ClientLogMode::RETRIES));

    let address = serve();
    let show = |body: &String| Some(body.as_bytes().to_vec());
    let mut service = ServiceBuilder::new()
        .layer(CountAttempts::new())
        .layer(RetryLayer::new(Thrice(3)))
        .layer(LogLayer::new(client, "S3", "PutObject").with_body(show))
        .service(service_fn(move |request| ready(send(address, &request))));

    let request = http::Request::put("http://localhost/photos/a.jpg")
        .header("authorization", "Bearer not-to-be-seen")
        .body("content".to_owned())
        .expect("a valid request");
    let response = block_on(service.call(request)).expect("a response");
    println!("{}: {}", response.status(), response.body());
}

/// Retries while the server is too busy.
#[derive(Clone)]
struct Thrice(usize);

impl Policy<Request, Response, io::Error> for Thrice {
    type Future = Ready<()>;

    fn retry(&mut self, _: &mut Request, result: &mut io::Result<Response>) -> Option<Ready<()>> {
        let is_busy = matches!(result, Ok(response) if response.status().is_server_error());
        self.0 -= 1;
        (is_busy && self.0 > 0).then(|| ready(()))
    }

    fn clone_request(&mut self, request: &Request) -> Option<Request> {
        Some(request.clone())
    }
}

/// Sends a request over a new connection.
fn send(address: SocketAddr, request: &Request) -> io::Result<Response> {
    let (path, body) = (request.uri().path(), request.body());
    let length = body.len();
    let text = format!(
        "{} {path} HTTP/1.1\r\nContent-Length: {length}\r\n\r\n{body}",
        request.method()
    );
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(text.as_bytes())?;
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let status: u16 = line
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .unwrap_or(500);
    while line.trim() != "" {
        line.clear();
        reader.read_line(&mut line)?;
    }
    let mut body = String::new();
    reader.read_to_string(&mut body)?;
    let response = http::Response::builder().status(status).body(body);
    response.map_err(io::Error::other)
}

/// Starts a server that is too busy for the first request and accepts the second.
fn serve() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for answer in [
            "503 Service Unavailable\r\n\r\nslow down",
            "200 OK\r\n\r\nstored",
        ] {
            let (mut stream, _) = listener.accept()?;
            let mut request = [0; 1024];
            let _ = stream.read(&mut request)?;
            write!(stream, "HTTP/1.1 {answer}")?;
        }
        io::Result::Ok(())
    });
    address
}

/// Polls a future to completion. The futures of this example are always ready.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin::pin!(future);
    let mut task = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut task) {
            return output;
        }
    }
}
