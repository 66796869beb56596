//! Records that the levels hide, kept until something fails: [`Backlog`].

use std::collections::VecDeque;
use std::fmt;
use std::thread::{self, ThreadId};

use crate::error::Error;
use crate::formatter::Format;
use crate::handler::{Handler, Sink, SinkStatus};
use crate::level::Level;
use crate::logger::{IntoLogger, Logger};
use crate::record::{OwnedRecord, Record};
use crate::registry::TapId;
use crate::sys::sync::{Arc, AtomicU64, Mutex, Ordering};

/// Keeps the records that the levels of a logger and its descendants hide, and passes them to a
/// handler if something fails: details where they help, silence where all goes well.
///
/// The records are passed on when a record at `ERROR` or above is logged, when a panic drops the
/// backlog, or when [`emit`](Self::emit) is called: in order, each with its own time, before the
/// record that triggered it. If the backlog is dropped otherwise, they are discarded. By default
/// the latest 1,000 are kept.
///
/// Levels are not changed. While a backlog exists, calls that the levels would stop become records:
/// this is its cost.
///
/// # Python
/// The cookbook's "buffering logging messages and outputting them conditionally", with a
/// `MemoryHandler` and a decorator.
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
///     logtree::debug!(logger, "all is well"); // discarded
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
    tap: TapId,
    store: Arc<Store>,
}

impl Backlog {
    /// Keeps hidden records of all levels for a handler.
    pub fn new(logger: impl IntoLogger, target: impl Into<Handler>) -> Self {
        Self::builder(logger).start(target)
    }

    /// Returns a builder.
    pub fn builder(logger: impl IntoLogger) -> BacklogBuilder {
        BacklogBuilder {
            logger: logger.into_logger(),
            capacity: 1000,
            level: Level::NOTSET,
            trigger_level: Level::ERROR,
            this_thread: false,
        }
    }

    /// Passes the kept records to the handler now. Later ones are kept as before.
    pub fn emit(&self) {
        self.store.emit();
    }

    /// Returns the number of kept records.
    #[must_use]
    pub fn len(&self) -> usize {
        self.store.records.lock().len()
    }

    /// Reports whether no records are kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the number of records that were discarded to make room for newer ones.
    #[must_use]
    pub fn evicted(&self) -> u64 {
        self.store.evicted.load(Ordering::Relaxed)
    }
}

impl Drop for Backlog {
    fn drop(&mut self) {
        self.logger.end_tap(self.tap);
        if thread::panicking() {
            self.emit();
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

/// A builder for [`Backlog`].
#[derive(Clone, Debug)]
#[must_use = "nothing is kept until `start`"]
pub struct BacklogBuilder {
    logger: Logger,
    capacity: usize,
    level: Level,
    trigger_level: Level,
    this_thread: bool,
}

impl BacklogBuilder {
    /// Sets how many records are kept, the latest ones; 1,000 by default.
    pub fn capacity(mut self, records: usize) -> Self {
        self.capacity = records;
        self
    }

    /// Sets the level at and above which records are kept; all by default.
    pub fn level(mut self, level: impl Into<Level>) -> Self {
        self.level = level.into();
        self
    }

    /// Sets the level at and above which a record triggers the output of the kept ones; `ERROR` by
    /// default.
    pub fn trigger_level(mut self, level: impl Into<Level>) -> Self {
        self.trigger_level = level.into();
        self
    }

    /// Sets whether only records of the thread that calls [`start`](Self::start) are kept and
    /// trigger the output; off by default.
    pub fn this_thread(mut self, this_thread: bool) -> Self {
        self.this_thread = this_thread;
        self
    }

    /// Starts keeping records for a handler.
    pub fn start(self, target: impl Into<Handler>) -> Backlog {
        let store = Arc::new(Store {
            records: Mutex::new(VecDeque::new()),
            evicted: AtomicU64::new(0),
            target: target.into(),
        });
        let sink = BacklogSink {
            store: Arc::clone(&store),
            capacity: self.capacity,
            trigger_level: self.trigger_level,
            thread: self.this_thread.then(|| thread::current().id()),
        };
        let handler = Handler::new(sink).with_level(self.level);
        let tap = self.logger.tap(self.level, handler);
        Backlog {
            logger: self.logger,
            tap,
            store,
        }
    }
}

struct Store {
    records: Mutex<VecDeque<OwnedRecord>>,
    evicted: AtomicU64,
    target: Handler,
}

impl Store {
    fn emit(&self) {
        // Outside the lock: the target runs user code.
        let records = std::mem::take(&mut *self.records.lock());
        for record in &records {
            self.target.handle(&record.as_record());
        }
    }
}

struct BacklogSink {
    store: Arc<Store>,
    capacity: usize,
    trigger_level: Level,
    thread: Option<ThreadId>,
}

impl Sink for BacklogSink {
    fn write(&self, record: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        let is_other = |thread| thread != thread::current().id();
        if self.thread.is_some_and(is_other) {
            return Ok(());
        }
        if record.is_hidden && self.capacity > 0 {
            // The message is formatted, which runs user code, before the lock.
            let record = record.to_owned_record();
            let mut records = self.store.records.lock();
            let oldest = if records.len() >= self.capacity {
                self.store.evicted.fetch_add(1, Ordering::Relaxed);
                records.pop_front()
            } else {
                None
            };
            records.push_back(record);
            drop(records);
            drop(oldest);
        }
        if record.level() >= self.trigger_level {
            self.store.emit();
        }
        Ok(())
    }

    fn reset_after_fork(&self) {
        self.store.records.lock().clear();
    }

    fn status(&self) -> SinkStatus {
        SinkStatus::default().with_targets([self.store.target.id()])
    }
}
