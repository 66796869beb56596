//! An imitation of AWS: [`MotoServer`].

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::free_port;

/// A server for one test, which ends with it.
pub(crate) struct MotoServer {
    server: Child,
    port: u16,
}

impl MotoServer {
    /// Returns `None`, with a message on standard error, where it is not installed.
    pub(crate) fn start() -> Option<Self> {
        let has_boto3 = Command::new("python3")
            .args(["-c", "import boto3"])
            .output();
        if !has_boto3.is_ok_and(|output| output.status.success()) {
            eprintln!("!! skipped: boto3 is not installed");
            return None;
        }
        let port = free_port();
        let Some(server) = serve(port) else {
            eprintln!("!! skipped: moto_server is not installed");
            return None;
        };
        Some(Self { server, port })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn stop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }

    /// Starts it at the same address. It has forgotten all.
    pub(crate) fn start_again(&mut self) {
        self.server = serve(self.port).unwrap();
    }

    /// What boto3 reads.
    pub(crate) fn read(&self, group: &str, stream: &str) -> Value {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/read_log_events.py");
        let output = Command::new("python3")
            .args([script, &self.url(), group, stream])
            .output()
            .unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{error}");
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

impl Drop for MotoServer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Returns a server that takes connections; `None` if there is no such program.
fn serve(port: u16) -> Option<Child> {
    // Another process may have the port for a moment.
    for _ in 0..100 {
        let mut server = Command::new("moto_server")
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        loop {
            if server.try_wait().unwrap().is_some() {
                break;
            }
            // Where another process has the port, this one ends soon.
            if is_moto(port) && server.try_wait().unwrap().is_none() {
                return Some(server);
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
    panic!("moto_server does not stay");
}

/// Whether what listens there is a server of moto.
fn is_moto(port: u16) -> bool {
    let mut response = String::new();
    let asked = TcpStream::connect(("127.0.0.1", port)).and_then(|mut stream| {
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        stream.write_all(b"GET /moto-api/ HTTP/1.0\r\n\r\n")?;
        stream.read_to_string(&mut response)
    });
    asked.is_ok() && response.to_lowercase().contains("moto")
}

pub(crate) fn messages(read: &Value) -> Vec<&str> {
    let events = read["events"].as_array().unwrap();
    let messages = events.iter().map(|event| event[1].as_str().unwrap());
    messages.collect()
}
