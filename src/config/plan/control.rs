//! The section `control`: where the levels can be changed while the program runs.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde_json::{Value as Json, json};

use crate::config::from_config::Read;
use crate::config::mismatch::Mismatch;
use crate::config::node::{Node, Value};
use crate::config::plan::location::Location;
use crate::config::plan::planner::Planner;
use crate::config::raw_problem::RawProblem;
use crate::config::read_context::ReadContext;

/// The keys of the section.
pub(in crate::config) const CONTROL_KEYS: [&str; 5] =
    ["socket", "tcp", "console", "token_file", "allow_sensitive"];

/// The endpoint that a document asks for.
#[cfg_attr(
    not(feature = "control"),
    allow(dead_code, reason = "checked, and refused without the feature")
)]
pub(in crate::config) struct ControlPlan {
    pub(in crate::config) location: Location,
    pub(in crate::config) socket: Option<SocketChoice>,
    pub(in crate::config) tcp: Option<TcpAddress>,
    pub(in crate::config) console: bool,
    pub(in crate::config) token_file: Option<PathBuf>,
    pub(in crate::config) allow_sensitive: bool,
}

/// Whether there is a Unix socket, or where.
#[cfg_attr(
    not(feature = "control"),
    allow(dead_code, reason = "checked, and refused without the feature")
)]
pub(in crate::config) enum SocketChoice {
    Default,
    None,
    Path(PathBuf),
}

/// An address of the loopback interface.
#[cfg_attr(
    not(feature = "control"),
    allow(dead_code, reason = "checked, and refused without the feature")
)]
pub(in crate::config) struct TcpAddress(pub(in crate::config) String);

impl ControlPlan {
    /// Returns the JSON Schema of the section.
    pub(in crate::config) fn schemas() -> [(&'static str, Json); 5] {
        CONTROL_KEYS.map(|key| {
            let schema = match key {
                "socket" => SocketChoice::schema(),
                "tcp" => TcpAddress::schema(),
                "token_file" => PathBuf::schema(),
                _ => bool::schema(),
            };
            (key, schema)
        })
    }
}

impl Planner<'_> {
    /// Plans the endpoint; [`None`] if the section is missing or null.
    pub(super) fn control(&self) -> Option<ControlPlan> {
        let path = "control";
        let (key, node) = (self.document.0.iter()).find(|(key, _)| key.text == path)?;
        let location = Location {
            path: path.to_owned(),
            place: key.place,
        };
        if matches!(node.value, Value::Null) {
            return None;
        }
        if !cfg!(feature = "control") {
            let message = "this program has no endpoint: it was built without the feature control";
            self.report(key.place, path, message);
            return None;
        }
        let map = self.section(path, node)?;
        for (key, _) in &map.0 {
            if !CONTROL_KEYS.contains(&&*key.text) {
                let problem = RawProblem::new(key.place, format!("unknown key {:?}", key.text));
                let problem = problem.at(format!("{path}.{}", key.text));
                self.context
                    .report_among(problem, &key.text, CONTROL_KEYS.iter().copied());
            }
        }
        let flag = |key: &str| {
            map.get(key)
                .and_then(|node| self.value(&format!("{path}.{key}"), node))
        };
        Some(ControlPlan {
            location,
            socket: map
                .get("socket")
                .and_then(|node| self.value("control.socket", node)),
            tcp: map
                .get("tcp")
                .and_then(|node| self.value("control.tcp", node)),
            console: flag("console").unwrap_or(false),
            token_file: map
                .get("token_file")
                .and_then(|node| self.value("control.token_file", node)),
            allow_sensitive: flag("allow_sensitive").unwrap_or(false),
        })
    }
}

impl Read for SocketChoice {
    fn read(node: &Node, context: &ReadContext<'_>) -> Result<Self, Mismatch> {
        match bool::read(node, context) {
            Ok(true) => Ok(Self::Default),
            Ok(false) => Ok(Self::None),
            Err(_) if node.text().is_some() => PathBuf::read(node, context).map(Self::Path),
            Err(_) => Err(Mismatch::new("true, false or a path")),
        }
    }

    fn schema() -> Json {
        json!({"type": ["boolean", "string"]})
    }
}

impl Read for TcpAddress {
    fn read(node: &Node, _: &ReadContext<'_>) -> Result<Self, Mismatch> {
        let wrong = || Mismatch::new("a port, or an address of the loopback interface with a port");
        let port = match (&node.value, node.text()) {
            (Value::Whole(port), _) => u16::try_from(*port).ok(),
            (_, Some(text)) => text.parse().ok(),
            _ => None,
        };
        if let Some(port) = port {
            return Ok(Self(format!("127.0.0.1:{port}")));
        }
        let text = node.text().ok_or_else(wrong)?;
        let local = text.replacen("localhost:", "127.0.0.1:", 1);
        let address: SocketAddr = local.parse().map_err(|_| wrong())?;
        match address.ip().is_loopback() {
            true => Ok(Self(text.to_owned())),
            false => Err(wrong()),
        }
    }

    fn schema() -> Json {
        json!({"oneOf": [
            {"type": "integer", "minimum": 0, "maximum": 65535},
            {"type": "string", "pattern": "^([0-9]+|(localhost|127\\.[0-9.]+|\\[::1\\]):[0-9]+)$"}
        ]})
    }
}
