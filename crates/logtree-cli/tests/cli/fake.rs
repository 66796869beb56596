//! An endpoint that sends what a test says: [`Fake`].

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::mpsc::{self, Receiver};
use std::thread::{self, JoinHandle};

/// An endpoint that accepts one connection, under the number of this process.
pub(crate) struct Fake {
    head: Receiver<String>,
    thread: Option<JoinHandle<()>>,
}

/// How a response ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// As the protocol says.
    Whole,
    /// In the middle, as when a process is killed.
    Cut,
}

impl Fake {
    /// Sends lines as a stream.
    pub(crate) fn stream(directory: &Path, name: &str, lines: &[&str], end: End) -> Self {
        let mut response = "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n\
                          Transfer-Encoding: chunked\r\n\r\n"
            .to_owned();
        for line in lines {
            response.push_str(&format!("{:x}\r\n{line}\n\r\n", line.len() + 1));
        }
        if end == End::Whole {
            response.push_str("0\r\n\r\n");
        }
        Self::respond(directory, name, response)
    }

    /// Sends a response as it is.
    pub(crate) fn respond(directory: &Path, name: &str, response: String) -> Self {
        let path = directory.join(format!("{name}-{}.sock", std::process::id()));
        let listener = UnixListener::bind(path).unwrap();
        let (sender, head) = mpsc::channel();
        let thread = thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            sender.send(read_head(&stream)).unwrap();
            (&stream).write_all(response.as_bytes()).unwrap();
        });
        Self {
            head,
            thread: Some(thread),
        }
    }

    /// Returns the first line of the request, once it has come.
    pub(crate) fn request(&self) -> String {
        self.head.recv().unwrap()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        if !thread::panicking() {
            self.thread.take().unwrap().join().unwrap();
        }
    }
}

fn read_head(stream: &UnixStream) -> String {
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    let first = lines.next().unwrap();
    lines.find(String::is_empty).unwrap();
    first
}
