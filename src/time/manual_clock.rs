//! A clock for tests and replays: [`ManualClock`].

use std::time::Duration;

use crate::sys::sync::{Arc, AtomicU64, Ordering};
use crate::time::clock::Clock;
use crate::time::timestamp::Timestamp;

/// A clock that stands still until it is moved, for tests and replays. Its clones are the same
/// clock.
#[derive(Clone, Debug, Default)]
pub struct ManualClock(Arc<AtomicU64>);

impl ManualClock {
    /// Returns a clock that shows a time.
    #[must_use]
    pub fn new(time: Timestamp) -> Self {
        let clock = Self::default();
        clock.set(time);
        clock
    }

    /// Moves the clock to a time, earlier or later.
    pub fn set(&self, time: Timestamp) {
        let nanos = u64::from_ne_bytes(time.as_nanos().to_ne_bytes());
        self.0.store(nanos, Ordering::Relaxed);
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.set(self.now() + by);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        let nanos = self.0.load(Ordering::Relaxed);
        Timestamp::from_nanos(i64::from_ne_bytes(nanos.to_ne_bytes()))
    }
}
