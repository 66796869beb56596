//! A small HTTP client, and servers for tests.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use logtree::control::{Address, Control, Endpoint, Server};
use logtree::{Error, Registry};
use serde_json::Value;

/// The limit for an answer, on a machine under load.
const PATIENCE: Duration = Duration::from_secs(60);

/// Says that a test cannot be played here, also if its output is captured as it passes.
pub(crate) fn skipped(what: &str) {
    let _ = writeln!(io::stderr(), "\n!! skipped: {what}");
}

/// A served registry, on a Unix socket and TCP.
pub(crate) struct Served {
    pub(crate) registry: Registry,
    pub(crate) control: Control,
    pub(crate) server: Server,
    /// The path of the socket.
    pub(crate) directory: tempfile::TempDir,
}

/// Serves a new registry on both.
pub(crate) fn serve() -> Served {
    serve_with(|endpoint| endpoint)
}

/// The same, with further options.
pub(crate) fn serve_with(options: impl FnOnce(Endpoint) -> Endpoint) -> Served {
    serve_both(|registry| Ok(Control::new(registry)), options)
}

/// The same, by a control with further options.
pub(crate) fn serve_control(control: impl FnOnce(&Registry) -> Result<Control, Error>) -> Served {
    serve_both(control, |endpoint| endpoint)
}

fn serve_both(
    control: impl FnOnce(&Registry) -> Result<Control, Error>,
    options: impl FnOnce(Endpoint) -> Endpoint,
) -> Served {
    let registry = Registry::new();
    let control = control(&registry).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let endpoint = Endpoint::new()
        .name("test")
        .socket(directory.path().join("log.sock"))
        .tcp("127.0.0.1:0");
    let server = control.serve(options(endpoint)).unwrap();
    Served {
        registry,
        control,
        server,
        directory,
    }
}

impl Served {
    pub(crate) fn socket(&self) -> PathBuf {
        let mut addresses = self.server.addresses().iter();
        let path = addresses.find_map(|address| match address {
            Address::Unix(path) => Some(path.clone()),
            _ => None,
        });
        path.expect("a Unix socket")
    }

    pub(crate) fn address(&self) -> SocketAddr {
        let mut addresses = self.server.addresses().iter();
        let address = addresses.find_map(|address| match address {
            Address::Tcp(address) => Some(*address),
            _ => None,
        });
        address.expect("a TCP address")
    }

    /// A request over the Unix socket.
    pub(crate) fn unix(&self, method: &str, path: &str) -> Request {
        Request::new(To::Unix(self.socket()), method, path).header("Host", "localhost")
    }

    /// A request over TCP with the token.
    pub(crate) fn tcp(&self, method: &str, path: &str) -> Request {
        let token = self.server.token().expect("a token");
        self.anonymous(method, path)
            .header("Authorization", &format!("Bearer {token}"))
    }

    /// A request over TCP without the token.
    pub(crate) fn anonymous(&self, method: &str, path: &str) -> Request {
        let address = self.address();
        Request::new(To::Tcp(address), method, path).header("Host", &address.to_string())
    }

    /// Sends bytes over TCP unchanged. Returns the response.
    pub(crate) fn raw(&self, bytes: &[u8]) -> Answer {
        exchange(TcpStream::connect(self.address()).unwrap(), bytes)
    }
}

/// A request on a Unix socket.
pub(crate) fn request_on(socket: &Path, method: &str, path: &str) -> Request {
    Request::new(To::Unix(socket.to_owned()), method, path).header("Host", "localhost")
}

enum To {
    Unix(PathBuf),
    Tcp(SocketAddr),
}

/// A request to be sent.
#[must_use]
pub(crate) struct Request {
    to: To,
    head: String,
    body: Vec<u8>,
}

impl Request {
    fn new(to: To, method: &str, path: &str) -> Self {
        Self {
            to,
            head: format!("{method} {path} HTTP/1.1\r\n"),
            body: Vec::new(),
        }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.head += &format!("{name}: {value}\r\n");
        self
    }

    pub(crate) fn body(mut self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header("Content-Type", media_type)
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    pub(crate) fn send(self) -> Answer {
        let length = format!("Content-Length: {}\r\n\r\n", self.body.len());
        let bytes = [self.head.as_bytes(), length.as_bytes(), &self.body].concat();
        match self.to {
            To::Unix(path) => exchange(UnixStream::connect(path).unwrap(), &bytes),
            To::Tcp(address) => exchange(TcpStream::connect(address).unwrap(), &bytes),
        }
    }

    /// Sends the request, and returns the connection, from which the response has not been read.
    pub(crate) fn open(self) -> Box<dyn Read + Send> {
        let length = format!("Content-Length: {}\r\n\r\n", self.body.len());
        let bytes = [self.head.as_bytes(), length.as_bytes(), &self.body].concat();
        match self.to {
            To::Unix(path) => Box::new(sent(UnixStream::connect(path).unwrap(), &bytes)),
            To::Tcp(address) => Box::new(sent(TcpStream::connect(address).unwrap(), &bytes)),
        }
    }
}

/// A stream with a limit for reads.
pub(crate) trait Patient: Read + Write {
    fn set_patience(&self) -> io::Result<()>;
}

impl Patient for TcpStream {
    fn set_patience(&self) -> io::Result<()> {
        self.set_read_timeout(Some(PATIENCE))
    }
}

impl Patient for UnixStream {
    fn set_patience(&self) -> io::Result<()> {
        self.set_read_timeout(Some(PATIENCE))
    }
}

fn sent<S: Patient>(mut stream: S, bytes: &[u8]) -> S {
    stream.set_patience().unwrap();
    // The server may close before it has read all.
    let _ = stream.write_all(bytes);
    stream
}

/// Sends bytes unchanged, and reads until the server closes.
pub(crate) fn exchange(stream: impl Patient, bytes: &[u8]) -> Answer {
    let mut stream = sent(stream, bytes);
    let mut answer = Vec::new();
    let end = stream.read_to_end(&mut answer);
    if let Err(error) = end {
        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset, "{error}");
    }
    Answer::of(&answer)
}

/// The server's response.
#[derive(Debug)]
pub(crate) struct Answer {
    /// 0 if it closed the connection without a response.
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    fn of(bytes: &[u8]) -> Self {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1);
        Self {
            status: status.map_or(0, |status| status.parse().unwrap()),
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    /// Returns a header, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Fails unless the response has this status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }
}

/// The names of the files in a directory.
pub(crate) fn files(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}
