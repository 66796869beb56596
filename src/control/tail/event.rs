//! A record on its way to tails: [`Event`].

use crate::control::tail::filter::{Names, TailFilter};
use crate::record::OwnedRecord;
use crate::sys::sync::Arc;

/// A record with its number in the order of all that tails were given. Clones share the record.
#[derive(Clone, Debug)]
pub(in crate::control) struct Event {
    pub(in crate::control) seq: u64,
    pub(super) kept: Arc<Kept>,
}

/// What rings and the history share of a record.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) record: OwnedRecord,
    /// Whether it was logged regardless of tails.
    pub(super) is_shown: bool,
    pub(super) bytes: usize,
}

impl Kept {
    pub(super) fn new(record: OwnedRecord, is_shown: bool) -> Self {
        Self {
            bytes: record.bytes(),
            record,
            is_shown,
        }
    }

    /// Reports whether it is one that a tail asks for.
    pub(super) fn is_for(&self, filter: &TailFilter) -> bool {
        let record = self.record.as_record();
        filter.wants(Names::of(&record), record.level(), self.is_shown) && filter.matches(&record)
    }
}

impl Event {
    pub(in crate::control) fn record(&self) -> &OwnedRecord {
        &self.kept.record
    }

    /// About how much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        self.kept.bytes
    }
}
