//! The thread that ends levels for a while.

use std::thread::{self, Thread};
use std::time::Duration;

use super::shared::Shared;
use crate::host::Instant;
use crate::sync::{Arc, Mutex, Weak};

/// Runs only while there is something to end.
#[derive(Default)]
pub(super) struct Expiry {
    running: Mutex<Option<Thread>>,
}

impl Expiry {
    /// Sees to it that somebody looks at that time.
    pub(super) fn call_at(&self, shared: &Arc<Shared>, next: Instant) {
        let mut running = self.running.lock();
        if let Some(thread) = &*running {
            thread.unpark();
            return;
        }
        let weak = Arc::downgrade(shared);
        let builder = thread::Builder::new().name("logtree-control".to_owned());
        // Where the system gives no thread, the next change ends what is over.
        if let Ok(started) = builder.spawn(move || run(&weak, next)) {
            *running = Some(started.thread().clone());
        }
    }

    /// The thread is the parent's alone.
    pub(super) fn start_in_child(&self, shared: &Arc<Shared>) {
        *self.running.lock() = None;
        let next = shared.state.lock().next_end();
        if let Some(next) = next {
            self.call_at(shared, next);
        }
    }
}

#[expect(
    clippy::significant_drop_tightening,
    reason = "to look whether there is more to do and to end are one step"
)]
fn run(shared: &Weak<Shared>, first: Instant) {
    /// So that it ends soon after its control.
    const LONGEST: Duration = Duration::from_secs(1);
    let mut next = first;
    loop {
        let wait = next.saturating_duration_since(Instant::now());
        thread::park_timeout(wait.min(LONGEST));
        let Some(shared) = shared.upgrade() else {
            return;
        };
        match shared.end_what_is_over() {
            Some(end) => next = end,
            None => {
                let mut running = shared.expiry.running.lock();
                // Looked at again under the lock: who set one meanwhile relies on this thread.
                if shared.state.lock().next_end().is_none() {
                    *running = None;
                    return;
                }
            }
        }
    }
}
