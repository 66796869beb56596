//! Syslog.

use serde_json::{Value as Json, json};

use crate::config::arguments::Arguments;
use crate::config::factories::address::HostAddress;
use crate::config::factories::constant::constant;
use crate::config::factories::table::Table;
use crate::config::factories::{delivery, tls};
use crate::config::from_config::Read;
use crate::config::mismatch::Mismatch;
use crate::config::node::{Node, Value};
use crate::config::read_context::ReadContext;
use crate::handler::{Handler, SysLogFacility, SysLogForm, SysLogFraming, SysLogHandler};

pub(super) fn add(table: &mut Table<Handler>) {
    table.add(&["logging.handlers.SysLogHandler"], |arguments| {
        read(arguments, "udp:localhost:514", Some(SysLogForm::Python))
    });
    table.add(&["syslog"], |arguments| read(arguments, "local", None));
}

fn read(
    arguments: &mut Arguments<'_>,
    default_address: &str,
    default_form: Option<SysLogForm>,
) -> impl FnOnce() -> Result<Handler, crate::error::Error> + use<> {
    arguments.by_place(&["address", "facility", "socktype"]);
    let address: Option<HostAddress> = arguments.optional("address");
    let address = address.map_or_else(|| default_address.to_owned(), |it| it.with("udp:"));
    let facility: Option<Facility> = arguments.optional("facility");
    let facility = facility.map_or(SysLogFacility::default(), |it| it.0);
    let socket: Option<SocketType> = arguments.optional("socktype");
    // Python has these as attributes.
    let ident: Option<String> = arguments.optional("ident").or(arguments.attribute("ident"));
    let append_nul: Option<bool> = arguments
        .optional("append_nul")
        .or(arguments.attribute("append_nul"));
    let form = arguments.optional("form").or(default_form);
    let framing = arguments.optional("framing").or(match append_nul {
        Some(true) => Some(SysLogFraming::Nul),
        Some(false) if form == Some(SysLogForm::Python) => Some(SysLogFraming::None),
        _ => None,
    });
    let app_name: Option<String> = arguments.optional("app_name");
    let host: Option<String> = arguments.optional("host");
    let enterprise: Option<u32> = arguments.optional("enterprise");
    let bom = arguments.optional("bom").unwrap_or(false);
    let sequence_id = arguments.optional("sequence_id").unwrap_or(true);
    let max_message_bytes: Option<usize> = arguments.optional("max_message_bytes");
    let resend_bytes: Option<usize> = arguments.optional("resend_bytes");
    let tls = tls::read(arguments);
    let delivery = delivery::read(arguments);
    move || {
        let mut builder = SysLogHandler::builder(address)
            .facility(facility)
            .bom(bom)
            .sequence_id(sequence_id)
            .delivery(delivery()?);
        if let Some(SocketType { stream }) = socket {
            builder = builder.stream(stream);
        }
        if let Some(ident) = ident {
            builder = builder.ident(ident);
        }
        if let Some(form) = form {
            builder = builder.form(form);
        }
        if let Some(framing) = framing {
            builder = builder.framing(framing);
        }
        if let Some(name) = app_name {
            builder = builder.app_name(name);
        }
        if let Some(host) = host {
            builder = builder.host(host);
        }
        if let Some(number) = enterprise {
            builder = builder.enterprise(number);
        }
        if let Some(bytes) = max_message_bytes {
            builder = builder.max_message_bytes(bytes);
        }
        if let Some(bytes) = resend_bytes {
            builder = builder.resend_bytes(bytes);
        }
        Ok(tls::with_tls!(builder, tls).start()?.into())
    }
}

/// A facility by name or number, or as Python's constant.
struct Facility(SysLogFacility);

impl Read for Facility {
    fn read(node: &Node, _: &ReadContext<'_>) -> Result<Self, Mismatch> {
        let names = || SysLogFacility::ALL.into_iter().map(SysLogFacility::name);
        let mismatch = || {
            let names: Vec<_> = names().collect();
            let names = names.join(", ");
            Mismatch::new(format!(
                "a facility, by name ({names}) or as a number from 0 to 23"
            ))
        };
        if let Value::Whole(number) = node.value {
            let number = u8::try_from(number).ok();
            let facility = number.and_then(|number| SysLogFacility::try_from(number).ok());
            return facility.map(Self).ok_or_else(mismatch);
        }
        let text = node.text().ok_or_else(mismatch)?;
        let name = match constant(text).strip_prefix("LOG_") {
            // The two that Python calls otherwise.
            Some("SOLCRON") => "solaris-cron",
            Some(name) => name,
            None => text,
        };
        let facility = name.parse().map(Self);
        facility.map_err(|_| mismatch().among(text, names()))
    }

    fn schema() -> Json {
        json!({"oneOf": [
            {"type": "string", "minLength": 1},
            {"type": "integer", "minimum": 0, "maximum": 23}
        ]})
    }
}

/// Python's type of a socket.
struct SocketType {
    stream: bool,
}

impl Read for SocketType {
    fn read(node: &Node, _: &ReadContext<'_>) -> Result<Self, Mismatch> {
        let stream = match (&node.value, node.text().map(constant)) {
            // The numbers are those of Linux, Windows and macOS.
            (Value::Whole(1), _) | (_, Some("SOCK_STREAM" | "stream")) => true,
            (Value::Whole(2), _) | (_, Some("SOCK_DGRAM" | "datagram")) => false,
            _ => {
                let expected = "\"stream\", \"datagram\" or a constant of Python's socket module";
                return Err(Mismatch::new(expected));
            }
        };
        Ok(Self { stream })
    }

    fn schema() -> Json {
        json!({"oneOf": [
            {"enum": [1, 2, "stream", "datagram"]},
            {"type": "string", "pattern": "SOCK_(STREAM|DGRAM)$"}
        ]})
    }
}
