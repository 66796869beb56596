//! What was sent, and the receiver may not have: [`Unconfirmed`].

use std::collections::VecDeque;

use crate::handler::delivery::entry::Entry;

/// How many of the entries that were sent last the receiver may not have, and these entries, where
/// there is a spool for them.
#[derive(Debug, Default)]
pub(super) struct Unconfirmed {
    count: usize,
    entries: VecDeque<Entry>,
}

impl Unconfirmed {
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(super) fn set(&mut self, count: usize) {
        self.count = count;
        self.forget_confirmed();
    }

    pub(super) fn sent(&mut self, entries: impl Iterator<Item = Entry>) {
        if !self.is_empty() {
            self.entries.extend(entries);
            self.forget_confirmed();
        }
    }

    fn forget_confirmed(&mut self) {
        let confirmed = self.entries.len().saturating_sub(self.count);
        self.entries.drain(..confirmed);
    }

    pub(super) fn into_entries(self) -> VecDeque<Entry> {
        self.entries
    }
}
