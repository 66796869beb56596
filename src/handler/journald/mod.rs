//! The handler for the journal of systemd: [`JournaldHandler`].

mod fields;
mod socket;

use std::env;
use std::path::PathBuf;

use self::fields::Fields;
use self::socket::Socket;
use crate::error::Error;
use crate::formatter::Format;
use crate::handler::config::is_default_format;
use crate::handler::delivery::delivery_type::delivery_type;
use crate::handler::delivery::options::{DeliveryOptions, delivery_options};
use crate::handler::delivery::{BatchLimits, Connection, DeliveryHandler, Transport};
use crate::handler::handler::Handler;
use crate::handler::handler_type::handler_type;
use crate::handler::options::{HandlerOptions, handler_options};
use crate::handler::origin;
use crate::handler::sink::formatted;
use crate::level::severity::severity;
use crate::record::Record;

const SOCKET: &str = "/run/systemd/journal/socket";

/// Sends records to the journal of systemd, in its own protocol: each key-value is a field that
/// `journalctl` finds by.
///
/// | field | what it holds |
/// |---|---|
/// | `MESSAGE` | the formatted line; without a formatter, the message alone |
/// | `PRIORITY` | 2 for `CRITICAL`, 3 for `ERROR`, 4 for `WARNING`, 5 from 25, 6 for `INFO`, 7 below |
/// | `SYSLOG_IDENTIFIER`, `SYSLOG_PID` | the program's name, or [another one](JournaldHandlerBuilder::identifier); the process |
/// | `LOGGER`, `LEVEL` | the logger's name, and the level's |
/// | `CODE_FILE`, `CODE_LINE`, `CODE_FUNC` | where it was logged, as far as is known |
/// | `TID`, `THREAD_NAME` | the thread, by std's number |
/// | `EXCEPTION`, `STACK` | the error with its causes, and the stack trace, of records that have them |
/// | `MESSAGE_ID` | the key-value `message_id`, if it has 128 bits in hexadecimal digits |
/// | others | the other key-values, in capital letters |
///
/// In names, what the journal does not accept becomes an underscore; `F_` stands before an
/// underscore or a digit at the beginning; a number follows where two would be the same. A value
/// has at most 16 MiB.
///
/// Where the journal is away or busy, records wait as with every [`DeliveryHandler`]; its restart
/// loses none. What it accepts may still be lost to its rate limit, 10,000 records in 30 seconds by
/// default, which it notes in the journal alone. A large record is sent as a file in memory; where
/// the system makes none, the record is tried 5 times and then becomes a dead letter.
///
/// Available on Linux.
///
/// # Python
/// `systemd.journal.JournalHandler` of python-systemd.
///
/// # Examples
/// ```no_run
/// use logtree::handler::{JournaldHandler, StreamHandler};
/// use logtree::{Handler, get_logger};
///
/// // Natively as a service, in colour at a terminal.
/// let handler: Handler = if JournaldHandler::is_our_stderr() {
///     JournaldHandler::new()?.into()
/// } else {
///     StreamHandler::stderr().into()
/// };
/// get_logger("").add_handler(handler);
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone)]
pub struct JournaldHandler {
    handler: Handler,
    delivery: DeliveryHandler,
}

impl JournaldHandler {
    /// Returns a handler with the default options. The journal need not be there yet.
    ///
    /// # Errors
    /// Where the system has no thread left.
    pub fn new() -> Result<Self, Error> {
        Self::builder().start()
    }

    /// Returns a builder for a handler with other options.
    pub fn builder() -> JournaldHandlerBuilder {
        JournaldHandlerBuilder {
            socket: SOCKET.into(),
            identifier: None,
            facility: None,
            delivery: DeliveryOptions::default(),
            handler: HandlerOptions::default(),
        }
    }

    /// Reports whether standard error leads to the journal already, as it does in a service of
    /// systemd: `JOURNAL_STREAM` names its file.
    #[must_use]
    pub fn is_our_stderr() -> bool {
        let is_stderr = || {
            let stream = env::var("JOURNAL_STREAM").ok()?;
            let (device, inode) = stream.split_once(':')?;
            let stat = rustix::fs::fstat(std::io::stderr()).ok()?;
            #[allow(clippy::unnecessary_cast, reason = "the width depends on the platform")]
            let is_same =
                device.parse() == Ok(stat.st_dev as u64) && inode.parse() == Ok(stat.st_ino as u64);
            Some(is_same)
        };
        is_stderr().unwrap_or(false)
    }
}

handler_type!(JournaldHandler);
delivery_type!(JournaldHandler);

/// Makes a [`JournaldHandler`].
#[derive(Clone, Debug)]
#[must_use]
pub struct JournaldHandlerBuilder {
    socket: PathBuf,
    identifier: Option<String>,
    facility: Option<u8>,
    delivery: DeliveryOptions,
    handler: HandlerOptions,
}

handler_options!(JournaldHandlerBuilder, handler);
delivery_options!(JournaldHandlerBuilder, delivery);

impl JournaldHandlerBuilder {
    /// Sets `SYSLOG_IDENTIFIER`; the name of the program's file by default.
    pub fn identifier(mut self, identifier: impl Into<String>) -> Self {
        self.identifier = Some(identifier.into());
        self
    }

    /// Sets `SYSLOG_FACILITY`, the number of a facility of syslog; not sent by default.
    pub fn facility(mut self, facility: u8) -> Self {
        self.facility = Some(facility);
        self
    }

    /// Sets the path of the journal's socket; `/run/systemd/journal/socket` by default.
    pub fn socket(mut self, path: impl Into<PathBuf>) -> Self {
        self.socket = path.into();
        self
    }

    /// Starts the handler's thread, and returns the handler. Nothing is opened yet.
    ///
    /// # Errors
    /// Where the spool cannot be used, or the system has no thread left.
    pub fn start(self) -> Result<JournaldHandler, Error> {
        let transport = Journal {
            socket: self.socket,
            identifier: self.identifier.unwrap_or_else(origin::program),
            facility: self.facility.map(|facility| facility.to_string()),
        };
        let delivery = DeliveryHandler::with(Box::new(transport), self.delivery, self.handler)?;
        Ok(JournaldHandler::over(delivery))
    }
}

struct Journal {
    socket: PathBuf,
    identifier: String,
    facility: Option<String>,
}

impl Transport for Journal {
    fn encode(
        &self,
        record: &Record<'_>,
        format: &dyn Format,
        payload: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let mut fields = Fields::new(payload);
        if is_default_format(format) {
            // The journal keeps all else in fields, and text as it is.
            fields.own("MESSAGE", record.message());
        } else {
            formatted(format, record, |line| {
                fields.own("MESSAGE", line.as_str());
                Ok(())
            })?;
        }
        fields.own(
            "PRIORITY",
            itoa::Buffer::new().format(severity(record.level())),
        );
        fields.own("SYSLOG_IDENTIFIER", &self.identifier);
        if let Some(facility) = &self.facility {
            fields.own("SYSLOG_FACILITY", facility);
        }
        fields.own(
            "SYSLOG_PID",
            itoa::Buffer::new().format(record.process_id()),
        );
        fields.own("LOGGER", record.name());
        fields.own("LEVEL", &record.level_name());
        fields.own("TID", itoa::Buffer::new().format(record.thread_id()));
        if let Some(name) = record.thread_name() {
            fields.own("THREAD_NAME", &name);
        }
        let source = record.source();
        for (name, value) in [
            ("CODE_FILE", source.file()),
            ("CODE_FUNC", source.function()),
        ] {
            if !value.is_empty() {
                fields.own(name, value);
            }
        }
        if source.line() > 0 {
            fields.own("CODE_LINE", itoa::Buffer::new().format(source.line()));
        }
        if let Some(error) = record.error_text() {
            fields.own("EXCEPTION", &error);
        }
        if let Some(stack) = record.stack() {
            fields.own("STACK", &stack);
        }
        record.key_values().for_each(|key, value| {
            let text = crate::sys::user_code::display(value);
            match message_id(key, &text) {
                Some(id) => fields.own("MESSAGE_ID", &id),
                None => fields.key_value(key, &text),
            }
        });
        Ok(())
    }

    fn limits(&self) -> BatchLimits {
        BatchLimits::default()
    }

    fn connect(&self) -> Result<Box<dyn Connection>, Error> {
        Ok(Box::new(Socket::open(self.socket.clone())?))
    }

    fn describe(&self) -> String {
        format!("JournaldHandler <{}>", self.socket.display())
    }
}

/// Returns the id of a message's kind, as the journal wants it.
fn message_id(key: &str, value: &str) -> Option<String> {
    let digits: String = value.chars().filter(|it| *it != '-').collect();
    let is_id = key.eq_ignore_ascii_case("message_id")
        && digits.len() == 32
        && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_id.then(|| digits.to_ascii_lowercase())
}
