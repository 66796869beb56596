//! The set-up of a panic hook: [`PanicLogger`], [`log_panics`].

use crate::logger::IntoLogger;
use crate::logger::logger::get_logger;
use crate::panics::destination::Destination;
use crate::panics::guard::PanicGuard;
use crate::panics::hook;

/// Logs each panic of the process as a record of the logger `panic`, for as long as the process
/// runs. The hook that was installed before is called afterwards, so that a panic is still printed
/// as before. [`PanicLogger`] has options.
///
/// A second call has no further effect, except that records come before what a hook prints that
/// was installed meanwhile.
///
/// # Examples
/// ```
/// use logtree::test::Capture;
/// use logtree::{get_logger, log_panics};
///
/// log_panics();
/// let capture = Capture::new(&get_logger("panic"));
/// let ended = std::thread::spawn(|| panic!("no job left")).join();
/// assert!(ended.is_err());
/// assert_eq!(capture.records()[0].message(), "no job left");
/// ```
pub fn log_panics() {
    std::mem::forget(PanicLogger::new().install());
}

/// Logs each panic of the process as a record, at `CRITICAL`.
///
/// The message is what the panic says. The key-values are `thread`, the name of the thread or
/// `Thread-7`, and `location`, the file, line and column; those of scopes and spans of the thread
/// are there as in any of its records. The record has a stack trace if the variable
/// `RUST_BACKTRACE` is set, and not 0, when the logger is installed.
///
/// What panics inside a panic hook aborts the process. So the hook only copies what it needs, and
/// another thread takes the record through filters, formatters and handlers, and flushes all
/// handlers. The panicking thread waits for that, two seconds at most, since with
/// `panic = "abort"`, or a second panic, nothing runs afterwards. A device that the panicking
/// thread itself is writing to is passed over after a tenth of a second. Where no thread can be
/// started, or the time is over, a line on standard error says so: with `panic = "abort"`, for a
/// panic of a queue's own thread, in a filter or a writer of its handlers.
///
/// A panic inside a logging call, as in a filter or a `Display`, ends in that call, and its thread
/// does not wait; the end of the process does, for a second at most. With `panic = "abort"` there
/// is a wait here as well. Panics while another one is being logged, caused by the filters and
/// sinks that it meets, are reported by their handlers and not logged.
///
/// At most ten panics a second are logged for a location. The next record of the location has the
/// number of those that were left out as `suppressed`.
///
/// # Python
/// `sys.excepthook` and `threading.excepthook`.
///
/// # Examples
/// ```
/// use logtree::panics::PanicLogger;
/// use logtree::test::Capture;
/// use logtree::{Registry, Scope};
///
/// let registry = Registry::new();
/// let logger = registry.get_logger("crash");
/// let capture = Capture::new(&logger);
/// let guard = PanicLogger::new().logger(&logger).silent().install();
/// let job = Scope::new().with("job", 7).bind(|| panic!("no room"));
/// assert!(std::thread::spawn(job).join().is_err());
/// drop(guard);
///
/// let records = capture.records();
/// assert_eq!((records[0].name(), records[0].message()), ("crash", "no room"));
/// assert_eq!(records[0].key_value("job"), Some(&7.into()));
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct PanicLogger {
    destination: Destination,
}

impl PanicLogger {
    /// Returns one that logs to the logger `panic` of the global registry and calls the hook that
    /// was installed before.
    pub fn new() -> Self {
        Self {
            destination: Destination {
                logger: get_logger("panic"),
                program: None,
                is_silent: false,
            },
        }
    }

    /// Sets the logger. `&str` names a logger of the global registry.
    pub fn logger(mut self, logger: impl IntoLogger) -> Self {
        self.destination.logger = logger.into_logger();
        self
    }

    /// Logs each panic to the logger of the module that it occurs in, of the same registry, instead
    /// of one logger for all: to `app.db.pool` for `src/db/pool.rs`.
    ///
    /// The module is found by the path of the file, as a panic has nothing else. `program` is the
    /// name for files under `src/`, which the compiler gives no other name: usually
    /// `env!("CARGO_CRATE_NAME")`. Files of other packages are named by the package's directory,
    /// without the version. A module in a file of another name, by `#[path]` or inline, belongs to
    /// the file.
    ///
    /// # Examples
    /// ```
    /// use logtree::panics::PanicLogger;
    ///
    /// let _guard = PanicLogger::new().by_module(env!("CARGO_CRATE_NAME")).install();
    /// ```
    pub fn by_module(mut self, program: impl Into<Box<str>>) -> Self {
        self.destination.program = Some(program.into());
        self
    }

    /// Does not call the hook that was installed before: std's would print the panic on standard
    /// error once more.
    pub fn silent(mut self) -> Self {
        self.destination.is_silent = true;
        self
    }

    /// Installs it. It logs until the guard is dropped, or for as long as the process runs if the
    /// guard is [forgotten](std::mem::forget).
    ///
    /// Of several, the one that was installed last logs. On a thread that is panicking this has no
    /// effect, as std allows no other.
    ///
    /// # Examples
    /// ```
    /// let guard = logtree::panics::PanicLogger::new().silent().install();
    /// // Panics are logged, and not printed.
    /// drop(guard);
    /// ```
    pub fn install(self) -> PanicGuard {
        PanicGuard::new(hook::install(self.destination))
    }
}

impl Default for PanicLogger {
    fn default() -> Self {
        Self::new()
    }
}
