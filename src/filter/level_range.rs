//! A filter by level that has an upper bound.

use std::ops::{Bound, RangeBounds};

use crate::filter::filter::Filter;
use crate::level::Level;
use crate::record::Record;

/// Passes records whose level lies in a range, to send INFO to one place and ERROR to another, for
/// example.
///
/// # Python
/// The cookbook's `filter_maker`; there, handlers have a lower bound only.
///
/// # Examples
/// ```
/// use logtree::Level;
/// use logtree::filter::LevelRange;
/// use logtree::handler::StreamHandler;
///
/// let ordinary = StreamHandler::stdout().with_filter(LevelRange::at_most(Level::WARNING));
/// let severe = StreamHandler::stderr().with_level(Level::ERROR);
/// # let _ = (ordinary, severe);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct LevelRange {
    from: Bound<Level>,
    to: Bound<Level>,
}

impl LevelRange {
    /// Returns a filter for a range, such as `Level::DEBUG..Level::ERROR`.
    #[must_use]
    pub fn new(range: impl RangeBounds<Level>) -> Self {
        Self {
            from: range.start_bound().cloned(),
            to: range.end_bound().cloned(),
        }
    }

    /// Returns a filter that passes `level` and everything below it.
    #[must_use]
    pub fn at_most(level: impl Into<Level>) -> Self {
        Self::new(..=level.into())
    }
}

impl Filter for LevelRange {
    fn filter(&self, record: &mut Record<'_>) -> bool {
        (self.from, self.to).contains(&record.level())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends() {
        let filter = LevelRange::new(Level::INFO..Level::ERROR);
        let passed = [10, 20, 30, 40]
            .map(|level| filter.filter(&mut Record::builder().level(level).build()));
        assert_eq!(passed, [false, true, true, false]);
    }
}
