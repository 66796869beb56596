//! How many records an instance writes: [`Meter`].

use std::collections::VecDeque;
use std::time::Duration;

use crate::sys::host::Instant;

/// Counts of records over time, for their rate.
#[derive(Debug, Default)]
pub(super) struct Meter {
    samples: VecDeque<(Instant, u64)>,
}

/// For how long samples are kept.
const KEPT: Duration = Duration::from_secs(120);

impl Meter {
    /// Adds how many records were written so far.
    pub(super) fn add(&mut self, now: Instant, count: u64) {
        self.samples.push_back((now, count));
        let is_old = |(time, _): &(Instant, u64)| now.saturating_duration_since(*time) > KEPT;
        while self.samples.front().is_some_and(is_old) {
            self.samples.pop_front();
        }
    }

    /// Returns the records per second of the latest `window`, or of nearly all of it; `None` if
    /// the samples since `since` are not enough.
    pub(super) fn rate(&self, window: Duration, since: Option<Instant>) -> Option<u64> {
        let (last, count) = self.samples.back()?;
        let is_in = |time: &Instant| since.is_none_or(|since| *time >= since);
        let age = |time: &Instant| last.saturating_duration_since(*time);
        let mut before = self.samples.iter().rev().filter(|(time, _)| is_in(time));
        // The newest one that is as old as the window, or nearly.
        let (first, from) = before.find(|(time, _)| age(time) * 20 >= window * 19)?;
        let seconds = age(first).as_secs().max(1);
        // A handler that was removed takes its count along.
        Some(count.saturating_sub(*from) / seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_needs_its_time() {
        let (start, second) = (Instant::now(), Duration::from_secs(1));
        let mut meter = Meter::default();
        for at in 0_u32..300 {
            meter.add(start + at * second, u64::from(at) * 50);
        }
        assert_eq!(meter.rate(10 * second, None), Some(50));
        assert_eq!(meter.rate(60 * second, None), Some(50));
        assert_eq!(meter.rate(200 * second, None), None);
        let since = |ago: u32| Some(start + (299 - ago) * second);
        assert_eq!(meter.rate(10 * second, since(5)), None);
        assert_eq!(meter.rate(10 * second, since(10)), Some(50));
        meter.add(start + 300 * second, 0);
        assert_eq!(meter.rate(10 * second, None), Some(0));
    }
}
