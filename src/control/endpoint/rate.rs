//! How often something may happen: [`Rate`].

use std::time::Duration;

use crate::sys::host::Instant;
use crate::sys::sync::Mutex;

/// Allows something so many times in any second.
pub(super) struct Rate {
    per_second: u32,
    /// When all of the past has been made up for, at one use in each n-th of a second.
    even: Mutex<Option<Instant>>,
}

impl Rate {
    pub(super) fn new(per_second: u32) -> Self {
        Self {
            per_second,
            even: Mutex::new(None),
        }
    }

    /// Reports whether it may happen now, and counts it if so.
    pub(super) fn take(&self) -> bool {
        self.take_at(Instant::now())
    }

    fn take_at(&self, now: Instant) -> bool {
        const SECOND: Duration = Duration::from_secs(1);
        let mut even = self.even.lock();
        let next = even.map_or(now, |even| even.max(now)) + SECOND / self.per_second;
        let is_allowed = next.saturating_duration_since(now) <= SECOND;
        if is_allowed {
            *even = Some(next);
        }
        is_allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_allows_so_many_and_the_next_as_many() {
        let rate = Rate::new(10);
        let start = Instant::now();
        let taken = |at: Duration| (0..100).filter(|_| rate.take_at(start + at)).count();
        assert_eq!(taken(Duration::ZERO), 10);
        assert_eq!(taken(Duration::from_millis(50)), 0);
        assert_eq!(taken(Duration::from_millis(250)), 2);
        assert_eq!(taken(Duration::from_secs(60)), 10);
    }
}
