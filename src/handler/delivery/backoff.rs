//! How long to wait between attempts: [`Backoff`].

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// How long a handler waits before it tries again, after a first failure, a second one and so on.
///
/// By default, the time is drawn from 0 to a bound that doubles from 20 milliseconds to 30 seconds
/// ("full jitter"): clients that lost a receiver at the same time do not come back to it at the
/// same time.
///
/// # Examples
/// ```
/// use logtree::delivery::Backoff;
/// use std::time::Duration;
///
/// assert_eq!(Backoff::python().bound(2), Duration::from_secs(4));
/// assert!(Backoff::default().wait(0) <= Duration::from_millis(20));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    first: Duration,
    most: Duration,
    has_jitter: bool,
}

impl Default for Backoff {
    fn default() -> Self {
        Self::new(Duration::from_millis(20), Duration::from_secs(30))
    }
}

impl Backoff {
    /// Returns one whose bound doubles from `first` to `most`.
    #[must_use]
    pub const fn new(first: Duration, most: Duration) -> Self {
        Self {
            first,
            most,
            has_jitter: true,
        }
    }

    /// Returns the one of Python's `SocketHandler`: 1, 2, 4, 8, 16, 30, 30 … seconds.
    #[must_use]
    pub const fn python() -> Self {
        Self::new(Duration::from_secs(1), Duration::from_secs(30)).without_jitter()
    }

    /// Has it wait for the whole of each bound.
    #[must_use]
    pub const fn without_jitter(mut self) -> Self {
        self.has_jitter = false;
        self
    }

    /// Returns how long it waits at most after so many failures before the last one.
    #[must_use]
    pub fn bound(&self, failures: u32) -> Duration {
        let factor = 2_u32.checked_pow(failures).unwrap_or(u32::MAX);
        self.first.saturating_mul(factor).min(self.most)
    }

    /// Returns how long to wait after so many failures before the last one.
    #[must_use]
    pub fn wait(&self, failures: u32) -> Duration {
        let bound = self.bound(failures);
        if !self.has_jitter {
            return bound;
        }
        // Each state has keys of its own.
        let random = RandomState::new().hash_one(failures) >> 32;
        let nanos = bound.as_nanos().saturating_mul(u128::from(random)) >> 32;
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_double_up_to_the_largest() {
        let seconds: Vec<_> = (0..8)
            .map(|n| Backoff::python().wait(n).as_secs())
            .collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 30, 30, 30]);
        assert_eq!(Backoff::python().wait(u32::MAX).as_secs(), 30);
        let largest = Backoff::new(Duration::MAX, Duration::MAX);
        assert!(largest.wait(u32::MAX) <= Duration::MAX);
    }

    #[test]
    fn jitter_is_spread_below_the_bound() {
        let backoff = Backoff::new(Duration::from_secs(8), Duration::from_secs(8));
        let waits: Vec<_> = (0..200).map(|_| backoff.wait(0)).collect();
        assert!(waits.iter().all(|wait| *wait <= Duration::from_secs(8)));
        let below = waits.iter().filter(|wait| **wait < Duration::from_secs(4));
        assert!((40..160).contains(&below.count()));
    }
}
