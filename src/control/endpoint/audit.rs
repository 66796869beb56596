//! The last changes: [`Audit`].

use std::collections::VecDeque;

use crate::control::changed::Changed;
use crate::sys::sync::Mutex;
use crate::time::{Clock, SystemClock, Timestamp};

/// How many changes are kept.
const MAX: usize = 1_000;

/// The last changes, through whatever control, since the server started.
#[derive(Default)]
pub(super) struct Audit(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    last: u64,
    /// The newest last.
    all: VecDeque<Entry>,
}

/// A change in the list.
#[derive(Clone)]
pub(super) struct Entry {
    /// Counts the changes, from 1.
    pub(super) id: u64,
    pub(super) time: Timestamp,
    pub(super) changed: Changed,
}

impl Audit {
    pub(super) fn add(&self, changed: &Changed) {
        let (time, changed) = (SystemClock.now(), changed.clone());
        let mut entries = self.0.lock();
        entries.last += 1;
        let id = entries.last;
        if entries.all.len() == MAX {
            entries.all.pop_front();
        }
        entries.all.push_back(Entry { id, time, changed });
    }

    /// Returns the changes after the one of a number.
    pub(super) fn after(&self, id: u64) -> Vec<Entry> {
        let mut entries: Vec<_> = self.0.lock().all.iter().cloned().collect();
        entries.retain(|entry| entry.id > id);
        entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_thousand_are_kept() {
        let audit = Audit::default();
        for revision in 1..=1_500 {
            audit.add(&Changed {
                disable_all: Some(true),
                revision,
                ..Changed::default()
            });
        }
        let all = audit.after(0);
        assert_eq!(all.len(), MAX);
        assert_eq!((all[0].id, all[MAX - 1].id), (501, 1_500));
        assert_eq!(audit.after(1_499).len(), 1);
    }
}
