//! How many records were dropped or suppressed, by level: [`DropCounts`].

use std::fmt;

use crate::level::level::Level;
use crate::sys::sync::{AtomicU64, Ordering};

/// The levels that drops are counted by: each holds what is below the next one.
pub(crate) const LEVELS: [Level; 6] = [
    Level::TRACE,
    Level::DEBUG,
    Level::INFO,
    Level::WARNING,
    Level::ERROR,
    Level::CRITICAL,
];

/// The place of a level's class among [`LEVELS`].
pub(crate) fn class_of(level: Level) -> usize {
    let at = LEVELS.iter().rposition(|known| *known <= level);
    at.unwrap_or(0)
}

/// How many records were dropped or suppressed so far, by level.
#[derive(Debug, Default)]
pub(crate) struct Drops([AtomicU64; LEVELS.len()]);

impl Drops {
    pub(crate) fn note(&self, level: Level) {
        self.0[class_of(level)].fetch_add(1, Ordering::Relaxed);
    }

    #[cfg(feature = "delivery")]
    pub(crate) fn note_all(&self, counts: &DropCounts) {
        for (sum, count) in self.0.iter().zip(counts.0) {
            sum.fetch_add(count, Ordering::Relaxed);
        }
    }

    pub(crate) fn read(&self) -> DropCounts {
        DropCounts(std::array::from_fn(|at| self.0[at].load(Ordering::Relaxed)))
    }
}

/// How many records were dropped or suppressed, by level; prints as `5 DEBUG, 2 INFO`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DropCounts([u64; LEVELS.len()]);

impl DropCounts {
    /// All of them.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// Those of a level of `TRACE`, `DEBUG`, `INFO`, `WARNING`, `ERROR` and `CRITICAL`; levels
    /// between count as the one below.
    #[must_use]
    pub fn at(&self, level: Level) -> u64 {
        let at = LEVELS.iter().rposition(|known| *known <= level);
        at.map_or(0, |at| self.0[at])
    }

    /// Returns those that are not zero.
    #[cfg(feature = "control")]
    pub(crate) fn by_level(&self) -> impl Iterator<Item = (Level, u64)> {
        let counts = LEVELS.into_iter().zip(self.0);
        counts.filter(|(_, count)| *count > 0)
    }

    #[cfg(feature = "delivery")]
    pub(crate) fn of(levels: impl IntoIterator<Item = Level>) -> Self {
        let mut counts = Self::default();
        for level in levels {
            counts.0[class_of(level)] += 1;
        }
        counts
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (sum, count) in self.0.iter_mut().zip(other.0) {
            *sum += count;
        }
    }

    pub(crate) fn since(&self, earlier: &Self) -> Self {
        Self(std::array::from_fn(|at| {
            self.0[at].saturating_sub(earlier.0[at])
        }))
    }
}

impl fmt::Display for DropCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut before = "";
        for (level, count) in LEVELS.iter().zip(self.0).filter(|(_, count)| *count > 0) {
            let name = level.builtin_name().unwrap_or_default();
            write!(f, "{before}{count} {name}")?;
            before = ", ";
        }
        if before.is_empty() {
            f.write_str("none")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drops_are_counted_by_level() {
        let drops = Drops::default();
        for level in [Level::DEBUG, Level::new(15), Level::CRITICAL, Level::new(1)] {
            drops.note(level);
        }
        let counts = drops.read();
        assert_eq!(counts.to_string(), "1 TRACE, 2 DEBUG, 1 CRITICAL");
        assert_eq!((counts.at(Level::DEBUG), counts.at(Level::INFO)), (2, 0));
        assert_eq!(counts.total(), 4);
        assert_eq!(DropCounts::default().to_string(), "none");
    }
}
