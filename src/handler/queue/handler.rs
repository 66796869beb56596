//! The handler that puts records into a queue.

use std::time::Duration;

use crate::error::Error;
use crate::formatter::Format;
use crate::handler::config::is_default_format;
use crate::handler::counters::DropReason;
use crate::handler::handler::Handler;
use crate::handler::handler_type::handler_type;
use crate::handler::ledger::Ledger;
use crate::handler::options::{HandlerOptions, handler_options};
use crate::handler::queue::account::Account;
use crate::handler::queue::listener::QueueListener;
use crate::handler::queue::overflow::Overflow;
use crate::handler::queue::record_queue::{RecordQueue, RecordQueueBuilder};
use crate::handler::queue::requests::left_over;
use crate::handler::sink::{Sink, SinkFacts, SinkStatus};
use crate::level::drop_counts::DropCounts;
use crate::record::Record;
use crate::sys::sync::{Arc, Ordering};

/// Puts records into a queue, from which a thread of its own hands them to other handlers: the
/// logging call does not wait for their devices.
///
/// [`new`](Self::new) brings queue and thread along; [`from_queue`](Self::from_queue) is for a
/// [`RecordQueue`] with a [`QueueListener`] of your own.
///
/// A call writes its record into a part of the queue that is its thread's alone: no lock, no call
/// to the system, and no allocation but where that part grows. Where there is no room it waits,
/// [by default](Overflow). Nothing that was taken is lost:
/// [`flush`](crate::Handler::flush) waits until all of it is with the handlers' devices, and
/// returns what they could not write since the last one; at the end of the process, by return from
/// `main`, `exit` or a panic, the queue is emptied.
///
/// After that, and after [`close`](crate::Handler::close) and [`shutdown`](crate::shutdown),
/// records are handed over before the call that logs them returns, by the threads that log, in the
/// same order. In a child process made by `fork` the queue begins empty, with a thread of its own.
///
/// A device that hangs does not hold up the program: callers wait for 10 seconds [at
/// most](RecordQueueBuilder::block_at_most), `close` and the drop of the handler end when nothing
/// was handed over for 3 seconds, and report what is left. The thread then goes on by itself if the
/// device comes back.
///
/// What is in the queue is lost when the process is killed or aborts. Without handlers it refuses
/// all records. Where one of the handlers is [for
/// tests](crate::handler::StreamHandler::for_tests), each record is handed over at once, by the
/// thread that logs it.
///
/// The message is formatted by the caller, all else by the thread. With a formatter of its own the
/// whole line becomes the message, error and stack included.
///
/// # Python
/// `logging.handlers.QueueHandler`. Without a formatter of its own, message, error and stack stay
/// apart.
///
/// # Examples
/// ```
/// use logtree::Registry;
/// use logtree::handler::{FileHandler, QueueHandler};
///
/// let path = std::env::temp_dir().join("logtree-doc-queue.log");
/// let handler = QueueHandler::new([FileHandler::open(&path)?]);
/// let registry = Registry::new();
/// registry.root().add_handler(handler.clone());
/// logtree::warn!(registry.get_logger("app"), "queued");
/// handler.flush()?;
/// assert_eq!(std::fs::read_to_string(&path)?, "queued\n");
/// # std::fs::remove_file(path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct QueueHandler {
    handler: Handler,
    queue: RecordQueue,
    #[cfg(feature = "control")]
    account: Arc<Account>,
}

impl QueueHandler {
    /// A handler with a queue and a thread of its own, which hands records to these handlers, by
    /// their levels and filters.
    #[must_use]
    pub fn new<H: Into<Handler>>(handlers: impl IntoIterator<Item = H>) -> Self {
        Self::builder().handlers(handlers).start()
    }

    /// Returns a builder for a handler with other limits of its queue, or another
    /// [rule for what is too much](Overflow).
    pub fn builder() -> QueueHandlerBuilder {
        QueueHandlerBuilder {
            queue: RecordQueue::builder(),
            handlers: Vec::new(),
            respect_levels: true,
            handler: HandlerOptions::default(),
        }
    }

    /// Returns a handler that puts records into a queue. Others may do so as well. The records stay
    /// there until a [listener](QueueListener) takes them out.
    #[must_use]
    pub fn from_queue(queue: &RecordQueue) -> Self {
        Self::with(queue.clone(), None)
    }

    fn with(queue: RecordQueue, listener: Option<QueueListener>) -> Self {
        let account = Arc::new(Account::new());
        let handler = Handler::with_ledger(|ledger| QueueSink {
            queue: queue.clone(),
            account: Arc::clone(&account),
            listener,
            ledger,
        });
        Self {
            handler,
            queue,
            #[cfg(feature = "control")]
            account,
        }
    }

    /// Puts a record in if there is room for it at once, for a sink that counts it itself. A
    /// record that the queue [sheds](Overflow::BySeverity) is not copied first. Reports whether it
    /// is in.
    #[cfg(feature = "control")]
    pub(crate) fn offer(&self, record: &Record<'_>) -> bool {
        let core = &self.queue.core;
        !core.sheds_at_once(&self.account, record.level)
            && core.enqueue(&self.account, record, None).is_ok()
    }

    /// The queue.
    #[must_use]
    pub fn queue(&self) -> &RecordQueue {
        &self.queue
    }

    /// How many records were dropped as there was no room, by level.
    #[must_use]
    pub fn drops(&self) -> DropCounts {
        self.queue.drops()
    }

    /// Waits until all that was logged before is with the devices of the handlers, at most so long;
    /// [`flush`](crate::Handler::flush) waits 10 seconds. Without a listener it does not wait.
    ///
    /// # Errors
    /// [`ErrorKind::TimedOut`](crate::ErrorKind::TimedOut), with the number of records that are
    /// left.
    pub fn flush_within(&self, timeout: Duration) -> Result<(), Error> {
        self.queue.core.flush(timeout)
    }
}

handler_type!(QueueHandler);

/// Makes a [`QueueHandler`] with a queue and a thread of its own; the defaults are those of
/// [`RecordQueueBuilder`].
#[derive(Clone, Debug)]
#[must_use]
pub struct QueueHandlerBuilder {
    queue: RecordQueueBuilder,
    handlers: Vec<Handler>,
    respect_levels: bool,
    handler: HandlerOptions,
}

handler_options!(QueueHandlerBuilder, handler);

impl QueueHandlerBuilder {
    /// See [`RecordQueueBuilder::bytes_per_thread`].
    pub fn bytes_per_thread(mut self, bytes: usize) -> Self {
        self.queue = self.queue.bytes_per_thread(bytes);
        self
    }

    /// See [`RecordQueueBuilder::max_bytes`].
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.queue = self.queue.max_bytes(bytes);
        self
    }

    /// See [`RecordQueueBuilder::max_records`].
    pub fn max_records(mut self, records: u64) -> Self {
        self.queue = self.queue.max_records(records);
        self
    }

    /// See [`RecordQueueBuilder::overflow`].
    pub fn overflow(mut self, overflow: Overflow) -> Self {
        self.queue = self.queue.overflow(overflow);
        self
    }

    /// See [`RecordQueueBuilder::block_at_most`].
    pub fn block_at_most(mut self, time: Duration) -> Self {
        self.queue = self.queue.block_at_most(time);
        self
    }

    /// Adds a handler that gets the records; the first one added gets each record first.
    pub fn handler(mut self, handler: impl Into<Handler>) -> Self {
        self.handlers.push(handler.into());
        self
    }

    /// Adds handlers of one type.
    pub fn handlers<H: Into<Handler>>(mut self, handlers: impl IntoIterator<Item = H>) -> Self {
        self.handlers.extend(handlers.into_iter().map(Into::into));
        self
    }

    /// Sets whether the levels of the handlers are respected; on by default.
    ///
    /// # Python
    /// `respect_handler_level`, which is off by default.
    pub fn respect_levels(mut self, respect: bool) -> Self {
        self.respect_levels = respect;
        self
    }

    /// Starts the thread, and returns the handler.
    #[must_use]
    pub fn start(self) -> QueueHandler {
        let queue = self.queue.build();
        let listener =
            QueueListener::new(&queue, self.handlers).with_respect_levels(self.respect_levels);
        listener.start();
        let handler = QueueHandler::with(queue, Some(listener));
        self.handler.apply_to(&handler);
        handler
    }
}

/// How long a flush waits that does not say.
const PATIENCE: Duration = Duration::from_secs(10);

struct QueueSink {
    queue: RecordQueue,
    account: Arc<Account>,
    /// Its own, which ends with it.
    listener: Option<QueueListener>,
    ledger: Ledger,
}

impl Sink for QueueSink {
    fn write(&self, record: &Record<'_>, formatter: &dyn Format) -> Result<(), Error> {
        let formatter = (!is_default_format(formatter)).then_some(formatter);
        self.queue.core.enqueue(&self.account, record, formatter)
    }

    fn flush(&self) -> Result<(), Error> {
        self.queue.core.flush(PATIENCE)
    }

    /// Empties the queue. From now on callers deliver their records themselves, if there was a
    /// listener.
    fn close(&self) -> Result<(), Error> {
        self.queue.core.close()
    }

    fn reset_after_fork(&self) {
        self.account.reset_after_fork();
        self.queue.core.reset_after_fork();
    }

    fn facts(&self) -> SinkFacts {
        SinkFacts::new("QueueHandler")
    }

    fn status(&self) -> SinkStatus {
        let core = &*self.queue.core;
        // In this order: what is counted as written is not in the queue any more.
        let queued = core.channel.queued_of(self.account.id());
        let lost = self.account.dropped_oldest.load(Ordering::Relaxed);
        SinkStatus::default()
            .with_queued(queued)
            .with_lost(DropReason::Full, lost)
            .with_written(
                self.account.written.get() + self.account.bypassed.load(Ordering::Relaxed),
            )
            .with_targets(
                core.worker
                    .destinations()
                    .handlers()
                    .iter()
                    .map(Handler::id),
            )
            // Closing does it, in the right order.
            .with_flush_at_shutdown(false)
    }
}

impl Drop for QueueSink {
    fn drop(&mut self) {
        let Some(listener) = self.listener.take() else {
            return;
        };
        // Its thread holds the queue, not this, so it ends here.
        drop(listener);
        let core = &self.queue.core;
        let left = core.channel.queued();
        if left > 0 && !core.channel.is_of_parent() && !core.turn.is_own() {
            self.ledger.failed(left_over(left));
        }
    }
}
