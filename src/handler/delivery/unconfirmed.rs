//! What was sent, and the receiver may not have: [`Unconfirmed`].

use std::collections::VecDeque;
use std::ops::Range;

use crate::handler::delivery::entry::Entry;
use crate::sys::sync::Arc;

/// How many of the entries that were sent last the receiver may not have, and these entries, where
/// there is a spool for them.
#[derive(Debug, Default)]
pub(super) struct Unconfirmed {
    count: usize,
    /// Parts of what was sent, in order. They are copied for the spool alone.
    parts: VecDeque<(Arc<Vec<Entry>>, Range<usize>)>,
    /// How many entries they have.
    kept: usize,
}

impl Unconfirmed {
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(super) fn set(&mut self, count: usize) {
        self.count = count;
        self.forget_confirmed();
    }

    pub(super) fn sent(&mut self, entries: &Arc<Vec<Entry>>, part: Range<usize>) {
        if !self.is_empty() && !part.is_empty() {
            self.kept += part.len();
            self.parts.push_back((Arc::clone(entries), part));
            self.forget_confirmed();
        }
    }

    fn forget_confirmed(&mut self) {
        while self.kept > self.count {
            let Some((_, first)) = self.parts.front_mut() else {
                break;
            };
            let confirmed = first.len().min(self.kept - self.count);
            first.start += confirmed;
            self.kept -= confirmed;
            if first.start == first.end {
                self.parts.pop_front();
            }
        }
    }

    pub(super) fn into_entries(self) -> Vec<Entry> {
        let mut entries = Vec::with_capacity(self.kept);
        for (sent, part) in self.parts {
            entries.extend_from_slice(&sent[part]);
        }
        entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::Level;
    use crate::time::Timestamp;

    fn batch(texts: &[&str]) -> Arc<Vec<Entry>> {
        let entry = |text: &&str| Entry::new(Level::INFO, Timestamp::from_nanos(0), "a", *text);
        Arc::new(texts.iter().map(entry).collect())
    }

    #[test]
    fn the_last_entries_are_kept_and_none_is_copied_before_the_end() {
        let (first, second) = (batch(&["a", "b", "c", "d"]), batch(&["e", "f"]));
        let mut unconfirmed = Unconfirmed::default();
        unconfirmed.sent(&first, 0..4);
        assert!(unconfirmed.is_empty() && Arc::strong_count(&first) == 1);
        unconfirmed.set(4);
        // The receiver has refused the second one.
        for part in [0..1, 1..1, 2..4] {
            unconfirmed.sent(&first, part);
        }
        unconfirmed.sent(&second, 0..2);
        // Two of the first batch: one part is left of it.
        assert_eq!(
            (Arc::strong_count(&first), Arc::strong_count(&second)),
            (2, 2)
        );
        unconfirmed.set(3);
        let entries = unconfirmed.into_entries();
        let texts = entries.iter().map(Entry::payload);
        assert!(texts.eq([b"d", b"e", b"f"]));
        assert_eq!(
            (Arc::strong_count(&first), Arc::strong_count(&second)),
            (1, 1)
        );
    }

    #[test]
    fn what_is_confirmed_is_freed() {
        let sent = batch(&["a", "b"]);
        let mut unconfirmed = Unconfirmed::default();
        unconfirmed.set(2);
        unconfirmed.sent(&sent, 0..2);
        unconfirmed.set(0);
        assert_eq!(Arc::strong_count(&sent), 1);
        assert!(unconfirmed.into_entries().is_empty());
    }
}
