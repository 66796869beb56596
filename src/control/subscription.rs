//! Calls after each change: [`Subscription`].

use std::fmt;

use crate::control::changed::Changed;
use crate::sys::sync::{Arc, AtomicU64, Mutex, Ordering, Weak};
use crate::sys::user_code;

/// A hook that was set by [`Control::on_change`](super::Control::on_change). Dropping it removes
/// the hook, except for a call that is already running on another thread.
#[must_use = "the hook is removed when this is dropped; `detach` keeps it"]
pub struct Subscription {
    subscribers: Weak<Subscribers>,
    number: u64,
}

impl Subscription {
    /// Keeps the hook as long as the registry.
    pub fn detach(mut self) {
        self.subscribers = Weak::new();
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(subscribers) = self.subscribers.upgrade() {
            subscribers.remove(self.number);
        }
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").finish_non_exhaustive()
    }
}

/// The hooks of a registry.
#[derive(Default)]
pub(super) struct Subscribers {
    all: Mutex<Vec<Arc<Subscriber>>>,
    next: AtomicU64,
}

struct Subscriber {
    number: u64,
    call: Box<dyn Fn(&Changed) + Send + Sync>,
}

impl Subscribers {
    pub(super) fn add(
        self: &Arc<Self>,
        call: impl Fn(&Changed) + Send + Sync + 'static,
    ) -> Subscription {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let call = Box::new(call);
        self.all.lock().push(Arc::new(Subscriber { number, call }));
        Subscription {
            subscribers: Arc::downgrade(self),
            number,
        }
    }

    fn remove(&self, number: u64) {
        let mut all = self.all.lock();
        let at = all.iter().position(|known| known.number == number);
        let removed = at.map(|at| all.remove(at));
        drop(all);
        // Outside the lock: the destructor of the hook is user code.
        drop(removed);
    }

    /// Calls the hooks, with no lock held.
    pub(super) fn notify(&self, changed: &[Changed]) {
        let all = self.all.lock().clone();
        for subscriber in &all {
            for changed in changed {
                user_code::call_ignoring_panic(|| (subscriber.call)(changed));
            }
        }
    }
}
