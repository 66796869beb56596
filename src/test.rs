//! Records kept for a test to look at: [`Capture`].

use std::fmt;
use std::thread::{self, ThreadId};

use crate::error::Error;
use crate::formatter::Format;
use crate::handler::{Handler, Sink};
use crate::level::Level;
use crate::logger::Logger;
use crate::record::{OwnedRecord, Record};
use crate::sys::sync::{Arc, Mutex};

/// Keeps the records of a logger and of all below it, until it is dropped: for tests.
///
/// It changes nothing of the tree: neither levels nor handlers nor what is printed. It sees what it asked for even where the levels
/// would hide it, though not what is [disabled](crate::Registry::disable), refused by a logger's filters, or cut off by `propagate`
/// on the way up. So tests that run side by side do not disturb each other; on a shared logger, [`of_this_thread`](Self::of_this_thread)
/// keeps their records apart as well.
///
/// # Python
/// `unittest`'s `assertLogs`, which replaces the logger's handlers meanwhile, and pytest's `caplog`.
///
/// # Examples
/// ```
/// use logtree::{Level, Registry};
/// use logtree::test::Capture;
///
/// let registry = Registry::new();
/// let logger = registry.get_logger("app.db");
/// let capture = Capture::new(&registry.get_logger("app"));
/// logtree::debug!(logger, pool = 4; "connected");
/// assert_eq!(capture.messages(), ["connected"]);
/// assert_eq!(capture.records()[0].key_value("pool"), Some(&4.into()));
/// capture.assert_logged(Level::DEBUG, "connected");
/// ```
#[must_use = "it captures until it is dropped"]
pub struct Capture {
    logger: Logger,
    handler: Handler,
    records: Arc<Mutex<Vec<OwnedRecord>>>,
}

impl Capture {
    /// Captures records of all levels, of all threads.
    pub fn new(logger: &Logger) -> Self {
        Self::start(logger, Level::NOTSET, None)
    }

    /// Captures records from a level on.
    pub fn from_level(logger: &Logger, level: impl Into<Level>) -> Self {
        Self::start(logger, level.into(), None)
    }

    /// Captures records of all levels that the calling thread logs.
    pub fn of_this_thread(logger: &Logger) -> Self {
        Self::start(logger, Level::NOTSET, Some(thread::current().id()))
    }

    fn start(logger: &Logger, level: Level, thread: Option<ThreadId>) -> Self {
        let records = Arc::default();
        let sink = CaptureSink {
            records: Arc::clone(&records),
            thread,
        };
        let handler = Handler::new(sink).with_level(level);
        logger.tap(level, handler.clone());
        Self {
            logger: logger.clone(),
            handler,
            records,
        }
    }

    /// The records so far, in the order in which they came.
    #[must_use]
    pub fn records(&self) -> Vec<OwnedRecord> {
        self.records.lock().clone()
    }

    /// The texts of the records so far.
    #[must_use]
    pub fn messages(&self) -> Vec<String> {
        self.records
            .lock()
            .iter()
            .map(|record| record.message().to_owned())
            .collect()
    }

    /// The records so far, which it forgets.
    #[must_use]
    pub fn take(&self) -> Vec<OwnedRecord> {
        std::mem::take(&mut *self.records.lock())
    }

    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.lock().len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Asserts that a record of this level was logged whose text contains `text`.
    ///
    /// # Panics
    /// If there is none; the message lists what there is.
    #[track_caller]
    pub fn assert_logged(&self, level: impl Into<Level>, text: &str) {
        let level = level.into();
        let records = self.records();
        let found = records
            .iter()
            .any(|record| record.level() == level && record.message().contains(text));
        assert!(
            found,
            "no {level} record with {text:?} was logged, but {}",
            Listing(&records)
        );
    }

    /// Asserts that nothing was logged.
    ///
    /// # Panics
    /// If something was; the message lists it.
    #[track_caller]
    pub fn assert_empty(&self) {
        let records = self.records();
        assert!(
            records.is_empty(),
            "nothing should have been logged, but {}",
            Listing(&records)
        );
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        self.logger.end_tap(&self.handler);
    }
}

impl fmt::Debug for Capture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Capture")
            .field("logger", &self.logger)
            .field("records", &self.records())
            .finish()
    }
}

/// Runs a piece of a program and answers with what it logged from `level` on, on a logger and all below it, on this thread.
///
/// # Panics
/// If it logged nothing.
///
/// # Python
/// `TestCase.assertLogs`.
///
/// # Examples
/// ```
/// use logtree::{Level, Registry};
/// use logtree::test::assert_logs;
///
/// let logger = Registry::new().get_logger("app");
/// let records = assert_logs(&logger, Level::INFO, || logger.info("ready"));
/// assert_eq!(records[0].message(), "ready");
/// ```
#[track_caller]
pub fn assert_logs(
    logger: &Logger,
    level: impl Into<Level>,
    run: impl FnOnce(),
) -> Vec<OwnedRecord> {
    let level = level.into();
    let capture = Capture::start(logger, level, Some(thread::current().id()));
    run();
    let records = capture.take();
    assert!(
        !records.is_empty(),
        "nothing was logged on {logger:?} from {level} on"
    );
    records
}

/// Runs a piece of a program and asserts that it logs nothing from `level` on, on a logger and all below it, on this thread.
///
/// # Panics
/// If it did.
///
/// # Python
/// `TestCase.assertNoLogs`.
#[track_caller]
pub fn assert_no_logs(logger: &Logger, level: impl Into<Level>, run: impl FnOnce()) {
    let capture = Capture::start(logger, level.into(), Some(thread::current().id()));
    run();
    capture.assert_empty();
}

/// What was logged, for a failed assertion.
struct Listing<'l>(&'l [OwnedRecord]);

impl fmt::Display for Listing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("nothing was");
        }
        f.write_str("this was:")?;
        for record in self.0 {
            write!(
                f,
                "\n  {} {}: {:?}",
                record.level(),
                record.name(),
                record.message()
            )?;
        }
        Ok(())
    }
}

struct CaptureSink {
    records: Arc<Mutex<Vec<OwnedRecord>>>,
    thread: Option<ThreadId>,
}

impl Sink for CaptureSink {
    fn write(&self, record: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        if self
            .thread
            .is_none_or(|thread| thread == thread::current().id())
        {
            // Its text is written, and the user's code run, before the lock.
            let record = record.to_owned_record();
            self.records.lock().push(record);
        }
        Ok(())
    }
}
