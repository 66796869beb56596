//! What is one handler's in a queue that others may put records into as well: [`Account`].

use std::fmt;

use crate::handler::queue::lane::LaneEntry;
use crate::sys::sync::{Arc, AtomicU64, Mutex, Ordering};

/// A handler's part of a queue. Each thread has a lane for each, so that the records of each are counted.
#[derive(Debug)]
pub(super) struct Account {
    /// A number that no other handler has; another one in a child process, where the lanes are the parent's.
    id: AtomicU64,
    /// The way in for threads that are too far gone for a lane of their own, or get no memory for it.
    pub(super) common: Mutex<Option<LaneEntry>>,
    /// Records that had been taken, and were dropped for newer ones.
    pub(super) dropped_oldest: AtomicU64,
    pub(super) written: Arc<Written>,
}

/// How many records of a handler were handed over. On a cache line of its own, as the thread that hands over writes it for each record.
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
        }
    }

    #[inline]
    pub(super) fn id(&self) -> u64 {
        self.id.load(Ordering::Relaxed)
    }

    /// In a child process, before anything is logged there.
    pub(super) fn begin_anew(&self) {
        self.id.store(next_id(), Ordering::Relaxed);
        let common = self.common.lock().take();
        drop(common);
    }
}
