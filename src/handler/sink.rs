//! What a handler writes to: [`Sink`].

use crate::error::Error;
use crate::formatter::{Format, Line, with_line};
use crate::handler::counters::DropReason;
use crate::handler::handler_id::HandlerId;
use crate::handler::stream_id::StreamId;
use crate::record::Record;
use crate::sys::sync::Arc;

/// A place that records are written to.
///
/// # The contract
/// - The handler calls [`write`](Self::write) on the logging thread, on many threads at once, after
///   level and filters have passed the record, and holds no lock meanwhile. A sink that writes to
///   one device locks it itself, and only for the writing: formatting runs user code, and
///   [`formatted`] does that first.
/// - An `Err` means that the record was not written: the handler counts it and calls its error
///   hook. A panic counts as an error. Neither reaches the caller.
/// - `Ok` means that the sink has taken the record: it has written it, or keeps it and counts it in
///   [`SinkStatus::queued`] until it has. A sink that keeps records notes in its
///   [`Ledger`](crate::handler::Ledger) what becomes of each, so that at any time each accepted
///   record is counted once: as written, dropped or queued. What fails later, on a thread of the
///   sink or in its destructor, goes into the ledger too, as there is no caller.
/// - A sink may log. A record that arrives while the same thread holds the sink's lock is refused
///   with [`ErrorKind::Reentrant`](crate::ErrorKind::Reentrant); it never waits.
/// - After `flush` has returned `Ok`, every record taken before the call has left the process. The
///   same holds for `close`; a later `write` either works or returns an error.
/// - `flush` and `close` can be called at any time, on any thread, and more than once.
///
/// Most sinks define `write` alone, and `flush` where they keep something. `Arc` and `Box` forward.
///
/// # Python
/// The `emit`, `flush` and `close` of a `logging.Handler` subclass.
///
/// # Examples
/// ```
/// use logtree::{Error, ErrorKind, Handler, Record};
/// use logtree::formatter::Format;
/// use logtree::handler::{Sink, formatted};
/// use std::sync::mpsc::{Sender, channel};
///
/// struct Channel(Sender<String>);
///
/// impl Sink for Channel {
///     fn write(&self, record: &Record<'_>, format: &dyn Format) -> Result<(), Error> {
///         formatted(format, record, |line| {
///             let sent = self.0.send(line.as_str().to_owned());
///             sent.map_err(|_| Error::new(ErrorKind::Closed, "the receiver is gone"))
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
    fn write(&self, record: &Record<'_>, format: &dyn Format) -> Result<(), Error>;

    /// Writes a line that was formatted before, without colours; it may append to it. `None` if
    /// what it writes to needs another line.
    #[doc(hidden)]
    fn write_line(&self, record: &Record<'_>, line: &mut Line) -> Option<Result<(), Error>> {
        let _ = (record, line);
        None
    }

    /// Writes the notice of an outage, a record of the handler's own, past any buffer. `Ok` means
    /// that it is written; neither `Ok` nor `Err` is counted. The default calls
    /// [`write`](Self::write).
    ///
    /// A sink that keeps records writes them out first, and does not keep this one.
    ///
    /// # Errors
    /// When it could not be written; the handler tries again before the next record.
    fn write_through(&self, record: &Record<'_>, format: &dyn Format) -> Result<(), Error> {
        self.write(record, format)
    }

    /// Writes out what the sink keeps. The default does nothing.
    ///
    /// # Errors
    /// When it could not be written. What the sink goes on to keep is not lost yet; records that it
    /// gives up go into the [`Ledger`](crate::handler::Ledger), which makes an error of them.
    fn flush(&self) -> Result<(), Error> {
        Ok(())
    }

    /// Writes out what the sink keeps, and ends. The default flushes.
    ///
    /// # Errors
    /// When what it kept could not be written.
    fn close(&self) -> Result<(), Error> {
        self.flush()
    }

    /// Reopens the device, where that means something. The default does nothing.
    ///
    /// # Errors
    /// When it could not be opened; the old one stays in use.
    fn reopen(&self) -> Result<(), Error> {
        Ok(())
    }

    /// Brackets what the thread of a queue writes at once. A sink that writes each record by itself
    /// may write blocks in between. The default does nothing.
    fn batch(&self, batch: Batch) {
        let _ = batch;
    }

    /// Forgets what belongs to the parent process, in a child made by `fork`. The default does
    /// nothing.
    ///
    /// The handler calls it once, before any handler is used in the child, and no other thread is
    /// inside one. Records that the sink keeps are the parent's to write; threads of the sink do
    /// not exist in the child; a lock of the sink's own may be held by a thread of the parent.
    fn reset_after_fork(&self) {}

    /// Returns what never changes. The handler asks once, when it is made.
    fn facts(&self) -> SinkFacts {
        SinkFacts::of::<Self>()
    }

    /// Returns what changes. It must not block.
    fn status(&self) -> SinkStatus {
        SinkStatus::default()
    }
}

/// The two ends of a batch; see [`Sink::batch`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Batch {
    /// Many records may follow.
    Begins,
    /// The last one has been written.
    Ends,
}

/// What never changes about a sink: see [`Sink::facts`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SinkFacts {
    /// Describes the sink in a line, such as `StreamHandler <stderr>`. The name of its type by
    /// default.
    pub description: String,
    /// Which stream it writes to, where other sinks may write to the same one. None by default.
    pub stream: Option<StreamId>,
    /// Whether it discards everything, so that records for it need not be made. Off by default.
    pub discards: bool,
    /// Whether it writes nothing of a record but the line that a formatter makes of it.
    pub(super) writes_lines: bool,
    /// Whether it must be called on the thread that logs, where there are handlers that must: what
    /// it writes to is the thread's own, or what it is going to open may be.
    pub(super) is_of_the_caller: bool,
}

impl SinkFacts {
    /// Returns the facts of a sink with this description.
    #[must_use]
    pub fn new(description: impl Into<String>) -> Self {
        Self {
            description: description.into(),
            stream: None,
            discards: false,
            writes_lines: false,
            is_of_the_caller: false,
        }
    }

    /// Returns the facts of a sink that is described by its type's name.
    #[must_use]
    pub fn of<S: ?Sized>() -> Self {
        let path = std::any::type_name::<S>();
        Self::new(path.rsplit("::").next().unwrap_or(path))
    }

    /// Sets the stream.
    #[must_use]
    pub fn with_stream(mut self, stream: StreamId) -> Self {
        self.stream = Some(stream);
        self
    }

    /// States that it writes nothing of a record but the line that a formatter makes of it.
    pub(super) fn of_lines(mut self) -> Self {
        self.writes_lines = true;
        self
    }

    /// Sets whether it must be called on the thread that logs.
    pub(super) fn of_the_caller(mut self, is_of_the_caller: bool) -> Self {
        self.is_of_the_caller = is_of_the_caller;
        self
    }

    /// Sets whether it discards everything.
    #[must_use]
    pub fn with_discards(mut self, discards: bool) -> Self {
        self.discards = discards;
        self
    }
}

/// How a sink stands: see [`Sink::status`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SinkStatus {
    /// How many records it has taken and not yet written. 0 by default.
    pub queued: u64,
    /// How many of those that it had taken it has lost without an entry in its
    /// [`Ledger`](crate::handler::Ledger), and why. None by default.
    pub lost: Option<(DropReason, u64)>,
    /// How many of those that it had taken it has written, where it counts that itself. By
    /// default, they are those in its ledger and those that it took and that are not queued.
    pub written: Option<u64>,
    /// The handlers that it passes records to; [`shutdown`](crate::shutdown) ends it before them.
    /// None by default.
    pub targets: Vec<HandlerId>,
    /// Whether [`shutdown`](crate::shutdown) flushes it before it closes it. On by default.
    pub flush_at_shutdown: bool,
}

impl Default for SinkStatus {
    fn default() -> Self {
        Self {
            queued: 0,
            lost: None,
            written: None,
            targets: Vec::new(),
            flush_at_shutdown: true,
        }
    }
}

impl SinkStatus {
    /// Sets how many records are queued.
    #[must_use]
    pub fn with_queued(mut self, queued: u64) -> Self {
        self.queued = queued;
        self
    }

    /// Sets how many records were lost, and why.
    #[must_use]
    pub fn with_lost(mut self, reason: DropReason, lost: u64) -> Self {
        self.lost = Some((reason, lost));
        self
    }

    /// Sets how many records were written.
    #[must_use]
    pub fn with_written(mut self, written: u64) -> Self {
        self.written = Some(written);
        self
    }

    /// Sets the handlers that the sink passes records to.
    #[must_use]
    pub fn with_targets(mut self, targets: impl IntoIterator<Item = HandlerId>) -> Self {
        self.targets = targets.into_iter().collect();
        self
    }

    /// Sets whether a shutdown flushes the sink before it closes it.
    #[must_use]
    pub fn with_flush_at_shutdown(mut self, flush: bool) -> Self {
        self.flush_at_shutdown = flush;
        self
    }
}

macro_rules! forward {
    ($pointer:ident) => {
        impl<S: Sink + ?Sized> Sink for $pointer<S> {
            #[inline]
            fn write(&self, record: &Record<'_>, format: &dyn Format) -> Result<(), Error> {
                (**self).write(record, format)
            }

            fn write_line(
                &self,
                record: &Record<'_>,
                line: &mut Line,
            ) -> Option<Result<(), Error>> {
                (**self).write_line(record, line)
            }

            fn write_through(&self, record: &Record<'_>, format: &dyn Format) -> Result<(), Error> {
                (**self).write_through(record, format)
            }

            fn flush(&self) -> Result<(), Error> {
                (**self).flush()
            }

            fn close(&self) -> Result<(), Error> {
                (**self).close()
            }

            fn reopen(&self) -> Result<(), Error> {
                (**self).reopen()
            }

            fn batch(&self, batch: Batch) {
                (**self).batch(batch);
            }

            fn reset_after_fork(&self) {
                (**self).reset_after_fork();
            }

            fn facts(&self) -> SinkFacts {
                (**self).facts()
            }

            fn status(&self) -> SinkStatus {
                (**self).status()
            }
        }
    };
}

forward!(Arc);
forward!(Box);

/// Formats a record into a buffer of the calling thread, then lends the line to `write`. So a sink
/// keeps user code out of its lock. It allocates nothing once the thread's buffers have grown.
///
/// # Errors
/// Those of the formatter, and those of `write`.
pub fn formatted<R>(
    format: &dyn Format,
    record: &Record<'_>,
    write: impl FnOnce(&mut Line) -> Result<R, Error>,
) -> Result<R, Error> {
    with_line(format, record, false, write)
}
