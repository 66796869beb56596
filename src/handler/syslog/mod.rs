//! The handler for syslog: [`SysLogHandler`].

mod builder;
mod cut;
mod facility;
mod form;
mod framing;
mod structured_data;
#[cfg(test)]
mod tests;
mod transport;

use crate::error::Error;
use crate::handler::delivery::DeliveryHandler;
use crate::handler::delivery::delivery_type::delivery_type;
use crate::handler::handler::Handler;
use crate::handler::handler_type::handler_type;

pub use self::builder::SysLogHandlerBuilder;
pub use self::facility::SysLogFacility;
pub use self::form::SysLogForm;
pub use self::framing::SysLogFraming;

/// Sends records to syslog: to the daemon of the machine, or to a receiver on a network over UDP,
/// TCP or TLS.
///
/// An address is one of these:
///
/// | address | receiver | [form](SysLogForm) | [framing](SysLogFraming) |
/// |---|---|---|---|
/// | `local` | the daemon of this machine: the first of `/dev/log`, `/var/run/syslog` and `/run/systemd/journal/dev-log` that accepts a connection | RFC 3164 | as below |
/// | `unix:PATH`, or a path from the root | a Unix socket: for datagrams, or else a stream | RFC 3164 | a newline on a stream |
/// | `udp:HOST:PORT`, or `HOST:PORT` | port 514 by default | RFC 5424 | |
/// | `tcp:HOST:PORT` | port 514 by default; the one for this use is 601 | RFC 5424 | octet counting |
/// | `tls:HOST:PORT` | port 6514 by default; feature `tls` | RFC 5424 | octet counting |
///
/// Severities are 2 from level 50, 3 from 40, 4 from 30, 5 from 25, 6 from 20, and 7 below. In RFC
/// 5424, `MSGID` is the key-value `event_type`, or else the last part of the logger's name; logger,
/// thread and key-values are structured data. Characters that a field cannot have become `_`.
/// Without a formatter, RFC 5424 has the message alone, RFC 3164 appends the key-values as other
/// handlers do, and Python's form has what Python's formatter writes.
///
/// A logging call never waits for a receiver; see [`DeliveryHandler`] for what happens while it is
/// away. Nothing is connected until the first record.
///
/// # What is lost
/// Syslog has no acknowledgement. A datagram over a network may get lost without a notice; on the
/// same machine, the handler notices that nothing receives it and sends it again. Over TCP and TLS,
/// a record counts as sent once the system has taken it. What a receiver has not read is lost when
/// it ends. Therefore the handler keeps what may be unread,
/// [1 MiB](SysLogHandlerBuilder::resend_bytes) at most, and sends it again after a reset; after an
/// orderly end, what it has sent in the last minute. Before more is unread, it has the receiver
/// confirm it; see [`docs::delivery`](crate::docs::delivery#streams-without-an-acknowledgement). So
/// up to 1 MiB of records come twice after an outage. In RFC 5424 each record has a
/// [number](SysLogHandlerBuilder::sequence_id), by which duplicates and gaps are found.
///
/// # Python
/// `logging.handlers.SysLogHandler`, whose bytes [`SysLogForm::Python`] has. Python's addresses
/// are a pair, or a path; its default is `udp:localhost:514`. Python sends on the logging thread,
/// waits there for the receiver, and drops what cannot be sent.
///
/// # Examples
/// ```
/// use logtree::{Level, Record};
/// use logtree::handler::{SysLogFacility, SysLogHandler};
/// use std::net::UdpSocket;
///
/// let receiver = UdpSocket::bind("127.0.0.1:0")?;
/// let handler = SysLogHandler::builder(format!("udp:{}", receiver.local_addr()?))
///     .facility(SysLogFacility::Daemon)
///     .app_name("shop")
///     .start()?;
/// let record = Record::builder().name("shop.cart").level(Level::INFO).message("hello");
/// handler.handle(&record.build());
///
/// let mut datagram = [0; 1_000];
/// let length = receiver.recv(&mut datagram)?;
/// let text = std::str::from_utf8(&datagram[..length])?;
/// assert!(text.starts_with("<30>1 "));
/// assert!(text.ends_with("[meta sequenceId=\"1\"] hello"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct SysLogHandler {
    handler: Handler,
    delivery: DeliveryHandler,
}

impl SysLogHandler {
    /// Returns a handler for an address, with the default options.
    ///
    /// # Errors
    /// Where the address cannot be read, or the system has no thread left.
    pub fn new(address: impl AsRef<str>) -> Result<Self, Error> {
        Self::builder(address).start()
    }

    /// Returns a handler for the daemon of this machine, with the default options. It need not run
    /// yet.
    ///
    /// # Errors
    /// Where the system has no such thing, or no thread left.
    pub fn local() -> Result<Self, Error> {
        Self::new("local")
    }

    /// Returns a builder for a handler with other options.
    pub fn builder(address: impl AsRef<str>) -> SysLogHandlerBuilder {
        SysLogHandlerBuilder::new(address.as_ref())
    }
}

handler_type!(SysLogHandler);
delivery_type!(SysLogHandler);
