//! The thread that ends levels for a while.

use std::thread::{self, Thread};

use crate::control::shared::Shared;
use crate::registry::{Registry, RegistryCore};
use crate::sys::host::Instant;
use crate::sys::process;
use crate::sys::sync::{Arc, Mutex, Weak};

/// Runs only while there is something to end.
#[derive(Default)]
pub(super) struct Expiry {
    running: Mutex<Option<Thread>>,
}

impl Expiry {
    /// Has a look be taken at that time.
    pub(super) fn call_at(&self, registry: &Registry, next: Instant) {
        // A level for a while may silence all, and a child that logs nothing would never end it.
        process::wake_in_child();
        let mut running = self.running.lock();
        if let Some(thread) = &*running {
            thread.unpark();
            return;
        }
        let weak = Arc::downgrade(registry.inner());
        let builder = thread::Builder::new().name("logtree-control".to_owned());
        // Where the system gives no thread, the next change ends what is over.
        if let Ok(started) = builder.spawn(move || run(&weak, next)) {
            *running = Some(started.thread().clone());
        }
    }

    /// The thread is the parent's alone.
    pub(super) fn start_in_child(&self, registry: &Registry, shared: &Shared) {
        *self.running.lock() = None;
        let next = shared.state.lock().next_end();
        if let Some(next) = next {
            self.call_at(registry, next);
        }
    }
}

impl Drop for Expiry {
    /// The registry ends: so does its thread, and keeps nothing of it.
    fn drop(&mut self) {
        if let Some(thread) = &*self.running.lock() {
            thread.unpark();
        }
    }
}

#[expect(
    clippy::significant_drop_tightening,
    reason = "to look whether there is more to do and to end are one step"
)]
fn run(registry: &Weak<RegistryCore>, first: Instant) {
    let mut next = first;
    loop {
        thread::park_timeout(next.saturating_duration_since(Instant::now()));
        let Some(inner) = registry.upgrade() else {
            return;
        };
        let registry = Registry::of_inner(inner);
        let shared = Shared::of(&registry);
        let mut state = shared.state.lock();
        let changed = shared.end_what_is_over(&mut state, &registry);
        drop(state);
        shared.tell(&registry, &changed);
        let mut running = shared.expiry.running.lock();
        // Under the lock: who sets one meanwhile relies on this thread.
        match shared.state.lock().next_end() {
            Some(end) => next = end,
            None => {
                *running = None;
                return;
            }
        }
    }
}
