//! The thread of a queue as both ends see it: [`Worker`].

use std::cell::Cell;
use std::thread::{JoinHandle, Thread};
use std::time::Duration;

use arc_swap::ArcSwapOption;

use crate::handler::live;
use crate::handler::queue::destinations::Destinations;
use crate::handler::queue::requests::Flush;
use crate::sys::host::Instant;
use crate::sys::sync::{Arc, AtomicBool, AtomicU32, AtomicU64, Mutex, Ordering};

/// How long it then sleeps: what a record waits at most before it is handed on. Longer where there
/// are so many threads that looking through their lanes takes more than a tenth of it.
pub(super) const NAP: Duration = Duration::from_micros(500);

/// How long an end waits for a thread that hands nothing over: its device hangs.
pub(super) const STUCK: Duration = Duration::from_secs(3);

thread_local! {
    static WORKER_OF: Cell<u64> = const { Cell::new(0) };
}

/// Whether the calling thread is the one that empties this queue: it must not wait for itself.
pub(super) fn is_worker_of(queue: u64) -> bool {
    WORKER_OF.get() == queue
}

/// From now on the calling thread is the one that empties this queue.
pub(super) fn become_worker_of(queue: u64) {
    WORKER_OF.set(queue);
}

/// Whether records go past the queue.
struct Bypass;

impl Bypass {
    const NEVER: u32 = 0;
    const ALWAYS: u32 = 1;
    /// Handlers that pass records on may get others to pass them to at any time.
    const ASK: u32 = 2;
}

/// The thread as both ends see it.
#[derive(Debug, Default)]
pub(super) struct Worker {
    destinations: Mutex<Arc<Destinations>>,
    pub(super) thread: ArcSwapOption<Thread>,
    pub(super) handle: Mutex<Option<JoinHandle<()>>>,
    pub(super) running: AtomicBool,
    pub(super) sleeping: AtomicBool,
    pub(super) stopping: AtomicBool,
    /// Whether there is no handler, or one that must be called on the thread that logs: a
    /// [`Bypass`].
    bypass: AtomicU32,
    /// Grows with each record that is handed over.
    pub(super) progress: AtomicU64,
    pub(super) flush: Flush,
    #[cfg(test)]
    pub(super) calls: AtomicU64,
}

impl Worker {
    pub(super) fn is_running(&self) -> bool {
        self.running.load(Ordering::Acquire)
    }

    /// Whether its thread is there. At the end of a process on Windows it is ended before anything
    /// of ours is called.
    pub(super) fn is_alive(&self) -> bool {
        let is_there = || {
            let handle = self.handle.lock();
            handle.as_ref().is_none_or(|handle| !handle.is_finished())
        };
        self.is_running() && is_there()
    }

    /// Whether it sleeps so long that a caller had better wake it.
    #[inline]
    pub(super) fn is_sleeping(&self) -> bool {
        self.sleeping.load(Ordering::Relaxed)
    }

    /// Wakes it. Costs little where it is awake.
    pub(super) fn call(&self) {
        #[cfg(test)]
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.sleeping.store(false, Ordering::Relaxed);
        if let Some(thread) = &*self.thread.load() {
            thread.unpark();
        }
    }

    /// Whether records do not go through the queue: there is no handler to hand them to, or one
    /// that must be called on the thread that logs, be it behind others. One that was never given
    /// any has not come yet.
    #[inline]
    pub(super) fn is_bypassed(&self) -> bool {
        match self.bypass.load(Ordering::Relaxed) {
            Bypass::NEVER => false,
            Bypass::ALWAYS => true,
            _ => live::has_callers() && self.destinations().lead_to_the_caller(),
        }
    }

    pub(super) fn set_destinations(&self, destinations: Destinations) {
        let bypass = if destinations.is_empty() {
            Bypass::ALWAYS
        } else if destinations.may_lead_to_the_caller() {
            Bypass::ASK
        } else {
            Bypass::NEVER
        };
        self.bypass.store(bypass, Ordering::Relaxed);
        let old = std::mem::replace(&mut *self.destinations.lock(), Arc::new(destinations));
        // Out of the lock: the end of a handler runs the user's code.
        drop(old);
    }

    pub(super) fn destinations(&self) -> Arc<Destinations> {
        Arc::clone(&self.destinations.lock())
    }

    /// Whether it is to come to an end.
    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    /// Ends, unless it was started again meanwhile.
    pub(super) fn ends(&self) -> bool {
        let handle = self.handle.lock();
        let ends = self.is_stopping();
        if ends {
            self.running.store(false, Ordering::Release);
        }
        drop(handle);
        ends
    }

    /// Waits until something is so, as long as records are handed over meanwhile.
    pub(super) fn wait_while_it_goes_on<R>(
        &self,
        mut look: impl FnMut() -> Option<R>,
    ) -> Option<R> {
        let mut seen = self.progress.load(Ordering::Relaxed);
        let mut since = Instant::now();
        loop {
            if let Some(found) = look() {
                return Some(found);
            }
            let now = self.progress.load(Ordering::Relaxed);
            if now != std::mem::replace(&mut seen, now) {
                since = Instant::now();
            } else if since.elapsed() >= STUCK {
                return None;
            }
        }
    }
}
