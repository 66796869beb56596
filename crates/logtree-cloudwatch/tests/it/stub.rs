//! A server that fails as its script says: [`Stub`].

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

/// What is done with a call.
#[derive(Debug)]
pub(crate) enum Step {
    /// Takes the events, or carries out another call.
    Take,
    /// A status, and a code with its message.
    Fail(u16, &'static str, String),
    /// A status, and a page of a proxy.
    Page(u16),
    /// Takes the events but for those that a `rejectedLogEventsInfo` names.
    TakeSome(Value),
    /// Sends nothing back until the client has closed the connection.
    Hang,
    /// Resets the connection after so many bytes of the request.
    ResetRequest(usize),
    /// Takes the events, and resets the connection after so many bytes of the response.
    ResetResponse(usize),
}

/// A server of CloudWatch Logs, for one test. All calls after those of the script are taken.
pub(crate) struct Stub {
    port: u16,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    script: VecDeque<Step>,
    /// The name of each, and what it is given.
    calls: Vec<(String, Value)>,
    last_head: String,
    taken: Vec<(i64, String)>,
    connections: Vec<TcpStream>,
    is_down: bool,
}

impl Stub {
    pub(crate) fn new(script: impl IntoIterator<Item = Step>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Mutex::new(Shared {
            script: script.into_iter().collect(),
            ..Shared::default()
        }));
        let own = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                {
                    let mut shared = own.lock().unwrap();
                    if shared.is_down {
                        continue;
                    }
                    shared.connections.push(stream.try_clone().unwrap());
                }
                let own = Arc::clone(&own);
                thread::spawn(move || while serve(&stream, &own).is_ok() {});
            }
        });
        Self { port, shared }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The calls that have arrived: their names, and what they are given.
    pub(crate) fn calls(&self) -> Vec<(String, Value)> {
        self.shared.lock().unwrap().calls.clone()
    }

    /// The line and the headers of the last request.
    pub(crate) fn last_head(&self) -> String {
        self.shared.lock().unwrap().last_head.clone()
    }

    pub(crate) fn taken(&self) -> Vec<(i64, String)> {
        self.shared.lock().unwrap().taken.clone()
    }

    /// Ends all connections, and those that come.
    pub(crate) fn goes_down(&self) {
        let mut shared = self.shared.lock().unwrap();
        shared.is_down = true;
        for connection in shared.connections.drain(..) {
            let _ = connection.shutdown(Shutdown::Both);
        }
    }

    pub(crate) fn comes_up(&self) {
        self.shared.lock().unwrap().is_down = false;
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.shared.lock().unwrap().script.is_empty()
    }
}

/// Serves a request.
///
/// # Errors
/// Where the connection has ended.
fn serve(stream: &TcpStream, shared: &Mutex<Shared>) -> io::Result<()> {
    // It reads no further than a request: the client waits for the response.
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    let header = |name: &str| {
        let mut lines = head.lines();
        let value =
            lines.find_map(|line| line.to_lowercase().strip_prefix(name).map(str::to_owned));
        value.unwrap_or_default()
    };
    let length = header("content-length: ").parse().unwrap();
    let step = {
        let mut shared = shared.lock().unwrap();
        if shared.is_down {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        shared.last_head.clone_from(&head);
        shared.script.pop_front().unwrap_or(Step::Take)
    };
    let mut body = vec![0; length];
    if let Step::ResetRequest(bytes) = step {
        reader.read_exact(&mut body[..bytes.min(length)])?;
        return reset(stream);
    }
    reader.read_exact(&mut body)?;
    let request: Value = serde_json::from_slice(&body).unwrap();
    let call = header("x-amz-target: ");
    let name = call.rsplit('.').next().unwrap_or_default().to_owned();
    shared.lock().unwrap().calls.push((name, request.clone()));
    let take = |which: &dyn Fn(usize, usize) -> bool| {
        let events = request["logEvents"].as_array();
        let events = events.map_or(&[][..], Vec::as_slice);
        let taken = events.iter().enumerate();
        let taken = taken.filter(|(at, _)| which(*at, events.len()));
        let taken = taken.map(|(_, event)| {
            let message = event["message"].as_str().unwrap();
            (event["timestamp"].as_i64().unwrap(), message.to_owned())
        });
        shared.lock().unwrap().taken.extend(taken);
    };
    match step {
        Step::Take => {
            take(&|_, _| true);
            respond(stream, 200, "{}")
        }
        Step::Fail(status, code, message) => {
            let body = serde_json::json!({"__type": code, "message": message});
            respond(stream, status, &body.to_string())
        }
        Step::Page(status) => respond(stream, status, "<html>no such backend</html>"),
        Step::TakeSome(info) => {
            let index = |name: &str| {
                let index = info[name].as_u64()?;
                usize::try_from(index).ok()
            };
            let old = index("tooOldLogEventEndIndex").max(index("expiredLogEventEndIndex"));
            let new = index("tooNewLogEventStartIndex");
            take(&|at, all| at >= old.unwrap_or(0) && at < new.unwrap_or(all));
            let body = serde_json::json!({"rejectedLogEventsInfo": info});
            respond(stream, 200, &body.to_string())
        }
        Step::Hang => {
            let _ = reader.read(&mut [0]);
            Err(io::ErrorKind::TimedOut.into())
        }
        Step::ResetRequest(_) => unreachable!("it is done above"),
        Step::ResetResponse(bytes) => {
            take(&|_, _| true);
            let response = response(200, "{}");
            let mut stream = stream;
            stream.write_all(&response.as_bytes()[..bytes])?;
            reset(stream)
        }
    }
}

fn respond(mut stream: &TcpStream, status: u16, body: &str) -> io::Result<()> {
    stream.write_all(response(status, body).as_bytes())
}

fn response(status: u16, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} of the script\r\ncontent-type: application/x-amz-json-1.1\r\n\
         content-length: {length}\r\n\r\n{body}"
    )
}

/// Ends the connection; what was not read makes it a reset.
fn reset(stream: &TcpStream) -> io::Result<()> {
    stream.shutdown(Shutdown::Both)?;
    Err(io::ErrorKind::ConnectionReset.into())
}
