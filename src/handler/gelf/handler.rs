//! The handler that sends GELF messages: [`GelfHandler`].

use std::fmt;

use crate::error::{Error, ErrorKind};
use crate::handler::delivery::DeliveryHandler;
use crate::handler::delivery::delivery_type::delivery_type;
use crate::handler::delivery::options::{DeliveryOptions, delivery_options};
use crate::handler::gelf::compression::GelfCompression;
use crate::handler::gelf::transport::{GelfTransport, Route, SMALLEST_DATAGRAM};
use crate::handler::handler::Handler;
use crate::handler::handler_type::handler_type;
#[cfg(feature = "http-handler")]
use crate::handler::http::client::Target;
use crate::handler::network::address::{Address, Protocol};
use crate::handler::network::dialer::Dialer;
use crate::handler::network::session::{RESEND_BYTES, Receiver};
#[cfg(feature = "tls")]
use crate::handler::network::tls::Tls;
use crate::handler::options::{HandlerOptions, handler_options};
use crate::sys::host_name::host_name;
use crate::sys::sync::Arc;

const PORT: u16 = 12_201;

/// Sends records to Graylog, or to what else takes GELF 1.1: over UDP, TCP, TLS or HTTP.
///
/// | field | what it holds |
/// |---|---|
/// | `host` | the name of this machine, or [another one](GelfHandlerBuilder::host) |
/// | `short_message`, `full_message` | the first line of the formatted record (without a formatter, of the message), and all of it if there is more |
/// | `timestamp` | seconds since 1970, with microseconds |
/// | `level` | 2 for `CRITICAL`, 3 for `ERROR`, 4 for `WARNING`, 5 from 25, 6 for `INFO`, 7 below |
/// | `_logger`, `_thread`, `_file`, `_line` | the logger's name, the thread, where it was logged |
/// | `_error`, `_stack` | the error with its causes, and the stack trace, of records that have them |
/// | `_KEY` | the key-values: numbers as numbers, all else as strings |
///
/// In names, what GELF does not accept becomes an underscore, and so ends a name that is taken, or
/// that would be `_id`.
///
/// # Delivery
/// The address says how: `udp:HOST:PORT` (without `udp:` too; port 12201 by default), `tcp:…`,
/// `tls:…` (feature `tls`), or `http://HOST:PORT/gelf` (features `http-handler` and, for `https`,
/// `tls`).
///
/// - **UDP**: messages are [compressed](GelfHandlerBuilder::compression), and go in up to 128
///   datagrams of [8,192 bytes](GelfHandlerBuilder::datagram_bytes); a larger one has its longest
///   string cut. What is lost on the way is lost without notice. Where nothing listens on a
///   machine that says so, the handler notices it one message late.
/// - **TCP** and **TLS**: messages end with a NUL. One of more than 2 MiB, the usual limit of
///   Graylog, has its longest string cut. The receiver acknowledges nothing, so what it may not
///   have read, [1 MiB](GelfHandlerBuilder::resend_bytes) at most, is sent again after an outage;
///   see [`docs::delivery`](crate::docs::delivery#streams-without-an-acknowledgement).
/// - **HTTP**: a request for each message, as with `HttpHandler`.
///   A status of 200 to 299 means that the receiver has it.
///
/// While the receiver is away, records wait as with every [`DeliveryHandler`].
///
/// # Python
/// The packages `graypy` and `pygelf`, whose fields differ in their names.
///
/// # Examples
/// ```no_run
/// use logtree::handler::GelfHandler;
///
/// let handler = GelfHandler::builder("udp:graylog.example.com")
///     .datagram_bytes(1420)
///     .start()?;
/// logtree::get_logger("").add_handler(handler);
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone)]
pub struct GelfHandler {
    handler: Handler,
    delivery: DeliveryHandler,
}

impl GelfHandler {
    /// Returns a handler that sends to an address. Nothing is connected yet.
    ///
    /// # Errors
    /// For an invalid address, or where the system has no thread left.
    pub fn new(address: impl AsRef<str>) -> Result<Self, Error> {
        Self::builder(address).start()
    }

    /// Returns a builder for a handler with other options.
    pub fn builder(address: impl AsRef<str>) -> GelfHandlerBuilder {
        GelfHandlerBuilder {
            address: address.as_ref().to_owned(),
            host: None,
            compression: GelfCompression::default(),
            datagram_bytes: 8192,
            resend_bytes: RESEND_BYTES,
            #[cfg(feature = "tls")]
            tls: None,
            delivery: DeliveryOptions::default(),
            handler: HandlerOptions::default(),
        }
    }
}

handler_type!(GelfHandler);
delivery_type!(GelfHandler);

/// Makes a [`GelfHandler`].
#[derive(Clone)]
#[must_use]
pub struct GelfHandlerBuilder {
    address: String,
    host: Option<String>,
    compression: GelfCompression,
    datagram_bytes: usize,
    resend_bytes: usize,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
    delivery: DeliveryOptions,
    handler: HandlerOptions,
}

handler_options!(GelfHandlerBuilder, handler);
delivery_options!(GelfHandlerBuilder, delivery);

impl GelfHandlerBuilder {
    /// Sets the field `host`; the name of this machine by default.
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.host = Some(host.into());
        self
    }

    /// Sets how datagrams are compressed.
    pub fn compression(mut self, compression: GelfCompression) -> Self {
        self.compression = compression;
        self
    }

    /// Sets how many bytes a datagram has at most, 512 at least; 8,192 by default. On the way
    /// through the internet, 1,420 arrive in one piece. Where the system does not take one of that
    /// size, smaller ones are sent.
    pub fn datagram_bytes(mut self, bytes: usize) -> Self {
        self.datagram_bytes = bytes;
        self
    }

    /// Sets how much of what was sent over TCP or TLS may be unread by the receiver; 1 MiB by
    /// default. It is kept in memory, and sent again after an outage. With 0, nothing is sent
    /// again.
    pub fn resend_bytes(mut self, bytes: usize) -> Self {
        self.resend_bytes = bytes;
        self
    }

    /// Sets how TLS is spoken: which certificates are trusted, for one.
    #[cfg(feature = "tls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Starts the handler's thread, and returns the handler. Nothing is connected yet.
    ///
    /// # Errors
    /// For an invalid address, where a certificate cannot be read or the spool cannot be used, or
    /// the system has no thread left.
    pub fn start(self) -> Result<GelfHandler, Error> {
        let (route, shown) = self.route()?;
        let transport = GelfTransport {
            route,
            shown,
            host: self.host.unwrap_or_else(host_name),
            compression: self.compression,
            datagram_bytes: self.datagram_bytes.max(SMALLEST_DATAGRAM),
        };
        let delivery = DeliveryHandler::with(Box::new(transport), self.delivery, self.handler)?;
        Ok(GelfHandler::over(delivery))
    }

    fn route(&self) -> Result<(Route, String), Error> {
        if self.address.starts_with("http://") || self.address.starts_with("https://") {
            #[cfg(feature = "http-handler")]
            {
                #[cfg_attr(not(feature = "tls"), expect(unused_mut, reason = "TLS sets more"))]
                let mut target = Target::new(&self.address)?;
                #[cfg(feature = "tls")]
                if let Some(tls) = &self.tls {
                    target.set_tls(tls.clone())?;
                }
                let shown = target.shown().to_string();
                return Ok((Route::Http(Arc::new(target)), shown));
            }
            #[cfg(not(feature = "http-handler"))]
            {
                let message = "GELF over HTTP needs the feature `http-handler`";
                return Err(Error::new(ErrorKind::InvalidConfig, message));
            }
        }
        let address = Address::parse(&self.address, Protocol::Udp, |_| PORT)?;
        let shown = address.to_string();
        let Some(protocol) = address.protocol() else {
            let message = "expected the address of a host, found a Unix socket";
            return Err(Error::new(ErrorKind::InvalidConfig, message));
        };
        let dialer = Dialer::new(address);
        #[cfg(feature = "tls")]
        let dialer = match &self.tls {
            Some(tls) => dialer.with_tls(tls.clone()),
            None => dialer,
        };
        dialer.check()?;
        let route = match protocol {
            Protocol::Udp => Route::Datagrams(dialer),
            Protocol::Tcp | Protocol::Tls => {
                Route::Stream(Arc::new(Receiver::new(vec![dialer], self.resend_bytes)))
            }
        };
        Ok((route, shown))
    }
}

impl fmt::Debug for GelfHandlerBuilder {
    /// Without the address, which may have a password in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GelfHandlerBuilder")
            .field("host", &self.host)
            .field("compression", &self.compression)
            .field("datagram_bytes", &self.datagram_bytes)
            .field("delivery", &self.delivery)
            .field("handler", &self.handler)
            .finish_non_exhaustive()
    }
}
