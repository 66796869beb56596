//! Points in time and where they come from.

use std::cell::Cell;
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::sys::sync::{AtomicU64, Ordering};
use crate::sys::user_code::{self, Panic};

/// A point in time: whole nanoseconds since 1970-01-01 00:00 UTC, from the year 1677 to 2262.
///
/// # Examples
/// ```
/// use logtree::time::Timestamp;
///
/// let time = Timestamp::from_nanos(735_379_380_123_000_000);
/// assert_eq!((time.seconds(), time.subsec_nanos()), (735_379_380, 123_000_000));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    const SECOND: i64 = 1_000_000_000;

    /// The time this many nanoseconds after (before, if negative) the epoch.
    #[must_use]
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// Nanoseconds since the epoch.
    #[must_use]
    pub const fn as_nanos(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(Self::SECOND)
    }

    /// Nanoseconds since the last whole second: 0 to 999,999,999.
    #[must_use]
    pub const fn subsec_nanos(self) -> u32 {
        // In range by construction: the remainder of a division by 10^9.
        #[expect(clippy::cast_possible_truncation, reason = "0..10^9")]
        let nanos = self.0.rem_euclid(Self::SECOND) as u32;
        nanos
    }

    /// Milliseconds since the last whole second, cut, not rounded (statement 51).
    #[must_use]
    pub const fn subsec_millis(self) -> u32 {
        self.subsec_nanos() / 1_000_000
    }

    /// Seconds since the epoch as a float, as Python's `created`.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a float is what is asked for")]
    pub fn as_seconds_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// Nanoseconds from `earlier` to this time; negative if `earlier` is later.
    #[must_use]
    pub const fn nanos_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl From<SystemTime> for Timestamp {
    /// Times outside the range become its nearest end.
    fn from(time: SystemTime) -> Self {
        // Not by `as_nanos`, whose 128 bits cost more than the rest of it.
        let nanos = |duration: Duration| {
            let seconds = i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
            seconds
                .saturating_mul(Self::SECOND)
                .saturating_add(i64::from(duration.subsec_nanos()))
        };
        Self(match time.duration_since(UNIX_EPOCH) {
            Ok(after) => nanos(after),
            Err(before) => -nanos(before.duration()),
        })
    }
}

/// Where a registry's records get their time from.
///
/// Asked once for each record that passes its logger's level, on the logging thread, with none of the crate's locks held. It must
/// not block. If it logs, the records that it logs have the system's time; if it panics, so has the record it was asked for, and
/// the panic is reported.
///
/// # Examples
/// ```
/// use logtree::Registry;
/// use logtree::time::{ManualClock, Timestamp};
/// use std::sync::Arc;
///
/// let clock = Arc::new(ManualClock::new(Timestamp::from_nanos(0)));
/// let registry = Registry::builder().clock(clock.clone()).build();
/// clock.advance(std::time::Duration::from_secs(1));
/// # let _ = registry;
/// ```
pub trait Clock: Send + Sync + fmt::Debug {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// Asks a clock that may be a user's.
///
/// A clock that logs is not asked again for what it logs, and one that panics is not relied on: these records have the system's
/// time.
pub(crate) fn ask(clock: &dyn Clock, panicked: impl FnOnce(&Panic)) -> Timestamp {
    thread_local! {
        static IS_ASKING: Cell<bool> = const { Cell::new(false) };
    }
    if IS_ASKING.replace(true) {
        return SystemClock.now();
    }
    let now = user_code::call(|| clock.now());
    IS_ASKING.set(false);
    now.unwrap_or_else(|panic| {
        panicked(&panic);
        SystemClock.now()
    })
}

/// The system's real-time clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    /// By the system's own call: std's way to nanoseconds since the epoch takes a check, a subtraction and a division more,
    /// which are a tenth of a whole record's instructions.
    #[cfg(unix)]
    #[inline]
    fn now(&self) -> Timestamp {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::Realtime);
        Timestamp(
            now.tv_sec
                .saturating_mul(Timestamp::SECOND)
                .saturating_add(now.tv_nsec),
        )
    }

    #[cfg(not(unix))]
    fn now(&self) -> Timestamp {
        crate::sys::host::system_time().into()
    }
}

/// A clock that stands still until it is moved: for tests and replays.
#[derive(Debug, Default)]
pub struct ManualClock(AtomicU64);

impl ManualClock {
    /// A clock that shows this time.
    #[must_use]
    pub fn new(time: Timestamp) -> Self {
        let clock = Self::default();
        clock.set(time);
        clock
    }

    /// Moves the clock to a time, earlier or later.
    pub fn set(&self, time: Timestamp) {
        self.0
            .store(u64::from_ne_bytes(time.0.to_ne_bytes()), Ordering::Relaxed);
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_nanos()).unwrap_or(i64::MAX);
        self.set(Timestamp(self.now().0.saturating_add(by)));
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(i64::from_ne_bytes(
            self.0.load(Ordering::Relaxed).to_ne_bytes(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_round_down_before_the_epoch() {
        let time = Timestamp::from_nanos(-500_000_000);
        assert_eq!((time.seconds(), time.subsec_millis()), (-1, 500));
    }

    #[test]
    fn the_farthest_times_do_not_panic() {
        // Not every platform has times this far away.
        let far = Duration::from_secs(1 << 40);
        let times = [UNIX_EPOCH.checked_sub(far), UNIX_EPOCH.checked_add(far)];
        for time in times.into_iter().flatten() {
            let _ = Timestamp::from(time).seconds();
        }
        assert_eq!(
            Timestamp(i64::MIN).nanos_since(Timestamp(i64::MAX)),
            i64::MIN
        );
    }
}
