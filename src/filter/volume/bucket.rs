//! A bucket of tokens: [`Bucket`].

use std::time::Duration;

use crate::sys::sync::{AtomicBool, AtomicU64, Ordering};
use crate::time::Timestamp;

/// How fast buckets fill, and how much they hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rate {
    /// The nanoseconds in which a token comes in.
    token: i64,
    /// The nanoseconds in which an empty bucket fills; 0 where nothing ever passes.
    capacity: i64,
}

/// Longer times could not be added to a timestamp.
const LONGEST: i64 = i64::MAX / 4;

impl Rate {
    pub(super) fn new(rate: u32, per: Duration, burst: u32) -> Self {
        let token = per.as_nanos().div_ceil(u128::from(rate.max(1)));
        let token = i64::try_from(token).unwrap_or(LONGEST).clamp(1, LONGEST);
        let burst = if rate == 0 { 0 } else { burst };
        Self {
            token,
            capacity: token.saturating_mul(burst.into()).min(LONGEST),
        }
    }

    pub(super) fn passes_nothing(self) -> bool {
        self.capacity == 0
    }
}

/// The clocks of two threads' records may differ by so much before a bucket takes it that the clock
/// was set back.
const SET_BACK: i64 = 1_000_000_000;

/// Tokens, by the time at which it will be full again: a token that is taken moves that by the time
/// in which one comes in. So one number is all of its state, and one exchange takes a token.
#[derive(Debug)]
pub(super) struct Bucket {
    full_at: AtomicU64,
    /// Suppressed, and not reported yet.
    pending: AtomicU64,
    /// Something was suppressed since the last [`take_quiet`](Self::take_quiet).
    is_recent: AtomicBool,
}

/// What came of taking a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Taken,
    None,
    /// The bucket belongs to another key meanwhile.
    Gone,
}

fn bits(time: i64) -> u64 {
    u64::from_ne_bytes(time.to_ne_bytes())
}

fn time(bits: u64) -> i64 {
    i64::from_ne_bytes(bits.to_ne_bytes())
}

impl Bucket {
    /// Returns a full one.
    pub(super) const fn new() -> Self {
        Self {
            // -1: full a nanosecond before the epoch. Times before are those of clocks set back.
            full_at: AtomicU64::new(u64::MAX),
            pending: AtomicU64::new(0),
            is_recent: AtomicBool::new(false),
        }
    }

    /// Takes a token, as long as the bucket is the caller's.
    #[inline]
    pub(super) fn take(&self, now: Timestamp, rate: Rate, is_own: impl Fn() -> bool) -> Token {
        let now = now.as_nanos();
        let mut seen = self.full_at.load(Ordering::Acquire);
        loop {
            // After the load: the number of another key is only seen with that other key.
            if !is_own() {
                return Token::Gone;
            }
            let empty = now.saturating_add(rate.capacity);
            let full_at = time(seen);
            let is_set_back = full_at > empty.saturating_add(SET_BACK);
            let full_at = if is_set_back { empty } else { full_at.max(now) };
            let next = full_at.saturating_add(rate.token);
            let token = if next > empty {
                Token::None
            } else {
                Token::Taken
            };
            if token == Token::None && !is_set_back {
                return token;
            }
            let next = if token == Token::None { empty } else { next };
            match self.full_at.compare_exchange_weak(
                seen,
                bits(next),
                Ordering::AcqRel,
                Ordering::Acquire,
            ) {
                Ok(_) => return token,
                Err(other) => seen = other,
            }
        }
    }

    /// Returns when it is full, if it is: no later than `now`.
    pub(super) fn full_since(&self, now: Timestamp) -> Option<i64> {
        let full_at = time(self.full_at.load(Ordering::Acquire));
        (full_at <= now.as_nanos()).then_some(full_at)
    }

    /// Makes it another key's, with the first token taken, if nothing has changed since it was
    /// full.
    pub(super) fn exchange(&self, full_since: i64, now: Timestamp, rate: Rate) -> bool {
        let next = now.as_nanos().saturating_add(rate.token);
        let exchanged = self.full_at.compare_exchange(
            bits(full_since),
            bits(next),
            Ordering::AcqRel,
            Ordering::Relaxed,
        );
        exchanged.is_ok()
    }

    /// Counts a record that did not pass.
    #[inline]
    pub(super) fn suppress(&self) {
        self.is_recent.store(true, Ordering::Relaxed);
        // Before it is asked whether the timer is set: `Limiter::suppressed`.
        self.pending.fetch_add(1, Ordering::SeqCst);
    }

    /// Takes the number of suppressed records, to report it.
    #[inline]
    pub(super) fn take_pending(&self) -> u64 {
        if self.pending.load(Ordering::SeqCst) == 0 {
            return 0;
        }
        self.pending.swap(0, Ordering::SeqCst)
    }

    /// Takes that number if nothing was suppressed since this was called last, or in any case if
    /// `all`. Returns it, and whether something is left.
    pub(super) fn take_quiet(&self, all: bool) -> (u64, bool) {
        if self.pending.load(Ordering::SeqCst) == 0 {
            return (0, false);
        }
        if self.is_recent.swap(false, Ordering::Relaxed) && !all {
            return (0, true);
        }
        (self.take_pending(), false)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Tokens counted as such, in nanoseconds of filling.
    struct Model {
        filled: i64,
        at: i64,
    }

    impl Model {
        fn takes(&mut self, now: i64, token: i64, burst: i64) -> bool {
            self.filled = (self.filled + now - self.at).min(token * burst);
            self.at = now;
            let takes = self.filled >= token;
            self.filled -= if takes { token } else { 0 };
            takes
        }
    }

    proptest! {
        #[test]
        fn tokens_are_those_of_the_model(
            rate in 1_u32..20,
            per in 1_u64..2_000,
            burst in 1_u32..8,
            steps in prop::collection::vec(0_i64..300, 1..200),
        ) {
            let token = i64::try_from(per.div_ceil(rate.into())).unwrap();
            let mut model = Model { filled: token * i64::from(burst), at: 0 };
            let rate = Rate::new(rate, Duration::from_nanos(per), burst);
            let bucket = Bucket::new();
            let mut now = 0;
            for step in steps {
                now += step;
                let taken = bucket.take(Timestamp::from_nanos(now), rate, || true);
                let expected = model.takes(now, token, burst.into());
                prop_assert_eq!(taken == Token::Taken, expected);
            }
        }
    }

    /// An hour of silence would be worse than what an empty bucket costs.
    #[test]
    fn a_clock_that_is_set_back_stops_nothing_for_long() {
        const HOUR: i64 = 3_600_000_000_000;
        let rate = Rate::new(10, Duration::from_secs(1), 2);
        let bucket = Bucket::new();
        let take = |nanos| bucket.take(Timestamp::from_nanos(nanos), rate, || true);
        assert_eq!([take(HOUR), take(HOUR)], [Token::Taken; 2]);
        assert_eq!(take(0), Token::None);
        assert_eq!(take(99_999_999), Token::None);
        assert_eq!(take(100_000_000), Token::Taken);
        assert_eq!(take(100_000_000), Token::None);
    }

    #[test]
    fn extremes_do_not_overflow() {
        for (rate, per, burst) in [
            (u32::MAX, Duration::ZERO, u32::MAX),
            (1, Duration::MAX, u32::MAX),
            (0, Duration::ZERO, 5),
        ] {
            let rate = Rate::new(rate, per, burst);
            for nanos in [i64::MIN, 0, i64::MAX] {
                let _ = Bucket::new().take(Timestamp::from_nanos(nanos), rate, || true);
            }
        }
        assert!(Rate::new(0, Duration::ZERO, 5).passes_nothing());
    }
}
