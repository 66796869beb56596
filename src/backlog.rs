//! What the levels hide, kept until something fails: [`Backlog`].

use std::collections::VecDeque;
use std::fmt;
use std::thread::{self, ThreadId};

use crate::error::Error;
use crate::formatter::Format;
use crate::handler::{Handler, Sink, SinkStatus};
use crate::level::Level;
use crate::logger::Logger;
use crate::record::{OwnedRecord, Record};
use crate::sys::sync::{Arc, AtomicU64, Mutex, Ordering};

/// Keeps the records that the levels of a logger, and of those below it, hide, and hands them to a handler if something fails: details where
/// they help, and silence where all goes well.
///
/// Something fails when a record of `ERROR` or above is logged, when a panic drops the backlog, or when [`fail`](Self::fail) is called.
/// What was kept is then handed over in order, each with its own time, before the record that failed goes its way. When the
/// backlog is dropped otherwise, what it kept is forgotten. It keeps the latest 1,000 unless told otherwise.
///
/// It changes no levels. While it lives, calls that the levels would stop are made into records: that is what it costs.
///
/// # Python
/// What the cookbook builds of a `MemoryHandler` and a decorator, "buffering logging messages and outputting them conditionally".
///
/// # Examples
/// ```
/// use logtree::Registry;
/// use logtree::backlog::Backlog;
/// use logtree::handler::StreamHandler;
///
/// let registry = Registry::new();
/// let logger = registry.get_logger("app");
/// let target = StreamHandler::new(Vec::new());
/// {
///     let _backlog = Backlog::new(&logger, target.clone());
///     logtree::debug!(logger, "all is well"); // forgotten
/// }
/// let backlog = Backlog::new(&logger, target.clone());
/// logtree::debug!(logger, "a detail");
/// assert_eq!(target.counters().written(), 0);
/// logtree::error!(logger, "it failed");
/// assert_eq!(target.counters().written(), 1);
/// # drop(backlog);
/// ```
#[must_use = "it keeps records until it is dropped"]
pub struct Backlog {
    logger: Logger,
    handler: Handler,
    kept: Arc<Kept>,
}

impl Backlog {
    /// Keeps what the levels hide, and hands it to this handler if something fails.
    pub fn new(logger: &Logger, target: impl Into<Handler>) -> Self {
        Self::builder(logger).start(target)
    }

    /// Starts a backlog with another size, or other levels.
    pub fn builder(logger: &Logger) -> BacklogBuilder {
        BacklogBuilder {
            logger: logger.clone(),
            capacity: 1000,
            level: Level::NOTSET,
            fail_level: Level::ERROR,
            thread: None,
        }
    }

    /// Hands over what was kept. It goes on to keep records.
    pub fn fail(&self) {
        self.kept.hand_over();
    }

    /// How many records it keeps.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kept.records.lock().len()
    }

    /// Whether it keeps none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many records it has forgotten for newer ones.
    #[must_use]
    pub fn forgotten(&self) -> u64 {
        self.kept.forgotten.load(Ordering::Relaxed)
    }
}

impl Drop for Backlog {
    fn drop(&mut self) {
        self.logger.end_tap(&self.handler);
        if thread::panicking() {
            self.fail();
        }
    }
}

impl fmt::Debug for Backlog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backlog")
            .field("logger", &self.logger)
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

/// Makes a [`Backlog`].
#[derive(Clone, Debug)]
#[must_use = "nothing is kept until `start`"]
pub struct BacklogBuilder {
    logger: Logger,
    capacity: usize,
    level: Level,
    fail_level: Level,
    thread: Option<ThreadId>,
}

impl BacklogBuilder {
    /// How many records are kept, the latest; 1,000 unless set.
    pub fn capacity(mut self, records: usize) -> Self {
        self.capacity = records;
        self
    }

    /// The level from which records are kept; all unless set.
    pub fn level(mut self, level: impl Into<Level>) -> Self {
        self.level = level.into();
        self
    }

    /// The level of a record from which something counts as failed; `ERROR` unless set.
    pub fn fail_level(mut self, level: impl Into<Level>) -> Self {
        self.fail_level = level.into();
        self
    }

    /// Keeps, and fails by, the records of the calling thread alone.
    pub fn of_this_thread(mut self) -> Self {
        self.thread = Some(thread::current().id());
        self
    }

    /// Begins to keep records for a handler.
    pub fn start(self, target: impl Into<Handler>) -> Backlog {
        let kept = Arc::new(Kept {
            records: Mutex::new(VecDeque::new()),
            forgotten: AtomicU64::new(0),
            target: target.into(),
        });
        let sink = BacklogSink {
            kept: Arc::clone(&kept),
            capacity: self.capacity,
            fail_level: self.fail_level,
            thread: self.thread,
        };
        let handler = Handler::new(sink).with_level(self.level);
        self.logger.tap(self.level, handler.clone());
        Backlog {
            logger: self.logger,
            handler,
            kept,
        }
    }
}

struct Kept {
    records: Mutex<VecDeque<OwnedRecord>>,
    forgotten: AtomicU64,
    target: Handler,
}

impl Kept {
    fn hand_over(&self) {
        // Out of the lock: the target runs the user's code.
        let records = std::mem::take(&mut *self.records.lock());
        for record in &records {
            self.target.handle(&record.as_record());
        }
    }
}

struct BacklogSink {
    kept: Arc<Kept>,
    capacity: usize,
    fail_level: Level,
    thread: Option<ThreadId>,
}

impl Sink for BacklogSink {
    fn write(&self, record: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        let is_others = |thread| thread != thread::current().id();
        if self.thread.is_some_and(is_others) {
            return Ok(());
        }
        if record.is_hidden && self.capacity > 0 {
            // Its text is written, and the user's code run, before the lock.
            let record = record.to_owned_record();
            let mut records = self.kept.records.lock();
            let oldest = if records.len() >= self.capacity {
                self.kept.forgotten.fetch_add(1, Ordering::Relaxed);
                records.pop_front()
            } else {
                None
            };
            records.push_back(record);
            drop(records);
            drop(oldest);
        }
        if record.level() >= self.fail_level {
            self.kept.hand_over();
        }
        Ok(())
    }

    fn reset_after_fork(&self) {
        self.kept.records.lock().clear();
    }

    fn status(&self) -> SinkStatus {
        SinkStatus::default().with_targets([self.kept.target.id()])
    }
}
