//! Records of several processes by time: [`Merge`].

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

use logtree::time::Timestamp;

/// Sorts what arrives within a short time of each other.
pub(super) struct Merge<T> {
    window: Duration,
    waiting: BinaryHeap<Reverse<Waiting<T>>>,
    count: u64,
}

struct Waiting<T> {
    time: Timestamp,
    /// The order of arrival, for equal times.
    number: u64,
    due: Instant,
    item: T,
}

impl<T> Merge<T> {
    /// Items wait for others for `window`.
    pub(super) fn new(window: Duration) -> Self {
        Self {
            window,
            waiting: BinaryHeap::new(),
            count: 0,
        }
    }

    pub(super) fn push(&mut self, time: Timestamp, item: T, now: Instant) {
        self.count += 1;
        self.waiting.push(Reverse(Waiting {
            time,
            number: self.count,
            due: now + self.window,
            item,
        }));
    }

    /// Returns the earliest item if it has waited long enough.
    pub(super) fn pop(&mut self, now: Instant) -> Option<T> {
        let first = self.waiting.peek()?;
        (first.0.due <= now).then(|| self.pop_any())?
    }

    /// Returns the earliest item.
    pub(super) fn pop_any(&mut self) -> Option<T> {
        self.waiting.pop().map(|Reverse(waiting)| waiting.item)
    }

    /// Returns when [`pop`](Self::pop) returns something unless more arrives.
    pub(super) fn due(&self) -> Option<Instant> {
        self.waiting.peek().map(|first| first.0.due)
    }
}

impl<T> Waiting<T> {
    fn key(&self) -> (Timestamp, u64) {
        (self.time, self.number)
    }
}

impl<T> PartialEq for Waiting<T> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl<T> Eq for Waiting<T> {}

impl<T> PartialOrd for Waiting<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Waiting<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_time_within_the_window() {
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        let mut merge = Merge::new(Duration::from_millis(100));
        for (nanos, item, now) in [(2, "b", 0), (1, "a", 50), (2, "c", 60)] {
            merge.push(Timestamp::from_nanos(nanos), item, at(now));
        }
        // The earliest came last, and others wait for it.
        assert_eq!(merge.pop(at(120)), None);
        assert_eq!(merge.due(), Some(at(150)));
        assert_eq!(merge.pop(at(150)), Some("a"));
        assert_eq!(merge.pop(at(150)), Some("b"));
        assert_eq!(merge.pop(at(150)), None);
        assert_eq!(merge.pop_any(), Some("c"));
        assert_eq!((merge.pop_any(), merge.due()), (None, None));
    }
}
