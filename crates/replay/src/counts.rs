//! What each logger showed and hid: [`Counts`].

use std::collections::BTreeMap;
use std::fmt;

/// Events of a logger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Count {
    /// The number of events.
    pub seen: u64,
    /// The number of those that were emitted.
    pub emitted: u64,
}

impl Count {
    /// Returns the number of events that were not emitted.
    #[must_use]
    pub fn suppressed(self) -> u64 {
        self.seen - self.emitted
    }
}

/// What each logger showed and hid. `Display` prints a table, a line for each logger and one for
/// the total.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts(BTreeMap<String, Count>);

impl Counts {
    pub(crate) fn add(&mut self, name: &str, emitted: bool) {
        let count = match self.0.get_mut(name) {
            Some(count) => count,
            None => self.0.entry(name.to_owned()).or_default(),
        };
        count.seen += 1;
        count.emitted += u64::from(emitted);
    }

    /// Returns the loggers and their counts, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Count)> {
        self.0.iter().map(|(name, count)| (&**name, *count))
    }

    /// Returns the counts of all loggers together.
    #[must_use]
    pub fn total(&self) -> Count {
        self.0.values().fold(Count::default(), |sum, count| Count {
            seen: sum.seen + count.seen,
            emitted: sum.emitted + count.emitted,
        })
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seen, emitted, suppressed) = ("seen", "emitted", "suppressed");
        write!(
            f,
            "{:<32} {seen:>10} {emitted:>10} {suppressed:>10}",
            "logger"
        )?;
        for (name, count) in self.iter().chain([("total", self.total())]) {
            // A recorded name may contain anything.
            let name = name.escape_debug().to_string();
            let (seen, emitted, suppressed) = (count.seen, count.emitted, count.suppressed());
            write!(f, "\n{name:<32} {seen:>10} {emitted:>10} {suppressed:>10}")?;
        }
        Ok(())
    }
}
