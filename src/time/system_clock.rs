//! The clock of the system: [`SystemClock`].

use std::cell::Cell;

use crate::sys::user_code::{self, Panic};
use crate::time::clock::Clock;
use crate::time::timestamp::Timestamp;

impl Timestamp {
    /// Returns the time of the system's clock.
    #[must_use]
    pub fn now() -> Self {
        SystemClock.now()
    }
}

/// The real-time clock of the system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    /// By the system's own call: std's way to nanoseconds since the epoch takes a check, a
    /// subtraction and a division more, which are a tenth of the instructions of a whole record.
    #[cfg(unix)]
    #[inline]
    fn now(&self) -> Timestamp {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::Realtime);
        let second = now.tv_sec.saturating_mul(Timestamp::SECOND);
        // The nanoseconds are not negative; so checked, it takes fewer steps.
        let nanos = second.checked_add(now.tv_nsec);
        Timestamp::from_nanos(nanos.unwrap_or(i64::MAX))
    }

    #[cfg(not(unix))]
    fn now(&self) -> Timestamp {
        crate::sys::host::system_time().into()
    }
}

/// Returns the time of a clock that may be user code.
///
/// A clock that logs is not called for the records that it logs, and one that panics has no time:
/// these records have the time of the system.
pub(crate) fn now_by(clock: &dyn Clock, panicked: impl FnOnce(&Panic)) -> Timestamp {
    thread_local! {
        static IS_CALLED: Cell<bool> = const { Cell::new(false) };
    }
    if IS_CALLED.replace(true) {
        return SystemClock.now();
    }
    let now = user_code::call(|| clock.now());
    IS_CALLED.set(false);
    now.unwrap_or_else(|panic| {
        panicked(&panic);
        SystemClock.now()
    })
}
