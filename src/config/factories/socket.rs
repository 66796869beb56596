//! Python's handlers for sockets.

use serde_json::{Value as Json, json};

use crate::config::arguments::Arguments;
use crate::config::factories::constant::constant;
use crate::config::factories::table::Table;
use crate::config::factories::{delivery, tls};
use crate::config::from_config::Read;
use crate::config::mismatch::Mismatch;
use crate::config::node::{Node, Value};
use crate::config::read_context::ReadContext;
use crate::handler::socket::Wire;
use crate::handler::{DatagramHandler, Handler, SocketHandler};

pub(super) fn add(table: &mut Table<Handler>) {
    table.add(&["logging.handlers.SocketHandler", "socket"], |arguments| {
        let target = Target::read(arguments);
        let resend_bytes: Option<usize> = arguments.optional("resend_bytes");
        let tls = tls::read(arguments);
        let delivery = delivery::read(arguments);
        move || {
            #[cfg(feature = "tls")]
            let is_encrypted = tls.is_some();
            #[cfg(not(feature = "tls"))]
            let is_encrypted = false;
            let address = target.address(if is_encrypted { "tls:" } else { "" });
            let mut builder = SocketHandler::builder(address)
                .wire(target.wire)
                .delivery(delivery()?);
            if let Some(bytes) = resend_bytes {
                builder = builder.resend_bytes(bytes);
            }
            Ok(tls::with_tls!(builder, tls).start()?.into())
        }
    });
    table.add(
        &["logging.handlers.DatagramHandler", "datagram"],
        |arguments| {
            let target = Target::read(arguments);
            let delivery = delivery::read(arguments);
            move || {
                let builder = DatagramHandler::builder(target.address(""))
                    .wire(target.wire)
                    .delivery(delivery()?);
                Ok(builder.start()?.into())
            }
        },
    );
}

/// Where a handler sends, and in which form.
struct Target {
    host: String,
    port: Option<Port>,
    wire: Wire,
}

impl Target {
    fn read(arguments: &mut Arguments<'_>) -> Self {
        arguments.by_place(&["host", "port"]);
        Self {
            host: arguments.required("host"),
            port: arguments.optional("port"),
            wire: arguments.optional("wire").unwrap_or_default(),
        }
    }

    /// The address, with a protocol in front. In Python, a host without a port is a path.
    fn address(&self, protocol: &str) -> String {
        let host = &self.host;
        match &self.port {
            Some(Port(port)) if host.contains(':') => format!("{protocol}[{host}]:{port}"),
            Some(Port(port)) => format!("{protocol}{host}:{port}"),
            None if host.contains('/') => format!("unix:{host}"),
            None => format!("{protocol}{host}"),
        }
    }
}

/// A port as a number, or as Python's constant.
struct Port(u16);

impl Read for Port {
    fn read(node: &Node, _: &ReadContext<'_>) -> Result<Self, Mismatch> {
        let port = match (&node.value, node.text().map(constant)) {
            (Value::Whole(port), _) => u16::try_from(*port).ok().filter(|port| *port > 0),
            (_, Some("DEFAULT_TCP_LOGGING_PORT")) => Some(9_020),
            (_, Some("DEFAULT_UDP_LOGGING_PORT")) => Some(9_021),
            _ => None,
        };
        port.map(Self)
            .ok_or_else(|| Mismatch::new("a port from 1 to 65535"))
    }

    fn schema() -> Json {
        json!({"oneOf": [
            {"type": "integer", "minimum": 1, "maximum": 65_535},
            {"type": "string", "pattern": "DEFAULT_(TCP|UDP)_LOGGING_PORT$"}
        ]})
    }
}
