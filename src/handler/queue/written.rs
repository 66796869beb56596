//! How many records of a handler were handed over: [`Written`].

use std::fmt;

use crate::sys::sync::{AtomicU64, Ordering};

/// How many records of a handler were handed over. On a cache line of its own, as the thread that
/// hands over writes it for each record.
#[derive(Default)]
#[repr(align(128))]
pub(super) struct Written(AtomicU64);

impl Written {
    pub(super) fn get(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    /// Counts records. It must be the calling thread's turn, so that no other one writes it.
    pub(super) fn count(&self, records: u64) {
        // Release: who sees them written sees that they are not in the queue any more.
        self.0.store(self.get() + records, Ordering::Release);
    }
}

impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}
