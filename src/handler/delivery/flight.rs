//! Entries that are being sent: [`Flight`].

use std::ops::Range;

use crate::handler::delivery::entry::Entry;
use crate::handler::delivery::spool::Cursor;
use crate::sys::sync::Arc;

/// Entries that were taken out to be sent, in order. They stay here until they are with the
/// receiver, or lost.
#[derive(Clone, Debug)]
pub(super) struct Flight {
    /// Which one it is: what became of another one does not concern it.
    pub(super) id: u64,
    pub(super) entries: Arc<Vec<Entry>>,
    /// The place after each, where they come from the spool.
    pub(super) places: Arc<Vec<Cursor>>,
    /// How many of them are done.
    pub(super) done: usize,
    /// How many are sent at once.
    pub(super) step: usize,
    /// How often the next one has failed for a reason of its own.
    pub(super) failures: u32,
}

impl Flight {
    pub(super) fn new(id: u64, entries: Vec<Entry>, places: Vec<Cursor>) -> Self {
        Self {
            id,
            step: entries.len(),
            entries: Arc::new(entries),
            places: Arc::new(places),
            done: 0,
            failures: 0,
        }
    }

    /// Those that are not done.
    pub(super) fn rest(&self) -> &[Entry] {
        &self.entries[self.done..]
    }

    /// Those that are sent next.
    pub(super) fn next(&self) -> &[Entry] {
        &self.entries[self.range()]
    }

    fn range(&self) -> Range<usize> {
        let end = self.done.saturating_add(self.step);
        self.done..end.min(self.entries.len())
    }

    pub(super) fn is_of_spool(&self) -> bool {
        !self.places.is_empty()
    }

    /// Those that are not done, with their places in the spool; none where they are not from there.
    pub(super) fn rest_of_spool(&self) -> impl Iterator<Item = (Entry, Cursor)> {
        let places = self.places.iter().skip(self.done).copied();
        self.rest().iter().cloned().zip(places)
    }

    /// Notes that so many more are done. Returns the place up to which the spool is done.
    pub(super) fn advance(&mut self, count: usize) -> Option<Cursor> {
        self.done = (self.done + count).min(self.entries.len());
        self.failures = 0;
        let last = self.done.checked_sub(1)?;
        self.places.get(last).copied()
    }

    pub(super) fn is_done(&self) -> bool {
        self.done == self.entries.len()
    }

    /// Puts a shorter form in the place of the next one.
    pub(super) fn replace_next(&mut self, shorter: Entry) {
        let mut entries = Vec::clone(&self.entries);
        entries[self.done] = shorter;
        self.entries = Arc::new(entries);
    }
}
