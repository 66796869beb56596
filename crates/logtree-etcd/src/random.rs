//! Random waits, so that instances do not all come at once.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// Returns a duration from zero up to the given one.
pub(crate) fn up_to(most: Duration) -> Duration {
    most.mul_f64(fraction())
}

/// Returns a duration that deviates from the given one by a fraction of it, at most.
pub(crate) fn about(middle: Duration, deviation: f64) -> Duration {
    middle.mul_f64(1.0 - deviation + 2.0 * deviation * fraction())
}

/// Returns a number that differs from one process to the other. The keys of a hasher are random;
/// nothing here is secret.
pub(crate) fn seed() -> u64 {
    RandomState::new().hash_one(0_u8)
}

/// From 0 up to, not including, 1.
fn fraction() -> f64 {
    let bits = seed() >> 32;
    // 32 bits are exact as a float.
    f64::from(u32::try_from(bits).unwrap_or(0)) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_stay_within_their_limits_and_differ() {
        let most = Duration::from_secs(5);
        let waits: Vec<_> = (0..1_000).map(|_| up_to(most)).collect();
        assert!(waits.iter().all(|wait| *wait < most));
        assert!(waits.iter().any(|wait| *wait < most / 4));
        assert!(waits.iter().any(|wait| *wait > most / 4 * 3));
        let middle = Duration::from_secs(20);
        for _ in 0..1_000 {
            let wait = about(middle, 0.1);
            assert!(wait >= Duration::from_secs(18) && wait <= Duration::from_secs(22));
        }
    }
}
