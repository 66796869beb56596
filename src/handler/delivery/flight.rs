//! Entries that are being sent: [`Flight`].

use std::ops::Range;

use crate::handler::delivery::entry::Entry;
use crate::handler::delivery::spool::Cursor;
use crate::handler::delivery::transport::BatchLimits;
use crate::sys::sync::Arc;

/// Entries that were taken out to be sent, in order. They stay here until they are with the
/// receiver, or lost.
#[derive(Clone, Debug)]
pub(super) struct Flight {
    /// Which one it is: what became of another one does not concern it.
    pub(super) id: u64,
    pub(super) entries: Arc<Vec<Entry>>,
    /// How many notices stand before the records: one at most.
    pub(super) notices: usize,
    /// The place after each record, where they come from the spool.
    places: Arc<Vec<Cursor>>,
    /// How many of them are done.
    pub(super) done: usize,
    /// How many are sent at once, and how many can be.
    pub(super) step: usize,
    pub(super) most: usize,
    /// How often the next one has failed for a reason of its own.
    pub(super) failures: u32,
}

impl Flight {
    pub(super) fn new(id: u64, entries: Vec<Entry>, places: Vec<Cursor>) -> Self {
        Self {
            id,
            step: entries.len(),
            most: entries.len(),
            notices: 0,
            entries: Arc::new(entries),
            places: Arc::new(places),
            done: 0,
            failures: 0,
        }
    }

    /// Puts a notice before the records, which have left room for it unless there is but one.
    pub(super) fn with_notice(mut self, notice: Entry, limits: &BatchLimits) -> Self {
        let first = self.entries.first();
        let goes_along = first.is_none_or(|first| limits.room(Some(&notice)).has(first));
        Arc::make_mut(&mut self.entries).insert(0, notice);
        self.notices = 1;
        self.most = if goes_along { self.entries.len() } else { 1 };
        self.step = self.most;
        self
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
        let done = self.done.max(self.notices);
        let places = self.places.iter().skip(done - self.notices).copied();
        self.entries[done..].iter().cloned().zip(places)
    }

    /// Notes that so many more are done. Returns the place up to which the spool is done.
    pub(super) fn advance(&mut self, count: usize) -> Option<Cursor> {
        self.done = (self.done + count).min(self.entries.len());
        self.failures = 0;
        let last = self.done.checked_sub(self.notices + 1)?;
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
