//! What is done when a queue is full.

use crate::level::Level;

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
}
