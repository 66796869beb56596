//! What a bucket's number means: [`Rule`], and those of rates and samples.

use std::time::Duration;

use crate::time::Timestamp;

/// How the state of a key moves with each record: one number is all of it, so that one exchange
/// decides.
pub(super) trait Rule: Copy + Send + Sync + 'static {
    /// Returns the state after a record, and whether that passes. [`UNUSED`] is the state before
    /// the first one.
    fn step(self, state: u64, now: Timestamp) -> (u64, bool);

    /// Returns since when the state is as good as an unused one, if it is.
    fn idle_since(self, state: u64, now: Timestamp) -> Option<i64>;
}

/// The state of a key without records.
pub(super) const UNUSED: u64 = u64::MAX;

/// A token bucket, by the time at which it will be full again: a token that is taken moves that by
/// the time in which one comes in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rate {
    /// The nanoseconds in which a token comes in.
    token: i64,
    /// The nanoseconds in which an empty bucket fills; 0 where nothing ever passes.
    capacity: i64,
}

/// Longer times could not be added to a timestamp.
const LONGEST: i64 = i64::MAX / 4;

/// The times of two threads' records may differ by so much before it is taken that the clock was
/// set back.
pub(super) const SET_BACK: i64 = 1_000_000_000;

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
}

impl Rule for Rate {
    #[inline]
    fn step(self, state: u64, now: Timestamp) -> (u64, bool) {
        let now = now.as_nanos();
        let empty = now.saturating_add(self.capacity);
        // An unused one was full a nanosecond before 1970.
        let full_at = i64::from_ne_bytes(state.to_ne_bytes());
        let is_set_back = full_at > empty.saturating_add(SET_BACK);
        let full_at = if is_set_back { empty } else { full_at.max(now) };
        let next = full_at.saturating_add(self.token);
        let bits = |time: i64| u64::from_ne_bytes(time.to_ne_bytes());
        match (next <= empty && self.capacity > 0, is_set_back) {
            (true, _) => (bits(next), true),
            (false, true) => (bits(empty), false),
            (false, false) => (state, false),
        }
    }

    fn idle_since(self, state: u64, now: Timestamp) -> Option<i64> {
        let full_at = i64::from_ne_bytes(state.to_ne_bytes());
        (full_at <= now.as_nanos()).then_some(full_at)
    }
}

/// A part of the records.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sample {
    /// The first ones in each time, and then one of so many; 0 is none. The state is the number of
    /// the time, and below it that of the record.
    FirstThen {
        first: u32,
        every: u32,
        /// Nanoseconds.
        per: i64,
    },
    /// One of so many, the first one first. The state is the number of the record.
    Every(u64),
    /// Those for whose numbers a random one is below the limit.
    Ratio { limit: Share, seed: u64 },
    /// Decided already.
    Decided(bool),
}

impl Sample {
    /// Returns what decides by a number that comes from the record.
    pub(super) fn of_number(self, number: u64) -> Self {
        match self {
            Self::Ratio { limit, .. } => Self::Decided(limit.has(number)),
            other => other,
        }
    }
}

/// A share of all 64-bit numbers, from none to all.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share(u128);

impl Share {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "from 0 to 2⁶⁴, which a `u128` holds"
    )]
    pub(super) fn new(ratio: f64) -> Self {
        // NaN becomes 0.
        Self((ratio.clamp(0.0, 1.0) * 2_f64.powi(64)) as u128)
    }

    pub(super) fn has(self, number: u64) -> bool {
        u128::from(number) < self.0
    }
}

/// Spreads a number over all bits, alike in all processes.
pub(super) fn mixed(number: u64) -> u64 {
    // The finalizer of SplitMix64.
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

impl Rule for Sample {
    #[inline]
    fn step(self, state: u64, now: Timestamp) -> (u64, bool) {
        match self {
            Self::FirstThen { first, every, per } => {
                let time = time_of(now, per);
                let is_same = state != UNUSED && state >> 32 == time;
                let number = if is_same {
                    state & u64::from(u32::MAX)
                } else {
                    0
                };
                let (first, every) = (u64::from(first), u64::from(every));
                let passes = number < first || (every > 0 && (number - first) % every == every - 1);
                // The last number stands still: a time has fewer records.
                let next = (number + 1).min(u64::from(u32::MAX));
                ((time << 32) | next, passes)
            }
            Self::Every(every) => {
                let number = if state == UNUSED { 0 } else { state };
                (number + 1, every > 0 && number % every == 0)
            }
            Self::Ratio { limit, seed } => {
                let number = if state == UNUSED { 0 } else { state };
                (number + 1, limit.has(mixed(number.wrapping_add(seed))))
            }
            Self::Decided(passes) => (state, passes),
        }
    }

    fn idle_since(self, state: u64, now: Timestamp) -> Option<i64> {
        match self {
            _ if state == UNUSED => Some(i64::MIN),
            Self::FirstThen { per, .. } => {
                let time = state >> 32;
                let is_over = time != time_of(now, per);
                is_over.then(|| i64::try_from(time).unwrap_or(i64::MAX))
            }
            Self::Every(_) | Self::Ratio { .. } | Self::Decided(_) => None,
        }
    }
}

/// The number of the time of a record, in 31 bits.
fn time_of(now: Timestamp, per: i64) -> u64 {
    let number = now.as_nanos().div_euclid(per).rem_euclid(1 << 31);
    u64::try_from(number).unwrap_or_default()
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
            let mut state = UNUSED;
            let mut now = 0;
            for step in steps {
                now += step;
                let (next, taken) = rate.step(state, Timestamp::from_nanos(now));
                state = next;
                prop_assert_eq!(taken, model.takes(now, token, burst.into()));
            }
        }
    }

    /// An hour of silence would be worse than what an empty bucket costs.
    #[test]
    fn a_clock_that_is_set_back_stops_nothing_for_long() {
        const HOUR: i64 = 3_600_000_000_000;
        let rate = Rate::new(10, Duration::from_secs(1), 2);
        let mut state = UNUSED;
        let mut take = |nanos| {
            let (next, taken) = rate.step(state, Timestamp::from_nanos(nanos));
            state = next;
            taken
        };
        assert!(take(HOUR) && take(HOUR));
        assert!(!take(0));
        assert!(!take(99_999_999));
        assert!(take(100_000_000));
        assert!(!take(100_000_000));
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
                let (_, taken) = rate.step(UNUSED, Timestamp::from_nanos(nanos));
                assert!(!taken || rate.capacity > 0);
            }
        }
    }

    fn passed(sample: Sample, times: impl Iterator<Item = i64>) -> Vec<usize> {
        let mut state = UNUSED;
        let step = |(at, nanos)| {
            let (next, passes) = sample.step(state, Timestamp::from_nanos(nanos));
            state = next;
            passes.then_some(at)
        };
        times.enumerate().filter_map(step).collect()
    }

    #[test]
    fn the_first_ones_of_each_time_pass_and_then_one_of_so_many() {
        let sample = |first, every| Sample::FirstThen {
            first,
            every,
            per: 100,
        };
        let times = || (0..10).chain(100..104).chain(90..92);
        assert_eq!(passed(sample(2, 3), times()), [0, 1, 4, 7, 10, 11, 14, 15]);
        assert_eq!(passed(sample(1, 0), times()), [0, 10, 14]);
        assert_eq!(passed(sample(0, 1), times()).len(), 16);
        assert_eq!(passed(sample(0, 5), times()), [4, 9]);
        // The number stands still at its highest.
        let (next, _) = sample(1, 1).step(u64::from(u32::MAX), Timestamp::from_nanos(5));
        assert_eq!(next, u64::from(u32::MAX));
    }

    #[test]
    fn shares_have_their_ends() {
        let times = || std::iter::repeat_n(0, 1_000);
        let ratio = |ratio| Sample::Ratio {
            limit: Share::new(ratio),
            seed: 7,
        };
        for (share, from, to) in [
            (f64::NAN, 0, 0),
            (-1.0, 0, 0),
            (0.0, 0, 0),
            (0.25, 200, 300),
            (1.0, 1_000, 1_000),
            (f64::INFINITY, 1_000, 1_000),
        ] {
            assert!(
                (from..=to).contains(&passed(ratio(share), times()).len()),
                "{share}"
            );
        }
        assert_eq!(passed(Sample::Every(400), times()), [0, 400, 800]);
        assert_eq!(passed(Sample::Every(0), times()), [0; 0]);
    }
}
