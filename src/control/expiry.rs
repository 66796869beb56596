//! The thread that ends temporary levels: [`Expiry`].

use std::thread::{self, Thread};

use crate::sys::host::Instant;
use crate::sys::process;
use crate::sys::sync::{Arc, Mutex, Weak};

/// What has parts that end in time.
pub(super) trait Expire: Send + Sync + 'static {
    fn expiry(&self) -> &Expiry;

    /// Ends what is over.
    fn expire(&self);

    /// Returns when the next part ends.
    fn next_end(&self) -> Option<Instant>;
}

/// The thread of an [`Expire`], which runs only while something is to end.
#[derive(Default)]
pub(super) struct Expiry {
    thread: Mutex<Option<Thread>>,
}

impl Expiry {
    /// Has `owner` expired at that time.
    pub(super) fn call_at<T: Expire>(owner: &Arc<T>, next: Instant) {
        // A temporary level may silence everything, and a child that logs nothing would never end
        // it.
        process::wake_in_child();
        let mut running = owner.expiry().thread.lock();
        if let Some(thread) = &*running {
            thread.unpark();
            return;
        }
        let weak = Arc::downgrade(owner);
        let builder = thread::Builder::new().name("logtree-control".to_owned());
        // Without a thread, the next change ends what is over.
        if let Ok(started) = builder.spawn(move || run(&weak, next)) {
            *running = Some(started.thread().clone());
        }
    }

    /// Starts the thread in a forked child, which does not have the parent's.
    pub(super) fn start_in_child<T: Expire>(owner: &Arc<T>) {
        *owner.expiry().thread.lock() = None;
        if let Some(next) = owner.next_end() {
            Self::call_at(owner, next);
        }
    }
}

impl Drop for Expiry {
    /// Ends the thread with its owner.
    fn drop(&mut self) {
        if let Some(thread) = &*self.thread.lock() {
            thread.unpark();
        }
    }
}

#[expect(
    clippy::significant_drop_tightening,
    reason = "to find nothing left to end and to stop are one step"
)]
fn run<T: Expire>(owner: &Weak<T>, first: Instant) {
    let mut next = first;
    loop {
        thread::park_timeout(next.saturating_duration_since(Instant::now()));
        let Some(owner) = owner.upgrade() else {
            return;
        };
        owner.expire();
        let mut running = owner.expiry().thread.lock();
        // Under the lock: a change made meanwhile relies on this thread.
        match owner.next_end() {
            Some(end) => next = end,
            None => {
                *running = None;
                return;
            }
        }
    }
}
