//! What all records of a registry share: its clock, level names, process and diagnostics.

use std::fmt;
use std::io::Write;
use std::time::Duration;

use crate::level::Level;
use crate::level::names::LevelNames;
use crate::sys::host;
use crate::sys::sync::{Arc, AtomicBool, AtomicU64, Lazy, OnceCell, Ordering, Weak};
use crate::sys::throttle::{self, Throttle};
use crate::sys::user_code::{self, Owned};
use crate::time::{self, Clock, SystemClock, Timestamp};

/// What the records of a registry share. Each record refers to it.
pub(crate) struct RegistryContext {
    pub(crate) level_names: LevelNames,
    /// `None` is the system's clock, which needs no virtual call.
    pub(crate) clock: Option<Owned<Arc<dyn Clock>>>,
    /// The zero of `relativeCreated`.
    pub(crate) start: Timestamp,
    /// Set only if records show another process than the one that logs them.
    pub(crate) process_id: Option<u32>,
    pub(crate) process_name: String,
    pub(crate) diagnostics: Diagnostics,
    /// Replaces standard error; `None` is that of the process.
    pub(crate) stderr: Option<Owned<Box<OpenWriter>>>,
    pub(crate) dropped: Dropped,
    /// The registry itself, set when it is built.
    pub(crate) registry: OnceCell<Weak<dyn LogsReports>>,
}

/// How many records were dropped before any handler received them.
#[derive(Default)]
pub(crate) struct Dropped {
    /// Nested too deep, or logged by a handler through the facade while it handled an event.
    pub(crate) reentrant: AtomicU64,
    /// A filter panicked.
    pub(crate) panicked: AtomicU64,
    /// An event of `tracing` that the facade has sent as well.
    pub(crate) duplicate: AtomicU64,
}

/// Logs what the crate reports, for programs that have handlers and no standard error.
pub(crate) trait LogsReports: Send + Sync {
    /// Logs a report as a record of a logger. One about a handler, given by its number, goes past
    /// that one and those that lead to it; where no other is left it goes nowhere, not to the last
    /// resort.
    fn log_report(&self, logger: &str, level: Level, text: &str, about: Option<u64>);

    /// Logs what a filter of a logger has to say, past the logger's filters: a text, and a number
    /// as a key-value; at a time, or now.
    fn log_summary(
        &self,
        logger: &str,
        level: Level,
        text: &str,
        number: (&str, u64),
        time: Option<Timestamp>,
    );
}

type OpenWriter = dyn Fn() -> Box<dyn Write + Send> + Send + Sync;

impl RegistryContext {
    pub(crate) fn global() -> &'static Arc<Self> {
        static GLOBAL: Lazy<Arc<RegistryContext>> =
            Lazy::new(|| Arc::new(RegistryContext::default()));
        &GLOBAL
    }

    #[inline]
    pub(crate) fn now(&self) -> Timestamp {
        match &self.clock {
            None => SystemClock.now(),
            Some(clock) => self.now_by(&***clock),
        }
    }

    /// Returns the time of a clock that may be user code.
    #[inline(never)]
    fn now_by(&self, clock: &dyn Clock) -> Timestamp {
        time::now_by(clock, |panic| {
            self.diagnostics.notice(
                Notice::ClockPanicked,
                format_args!(
                    "logtree: the clock panicked, the time of the system is used: {panic}"
                ),
            );
        })
    }

    pub(crate) fn log_report(&self, logger: &str, level: Level, text: &str, about: Option<u64>) {
        if let Some(registry) = self.registry.get().and_then(Weak::upgrade) {
            registry.log_report(logger, level, text, about);
        }
    }

    pub(crate) fn log_summary(
        &self,
        logger: &str,
        level: Level,
        text: &str,
        number: (&str, u64),
        time: Option<Timestamp>,
    ) {
        if let Some(registry) = self.registry.get().and_then(Weak::upgrade) {
            registry.log_summary(logger, level, text, number, time);
        }
    }

    /// Not cached, as a fork changes it.
    pub(crate) fn process_id(&self) -> u32 {
        self.process_id.unwrap_or_else(host::process_id)
    }
}

impl Default for RegistryContext {
    fn default() -> Self {
        Self {
            level_names: LevelNames::new(),
            clock: None,
            start: SystemClock.now(),
            process_id: None,
            process_name: "MainProcess".to_owned(),
            diagnostics: Diagnostics::default(),
            stderr: None,
            dropped: Dropped::default(),
            registry: OnceCell::new(),
        }
    }
}

/// Where the crate reports its own problems: standard error, unless the registry has a receiver.
pub(crate) struct Diagnostics {
    enabled: AtomicBool,
    receiver: Option<Owned<Box<Receiver>>>,
    notices: Throttle<Notice>,
}

/// A problem that may occur with each record or call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    ClockPanicked,
    FilterPanicked,
    NotRotated,
    NameCut,
    NoHandler,
    StandIn,
    TooManyLoggers,
}

impl Notice {
    /// How often it is reported: what is as the program was written, once.
    fn interval(self) -> Duration {
        match self {
            Self::ClockPanicked | Self::FilterPanicked | Self::NotRotated => throttle::INTERVAL,
            Self::NameCut | Self::NoHandler | Self::StandIn | Self::TooManyLoggers => Duration::MAX,
        }
    }
}

/// Receives a line, without its newline. Not a `Write`, which would need a lock held around user
/// code.
pub(crate) type Receiver = dyn Fn(&str) + Send + Sync;

impl Diagnostics {
    pub(crate) fn to(receiver: Box<Receiver>) -> Self {
        Self {
            receiver: Some(Owned::new(receiver)),
            ..Self::default()
        }
    }

    pub(crate) fn set_enabled(&self, enabled: bool) {
        self.enabled.store(enabled, Ordering::Relaxed);
    }

    pub(crate) fn is_enabled(&self) -> bool {
        self.enabled.load(Ordering::Relaxed)
    }

    /// Writes one line, in one call. A failure is ignored, as there is nowhere to report it.
    pub(crate) fn line(&self, text: fmt::Arguments<'_>) {
        if !self.is_enabled() {
            return;
        }
        match &self.receiver {
            Some(receiver) => {
                let line = text.to_string();
                user_code::call_ignoring_panic(|| receiver(&line));
            }
            // Not `eprintln!`, which panics if standard error is closed.
            None => {
                let _ = host::stderr().write_all(format!("{text}\n").as_bytes());
            }
        }
    }

    /// Writes a line as often as is right for the problem.
    #[cold]
    pub(crate) fn notice(&self, notice: Notice, text: fmt::Arguments<'_>) {
        if !self.is_enabled() {
            return;
        }
        if let Some(suppressed) = self.notices.due(notice, notice.interval()) {
            self.line(format_args!("{text}{suppressed}"));
        }
    }
}

impl Default for Diagnostics {
    fn default() -> Self {
        Self {
            enabled: AtomicBool::new(true),
            receiver: None,
            notices: Throttle::default(),
        }
    }
}

impl fmt::Debug for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Diagnostics")
            .field("enabled", &self.is_enabled())
            .finish_non_exhaustive()
    }
}
