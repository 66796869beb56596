//! A record and its repetitions: [`Run`].

use std::mem;
use std::time::Duration;

use crate::context::RegistryContext;
use crate::filter::volume::rule::SET_BACK;
use crate::filter::volume::summary::About;
use crate::record::Record;
use crate::sys::host::Instant;
use crate::sys::sync::Arc;
use crate::time::Timestamp;

/// The record that came last, and what was suppressed of its repetitions.
#[derive(Default)]
pub(super) struct Run {
    /// Of the record; `None` while none is waited for.
    hash: Option<u64>,
    /// Kept from run to run, for the memory of its name.
    about: Option<About>,
    first: Timestamp,
    /// The time of the last record that is in the output, or in a number there.
    reported: Timestamp,
    last: Timestamp,
    repeated: u64,
    /// When the window ends by the system's clock; known since the first repetition.
    due: Option<Instant>,
    /// The timer will look, not later than that.
    is_awaited: bool,
}

/// What is to be reported of a run.
pub(super) struct Repeated {
    pub(super) about: About,
    pub(super) times: u64,
    /// Nanoseconds.
    pub(super) within: i64,
    pub(super) last: Timestamp,
}

impl Run {
    /// Counts a record, if it repeats that of the run within a window of nanoseconds.
    pub(super) fn repeats(&mut self, hash: u64, now: Timestamp, window: i64) -> bool {
        let age = now.nanos_since(self.first);
        let repeats = self.hash == Some(hash) && age >= -SET_BACK && age < window;
        if repeats {
            self.repeated += 1;
            self.last = self.last.max(now);
        }
        repeats
    }

    /// Starts with a record. Returns what must be dropped without a lock.
    pub(super) fn begin(&mut self, hash: u64, record: &Record<'_>) -> Option<Arc<RegistryContext>> {
        self.hash = Some(hash);
        self.first = record.time();
        self.reported = self.first;
        self.last = self.first;
        let Some(about) = &mut self.about else {
            self.about = Some(About::of(record));
            return None;
        };
        about.name.clear();
        about.name.push_str(record.name());
        about.level = record.level();
        let is_same = Arc::ptr_eq(&about.environment, record.environment);
        (!is_same).then(|| mem::replace(&mut about.environment, Arc::clone(record.environment)))
    }

    /// Ends it: the same record passes again.
    pub(super) fn end(&mut self) -> Option<Repeated> {
        self.hash = None;
        self.due = None;
        self.take_repeated()
    }

    pub(super) fn take_repeated(&mut self) -> Option<Repeated> {
        let about = self.about.as_ref().filter(|_| self.repeated > 0)?;
        let repeated = Repeated {
            about: about.clone(),
            times: self.repeated,
            within: self.last.nanos_since(self.reported),
            last: self.last,
        };
        self.repeated = 0;
        self.reported = self.last;
        Some(repeated)
    }

    /// Returns how long the timer has to wait, if it must be set.
    pub(super) fn await_end(&mut self, window: i64) -> Option<Duration> {
        if self.due.is_some() {
            return None;
        }
        let left = window.saturating_sub(self.last.nanos_since(self.first));
        let left = Duration::from_nanos(u64::try_from(left).unwrap_or(0)).min(LONGEST);
        self.due = Some(Instant::now() + left);
        (!mem::replace(&mut self.is_awaited, true)).then_some(left)
    }

    /// The next repetition tries to set the timer again.
    pub(super) fn is_not_awaited(&mut self) {
        self.is_awaited = false;
        self.due = None;
    }

    /// Ends it if its window is over.
    pub(super) fn on_time(&mut self) -> Option<Repeated> {
        self.is_awaited = false;
        let is_over = self.due.is_some_and(|due| due <= Instant::now());
        if is_over { self.end() } else { None }
    }

    /// Returns how long the timer has to wait next.
    pub(super) fn left(&mut self) -> Option<Duration> {
        let left = self.due?.saturating_duration_since(Instant::now());
        self.is_awaited = true;
        Some(left)
    }
}

/// A longer wait could not be added to the time.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);
