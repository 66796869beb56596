//! What all filters that limit have in common: [`Limiter`].

use std::fmt;
use std::time::Duration;

use crate::context::RegistryContext;
use crate::filter::volume::limit::{self, Limit};
use crate::filter::volume::outlet::{Outlet, Outlets};
use crate::filter::volume::summary::{About, SUPPRESSED, Summary};
use crate::level::Level;
use crate::level::drop_counts::{DropCounts, Drops};
use crate::record::Record;
use crate::sys::sync::{Arc, AtomicBool, AtomicU32, AtomicU64, Mutex, Ordering, Weak};
use crate::sys::timer::{Alarm, Timed};

/// What a filter decides by.
pub(super) trait Decide: Send + Sync + 'static {
    /// The filter, as a summary names it.
    const FILTER: &'static str;

    /// Decides on a record. What is suppressed is pending from now on.
    fn decide(&self, record: &Record<'_>) -> Decision;

    /// Returns what is pending for the key of a record that passes in any case.
    fn exempt(&self, record: &Record<'_>) -> u64;

    /// Takes what is pending and has not grown since this was called last; in any case if `all`.
    /// Returns the sum, and whether something is left.
    fn take_quiet(&self, all: bool) -> (u64, bool);
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// It passes, and reports how many were suppressed before it.
    Pass(u64),
    Suppress,
}

/// Counts what a filter decides, and reports what it suppressed: with the next record that passes,
/// or else by a record of its own.
pub(super) struct Limiter<D> {
    pub(super) decide: D,
    pub(super) even_errors: bool,
    /// How often it is looked for what was suppressed and is not growing.
    pub(super) interval: Duration,
    passed: AtomicU64,
    suppressed: Drops,
    /// The highest level since the last summary, and one; 0 where nothing was suppressed.
    highest: AtomicU32,
    /// The first record with that level.
    about: Mutex<Option<About>>,
    outlets: Outlets,
    alarm: Alarm,
    is_awaited: AtomicBool,
    is_entered: AtomicBool,
}

impl<D: Decide> Limiter<D> {
    pub(super) fn new(decide: D, even_errors: bool, interval: Duration) -> Self {
        Self {
            decide,
            even_errors,
            interval,
            passed: AtomicU64::new(0),
            suppressed: Drops::default(),
            highest: AtomicU32::new(0),
            about: Mutex::new(None),
            outlets: Outlets::default(),
            alarm: Alarm,
            is_awaited: AtomicBool::new(false),
            is_entered: AtomicBool::new(false),
        }
    }

    pub(super) fn passed(&self) -> u64 {
        self.passed.load(Ordering::Relaxed)
    }

    pub(super) fn suppressed(&self) -> DropCounts {
        self.suppressed.read()
    }

    #[inline]
    pub(super) fn filter(self: &Arc<Self>, record: &mut Record<'_>) -> bool {
        // Below the levels in effect, only captures receive it; no limit is spent on it.
        if record.is_hidden {
            return true;
        }
        let decision = if record.level() >= Level::ERROR && !self.even_errors {
            Decision::Pass(self.decide.exempt(record))
        } else {
            self.decide.decide(record)
        };
        match decision {
            Decision::Pass(before) => {
                self.passed.fetch_add(1, Ordering::Relaxed);
                if before > 0 {
                    note(record, before);
                }
                true
            }
            Decision::Suppress => {
                self.note_suppressed(record);
                false
            }
        }
    }

    #[inline]
    fn note_suppressed(self: &Arc<Self>, record: &Record<'_>) {
        self.suppressed.note(record.level());
        let rank = u32::from(record.level().number()) + 1;
        if rank > self.highest.load(Ordering::Relaxed) {
            self.note_highest(record, rank);
        }
        // After it was noted as pending, and seen so by a timer that did not find it.
        if !self.is_awaited.load(Ordering::SeqCst) {
            self.await_time();
        }
    }

    #[cold]
    fn note_highest(&self, record: &Record<'_>, rank: u32) {
        let about = About::of(record);
        let mut kept = self.about.lock();
        let old = if self.highest.fetch_max(rank, Ordering::Relaxed) < rank {
            kept.replace(about)
        } else {
            Some(about)
        };
        drop(kept);
        // Out of the lock: dropping a clock is user code.
        drop(old);
    }

    #[cold]
    fn await_time(self: &Arc<Self>) {
        if !self.is_entered.swap(true, Ordering::Relaxed) {
            limit::enter(Arc::<Self>::downgrade(self));
        }
        let is_set = self.is_awaited.swap(true, Ordering::SeqCst);
        if !is_set && self.alarm.set(self, self.interval).is_err() {
            // The next record tries again.
            self.is_awaited.store(false, Ordering::SeqCst);
        }
    }

    /// Writes a record on what is pending. Returns whether something is left.
    fn report(&self, all: bool) -> bool {
        let (suppressed, is_left) = self.decide.take_quiet(all);
        if suppressed > 0 {
            self.write_summary(suppressed);
        }
        is_left
    }

    #[cold]
    fn write_summary(&self, suppressed: u64) {
        let kept = self.about.lock();
        self.highest.store(0, Ordering::Relaxed);
        let about = kept.clone();
        drop(kept);
        let about = about.unwrap_or_else(|| About {
            environment: Arc::clone(RegistryContext::global()),
            name: "logtree".to_owned(),
            level: Level::WARNING,
        });
        let plural = if suppressed == 1 { "" } else { "s" };
        let text = format!("{suppressed} record{plural} suppressed by {}", D::FILTER);
        self.outlets.write(
            self.identity(),
            &Summary {
                about: &about,
                text,
                suppressed,
                time: None,
            },
        );
    }
}

/// Adds to what another limit has noted already.
#[cold]
fn note(record: &mut Record<'_>, before: u64) {
    let earlier = record.key_values().get(SUPPRESSED);
    let earlier = earlier.and_then(|value| value.to_u64()).unwrap_or(0);
    record.set_key_value(SUPPRESSED, earlier.saturating_add(before));
}

impl<D: Decide> Limit for Limiter<D> {
    fn identity(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    fn attach(&self, handler: Weak<dyn Outlet>) {
        self.outlets.attach(handler);
    }

    fn settle(&self) {
        self.report(true);
    }

    fn forget(&self) {
        self.decide.take_quiet(true);
        self.highest.store(0, Ordering::Relaxed);
    }
}

impl<D: Decide> Timed for Limiter<D> {
    fn on_time(&self) {
        // Before the look at what is pending, so that what comes later sets the alarm.
        self.is_awaited.store(false, Ordering::SeqCst);
        if self.report(false) {
            self.is_awaited.store(true, Ordering::SeqCst);
        }
    }

    fn next(&self) -> Option<Duration> {
        self.is_awaited
            .load(Ordering::SeqCst)
            .then_some(self.interval)
    }
}

impl<D> fmt::Debug for Limiter<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limiter")
            .field("passed", &self.passed)
            .field("suppressed", &self.suppressed)
            .finish_non_exhaustive()
    }
}
