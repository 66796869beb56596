//! A web server that does as a test says: [`WebServer`].

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A request, as it came.
#[derive(Clone, Debug, Default)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) target: String,
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Request {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

/// What the server does with a request.
pub(super) enum Deed {
    /// Responds with a status, further headers and a body.
    Respond(u16, &'static str, Vec<u8>),
    /// Responds, and ends the connection later without having said so.
    RespondAndClose(u16),
    /// Sends this, and ends the connection.
    Raw(Vec<u8>),
    /// Sends this, a byte at a time, until the client has enough of it.
    Drip(&'static [u8]),
    /// Nothing, until the client has enough of it.
    Hang,
    Close,
}

impl Deed {
    pub(super) fn status(status: u16) -> Self {
        Self::Respond(status, "", Vec::new())
    }
}

type Script = Box<dyn FnMut(&Request) -> Deed + Send>;

#[derive(Default)]
struct Inner {
    requests: Vec<Request>,
    connections: Vec<TcpStream>,
    is_down: bool,
}

pub(super) struct WebServer {
    pub(super) address: SocketAddr,
    inner: Arc<Mutex<Inner>>,
}

impl WebServer {
    /// Starts one that does what a function says for each request.
    pub(super) fn start(script: impl FnMut(&Request) -> Deed + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let inner = Arc::<Mutex<Inner>>::default();
        let script: Arc<Mutex<Script>> = Arc::new(Mutex::new(Box::new(script)));
        let shared = Arc::clone(&inner);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                {
                    let mut inner = shared.lock().unwrap();
                    if inner.is_down {
                        let _ = stream.shutdown(Shutdown::Both);
                        continue;
                    }
                    inner.connections.push(stream.try_clone().unwrap());
                }
                let (shared, script) = (Arc::clone(&shared), Arc::clone(&script));
                thread::spawn(move || serve(&stream, &shared, &script));
            }
        });
        Self { address, inner }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(super) fn requests(&self) -> Vec<Request> {
        self.inner.lock().unwrap().requests.clone()
    }

    pub(super) fn connection_count(&self) -> usize {
        self.inner.lock().unwrap().connections.len()
    }

    /// Ends all connections, as a server that is killed, and those that come.
    pub(super) fn goes_down(&self) {
        let mut inner = self.inner.lock().unwrap();
        inner.is_down = true;
        for stream in inner.connections.drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    pub(super) fn comes_up(&self) {
        self.inner.lock().unwrap().is_down = false;
    }
}

fn serve(stream: &TcpStream, shared: &Mutex<Inner>, script: &Mutex<Script>) {
    let mut reader = BufReader::new(stream);
    while let Some(request) = read(&mut reader) {
        {
            let mut inner = shared.lock().unwrap();
            if inner.is_down {
                return;
            }
            inner.requests.push(request.clone());
        }
        let deed = (script.lock().unwrap())(&request);
        let mut stream = stream;
        let head = |status: u16, headers: &str, length: usize| {
            format!("HTTP/1.1 {status} x\r\n{headers}Content-Length: {length}\r\n\r\n")
        };
        match deed {
            Deed::Respond(status, headers, body) => {
                let response = [head(status, headers, body.len()).as_bytes(), &body].concat();
                if stream.write_all(&response).is_err() {
                    return;
                }
            }
            Deed::RespondAndClose(status) => {
                let _ = stream.write_all(head(status, "", 0).as_bytes());
                let _ = stream.shutdown(Shutdown::Both);
                return;
            }
            Deed::Raw(bytes) => {
                let _ = stream.write_all(&bytes);
                let _ = stream.shutdown(Shutdown::Both);
                return;
            }
            Deed::Drip(bytes) => {
                for byte in bytes.iter().cycle() {
                    if stream.write_all(&[*byte]).is_err() {
                        return;
                    }
                    thread::sleep(Duration::from_millis(20));
                }
            }
            Deed::Hang => {
                let _ = reader.read(&mut [0]);
                return;
            }
            Deed::Close => {
                let _ = stream.shutdown(Shutdown::Both);
                return;
            }
        }
    }
}

/// Reads a request; `None` at the end of the connection.
fn read(reader: &mut impl BufRead) -> Option<Request> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut parts = line.split_whitespace();
    let mut request = Request {
        method: parts.next()?.to_owned(),
        target: parts.next()?.to_owned(),
        ..Request::default()
    };
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        request
            .headers
            .push((name.to_owned(), value.trim().to_owned()));
    }
    let length = request
        .header("content-length")
        .map_or(0, |length| length.parse().unwrap());
    request.body = vec![0; length];
    reader.read_exact(&mut request.body).ok()?;
    Some(request)
}
