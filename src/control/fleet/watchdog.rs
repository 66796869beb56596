//! What is dropped because it costs too much: [`Watchdog`].

use std::collections::BTreeMap;
use std::time::Duration;

use crate::control::fleet::budget::Budget;
use crate::control::fleet::key::Key;
use crate::control::fleet::meter::Meter;
use crate::sys::host::Instant;

/// The least default budget, in records per second.
const LEAST: u64 = 1_000;

/// A budget is over a minute at most.
const LONGEST_S: u64 = 60;

/// Compares what an instance writes with the budgets of the settings in place.
#[derive(Debug, Default)]
pub(super) struct Watchdog {
    meter: Meter,
    /// Since when a setting is in place, by its version, and what it may cost.
    since: BTreeMap<(Key, u64), (Instant, Budget)>,
}

/// A setting that costs too much.
#[derive(Debug, PartialEq)]
pub(super) struct Excess {
    pub(super) key: Key,
    pub(super) version: u64,
    pub(super) rate: u64,
    pub(super) budget: Budget,
}

impl Watchdog {
    /// Adds how many records were written so far.
    pub(super) fn count(&mut self, now: Instant, records: u64) {
        self.meter.add(now, records);
    }

    /// Returns the records per second of the minute before, or of what is known of it.
    pub(super) fn rate(&self) -> u64 {
        let windows = [60, 30, 10].map(Duration::from_secs).into_iter();
        let mut rates = windows.filter_map(|window| self.meter.rate(window, None));
        rates.next().unwrap_or_default()
    }

    /// Notes which settings are in place. One without a budget may cost ten times what was written
    /// before.
    pub(super) fn watch(&mut self, now: Instant, budgeted: &[(Key, u64, Option<Budget>)]) {
        let default = Budget::new(self.rate().saturating_mul(10).max(LEAST));
        let placed = budgeted.iter().map(|(key, version, budget)| {
            let placed = (key.clone(), *version);
            let since = self.since.get(&placed).copied();
            (placed, since.unwrap_or((now, budget.unwrap_or(default))))
        });
        self.since = placed.collect();
    }

    /// Reports whether a setting in place has a budget.
    pub(super) fn is_watching(&self) -> bool {
        !self.since.is_empty()
    }

    /// Returns the settings that cost too much.
    pub(super) fn excesses(&self) -> Vec<Excess> {
        let excesses = self
            .since
            .iter()
            .filter_map(|((key, version), (since, budget))| {
                let window = Duration::from_secs(budget.over_s.clamp(1, LONGEST_S));
                let rate = self.meter.rate(window, Some(*since))?;
                (rate > budget.records_per_s).then(|| Excess {
                    key: key.clone(),
                    version: *version,
                    rate,
                    budget: *budget,
                })
            });
        excesses.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::fleet::selector::Selector;
    use crate::control::target::LevelTarget;

    #[test]
    fn a_setting_that_writes_ten_times_as_much_is_too_expensive() {
        let (start, second) = (Instant::now(), Duration::from_secs(1));
        let key = Key::Level(Selector::all(), LevelTarget::logger("a"));
        let own = Key::Level(Selector::all(), LevelTarget::logger("b"));
        let budgeted = [
            (key.clone(), 1, None),
            (own.clone(), 1, Some(Budget::new(100).with_over_s(2))),
        ];
        let mut watchdog = Watchdog::default();
        let (mut records, mut now) = (0, start);
        let mut write = |watchdog: &mut Watchdog, rate: u64, seconds: u32| {
            for _ in 0..seconds {
                now += second;
                records += rate;
                watchdog.count(now, records);
                watchdog.watch(now, &budgeted);
            }
        };
        write(&mut watchdog, 500, 60);
        let due = |watchdog: &Watchdog| {
            let excesses = watchdog.excesses().into_iter();
            excesses
                .map(|excess| (excess.key, excess.rate))
                .collect::<Vec<_>>()
        };
        assert_eq!(due(&watchdog), [(own.clone(), 500)]);
        write(&mut watchdog, 4_900, 60);
        // At the start, nothing was known of the rate: at least 1,000.
        assert_eq!(due(&watchdog), [(key, 4_900), (own, 4_900)]);
        watchdog.watch(start, &[]);
        assert!(!watchdog.is_watching() && due(&watchdog).is_empty());
        watchdog.watch(start + 120 * second, &budgeted[..1]);
        let budget = watchdog.since.values().next().unwrap().1;
        assert_eq!(budget.records_per_s, 49_000);
    }
}
