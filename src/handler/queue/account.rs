//! What is one handler's in a queue that others may put records into as well: [`Account`].

use crate::handler::queue::lane::LaneWriter;
use crate::handler::queue::written::Written;
use crate::sys::sync::{Arc, AtomicU64, Mutex, Ordering};

/// A handler's part of a queue. Each thread has a lane for each, so that the records of each are
/// counted.
#[derive(Debug)]
pub(super) struct Account {
    /// A number that no other handler has; another one in a child process, where the lanes are the
    /// parent's.
    id: AtomicU64,
    /// The way in for threads that are too far gone for a lane of their own, or get no memory for
    /// it.
    pub(super) common: Mutex<Option<LaneWriter>>,
    /// Records that had been taken, and were dropped for newer ones.
    pub(super) dropped_oldest: AtomicU64,
    pub(super) written: Arc<Written>,
    /// Records that were handed over past the queue.
    pub(super) bypassed: AtomicU64,
}

fn next_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl Account {
    pub(super) fn new() -> Self {
        Self {
            id: AtomicU64::new(next_id()),
            common: Mutex::new(None),
            dropped_oldest: AtomicU64::new(0),
            written: Arc::default(),
            bypassed: AtomicU64::new(0),
        }
    }

    #[inline]
    pub(super) fn id(&self) -> u64 {
        self.id.load(Ordering::Relaxed)
    }

    /// In a child process, before anything is logged there.
    pub(super) fn reset_after_fork(&self) {
        self.id.store(next_id(), Ordering::Relaxed);
        let common = self.common.lock().take();
        drop(common);
    }
}
