//! What a tail gets at once: [`Batch`].

use crate::control::tail::event::Event;
use crate::control::tail::history::Gap;
use crate::control::tail::ring::Dropped;

/// What a tail got since the last batch, in the order of the fields.
#[derive(Debug, Default)]
pub(in crate::control) struct Batch {
    /// What it missed before it resumed.
    pub(in crate::control) gap: Option<Gap>,
    /// What there was no room for.
    pub(in crate::control) dropped: Option<Dropped>,
    pub(in crate::control) events: Vec<Event>,
    /// Whether there is more already.
    pub(in crate::control) has_more: bool,
}

/// How many records a batch has at most: how long the lock is held that logging threads take.
pub(super) const MAX_RECORDS: usize = 32;

/// After how many bytes it ends.
pub(super) const MAX_BYTES: usize = 64 * 1024;

impl Batch {
    pub(super) fn is_empty(&self) -> bool {
        self.gap.is_none() && self.dropped.is_none() && self.events.is_empty()
    }
}
