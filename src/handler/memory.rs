//! The handler that keeps records until something happens.

use std::time::Duration;

use arc_swap::ArcSwapOption;

use crate::error::Error;
use crate::formatter::Format;
use crate::handler::handler::Handler;
use crate::handler::handler_type::handler_type;
use crate::handler::outbox::{Outbox, Recipient};
use crate::handler::sink::{Sink, SinkFacts, SinkStatus};
use crate::level::Level;
use crate::record::{OwnedRecord, Record};
use crate::sys::sync::{Arc, AtomicBool, AtomicU16, Ordering};

/// Keeps records, and hands them to another handler when it is full or a severe one comes.
///
/// It hands over, in order, when it holds `capacity` records or when a record of the flush level
/// (`ERROR` unless set) or above comes, that record included; and when it is flushed or closed. The
/// target's filters are asked; its level is not, unless [set to respect
/// it](Self::with_respect_levels). Without a target it keeps at most `capacity` records; further
/// ones are dropped and counted as [`DropReason::Full`](crate::handler::DropReason::Full).
///
/// One thread at a time hands over, the one whose record made it due; records that are on their way
/// to the target count as held. Where the target is slow, other threads wait for room, 10 seconds
/// at most. Where it takes none in that time, or fewer than 10 a second, records for which there is
/// no room are dropped, counted as `Full`, and no thread waits until it has taken the batch. What
/// the target itself logs to this handler does not wait.
///
/// [`flush`](Handler::flush) returns when all that was taken before is with the target's device. It
/// waits as long as the target takes records, and 10 seconds for one at most. After
/// [`close`](Handler::close), and at the end of the process, records are handed over one by one.
///
/// # Python
/// `logging.handlers.MemoryHandler`. There, other threads wait as long as it takes; without a
/// target it grows for ever; after `close` it has no target.
///
/// # Examples
/// ```
/// use logtree::{Level, Record};
/// use logtree::handler::{MemoryHandler, StreamHandler};
///
/// let target = StreamHandler::new(Vec::new());
/// let memory = MemoryHandler::new(100).with_target(target.clone());
/// memory.handle(&Record::builder().level(Level::DEBUG).message("a detail").build());
/// assert_eq!((memory.buffered(), target.counters().written()), (1, 0));
/// memory.handle(&Record::builder().level(Level::ERROR).message("it failed").build());
/// assert_eq!((memory.buffered(), target.counters().written()), (0, 2));
/// ```
#[derive(Clone)]
pub struct MemoryHandler {
    handler: Handler,
    sink: Arc<MemorySink>,
}

impl MemoryHandler {
    /// Keeps up to this many records; 0 or 1 hand each over at once.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        let (handler, sink) = Handler::with_shared(|ledger| {
            let target = Target {
                handler: ArcSwapOption::empty(),
                respects_level: AtomicBool::new(false),
            };
            MemorySink {
                outbox: Outbox::new(target, ledger, capacity, capacity),
                flush_level: AtomicU16::new(Level::ERROR.number()),
                closed: AtomicBool::new(false),
                flush_on_close: AtomicBool::new(true),
            }
        });
        Self { handler, sink }
    }

    /// The same, with a handler to hand over to.
    #[must_use]
    pub fn with_target(self, target: impl Into<Handler>) -> Self {
        self.set_target(Some(target.into()));
        self
    }

    /// The same, with another level from which a record makes it hand over at once.
    #[must_use]
    pub fn with_flush_level(self, level: impl Into<Level>) -> Self {
        let level = level.into().number();
        self.sink.flush_level.store(level, Ordering::Relaxed);
        self
    }

    /// The same, with the buffer handed over when it is closed, and at shutdown, or thrown away; on
    /// by default.
    #[must_use]
    pub fn with_flush_on_close(self, flush: bool) -> Self {
        self.sink.flush_on_close.store(flush, Ordering::Relaxed);
        self
    }

    /// Sets whether records below the target's level are left out; off by default.
    #[must_use]
    pub fn with_respect_levels(self, respect: bool) -> Self {
        let target = &self.sink.outbox.recipient;
        target.respects_level.store(respect, Ordering::Relaxed);
        self
    }

    /// Sets the handler to hand over to, or none.
    ///
    /// # Python
    /// `MemoryHandler.setTarget`.
    pub fn set_target(&self, target: Option<Handler>) {
        self.sink.outbox.recipient.set(target);
        self.sink.closed.store(false, Ordering::Relaxed);
    }

    /// How many records it holds, those included that are just being handed over.
    #[must_use]
    pub fn buffered(&self) -> usize {
        self.sink.outbox.held()
    }
}

handler_type!(MemoryHandler);

/// The handler that records are handed to, if there is one.
struct Target {
    handler: ArcSwapOption<Handler>,
    respects_level: AtomicBool,
}

impl Target {
    fn set(&self, handler: Option<Handler>) {
        drop(self.handler.swap(handler.map(Arc::new)));
    }
}

impl Recipient for Target {
    const WORDS: (&'static str, &'static str) = ("memory handler", "target");
    const PATIENCE: Duration = Duration::from_secs(1);

    fn is_there(&self) -> bool {
        self.handler.load().is_some()
    }

    fn batch(&self) -> usize {
        1
    }

    fn begin(&self) -> Option<impl Fn(&[OwnedRecord]) -> Result<(), Error>> {
        let handler = self.handler.load_full()?;
        let respects_level = self.respects_level.load(Ordering::Relaxed);
        Some(move |batch: &[OwnedRecord]| {
            let is_meant =
                |record: &&OwnedRecord| !respects_level || record.level() >= handler.level();
            for record in batch.iter().filter(is_meant) {
                handler.handle(&record.as_record());
            }
            Ok(())
        })
    }
}

struct MemorySink {
    outbox: Outbox<Target>,
    flush_level: AtomicU16,
    /// Whether each record is handed over at once.
    closed: AtomicBool,
    flush_on_close: AtomicBool,
}

impl Drop for MemorySink {
    /// A handler that is dropped ends as one that is closed.
    fn drop(&mut self) {
        if self.flush_on_close.load(Ordering::Relaxed) {
            let _ = self.outbox.flush();
        }
    }
}

impl Sink for MemorySink {
    fn write(&self, record: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        self.outbox.put(record, || {
            record.level().number() >= self.flush_level.load(Ordering::Relaxed)
                || self.closed.load(Ordering::Relaxed)
        })
    }

    fn flush(&self) -> Result<(), Error> {
        self.outbox.flush()?;
        let target = self.outbox.recipient.handler.load_full();
        target.map_or(Ok(()), |target| target.flush())
    }

    fn close(&self) -> Result<(), Error> {
        let flushes = self.flush_on_close.load(Ordering::Relaxed);
        // Before the last flush, so that no record is left after it.
        self.closed.store(flushes, Ordering::Relaxed);
        if flushes {
            return self.flush();
        }
        self.outbox.recipient.set(None);
        Ok(())
    }

    fn reset_after_fork(&self) {
        self.outbox.reset_after_fork();
    }

    fn facts(&self) -> SinkFacts {
        SinkFacts::new("MemoryHandler")
    }

    fn status(&self) -> SinkStatus {
        let target = self.outbox.recipient.handler.load_full();
        SinkStatus::default()
            .with_queued(self.outbox.held() as u64)
            .with_targets(target.map(|target| target.id()))
            .with_flush_at_shutdown(self.flush_on_close.load(Ordering::Relaxed))
    }
}
