//! How much memory the records of a queue may take: [`Budget`].

use crate::sys::sync::{Arc, AtomicUsize, Ordering};

/// One bound over all rings of a queue, long records included.
///
/// Relaxed everywhere: it is a count, and nothing is published through it.
#[derive(Debug)]
pub(super) struct Budget {
    used: AtomicUsize,
    most: usize,
}

impl Budget {
    pub(super) fn new(most: usize) -> Arc<Self> {
        let used = AtomicUsize::new(0);
        Arc::new(Self { used, most })
    }

    /// The part of it that rings of one thread may fill. The rest is for threads that come when it
    /// is full, so that they get on whatever the others hold.
    pub(super) fn of_threads(&self) -> usize {
        self.most - self.most / 8
    }

    pub(super) fn of_all(&self) -> usize {
        self.most
    }

    /// Whether a record of this length can be in the queue at all.
    pub(super) fn can_hold(&self, len: usize) -> bool {
        len < self.most
    }

    /// Sets memory aside, if no more than `limit` bytes are in use then.
    pub(super) fn reserve(self: &Arc<Self>, bytes: usize, limit: usize) -> Option<Reservation> {
        let add = |used: usize| used.checked_add(bytes).filter(|sum| *sum <= limit);
        let added = self
            .used
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
        added.ok().map(|_| Reservation {
            budget: Arc::clone(self),
            bytes,
        })
    }

    #[cfg(test)]
    pub(super) fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }
}

/// Memory that counts as used until this is dropped.
#[derive(Debug)]
pub(super) struct Reservation {
    budget: Arc<Budget>,
    bytes: usize,
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.budget.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}
