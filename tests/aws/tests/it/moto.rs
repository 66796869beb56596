//! An imitation of AWS: [`Moto`].

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// A server for one test, which ends with it.
pub(crate) struct Moto {
    server: Child,
    url: String,
}

/// Serves on a port of the system's choice, and prints it.
const SERVER: &str = "
from werkzeug.serving import make_server
from moto.server import DomainDispatcherApplication, create_backend_app
server = make_server('127.0.0.1', 0, DomainDispatcherApplication(create_backend_app), threaded=True)
print(server.server_port, flush=True)
server.serve_forever()
";

impl Moto {
    /// Returns `None`, with a message on standard error, where it is not installed.
    pub(crate) fn start() -> Option<Self> {
        let mut server = Command::new("python3")
            .args(["-c", SERVER])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut line = String::new();
        let read = BufReader::new(server.stdout.take()?).read_line(&mut line);
        if read.is_err() || line.is_empty() {
            let _ = server.wait();
            eprintln!("!! skipped: moto is not installed");
            return None;
        }
        Some(Self {
            server,
            url: format!("http://127.0.0.1:{}", line.trim()),
        })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
