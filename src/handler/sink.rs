//! What stands behind a handler: [`Sink`].

use std::fmt;

use crate::error::Error;
use crate::formatter::{Format, Line, with_line};
use crate::handler::counters::DropReason;
use crate::handler::handler_id::HandlerId;
use crate::handler::stream_id::StreamId;
use crate::record::Record;

/// A place that records are written to.
///
/// # The contract
/// - [`write`](Self::write) is called by the handler on the logging thread, from many threads at once, after level and filters
///   have passed the record. No lock of ours is held. A sink that writes to one device locks it itself, and only around the
///   writing: formatting runs the user's code, and [`formatted`] does it first.
/// - An `Err` means that the record was not written: the handler counts it and tells its error hook. Nothing reaches the
///   caller. A panic counts as an error.
/// - A write that returns `Ok` has taken the record: written it, or keeps it and counts it in [`queued`](Self::queued) until it
///   has. A sink that keeps records notes in its [`Ledger`](crate::handler::Ledger) what becomes of each, so that
///   `accepted = written + dropped + queued` holds at any time.
/// - What fails later than in `write` goes into the ledger too: on a thread of the sink and in its destructor there is no caller.
/// - A sink may log. A record that comes back to the same sink while it holds its lock on the same thread must be
///   refused with [`ErrorKind::Reentrant`](crate::ErrorKind::Reentrant), not waited for.
/// - After `flush` returned `Ok`, every record taken before the call is out of the process. After `close` likewise; a later
///   `write` either works or returns an error.
/// - `flush` and `close` can be called at any time, from any thread, more than once.
///
/// # Python
/// The `emit`, `flush` and `close` of a `logging.Handler` subclass.
///
/// # Examples
/// ```
/// use logtree::{Error, Handler, Record};
/// use logtree::formatter::Format;
/// use logtree::handler::{formatted, Sink};
/// use std::sync::mpsc::{channel, Sender};
///
/// struct Channel(Sender<String>);
/// impl Sink for Channel {
///     fn write(&self, record: &Record<'_>, formatter: &dyn Format) -> Result<(), Error> {
///         formatted(formatter, record, |line| {
///             let _ = self.0.send(line.as_str().to_owned());
///             Ok(())
///         })
///     }
/// }
///
/// let (sender, receiver) = channel();
/// let handler = Handler::new(Channel(sender));
/// handler.handle(&Record::builder().message("hello").build());
/// assert_eq!(receiver.try_recv()?, "hello");
/// # Ok::<(), std::sync::mpsc::TryRecvError>(())
/// ```
pub trait Sink: Send + Sync {
    /// Writes a record.
    ///
    /// # Errors
    /// When the record could not be written; it then counts as dropped.
    fn write(&self, record: &Record<'_>, formatter: &dyn Format) -> Result<(), Error>;

    /// Writes a record of the handler's own, the notice of an outage, past any buffer: an `Ok` means that it is written, and neither
    /// it nor an `Err` is counted. The default writes it like any other.
    ///
    /// A sink that keeps records defines it: it writes out what it keeps and then the record, and does not put it into its buffer.
    ///
    /// # Errors
    /// When it could not be written; it then comes again, before the next record.
    fn write_through(&self, record: &Record<'_>, formatter: &dyn Format) -> Result<(), Error> {
        self.write(record, formatter)
    }

    /// Writes out what is held back.
    ///
    /// # Errors
    /// When it could not be. What it keeps nevertheless is not lost yet; records that it gives up go into the
    /// [`Ledger`](crate::handler::Ledger), which makes an error of them.
    fn flush(&self) -> Result<(), Error> {
        Ok(())
    }

    /// Flushes and ends. The default flushes.
    ///
    /// # Errors
    /// When what was held back could not be written.
    fn close(&self) -> Result<(), Error> {
        self.flush()
    }

    /// Opens the device anew, where that means something.
    ///
    /// # Errors
    /// When it could not be opened; the old one then stays in use.
    fn reopen(&self) -> Result<(), Error> {
        Ok(())
    }

    /// Whether [`shutdown`](crate::shutdown) flushes it before closing it.
    fn flush_at_shutdown(&self) -> bool {
        true
    }

    /// How many records it has taken and not yet written.
    fn queued(&self) -> u64 {
        0
    }

    /// Which stream it writes to, where several sinks may write to the same one. It is asked once, when the handler is made.
    fn stream_id(&self) -> Option<StreamId> {
        None
    }

    /// Whether it throws everything away. Then the handler need not even make the record. It is asked once, when the handler is
    /// made.
    fn is_null(&self) -> bool {
        false
    }

    /// How many of the records that it had taken were lost afterwards, as when a buffer could not be written, and why.
    fn lost(&self) -> (DropReason, u64) {
        (DropReason::Io, 0)
    }

    /// How many of the records that it had taken were written since, where it counts that itself. Otherwise they are those in its
    /// [`Ledger`](crate::handler::Ledger) and those that it took and does not say are [queued](Self::queued).
    fn written(&self) -> Option<u64> {
        None
    }

    /// Says that many records follow, or that they have: one that writes each record by itself may write them in blocks meanwhile.
    /// A queue's thread calls it around what it takes out at once.
    fn set_corked(&self, corked: bool) {
        let _ = corked;
    }

    /// Called once in a child process made by `fork`, before any handler is used there. Records that the sink keeps are the parent's
    /// to write, and its threads do not exist: forget the former, and start the latter again. No other thread of the child is
    /// inside a handler meanwhile; a lock of the sink's own may be one that a thread of the parent held.
    fn in_child(&self) {}

    /// The handlers that it hands records to. [`shutdown`](crate::shutdown) ends it before them.
    fn targets(&self) -> Vec<HandlerId> {
        Vec::new()
    }

    /// Describes itself in one line, such as `StreamHandler <stderr>`.
    ///
    /// # Errors
    /// Those of the formatter.
    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = std::any::type_name::<Self>();
        f.write_str(path.rsplit("::").next().unwrap_or(path))
    }
}

/// Formats a record into a buffer of the thread's own, and then lends the line to `write`: how a sink keeps the user's code
/// out of its lock. It allocates nothing once the thread's buffers have grown.
///
/// # Errors
/// Those of the formatter, and those of `write`.
pub fn formatted<R>(
    formatter: &dyn Format,
    record: &Record<'_>,
    write: impl FnOnce(&mut Line) -> Result<R, Error>,
) -> Result<R, Error> {
    with_line(formatter, record, false, write)
}
