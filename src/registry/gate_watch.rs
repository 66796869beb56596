//! What caches levels outside of the tree, and must be as new as the tree: [`GateObserver`].

use arc_swap::ArcSwap;

use crate::sys::sync::{AtomicU64, Ordering, Weak};

/// Something that caches what the gates and levels of loggers say.
pub(crate) trait GateObserver: Send + Sync {
    /// Called after gates or levels moved, with no lock held. What was cached before is not used
    /// once this returns, unless something is in the way for a second.
    fn gates_moved(&self);
}

/// Reports whether the events of the calling thread go to the observer at an address.
pub(crate) type IsCurrent = fn(*const ()) -> bool;

#[derive(Clone)]
struct Known {
    observer: Weak<dyn GateObserver>,
    is_current: IsCurrent,
}

/// The observers of a registry.
#[derive(Default)]
pub(crate) struct GateWatch {
    /// Counts moves, under the tree's lock.
    moves: AtomicU64,
    /// As many as all observers know of.
    notified: AtomicU64,
    /// Read for each event that `tracing` sends to the facade as well, on all threads: that must
    /// write nothing which they share.
    observers: ArcSwap<Vec<Known>>,
}

impl GateWatch {
    pub(crate) fn add(&self, observer: Weak<dyn GateObserver>, is_current: IsCurrent) {
        let new = Known {
            observer,
            is_current,
        };
        self.observers.rcu(|known| {
            let is_alive = |known: &&Known| known.observer.strong_count() > 0;
            let alive = known.iter().filter(is_alive);
            alive.chain([&new]).cloned().collect::<Vec<_>>()
        });
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
        let observers = self.observers.load_full();
        for observer in observers
            .iter()
            .filter_map(|known| known.observer.upgrade())
        {
            observer.gates_moved();
        }
        self.notified.fetch_max(moves, Ordering::SeqCst);
    }

    /// Reports whether the events of the calling thread are records of the registry.
    pub(crate) fn has_events(&self) -> bool {
        let observers = self.observers.load();
        let mut observers = observers.iter();
        // One that has ended keeps its address.
        observers.any(|known| (known.is_current)(known.observer.as_ptr().cast()))
    }
}
