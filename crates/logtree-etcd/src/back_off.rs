//! Waits between attempts: [`BackOff`].

use std::time::Duration;

use crate::client::{Failure, FailureKind};
use crate::random;

/// The limit of the first wait; the limit doubles with each failure.
const FIRST: Duration = Duration::from_millis(200);

/// The greatest limit.
const GREATEST: Duration = Duration::from_secs(30);

/// The least wait where etcd refuses: it does so until someone changes users or roles.
const DENIED: Duration = Duration::from_secs(5);

/// Counts failures in a row.
#[derive(Debug, Default)]
pub(crate) struct BackOff {
    failures: u32,
}

impl BackOff {
    /// Returns how long to wait after a failure.
    pub(crate) fn wait(&mut self, failure: &Failure) -> Duration {
        let wait = random::up_to(self.limit());
        match failure.kind {
            FailureKind::Denied | FailureKind::Settings => DENIED + wait,
            _ => wait,
        }
    }

    fn limit(&mut self) -> Duration {
        let limit = FIRST.saturating_mul(1 << self.failures.min(16));
        self.failures = self.failures.saturating_add(1);
        limit.min(GREATEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_double_up_to_the_greatest() {
        let mut back_off = BackOff::default();
        let limits: Vec<_> = (0..100).map(|_| back_off.limit()).collect();
        assert_eq!(limits[..3], [FIRST, FIRST * 2, FIRST * 4]);
        assert_eq!(limits[99], GREATEST);
    }

    #[test]
    fn a_refusal_waits_for_five_seconds_at_least() {
        let failure = Failure::new(FailureKind::Denied, "");
        assert!(BackOff::default().wait(&failure) >= DENIED);
    }
}
