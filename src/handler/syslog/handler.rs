//! The handler for syslog: [`SysLogHandler`].

use std::fmt;

use crate::error::{Error, ErrorKind};
use crate::handler::delivery::DeliveryHandler;
use crate::handler::delivery::delivery_type::delivery_type;
use crate::handler::delivery::options::{DeliveryOptions, delivery_options};
use crate::handler::handler::Handler;
use crate::handler::handler_type::handler_type;
use crate::handler::network::address::{Address, Protocol};
use crate::handler::network::dialer::Dialer;
use crate::handler::network::session::{RESEND_BYTES, Receiver};
#[cfg(feature = "tls")]
use crate::handler::network::tls::Tls;
use crate::handler::options::{HandlerOptions, handler_options};
use crate::handler::origin;
use crate::handler::syslog::facility::SysLogFacility;
use crate::handler::syslog::form::{Parts, SysLogForm, header_field, tag};
use crate::handler::syslog::framing::SysLogFraming;
use crate::handler::syslog::transport::{Shared, SysLog};
use crate::sys::host_name::host_name;
use crate::sys::sync::Arc;

/// The address of the daemon of this machine, whichever it has.
const LOCAL: &str = "local";

/// Where the daemon listens, on Linux, macOS and with systemd.
const LOCAL_SOCKETS: [&str; 3] = [
    "/dev/log",
    "/var/run/syslog",
    "/run/systemd/journal/dev-log",
];

/// The number that the documentation of enterprise numbers uses.
const ENTERPRISE: u32 = 32_473;

/// The smallest limit of a message: header and structured data must fit.
const SMALLEST_LIMIT: usize = 1_024;

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
/// same machine, the handler notices that nothing receives it and sends it again, but what a daemon
/// has not read of its socket ends with it, unless systemd holds the socket. Over TCP and TLS, a
/// record counts as sent once the system has taken it. What a receiver has not read is lost when it
/// ends. Therefore the handler keeps what may be unread,
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

/// Makes a [`SysLogHandler`].
#[derive(Clone)]
#[must_use]
pub struct SysLogHandlerBuilder {
    address: String,
    stream: Option<bool>,
    form: Option<SysLogForm>,
    framing: Option<SysLogFraming>,
    facility: SysLogFacility,
    ident: String,
    app_name: Option<String>,
    host: Option<String>,
    enterprise: u32,
    bom: bool,
    sequence_id: bool,
    max_message_bytes: Option<usize>,
    resend_bytes: usize,
    #[cfg(feature = "tls")]
    tls: Tls,
    delivery: DeliveryOptions,
    handler: HandlerOptions,
}

handler_options!(SysLogHandlerBuilder, handler);
delivery_options!(SysLogHandlerBuilder, delivery);

impl SysLogHandlerBuilder {
    pub(super) fn new(address: &str) -> Self {
        Self {
            address: address.to_owned(),
            stream: None,
            form: None,
            framing: None,
            facility: SysLogFacility::User,
            ident: String::new(),
            app_name: None,
            host: None,
            enterprise: ENTERPRISE,
            bom: false,
            sequence_id: true,
            max_message_bytes: None,
            resend_bytes: RESEND_BYTES,
            #[cfg(feature = "tls")]
            tls: Tls::default(),
            delivery: DeliveryOptions::default(),
            handler: HandlerOptions::default(),
        }
    }

    /// Sets whether the socket is a stream, whatever the address says: TCP instead of UDP, and for
    /// Unix sockets that only the one kind is tried.
    ///
    /// # Python
    /// The argument `socktype`.
    pub fn stream(mut self, stream: bool) -> Self {
        self.stream = Some(stream);
        self
    }

    /// Sets how records are written; by default RFC 5424 for receivers on a network, and RFC 3164
    /// for Unix sockets.
    pub fn form(mut self, form: SysLogForm) -> Self {
        self.form = Some(form);
        self
    }

    /// Sets how the end of a message is marked. The default depends on the socket: see
    /// [`SysLogHandler`]. With TLS, standard receivers expect octet counting.
    pub fn framing(mut self, framing: SysLogFraming) -> Self {
        self.framing = Some(framing);
        self
    }

    /// Sets the facility; `user` by default.
    pub fn facility(mut self, facility: SysLogFacility) -> Self {
        self.facility = facility;
        self
    }

    /// Sets what stands before each message in [Python's form](SysLogForm::Python); nothing by
    /// default.
    ///
    /// # Python
    /// The attribute `ident`.
    pub fn ident(mut self, ident: impl Into<String>) -> Self {
        self.ident = ident.into();
        self
    }

    /// Sets the name of the program, which is `APP-NAME` in RFC 5424 (48 characters at most) and
    /// the tag in RFC 3164 (32 at most); the name of its file by default.
    pub fn app_name(mut self, name: impl Into<String>) -> Self {
        self.app_name = Some(name.into());
        self
    }

    /// Sets the name of the machine, of 255 characters at most; by default as the system has it.
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.host = Some(host.into());
        self
    }

    /// Sets the enterprise number in the name of the structured data, `logtree@32473`. The default
    /// is the one for documentation; IANA gives others away.
    pub fn enterprise(mut self, number: u32) -> Self {
        self.enterprise = number;
        self
    }

    /// Sets whether messages of RFC 5424 begin with the mark of UTF-8, as the standard demands; off
    /// by default, since many receivers show it.
    pub fn bom(mut self, bom: bool) -> Self {
        self.bom = bom;
        self
    }

    /// Sets whether messages of RFC 5424 have the number of the record, `[meta sequenceId="7"]`; on
    /// by default. It goes from 1 to 2,147,483,647 and then from 1 again. A record that is sent
    /// twice has the same number, and dropped ones leave a gap.
    pub fn sequence_id(mut self, sequence_id: bool) -> Self {
        self.sequence_id = sequence_id;
        self
    }

    /// Sets how long a message may be, 1,024 bytes at least; by default 8,192 in UDP and 65,536
    /// otherwise, which is syslog-ng's limit (rsyslog cuts at 8 KiB unless `maxMessageSize` says
    /// otherwise). A longer one is cut and gets the mark `…[+N]`, for the number of bytes that are
    /// missing. Half of it may be structured data; what does not fit there is left out, with a
    /// parameter `left_out` for how many. A datagram that the system does not take is cut in
    /// halves until it does.
    pub fn max_message_bytes(mut self, bytes: usize) -> Self {
        self.max_message_bytes = Some(bytes.max(SMALLEST_LIMIT));
        self
    }

    /// Sets how much of what was sent on a stream may be unread by the receiver; 1 MiB by default.
    /// It is kept in memory, and sent again after the receiver has ended. Before more is unread,
    /// the handler ends its connection and waits for the receiver to end it as well, which it does
    /// once it has read all; then the handler connects again. See
    /// [`SysLogHandler`](SysLogHandler#what-is-lost). With 0, nothing is sent again, and the
    /// connection stays.
    pub fn resend_bytes(mut self, bytes: usize) -> Self {
        self.resend_bytes = bytes;
        self
    }

    /// Sets how TLS is spoken; by default it trusts what the system trusts.
    #[cfg(feature = "tls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = tls;
        self
    }

    /// Starts the handler's thread, and returns the handler. Nothing is connected yet.
    ///
    /// # Errors
    /// Where the address cannot be read or needs what the build or the system does not have,
    /// certificates cannot be read, the spool cannot be used, or the system has no thread left.
    pub fn start(self) -> Result<SysLogHandler, Error> {
        let addresses = self.addresses()?;
        let is_network = addresses.iter().any(|it| it.protocol().is_some());
        let form = self.form.unwrap_or(if is_network {
            SysLogForm::Rfc5424
        } else {
            SysLogForm::Rfc3164
        });
        let host = self.host.unwrap_or_else(host_name);
        let app = self.app_name.unwrap_or_else(origin::program);
        let (host, app) = match form {
            SysLogForm::Rfc5424 => (header_field(&host, 255), header_field(&app, 48)),
            // The older form has no domain.
            _ if is_network => {
                let first = host.split('.').next().unwrap_or_default();
                (header_field(first, 255), tag(&app))
            }
            _ => (String::new(), tag(&app)),
        };
        let usual = if addresses[0].protocol() == Some(Protocol::Udp) {
            8_192
        } else {
            65_536
        };
        let parts = Parts {
            form,
            facility: self.facility,
            host,
            app,
            ident: self.ident,
            enterprise: self.enterprise.to_string(),
            bom: self.bom,
            max_data: self.max_message_bytes.unwrap_or(usual) / 2,
            plain: form.plain()?,
        };
        let description = match &*addresses {
            [address] => address.to_string(),
            _ => LOCAL.to_owned(),
        };
        #[cfg(feature = "tls")]
        let tls = self.tls;
        let dialer = |address| {
            let dialer = Dialer::new(address);
            #[cfg(feature = "tls")]
            let dialer = dialer.with_tls(tls.clone());
            dialer.check().map(|()| dialer)
        };
        let dialers = addresses.into_iter().map(dialer);
        let dialers = dialers.collect::<Result<_, _>>()?;
        let transport = SysLog {
            parts,
            receiver: Arc::new(Receiver::new(dialers, self.resend_bytes)),
            framing: self.framing,
            max_message_bytes: self.max_message_bytes,
            sequence_id: self.sequence_id,
            description,
        };
        let transport = Box::new(Shared(Arc::new(transport)));
        let delivery = DeliveryHandler::with(transport, self.delivery, self.handler)?;
        Ok(SysLogHandler::over(delivery))
    }

    /// Returns where the receiver may be.
    fn addresses(&self) -> Result<Vec<Address>, Error> {
        let texts: &[&str] = if self.address == LOCAL {
            &LOCAL_SOCKETS
        } else {
            &[&self.address]
        };
        if self.address == LOCAL && cfg!(not(unix)) {
            let message = "there is no local syslog on this system: use the address of a receiver";
            return Err(Error::new(ErrorKind::InvalidConfig, message));
        }
        let port = |protocol| match protocol {
            Protocol::Tls => 6_514,
            Protocol::Udp | Protocol::Tcp => 514,
        };
        let address = |text: &&str| {
            let address = Address::parse(text, Protocol::Udp, port)?;
            self.stream
                .map_or(Ok(address.clone()), |stream| address.with_stream(stream))
        };
        texts.iter().map(address).collect()
    }
}

impl fmt::Debug for SysLogHandlerBuilder {
    /// Without the address, which may be another one with a password by mistake.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SysLogHandlerBuilder")
            .field("form", &self.form)
            .field("framing", &self.framing)
            .field("facility", &self.facility)
            .field("ident", &self.ident)
            .field("app_name", &self.app_name)
            .field("host", &self.host)
            .field("max_message_bytes", &self.max_message_bytes)
            .field("resend_bytes", &self.resend_bytes)
            .field("delivery", &self.delivery)
            .field("handler", &self.handler)
            .finish_non_exhaustive()
    }
}
