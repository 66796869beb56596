//! The handler for datagrams: [`DatagramHandler`].

use crate::error::Error;
use crate::handler::delivery::DeliveryHandler;
use crate::handler::delivery::delivery_type::delivery_type;
use crate::handler::delivery::options::delivery_options;
use crate::handler::handler::Handler;
use crate::handler::handler_type::handler_type;
use crate::handler::options::handler_options;
use crate::handler::socket::options::{SocketOptions, socket_options};
use crate::handler::socket::wire::Wire;

/// Sends records to a receiver of Python's log records, each in a datagram, over UDP or a Unix
/// socket.
///
/// The address is `HOST:PORT` (`udp:` can stand in front; port 9021 by default), or the path of a
/// Unix socket for datagrams, `unix:PATH`. A datagram holds what a
/// [`SocketHandler`](crate::handler::SocketHandler) sends for a record, the length included. Of a
/// record that the system finds too large (over UDP, 65,507 bytes), the longest string is halved,
/// with the mark `…[+N]` for the number of bytes that are missing, until it fits; one that stays
/// too large is refused and counted.
///
/// A logging call never waits for a receiver; see [`DeliveryHandler`] for what happens while it is
/// away.
///
/// # What is lost
/// A datagram over a network may get lost without a notice. Where nothing listens on this machine,
/// or on one that says so, the handler notices it with the next record: that one waits until there
/// is a receiver, and the one before is lost.
///
/// # Python
/// `logging.handlers.DatagramHandler`. Python reports what is too large, and drops it.
///
/// # Examples
/// ```
/// use logtree::handler::DatagramHandler;
/// use logtree::{Level, Record};
/// use std::net::UdpSocket;
///
/// let receiver = UdpSocket::bind("127.0.0.1:0")?;
/// let handler = DatagramHandler::new(receiver.local_addr()?.to_string())?;
/// handler.handle(&Record::builder().name("a.b").level(Level::INFO).message("hello").build());
///
/// let mut datagram = [0; 65_536];
/// let length = receiver.recv(&mut datagram)?;
/// assert_eq!(datagram[..4], u32::try_from(length - 4)?.to_be_bytes());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct DatagramHandler {
    handler: Handler,
    delivery: DeliveryHandler,
}

impl DatagramHandler {
    /// Returns a handler for an address, with the default options.
    ///
    /// # Errors
    /// Where the address cannot be read, or the system has no thread left.
    pub fn new(address: impl AsRef<str>) -> Result<Self, Error> {
        Self::builder(address).start()
    }

    /// Returns a builder for a handler with other options.
    pub fn builder(address: impl AsRef<str>) -> DatagramHandlerBuilder {
        DatagramHandlerBuilder {
            options: SocketOptions::new(address.as_ref()),
        }
    }
}

handler_type!(DatagramHandler);
delivery_type!(DatagramHandler);

/// Makes a [`DatagramHandler`].
#[derive(Clone, Debug)]
#[must_use]
pub struct DatagramHandlerBuilder {
    options: SocketOptions,
}

socket_options!(DatagramHandlerBuilder);

impl DatagramHandlerBuilder {
    /// Starts the handler's thread, and returns the handler.
    ///
    /// # Errors
    /// Where the address cannot be read, is one for streams, or needs what the system does not
    /// have; where the spool cannot be used, or the system has no thread left.
    pub fn start(self) -> Result<DatagramHandler, Error> {
        let delivery = self.options.start(false)?;
        Ok(DatagramHandler::over(delivery))
    }
}
