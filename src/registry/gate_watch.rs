//! What caches levels outside of the tree, and must be as new as the tree: [`GateObserver`].

use crate::sys::sync::{Arc, AtomicU64, Mutex, Ordering, Weak};

/// Something that caches what the gates and levels of loggers say.
pub(crate) trait GateObserver: Send + Sync {
    /// Called after gates or levels moved, with no lock held. What was cached before is not used
    /// once this returns, unless something is in the way for a second.
    fn gates_moved(&self);

    /// Reports whether the events of the calling thread go there.
    fn is_current(&self) -> bool {
        false
    }
}

/// The observers of a registry.
#[derive(Default)]
pub(crate) struct GateWatch {
    /// Counts moves, under the tree's lock.
    moves: AtomicU64,
    /// As many as all observers know of.
    notified: AtomicU64,
    observers: Mutex<Vec<Weak<dyn GateObserver>>>,
}

impl GateWatch {
    pub(crate) fn add(&self, observer: Weak<dyn GateObserver>) {
        let mut observers = self.observers.lock();
        observers.retain(|known| known.strong_count() > 0);
        observers.push(observer);
    }

    /// Notes that gates or levels moved, under the tree's lock.
    pub(super) fn note_move(&self) {
        self.moves.fetch_add(1, Ordering::SeqCst);
    }

    /// Calls the observers, if gates have moved since the last time. Called without the tree's
    /// lock.
    ///
    /// A thread whose own change moved nothing calls them as well, while another thread still does:
    /// that it returns means the same of all changes before.
    #[inline]
    pub(super) fn notify(&self) {
        let moves = self.moves.load(Ordering::SeqCst);
        if self.notified.load(Ordering::SeqCst) < moves {
            self.notify_of(moves);
        }
    }

    #[cold]
    fn notify_of(&self, moves: u64) {
        for observer in self.observers() {
            observer.gates_moved();
        }
        self.notified.fetch_max(moves, Ordering::SeqCst);
    }

    /// Reports whether the events of the calling thread are records of the registry.
    pub(crate) fn has_events(&self) -> bool {
        let observers = self.observers();
        observers.iter().any(|observer| observer.is_current())
    }

    fn observers(&self) -> Vec<Arc<dyn GateObserver>> {
        let observers = self.observers.lock();
        observers.iter().filter_map(Weak::upgrade).collect()
    }
}
