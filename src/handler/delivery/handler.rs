//! The handler that sends records to a receiver: [`DeliveryHandler`].

use std::fmt;
use std::time::Duration;

use crate::error::Error;
use crate::handler::delivery::health::Health;
use crate::handler::delivery::options::{DeliveryOptions, delivery_options};
use crate::handler::delivery::outgoing::Outgoing;
use crate::handler::delivery::sink::DeliverySink;
use crate::handler::delivery::transport::Transport;
use crate::handler::delivery::worker;
use crate::handler::handler::Handler;
use crate::handler::handler_type::handler_type;
use crate::handler::ledger::Ledger;
use crate::handler::options::{HandlerOptions, handler_options};
use crate::level::drop_counts::DropCounts;
use crate::sys::sync::Arc;

/// Sends records to a receiver by a [`Transport`], at least once, and through its outages. The
/// handlers for syslog, HTTP and other protocols are this one with a transport of their own.
///
/// A logging call encodes its record, puts it into the handler's memory and returns; it never waits
/// for a network. A thread takes records out in their order and sends them in batches. Where the
/// receiver is away it tries again, with [longer and longer pauses](crate::delivery::Backoff),
/// and goes on where it was: a record is sent again until the receiver has it, which may be more
/// than once.
///
/// While the receiver is away, memory holds 10,000 records of 16 MiB; what comes then goes to the
/// [spool](crate::delivery::Spool) if there is one. Without one, the oldest of the least severe
/// records are dropped; they are counted and reported, and once the receiver is back, a record says
/// how many there were.
///
/// [`flush`](Handler::flush) waits until all that was logged before is with the receiver, or until
/// an attempt fails: then it returns the error, and the records are kept. An attempt that failed
/// before the call and succeeded since is no error of it. [`close`](Handler::close),
/// the end of the process included, tries for 5 seconds; what is left goes to the spool, or is
/// dropped and counted.
///
/// What the transport itself logs while it sends, as HTTP clients do, goes to handlers that do not
/// send.
/// In a child process made by `fork` the handler begins empty, with a connection of its own and
/// without the spool.
///
/// # Examples
/// A transport of your own:
/// ```
/// use logtree::delivery::{Connection, Entry, Outcome, Transport};
/// use logtree::handler::DeliveryHandler;
/// use logtree::{Error, Record};
/// use std::sync::mpsc::{Sender, channel};
///
/// struct ToChannel(Sender<String>);
/// struct Sending(Sender<String>);
///
/// impl Transport for ToChannel {
///     fn connect(&self) -> Result<Box<dyn Connection>, Error> {
///         Ok(Box::new(Sending(self.0.clone())))
///     }
///     fn describe(&self) -> String {
///         "ToChannel".to_owned()
///     }
/// }
///
/// impl Connection for Sending {
///     fn send(&mut self, batch: &[Entry]) -> Outcome {
///         for entry in batch {
///             let _ = self.0.send(String::from_utf8_lossy(entry.payload()).into_owned());
///         }
///         Outcome::Sent
///     }
/// }
///
/// let (sender, receiver) = channel();
/// let handler = DeliveryHandler::new(ToChannel(sender))?;
/// handler.handle(&Record::builder().message("hello").build());
/// handler.flush()?;
/// assert_eq!(receiver.recv()?, "hello");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct DeliveryHandler {
    handler: Handler,
    outgoing: Arc<Outgoing>,
}

impl DeliveryHandler {
    /// Returns a handler with the default options.
    ///
    /// # Errors
    /// Where the system has no thread left.
    pub fn new(transport: impl Transport) -> Result<Self, Error> {
        Self::builder(transport).start()
    }

    /// Returns a builder for a handler with other options.
    pub fn builder(transport: impl Transport) -> DeliveryHandlerBuilder {
        DeliveryHandlerBuilder {
            transport: Box::new(transport),
            delivery: DeliveryOptions::default(),
            handler: HandlerOptions::default(),
        }
    }

    pub(in crate::handler) fn with(
        transport: Box<dyn Transport>,
        delivery: DeliveryOptions,
        options: HandlerOptions,
    ) -> Result<Self, Error> {
        let ledger = Ledger::new();
        let outgoing = Arc::new(Outgoing::new(transport, delivery, ledger.clone())?);
        let sink = DeliverySink(Arc::clone(&outgoing));
        let handler = Handler::over(Box::new(sink), &ledger);
        options.apply_to(&handler);
        // After what it reports its failures with, as a spool may have entries already.
        worker::start(&outgoing)?;
        Ok(Self { handler, outgoing })
    }

    /// Returns whether the receiver can be reached, and what waits for it. Looks at the files of
    /// the spool, if there is one.
    #[must_use]
    pub fn health(&self) -> Health {
        self.outgoing.health()
    }

    /// Returns how many records were dropped, by level: for lack of room, or refused by the
    /// receiver.
    #[must_use]
    pub fn drops(&self) -> DropCounts {
        self.outgoing.drops.read()
    }

    /// Waits until all that was logged before is with the receiver, at most so long;
    /// [`flush`](Handler::flush) waits 10 seconds.
    ///
    /// # Errors
    /// The failure of an attempt that began after the call, or
    /// [`ErrorKind::TimedOut`](crate::ErrorKind::TimedOut); both with the number of records that
    /// are kept for later.
    pub fn flush_within(&self, timeout: Duration) -> Result<(), Error> {
        self.outgoing.flush(timeout)
    }
}

handler_type!(DeliveryHandler);

/// Makes a [`DeliveryHandler`].
#[must_use]
pub struct DeliveryHandlerBuilder {
    transport: Box<dyn Transport>,
    delivery: DeliveryOptions,
    handler: HandlerOptions,
}

handler_options!(DeliveryHandlerBuilder, handler);
delivery_options!(DeliveryHandlerBuilder, delivery);

impl DeliveryHandlerBuilder {
    /// Starts the handler's thread, and returns the handler. Nothing is connected yet.
    ///
    /// # Errors
    /// Where the spool cannot be used, or the system has no thread left.
    pub fn start(self) -> Result<DeliveryHandler, Error> {
        DeliveryHandler::with(self.transport, self.delivery, self.handler)
    }
}

impl fmt::Debug for DeliveryHandlerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeliveryHandlerBuilder")
            .field("delivery", &self.delivery)
            .field("handler", &self.handler)
            .finish_non_exhaustive()
    }
}
