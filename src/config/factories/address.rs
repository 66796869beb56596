//! Addresses as Python's handlers have them.

use serde_json::{Value as Json, json};

use crate::config::factories::constant::constant;
use crate::config::from_config::Read;
use crate::config::mismatch::Mismatch;
use crate::config::node::{Node, Value};
use crate::config::read_context::ReadContext;

/// An address as a string, or as Python's pair of a host and a port.
#[derive(Default)]
pub(super) struct HostAddress {
    text: String,
    is_pair: bool,
}

impl HostAddress {
    /// Returns the address, where a pair has a protocol in front.
    pub(super) fn with(self, protocol: &str) -> String {
        match self.is_pair {
            true => format!("{protocol}{}", self.text),
            false => self.text,
        }
    }
}

impl Read for HostAddress {
    fn read(node: &Node, _: &ReadContext<'_>) -> Result<Self, Mismatch> {
        let mismatch = || Mismatch::new("an address, or a list of a host and a port");
        if let Some(text) = node.text() {
            return Ok(Self {
                text: text.to_owned(),
                is_pair: false,
            });
        }
        let Value::List(pair) = &node.value else {
            return Err(mismatch());
        };
        let [host, port] = &**pair else {
            return Err(mismatch());
        };
        let host = host.text().ok_or_else(mismatch)?;
        let port = match &port.value {
            Value::Whole(port @ 1..=65_535) => *port,
            _ => match port.text().map(constant) {
                Some("SYSLOG_UDP_PORT" | "SYSLOG_TCP_PORT") => 514,
                Some("SMTP_PORT") => 25,
                Some("SMTP_SSL_PORT") => 465,
                _ => return Err(mismatch()),
            },
        };
        let text = match host.contains(':') {
            true => format!("[{host}]:{port}"),
            false => format!("{host}:{port}"),
        };
        Ok(Self {
            text,
            is_pair: true,
        })
    }

    fn schema() -> Json {
        json!({"oneOf": [
            {"type": "string", "minLength": 1},
            {
                "type": "array",
                "prefixItems": [
                    {"type": "string", "minLength": 1},
                    {"oneOf": [
                        {"type": "integer", "minimum": 1, "maximum": 65_535},
                        {"type": "string", "pattern": "(SYSLOG_(UDP|TCP)|SMTP(_SSL)?)_PORT$"}
                    ]}
                ],
                "minItems": 2,
                "maxItems": 2
            }
        ]})
    }
}
