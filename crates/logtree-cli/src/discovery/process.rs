//! A process that can be asked: [`Process`].

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::client::{Address, Client, HttpClient, Request};

/// A process that can be asked.
pub(crate) struct Process {
    /// Empty if it is reached by a URL and has not been asked yet.
    pub(crate) name: String,
    pub(crate) pid: Option<u32>,
    /// What it is reached by.
    pub(crate) address: String,
    pub(crate) client: Arc<dyn Client>,
}

impl Process {
    /// A process, given its socket `NAME-PID.sock`.
    pub(crate) fn of_socket(path: &Path) -> Self {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let (name, pid) = match stem.rsplit_once('-') {
            Some((name, pid)) if pid.parse::<u32>().is_ok() => (name, pid.parse().ok()),
            _ => (&*stem, None),
        };
        let address = Address::Socket(path.to_owned());
        Self {
            name: name.to_owned(),
            pid,
            address: address.to_string(),
            client: Arc::new(HttpClient::new(address, None)),
        }
    }

    pub(crate) fn of_url(address: Address, token: Option<String>) -> Self {
        Self {
            name: String::new(),
            pid: None,
            address: address.to_string(),
            client: Arc::new(HttpClient::new(address, token)),
        }
    }

    /// Asks for name and number, if they are not known from the socket.
    pub(crate) fn identify(&mut self) {
        if !self.name.is_empty() {
            return;
        }
        // A failure shows at the request that was asked for.
        let status = self.client.call(&Request::get("/v1/status"));
        if let Ok(status) = status.and_then(|response| response.json()) {
            self.name = status["name"].as_str().unwrap_or_default().to_owned();
            self.pid = status["pid"].as_u64().and_then(|pid| pid.try_into().ok());
        }
    }

    /// Returns `NAME[PID]`, or the address.
    pub(crate) fn label(&self) -> String {
        match (&*self.name, self.pid) {
            ("", _) => self.address.clone(),
            (name, Some(pid)) => format!("{name}[{pid}]"),
            (name, None) => name.to_owned(),
        }
    }

    pub(crate) fn json(&self) -> Value {
        json!({"name": self.name, "pid": self.pid, "address": self.address})
    }
}
