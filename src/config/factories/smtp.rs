//! Mails.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::config::arguments::Arguments;
use crate::config::factories::address::HostAddress;
use crate::config::factories::table::Table;
use crate::config::factories::{credentials, delivery, tls};
use crate::config::from_config::Read;
use crate::config::mismatch::Mismatch;
use crate::config::node::{Node, Value};
use crate::config::read_context::ReadContext;
use crate::formatter::Formatter;
use crate::handler::{Handler, SmtpHandler};

pub(super) fn add(table: &mut Table<Handler>) {
    table.add(&["logging.handlers.SMTPHandler", "smtp"], |arguments| {
        arguments.by_place(&[
            "mailhost",
            "fromaddr",
            "toaddrs",
            "subject",
            "credentials",
            "secure",
            "timeout",
        ]);
        let mailhost: HostAddress = arguments.required("mailhost");
        let from: String = arguments.required("fromaddr");
        let to: Recipients = arguments.required("toaddrs");
        let subject: Option<String> = arguments.optional("subject");
        let subject_format = subject_format(arguments);
        if subject.is_some() && subject_format.is_some() {
            let message = "\"subject\" and \"subject_format\" exclude each other";
            arguments.problem("subject_format", message);
        }
        let credentials = credentials::read(arguments);
        let in_clear = arguments.optional("credentials_in_clear").unwrap_or(false);
        let secure: Option<Secure> = arguments.optional("secure");
        let timeout: Option<Duration> = arguments.optional("timeout");
        let digest = arguments.section("digest", |digest| {
            let within: Duration = digest.required("within");
            let max_records: Option<usize> = digest.optional("max_records");
            (within, max_records.unwrap_or(1000))
        });
        let tls = tls::read(arguments);
        let tls = match &secure {
            Some(Secure::By { key, certificate }) => {
                tls::with_client_certificate(arguments, "secure", tls, certificate, key)
            }
            _ => tls,
        };
        let delivery = delivery::read(arguments);
        move || {
            let mailhost = mailhost.with("tcp:");
            let mut builder = SmtpHandler::builder(mailhost, from).credentials_in_clear(in_clear);
            builder = to.0.iter().fold(builder, |builder, to| builder.to(to));
            if let Some(subject) = subject {
                builder = builder.subject(subject);
            }
            if let Some(format) = subject_format {
                builder = builder.subject_formatter(format);
            }
            if let Some((user, password)) = credentials {
                builder = builder.credentials(user, password);
            }
            if let Some(secure) = secure {
                builder = builder.starttls(!matches!(secure, Secure::Not));
            }
            if let Some(timeout) = timeout {
                builder = builder.timeout(timeout);
            }
            if let Some((within, max_records)) = digest {
                builder = builder.digest(within, max_records);
            }
            builder = builder.delivery(delivery()?);
            Ok(tls::with_tls!(builder, tls).start()?.into())
        }
    });
}

/// A template for the subject.
fn subject_format(arguments: &mut Arguments<'_>) -> Option<Formatter> {
    let template: String = arguments.optional("subject_format")?;
    // Without key-values, whose place is the text.
    let formatter = Formatter::builder()
        .format(template)
        .append_key_values(false);
    match formatter.build() {
        Ok(formatter) => Some(formatter),
        Err(error) => {
            arguments.problem("subject_format", error.to_string());
            None
        }
    }
}

/// An address, or several.
#[derive(Default)]
struct Recipients(Vec<String>);

impl Read for Recipients {
    fn read(node: &Node, _: &ReadContext<'_>) -> Result<Self, Mismatch> {
        let mismatch = || Mismatch::new("an address, or a list of addresses");
        let list = match &node.value {
            Value::List(list) => &**list,
            _ => std::slice::from_ref(node),
        };
        let texts = list
            .iter()
            .map(|node| node.text().map(str::to_owned).ok_or_else(mismatch));
        let texts: Vec<_> = texts.collect::<Result<_, _>>()?;
        match texts.is_empty() {
            true => Err(mismatch()),
            false => Ok(Self(texts)),
        }
    }

    fn schema() -> Json {
        json!({"oneOf": [
            {"type": "string", "minLength": 1},
            {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1}
        ]})
    }
}

/// Python's `secure`: an empty tuple, or a key and its certificate.
enum Secure {
    Not,
    Yes,
    By { key: PathBuf, certificate: PathBuf },
}

impl Read for Secure {
    fn read(node: &Node, _: &ReadContext<'_>) -> Result<Self, Mismatch> {
        let mismatch =
            || Mismatch::new("a boolean, or a list: empty, or of a key and a certificate");
        match &node.value {
            Value::Bool(secure) => Ok(if *secure { Self::Yes } else { Self::Not }),
            Value::List(list) => match &**list {
                [] => Ok(Self::Yes),
                [key, certificate] => Ok(Self::By {
                    key: key.text().ok_or_else(mismatch)?.into(),
                    certificate: certificate.text().ok_or_else(mismatch)?.into(),
                }),
                _ => Err(mismatch()),
            },
            _ => Err(mismatch()),
        }
    }

    fn schema() -> Json {
        json!({"oneOf": [
            {"type": "boolean"},
            {"type": "array", "maxItems": 0},
            {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2}
        ]})
    }
}
