//! When something that failed is tried again.

use crate::sys::host::Instant;
use std::time::Duration;

const FIRST: Duration = Duration::from_millis(20);
const LONGEST: Duration = Duration::from_secs(30);

/// Waits longer after each failure: 20 ms, then four times as long, up to half a minute.
#[derive(Debug, Default)]
pub(in crate::handler) struct Retry {
    wait: Option<Duration>,
    not_before: Option<Instant>,
}

impl Retry {
    pub(in crate::handler) fn is_due(&self) -> bool {
        self.not_before.is_none_or(|time| Instant::now() >= time)
    }

    pub(in crate::handler) fn failed(&mut self) {
        let wait = self.wait.map_or(FIRST, |wait| (wait * 4).min(LONGEST));
        self.wait = Some(wait);
        self.not_before = Some(Instant::now() + wait);
    }

    pub(in crate::handler) fn succeeded(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_half_a_minute() {
        let mut retry = Retry::default();
        assert!(retry.is_due());
        for _ in 0..10 {
            retry.failed();
            assert!(!retry.is_due());
        }
        assert_eq!(retry.wait, Some(LONGEST));
        retry.succeeded();
        assert!(retry.is_due());
    }
}
