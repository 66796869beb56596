//! Records kept for a test: [`Capture`].

use std::fmt;
use std::io::Write;
use std::thread::{self, ThreadId};

use crate::error::Error;
use crate::formatter::{Format, Formatter};
use crate::handler::{Handler, Sink};
use crate::level::Level;
use crate::logger::{IntoLogger, Logger};
use crate::record::{OwnedRecord, Record};
use crate::registry::{Registry, TapId};
use crate::sys::captured_stderr::CapturedStderr;
use crate::sys::sync::{Arc, Mutex};
use crate::sys::user_code;
use crate::test::snapshot;

/// Keeps the records of a logger and its descendants until it is dropped, for tests.
///
/// It does not change the tree: neither levels nor handlers nor what is printed. It captures what
/// it asks for even if the levels would hide it or `propagate` keeps it from the logger's handlers,
/// but not what is [disabled](crate::Registry::disable) or rejected by a logger's filters.
/// So tests that run in parallel do not disturb each other; on a shared logger,
/// [`thread_local`](Self::thread_local) keeps their records apart as well.
///
/// A capture on the global registry installs that as the `log` backend, so that records of the
/// `log` macros are captured too. If another backend is installed, failed assertions say so.
///
/// # Python
/// `unittest`'s `assertLogs`, which replaces the logger's handlers meanwhile, and pytest's
/// `caplog`.
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
    level: Level,
    tap: TapId,
    records: Arc<Mutex<Vec<OwnedRecord>>>,
    /// Records of the `log` macros go to another backend.
    lacks_facade: bool,
    prints_on_failure: bool,
}

impl Capture {
    /// Captures records of all levels and threads.
    pub fn new(logger: impl IntoLogger) -> Self {
        Self::builder(logger).start()
    }

    /// Captures records of all levels that the calling thread logs.
    pub fn thread_local(logger: impl IntoLogger) -> Self {
        Self::builder(logger).this_thread(true).start()
    }

    /// Returns a builder.
    pub fn builder(logger: impl IntoLogger) -> CaptureBuilder {
        CaptureBuilder {
            logger: logger.into_logger(),
            level: Level::NOTSET,
            this_thread: false,
        }
    }

    /// Returns the records so far, in the order in which they arrived.
    #[must_use]
    pub fn records(&self) -> Vec<OwnedRecord> {
        self.records.lock().clone()
    }

    /// Returns the messages of the records so far.
    #[must_use]
    pub fn messages(&self) -> Vec<String> {
        self.records
            .lock()
            .iter()
            .map(|record| record.message().to_owned())
            .collect()
    }

    /// Removes the records so far and returns them.
    #[must_use]
    pub fn take(&self) -> Vec<OwnedRecord> {
        std::mem::take(&mut *self.records.lock())
    }

    /// Returns the number of records.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.lock().len()
    }

    /// Reports whether there are no records.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Has the records printed when the capture is dropped by a test that fails: with their times,
    /// to where the test harness shows the output of that test. A test that passes prints nothing.
    /// [`take`](Self::take) removes records from what is printed.
    ///
    /// # Examples
    /// ```
    /// use logtree::test::Capture;
    ///
    /// let capture = Capture::new("app").to_failure_output();
    /// log::info!(target: "app", "shown if the test fails");
    /// assert_eq!(capture.len(), 1);
    /// ```
    pub fn to_failure_output(mut self) -> Self {
        self.prints_on_failure = true;
        self
    }

    /// Returns the records so far as text that is the same in each run, for a comparison with an
    /// expected one: `LEVEL logger: message key=value`, with errors and their causes below.
    ///
    /// What differs between runs is replaced: dates and times of day by `<time>`; addresses, which
    /// are `0x` and at least five digits, by `<address>`; the number after `pid`, `process` or
    /// `process_id` by `<pid>`; and `ThreadId(7)` by `<thread>`. Other changing text, such as
    /// durations, a filter has to replace or the comparison to ignore.
    ///
    /// # Examples
    /// ```
    /// use logtree::Registry;
    /// use logtree::test::Capture;
    ///
    /// let logger = Registry::new().get_logger("app");
    /// let capture = Capture::new(&logger);
    /// logtree::info!(logger, pid = std::process::id(), at = "2026-11-27T23:24:47Z"; "started");
    /// logtree::warn!(logger, rows = 3; "buffer at {:p}", &logger);
    /// assert_eq!(
    ///     capture.snapshot(),
    ///     "INFO app: started pid=<pid> at=<time>\n\
    ///      WARNING app: buffer at <address> rows=3\n"
    /// );
    /// ```
    #[must_use]
    pub fn snapshot(&self) -> String {
        let formatter = Formatter::preset("%(levelname)s %(name)s: %(message)s").build_preset();
        snapshot::normalized(&lines(&self.records(), &formatter))
    }

    /// Asserts that a record of this level whose message contains `text` was logged.
    ///
    /// # Panics
    /// If there is none; the message lists the records.
    #[track_caller]
    pub fn assert_logged(&self, level: impl Into<Level>, text: &str) {
        let level = level.into();
        let records = self.records();
        let found = records
            .iter()
            .any(|record| record.level() == level && record.message().contains(text));
        assert!(
            found,
            "no {level} record with {text:?} was logged, but {}{}",
            Listing(&records),
            self.note()
        );
    }

    /// Asserts that no record was logged.
    ///
    /// # Panics
    /// If there is one; the message lists the records.
    #[track_caller]
    pub fn assert_empty(&self) {
        let records = self.records();
        assert!(
            records.is_empty(),
            "no record should have been logged, but {}",
            Listing(&records)
        );
    }

    pub(super) fn logger(&self) -> &Logger {
        &self.logger
    }

    pub(super) fn level(&self) -> Level {
        self.level
    }

    /// Returns what may explain a missing record.
    pub(super) fn note(&self) -> &'static str {
        if self.lacks_facade {
            "; another log backend is installed, which gets the records of the log macros"
        } else {
            ""
        }
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        self.logger.end_tap(self.tap);
        if self.prints_on_failure && thread::panicking() {
            let formatter = Formatter::preset(Formatter::BOTO3).build_preset();
            // The test fails anyway; nothing may come out of a destructor.
            user_code::call_ignoring_panic(|| {
                let text = lines(&self.records(), &formatter);
                let _ = CapturedStderr.write_all(text.as_bytes());
            });
        }
    }
}

impl fmt::Debug for Capture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Capture")
            .field("logger", &self.logger)
            .field("records", &self.records())
            .finish_non_exhaustive()
    }
}

/// A builder for [`Capture`].
#[derive(Clone, Debug)]
#[must_use = "nothing is captured until `start`"]
pub struct CaptureBuilder {
    logger: Logger,
    level: Level,
    this_thread: bool,
}

impl CaptureBuilder {
    /// Sets the level at and above which records are captured; all by default.
    pub fn level(mut self, level: impl Into<Level>) -> Self {
        self.level = level.into();
        self
    }

    /// Sets whether only records of the thread that calls [`start`](Self::start) are captured; off
    /// by default.
    pub fn this_thread(mut self, this_thread: bool) -> Self {
        self.this_thread = this_thread;
        self
    }

    /// Starts capturing.
    pub fn start(self) -> Capture {
        let registry = self.logger.registry();
        let is_global = Arc::ptr_eq(registry.inner(), Registry::global().inner());
        let lacks_facade = is_global && registry.install().is_err();
        let records = Arc::default();
        let sink = CaptureSink {
            records: Arc::clone(&records),
            thread: self.this_thread.then(|| thread::current().id()),
        };
        let handler = Handler::new(sink).with_level(self.level);
        let tap = self.logger.tap(self.level, handler);
        Capture {
            logger: self.logger,
            level: self.level,
            tap,
            records,
            lacks_facade,
            prints_on_failure: false,
        }
    }
}

/// Returns a line for each record, and more for errors.
fn lines(records: &[OwnedRecord], formatter: &Formatter) -> String {
    let mut text = String::new();
    for record in records {
        let line = formatter.format_to_string(&record.as_record());
        // What cannot be formatted has its message shown.
        text += &line.unwrap_or_else(|_| record.message().to_owned());
        text.push('\n');
    }
    text
}

/// The captured records, for the message of a failed assertion.
struct Listing<'l>(&'l [OwnedRecord]);

impl fmt::Display for Listing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("nothing was");
        }
        f.write_str("these were:")?;
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
        let is_other = |thread| thread != thread::current().id();
        if !self.thread.is_some_and(is_other) {
            // The message is formatted, which runs user code, before the lock.
            let record = record.to_owned_record();
            self.records.lock().push(record);
        }
        Ok(())
    }
}
