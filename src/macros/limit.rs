//! How often a call site logs: [`Limit`].

use std::time::Duration;

use crate::logger::passed::{Counted, Passed};
use crate::macros::as_logger::AsLogger;
use crate::sys::sync::{AtomicU64, Ordering};

/// Which of a call site's records are logged.
#[derive(Clone, Copy, Debug)]
pub enum Pace {
    /// The first ones.
    First(u64),
    /// The first one, and then one of so many.
    EveryN(u64),
    /// Those whose number is a power of two.
    Pow2,
    /// One in each time.
    Every(Duration),
}

/// The static of a call site that counts its records.
#[derive(Debug)]
pub struct Limit {
    pace: Pace,
    calls: AtomicU64,
    /// When one was logged last, in nanoseconds; `NEVER` at first.
    last: AtomicU64,
    /// How many there were then.
    reported: AtomicU64,
}

/// No clock shows it.
const NEVER: u64 = u64::MAX;

impl Limit {
    /// Returns a limit that has counted nothing.
    #[must_use]
    pub const fn new(pace: Pace) -> Self {
        Self {
            pace,
            calls: AtomicU64::new(0),
            last: AtomicU64::new(NEVER),
            reported: AtomicU64::new(0),
        }
    }

    /// Counts a record whose level passed. Returns it if it is to be logged.
    #[inline]
    pub fn count(&self, logger: &(impl AsLogger + ?Sized), passed: Passed) -> Option<Counted> {
        // Relaxed: a number of its own.
        let occurrence = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        let suppressed = match self.pace {
            Pace::First(n) => (occurrence <= n).then_some(0),
            Pace::EveryN(n) => {
                let n = n.max(1);
                let passes = (occurrence - 1) % n == 0;
                passes.then_some(if occurrence == 1 { 0 } else { n - 1 })
            }
            Pace::Pow2 => {
                let passes = occurrence.is_power_of_two();
                passes.then(|| (occurrence / 2).saturating_sub(1))
            }
            Pace::Every(time) => {
                let now = logger.as_logger().inner().environment.now();
                self.take_turn(now.as_nanos(), time)
                    .then(|| self.since_reported())
            }
        };
        suppressed.map(|suppressed| Counted {
            passed,
            suppressed,
            occurrence,
        })
    }

    /// Reports whether the time is over, to one thread alone.
    fn take_turn(&self, now: i64, time: Duration) -> bool {
        let now = u64::try_from(now).unwrap_or(0);
        let last = self.last.load(Ordering::Relaxed);
        // Also if the clock was set back by more than that.
        let is_over = last == NEVER || u128::from(now.abs_diff(last)) >= time.as_nanos();
        is_over
            && self
                .last
                .compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }

    fn since_reported(&self) -> u64 {
        let calls = self.calls.load(Ordering::Relaxed);
        let reported = self.reported.fetch_max(calls, Ordering::Relaxed);
        calls.saturating_sub(reported + 1)
    }
}
