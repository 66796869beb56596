//! Waits between attempts: [`BackOff`].

use std::time::Duration;

use crate::client::{Failure, FailureKind};
use crate::random;

/// The limit of the first wait; the limit doubles with each failure.
const FIRST: Duration = Duration::from_millis(200);

/// The greatest limit.
const GREATEST: Duration = Duration::from_secs(30);

/// How long a watch lasts for the failures before it to be forgotten.
const QUIET: Duration = Duration::from_secs(60);

/// The limit of the wait after a quiet time: all instances lost their connection at once.
const AFTER_QUIET: Duration = Duration::from_secs(5);

/// The least wait where etcd refuses: it does so until someone changes users or roles.
const DENIED: Duration = Duration::from_secs(5);

/// Counts failures in a row.
#[derive(Debug, Default)]
pub(crate) struct BackOff {
    failures: u32,
}

impl BackOff {
    /// Returns how long to wait after a failure of what has worked for so long.
    pub(crate) fn wait(&mut self, failure: &Failure, worked: Duration) -> Duration {
        let limit = self.limit(worked);
        match failure.kind {
            FailureKind::Denied | FailureKind::Settings => DENIED + random::up_to(limit),
            _ => random::up_to(limit),
        }
    }

    fn limit(&mut self, worked: Duration) -> Duration {
        if worked >= QUIET {
            self.failures = 0;
            return AFTER_QUIET;
        }
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
        let limits: Vec<_> = (0..100).map(|_| back_off.limit(Duration::ZERO)).collect();
        assert_eq!(limits[..3], [FIRST, FIRST * 2, FIRST * 4]);
        assert_eq!(limits[99], GREATEST);
    }

    #[test]
    fn after_a_quiet_minute_the_first_wait_is_spread_and_the_next_short() {
        let mut back_off = BackOff::default();
        for _ in 0..20 {
            back_off.limit(Duration::ZERO);
        }
        assert_eq!(back_off.limit(QUIET), AFTER_QUIET);
        assert_eq!(back_off.limit(Duration::ZERO), FIRST);
    }

    #[test]
    fn a_refusal_waits_for_five_seconds_at_least() {
        let failure = Failure::new(FailureKind::Denied, "");
        assert!(BackOff::default().wait(&failure, Duration::ZERO) >= DENIED);
    }
}
