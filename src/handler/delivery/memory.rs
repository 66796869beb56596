//! Entries that wait in memory: [`Memory`].

use std::collections::VecDeque;

use crate::handler::delivery::entry::Entry;
use crate::level::Level;
use crate::level::drop_counts::{LEVELS, class_of};

/// Entries in the order of their records, of which the least severe go first when there is no room.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// Those of a class of levels each, in order.
    classes: [VecDeque<Entry>; LEVELS.len()],
    pub(super) bytes: usize,
}

impl Memory {
    pub(super) fn len(&self) -> usize {
        self.classes.iter().map(VecDeque::len).sum()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.classes.iter().all(VecDeque::is_empty)
    }

    pub(super) fn push(&mut self, entry: Entry) {
        self.bytes += entry.bytes();
        self.classes[class_of(entry.level)].push_back(entry);
    }

    /// Puts entries back that were taken out, which are older than those that have come since.
    pub(super) fn put_back(&mut self, entries: Vec<Entry>) {
        for entry in entries.into_iter().rev() {
            self.bytes += entry.bytes();
            self.classes[class_of(entry.level)].push_front(entry);
        }
    }

    pub(super) fn front(&self) -> Option<&Entry> {
        let fronts = self.classes.iter().filter_map(VecDeque::front);
        fronts.min_by_key(|entry| entry.sequence)
    }

    pub(super) fn pop(&mut self) -> Option<Entry> {
        let class = class_of(self.front()?.level);
        self.take(class)
    }

    /// Takes out the oldest of the least severe, if it is no more severe than this level.
    pub(super) fn pop_least_severe(&mut self, level: Level) -> Option<Entry> {
        let least = self.classes.iter().position(|class| !class.is_empty())?;
        (least <= class_of(level)).then(|| self.take(least))?
    }

    fn take(&mut self, class: usize) -> Option<Entry> {
        let entry = self.classes[class].pop_front()?;
        self.bytes -= entry.bytes();
        Some(entry)
    }

    /// Takes out all of them, in order.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Entry> + use<> {
        let mut all = std::mem::take(self);
        std::iter::from_fn(move || all.pop())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    fn entry(sequence: u64, level: Level) -> Entry {
        let mut entry = Entry::new(level, Timestamp::from_nanos(0), "a", "payload");
        entry.sequence = sequence;
        entry
    }

    #[test]
    fn entries_come_out_in_order_whatever_their_levels() {
        let mut memory = Memory::default();
        let levels = [Level::ERROR, Level::DEBUG, Level::INFO];
        for (sequence, level) in (0..20).zip(levels.into_iter().cycle()) {
            memory.push(entry(sequence, level));
        }
        let first: Vec<_> = std::iter::from_fn(|| memory.pop()).take(7).collect();
        memory.put_back(first);
        assert_eq!(memory.len(), 20);
        assert!(memory.drain().map(|entry| entry.sequence).eq(0..20));
        assert!(memory.is_empty() && memory.bytes == 0);
    }

    #[test]
    fn the_oldest_of_the_least_severe_goes_first() {
        let mut memory = Memory::default();
        for (sequence, level) in [(1, Level::INFO), (2, Level::DEBUG), (3, Level::DEBUG)] {
            memory.push(entry(sequence, level));
        }
        let mut pop = |level| memory.pop_least_severe(level).map(|entry| entry.sequence);
        assert_eq!((pop(Level::ERROR), pop(Level::ERROR)), (Some(2), Some(3)));
        assert_eq!((pop(Level::DEBUG), pop(Level::INFO)), (None, Some(1)));
    }
}
