//! What all records of one registry share: clock, level names, process, and where complaints go.

use std::fmt;
use std::io::Write;

use crate::level::names::LevelNames;
use crate::sys::host::{self, Instant};
use crate::sys::sync::{Arc, AtomicBool, AtomicU64, Lazy, Ordering};
use crate::sys::user_code::{self, Owned};
use crate::time::{self, Clock, SystemClock, Timestamp};

/// One per registry; records carry a reference to it.
pub(crate) struct Environment {
    pub(crate) level_names: LevelNames,
    /// `None` is the system's clock, reached without a virtual call.
    pub(crate) clock: Option<Owned<Arc<dyn Clock>>>,
    /// The zero of `relativeCreated`.
    pub(crate) start: Timestamp,
    /// Set only where records are to show another process than the one that logs them.
    pub(crate) process_id: Option<u32>,
    pub(crate) process_name: String,
    pub(crate) diagnostics: Diagnostics,
    /// What stands for standard error; `None` is the process's own.
    pub(crate) stderr: Option<Owned<Box<OpenWriter>>>,
    /// Records given up before any handler saw them: logging nested too deep.
    pub(crate) dropped: AtomicU64,
}

type OpenWriter = dyn Fn() -> Box<dyn Write + Send> + Send + Sync;

impl Environment {
    pub(crate) fn global() -> &'static Arc<Self> {
        static GLOBAL: Lazy<Arc<Environment>> = Lazy::new(|| Arc::new(Environment::default()));
        &GLOBAL
    }

    #[inline]
    pub(crate) fn now(&self) -> Timestamp {
        match &self.clock {
            None => SystemClock.now(),
            Some(clock) => self.ask(&***clock),
        }
    }

    /// Asks a clock that may be a user's.
    #[inline(never)]
    fn ask(&self, clock: &dyn Clock) -> Timestamp {
        time::ask(clock, |panic| {
            self.diagnostics.line_seldom(format_args!(
                "logtree: the clock panicked, and the system's time is taken: {panic}"
            ));
        })
    }

    /// Asked anew each time, as a fork changes it.
    pub(crate) fn process_id(&self) -> u32 {
        self.process_id.unwrap_or_else(host::process_id)
    }
}

impl Default for Environment {
    fn default() -> Self {
        Self {
            level_names: LevelNames::new(),
            clock: None,
            start: SystemClock.now(),
            process_id: None,
            process_name: "MainProcess".to_owned(),
            diagnostics: Diagnostics::default(),
            stderr: None,
            dropped: AtomicU64::new(0),
        }
    }
}

/// The one place for complaints of the library itself: standard error, unless a registry names a receiver.
pub(crate) struct Diagnostics {
    enabled: AtomicBool,
    receiver: Option<Owned<Box<Receiver>>>,
    made: Instant,
    /// In seconds since then, plus one; 0 is never.
    last_seldom: AtomicU64,
}

/// Takes a line, without its newline. Not a `Write`, as that would need a lock held around the user's code.
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

    /// Writes one line, in one call. A failure has nowhere left to go and is ignored.
    pub(crate) fn line(&self, text: fmt::Arguments<'_>) {
        if !self.is_enabled() {
            return;
        }
        match &self.receiver {
            Some(receiver) => {
                let line = text.to_string();
                user_code::call_ignoring_panic(|| receiver(&line));
            }
            // Not `eprintln!`, which panics when standard error is gone.
            None => {
                let _ = host::stderr().write_all(format!("{text}\n").as_bytes());
            }
        }
    }

    /// The same, but at most once in 30 seconds: for what can happen with every record.
    pub(crate) fn line_seldom(&self, text: fmt::Arguments<'_>) {
        let now = self.made.elapsed().as_secs() + 1;
        let last = self.last_seldom.load(Ordering::Relaxed);
        let due = last == 0 || now >= last + 30;
        let mine = || {
            self.last_seldom
                .compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
        };
        if due && mine() {
            self.line(text);
        }
    }
}

impl Default for Diagnostics {
    fn default() -> Self {
        Self {
            enabled: AtomicBool::new(true),
            receiver: None,
            made: Instant::now(),
            last_seldom: AtomicU64::new(0),
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
