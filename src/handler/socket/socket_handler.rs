//! The handler for streams: [`SocketHandler`].

use crate::error::Error;
use crate::handler::delivery::DeliveryHandler;
use crate::handler::delivery::delivery_type::delivery_type;
use crate::handler::delivery::options::delivery_options;
use crate::handler::handler::Handler;
use crate::handler::handler_type::handler_type;
#[cfg(feature = "tls")]
use crate::handler::network::tls::Tls;
use crate::handler::options::handler_options;
use crate::handler::socket::options::{SocketOptions, socket_options};
use crate::handler::socket::wire::Wire;

/// Sends records to a receiver of Python's log records, over TCP, TLS or a Unix socket: the server
/// of Python's logging cookbook, `cutelog`, or a `SocketReceiver` of this crate.
///
/// The address is `HOST:PORT` (`tcp:` can stand in front; port 9020 by default), `tls:HOST:PORT`
/// (feature `tls`), or the path of a Unix socket, `unix:PATH`. Each record is a dictionary of its
/// attributes, a [pickle](Wire::Pickle) or [JSON](Wire::Json), after its length in four bytes. A
/// formatter has no effect: the receiver has one.
///
/// A logging call never waits for a receiver; see [`DeliveryHandler`] for what happens while it is
/// away. Nothing is connected until the first record.
///
/// A dictionary of more than 1 MiB, which a `SocketReceiver` does not take, is sent with its
/// longest text halved, and marked `…[+N]` for the bytes that are missing, as often as needed; a
/// record that is too long without such a text is dropped, counted and reported.
///
/// # What is lost
/// Receivers acknowledge nothing: a record counts as sent once the system has taken it. What a
/// receiver has not read is lost when it ends. Therefore the handler keeps what may be unread,
/// [1 MiB](SocketHandlerBuilder::resend_bytes) at most, and sends it again after a reset; after an
/// orderly end, what it has sent in the last minute. Before more is unread, it has the receiver
/// confirm it; see [`docs::delivery`](crate::docs::delivery#streams-without-an-acknowledgement). So
/// up to 1 MiB of records come twice after an outage.
///
/// # Python
/// `logging.handlers.SocketHandler`. Python connects and sends on the logging thread, and drops a
/// record that cannot be sent, and all that come before the time to connect again, without a word.
///
/// # Examples
/// ```no_run
/// use logtree::handler::SocketHandler;
///
/// let handler = SocketHandler::new("localhost:9020")?;
/// logtree::get_logger("").add_handler(handler);
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone)]
pub struct SocketHandler {
    handler: Handler,
    delivery: DeliveryHandler,
}

impl SocketHandler {
    /// Returns a handler for an address, with the default options.
    ///
    /// # Errors
    /// Where the address cannot be read, or the system has no thread left.
    pub fn new(address: impl AsRef<str>) -> Result<Self, Error> {
        Self::builder(address).start()
    }

    /// Returns a builder for a handler with other options.
    pub fn builder(address: impl AsRef<str>) -> SocketHandlerBuilder {
        SocketHandlerBuilder {
            options: SocketOptions::new(address.as_ref()),
        }
    }
}

handler_type!(SocketHandler);
delivery_type!(SocketHandler);

/// Makes a [`SocketHandler`].
#[derive(Clone, Debug)]
#[must_use]
pub struct SocketHandlerBuilder {
    options: SocketOptions,
}

socket_options!(SocketHandlerBuilder);

impl SocketHandlerBuilder {
    /// Sets how much of what was sent may be unread by the receiver; 1 MiB by default. It is kept
    /// in memory, and sent again after the receiver has ended. With 0, nothing is sent again.
    pub fn resend_bytes(mut self, bytes: usize) -> Self {
        self.options.resend_bytes = bytes;
        self
    }

    /// Sets how TLS is spoken; by default it trusts what the system trusts.
    #[cfg(feature = "tls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.options.tls = tls;
        self
    }

    /// Starts the handler's thread, and returns the handler. Nothing is connected yet.
    ///
    /// # Errors
    /// Where the address cannot be read, is one for datagrams, or needs what the build or the
    /// system does not have; where certificates cannot be read, the spool cannot be used, or the
    /// system has no thread left.
    pub fn start(self) -> Result<SocketHandler, Error> {
        let delivery = self.options.start(true)?;
        Ok(SocketHandler::over(delivery))
    }
}
