//! What is done when a queue is full.

use std::fmt;

use crate::level::Level;
use crate::sys::sync::{AtomicU64, Ordering};

/// What is done with a record for which a [`RecordQueue`](crate::handler::RecordQueue) has no room.
///
/// What is dropped is counted, and reported in the stream by one record once there is room again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Overflow {
    /// The caller waits for room, up to [a
    /// limit](crate::handler::builder::RecordQueueBuilder::block_at_most); where no thread takes
    /// records out, not at all. The default.
    #[default]
    Block,
    /// The record is dropped.
    DropNewest,
    /// The oldest records of the same thread are dropped for it.
    DropOldest,
    /// The less severe is dropped the sooner: `DEBUG` and below when the thread's part is half
    /// full, `INFO` at three quarters, `WARNING` at nine tenths. For `ERROR` and above the
    /// caller waits.
    BySeverity,
}

impl Overflow {
    /// Whether a record is not even offered at this fill, in percent.
    #[inline]
    pub(super) fn sheds(self, level: Level, fill: impl FnOnce() -> u64) -> bool {
        if self != Self::BySeverity {
            return false;
        }
        let limit = match level {
            _ if level >= Level::ERROR => return false,
            _ if level >= Level::WARNING => 90,
            _ if level >= Level::INFO => 75,
            _ => 50,
        };
        fill() >= limit
    }

    /// Whether a caller waits where there is no room.
    pub(super) fn waits(self, level: Level) -> bool {
        match self {
            Self::Block => true,
            Self::BySeverity => level >= Level::ERROR,
            Self::DropNewest | Self::DropOldest => false,
        }
    }
}

/// The levels that drops are counted by: each holds what is below the next one.
const LEVELS: [Level; 6] = [
    Level::TRACE,
    Level::DEBUG,
    Level::INFO,
    Level::WARNING,
    Level::ERROR,
    Level::CRITICAL,
];

/// How many records a queue has dropped, by level.
#[derive(Debug, Default)]
pub(super) struct Drops([AtomicU64; LEVELS.len()]);

impl Drops {
    pub(super) fn note(&self, level: Level) {
        let at = LEVELS
            .iter()
            .rposition(|known| *known <= level)
            .unwrap_or(0);
        self.0[at].fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn read(&self) -> DropCounts {
        DropCounts(std::array::from_fn(|at| self.0[at].load(Ordering::Relaxed)))
    }
}

/// How many records a queue has dropped, by level; prints as `5 DEBUG, 2 INFO`.
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

    pub(super) fn since(&self, earlier: &Self) -> Self {
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
    fn the_less_severe_is_shed_the_sooner() {
        let shed = |level, fill| Overflow::BySeverity.sheds(level, || fill);
        for (level, limit) in [(Level::DEBUG, 50), (Level::INFO, 75), (Level::WARNING, 90)] {
            assert!(shed(level, limit) && !shed(level, limit - 1), "{level}");
        }
        assert!(!shed(Level::ERROR, 100) && !Overflow::Block.sheds(Level::DEBUG, || 100));
        assert!(
            Overflow::BySeverity.waits(Level::ERROR) && !Overflow::BySeverity.waits(Level::INFO)
        );
    }

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
