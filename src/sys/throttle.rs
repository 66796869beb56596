//! How often a problem that recurs is reported: [`Throttle`].

use std::fmt;
use std::time::Duration;

use crate::sys::host::Instant;
use crate::sys::sync::Mutex;

/// A device that is full fails for every record, and a report for each would only fill the next
/// device: other crates write 15 to 93 MB of them.
pub(crate) const INTERVAL: Duration = Duration::from_secs(30);

/// Lets the first report of each kind of problem pass, and then one in each interval.
#[derive(Debug)]
pub(crate) struct Throttle<K>(Mutex<Vec<Seen<K>>>);

#[derive(Debug)]
struct Seen<K> {
    kind: K,
    reported: Instant,
    since: u64,
}

/// How many reports were suppressed since the last one; `Display` is what a report says of them at
/// its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Suppressed(u64);

impl<K: PartialEq> Throttle<K> {
    /// Returns `None` if no report is due. An interval of [`Duration::MAX`] lets only the first one
    /// pass.
    pub(crate) fn due(&self, kind: K, interval: Duration) -> Option<Suppressed> {
        self.due_at(kind, interval, Instant::now())
    }

    #[expect(
        clippy::significant_drop_tightening,
        reason = "all of it is looked at under the lock"
    )]
    fn due_at(&self, kind: K, interval: Duration, now: Instant) -> Option<Suppressed> {
        let mut seen = self.0.lock();
        match seen.iter_mut().find(|seen| seen.kind == kind) {
            None => {
                seen.push(Seen {
                    kind,
                    reported: now,
                    since: 0,
                });
                Some(Suppressed(0))
            }
            Some(last) if now.saturating_duration_since(last.reported) >= interval => {
                last.reported = now;
                Some(Suppressed(std::mem::take(&mut last.since)))
            }
            Some(last) => {
                last.since += 1;
                None
            }
        }
    }
}

impl<K> Default for Throttle<K> {
    fn default() -> Self {
        Self(Mutex::new(Vec::new()))
    }
}

impl fmt::Display for Suppressed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => Ok(()),
            more => write!(f, " ({more} more since the last report)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_report_per_kind_and_interval() {
        let throttle = Throttle::default();
        let start = Instant::now();
        let due = |kind, time| throttle.due_at(kind, INTERVAL, time);
        assert_eq!(due("full", start), Some(Suppressed(0)));
        assert_eq!(due("panic", start), Some(Suppressed(0)));
        assert_eq!(due("full", start + INTERVAL / 2), None);
        assert_eq!(due("full", start + INTERVAL), Some(Suppressed(1)));
        assert_eq!(
            throttle.due_at("once", Duration::MAX, start),
            Some(Suppressed(0))
        );
        assert_eq!(
            throttle.due_at("once", Duration::MAX, start + 100 * INTERVAL),
            None
        );
    }

    #[test]
    fn a_report_counts_those_that_were_suppressed() {
        assert_eq!(Suppressed(0).to_string(), "");
        assert_eq!(Suppressed(7).to_string(), " (7 more since the last report)");
    }
}
