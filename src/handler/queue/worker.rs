//! The listener's half: a thread that takes records out and hands them on.

use std::cell::Cell;
use std::thread::{self, JoinHandle, Thread};
use std::time::Duration;

use arc_swap::ArcSwapOption;

use crate::handler::queue::Shared;
use crate::handler::queue::flush::Flush;
use crate::handler::queue::targets::Targets;
use crate::handler::queue::work::Next;
use crate::sys::host::Instant;
use crate::sys::sync::{Arc, AtomicBool, AtomicU64, Mutex, Ordering};
use crate::sys::{process, user_code};

/// How long it then sleeps: what a record waits at most before it is handed on. Longer where there are so many threads that
/// looking through their lanes takes more than a tenth of it.
pub(super) const NAP: Duration = Duration::from_micros(500);

/// After this long without a record it sleeps deeper, and a caller wakes it.
const AWAKE: Duration = Duration::from_millis(100);

/// A caller that looked just before the thread fell asleep does not wake it; it wakes by itself.
const DEEP_SLEEP: Duration = Duration::from_millis(100);

/// How long an end waits for a thread that hands nothing over: its device hangs.
pub(super) const STUCK: Duration = Duration::from_secs(3);

thread_local! {
    static WORKER_OF: Cell<u64> = const { Cell::new(0) };
}

/// Whether the calling thread is the one that empties this queue: it must not wait for itself.
pub(super) fn is_worker_of(queue: u64) -> bool {
    WORKER_OF.get() == queue
}

/// The thread as both ends see it.
#[derive(Debug, Default)]
pub(super) struct Worker {
    targets: Mutex<Arc<Targets>>,
    thread: ArcSwapOption<Thread>,
    handle: Mutex<Option<JoinHandle<()>>>,
    running: AtomicBool,
    sleeping: AtomicBool,
    stopping: AtomicBool,
    nowhere: AtomicBool,
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

    /// Whether its thread is there. At the end of a process on Windows it is ended before anything of ours is called.
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

    /// Whether it has no handler to hand records to. One that was never given any has not come yet.
    #[inline]
    pub(super) fn leads_nowhere(&self) -> bool {
        self.nowhere.load(Ordering::Relaxed)
    }

    pub(super) fn set_targets(&self, targets: Targets) {
        self.nowhere.store(targets.is_empty(), Ordering::Relaxed);
        let old = std::mem::replace(&mut *self.targets.lock(), Arc::new(targets));
        // Out of the lock: the end of a handler runs the user's code.
        drop(old);
    }

    pub(super) fn targets(&self) -> Arc<Targets> {
        Arc::clone(&self.targets.lock())
    }

    /// Whether it is to come to an end.
    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    /// Ends, unless it was started again meanwhile.
    fn ends(&self) -> bool {
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

/// Starts the thread; returns whether it was not running.
#[expect(
    clippy::significant_drop_tightening,
    reason = "two starts at once must not both put their thread there"
)]
pub(super) fn start(shared: &Arc<Shared>) -> bool {
    let worker = &shared.worker;
    let mut handle = worker.handle.lock();
    worker.stopping.store(false, Ordering::Release);
    if worker.running.swap(true, Ordering::AcqRel) {
        return false;
    }
    let own = Arc::clone(shared);
    let name = "logtree-queue".to_owned();
    let started = thread::Builder::new().name(name).spawn(move || run(&own));
    match started {
        Ok(started) => {
            let own = Arc::new(started.thread().clone());
            worker.thread.store(Some(own));
            *handle = Some(started);
            true
        }
        Err(_) => {
            // Without a thread the callers hand their records over.
            worker.running.store(false, Ordering::Release);
            shared.close_door();
            false
        }
    }
}

/// Has all that is in the queue handed over, and ends the thread. Where its device hangs it is left behind: it goes on, and ends,
/// when that comes back.
pub(super) fn stop(shared: &Arc<Shared>) {
    let worker = &shared.worker;
    if shared.is_of_parent() {
        // The thread is the parent's.
        return;
    }
    worker.stopping.store(true, Ordering::Release);
    worker.call();
    if is_worker_of(shared.id) || shared.turn.is_own() {
        return;
    }
    let ended = worker.wait_while_it_goes_on(|| {
        let is_alive = worker.is_alive();
        if is_alive {
            thread::sleep(Duration::from_micros(200));
        }
        (!is_alive).then_some(())
    });
    let handle = worker.handle.lock().take();
    if let (Some(handle), Some(())) = (handle, ended) {
        // It never panics: what it calls is caught.
        let _ = handle.join();
    }
}

/// In a child process, where the parent's thread does not live: starts one where there was one.
pub(super) fn start_in_child(shared: &Arc<Shared>) {
    let worker = &shared.worker;
    if let Some(handle) = worker.handle.lock().take() {
        // To join or detach it would mean a thread of another process.
        std::mem::forget(handle);
    }
    worker.thread.store(None);
    if worker.running.swap(false, Ordering::AcqRel) {
        start(shared);
    }
}

fn run(shared: &Arc<Shared>) {
    WORKER_OF.set(shared.id);
    let generation = process::generation();
    let worker = &shared.worker;
    let mut idle_since: Option<Instant> = None;
    loop {
        let is_idle = idle_since.is_some_and(|since| since.elapsed() >= AWAKE);
        let next = user_code::catch(|| shared.take_turn(is_idle));
        if process::generation() != generation {
            // A sink has forked, and this is the child, which has a thread of its own.
            return;
        }
        match next.unwrap_or(Next::Now) {
            Next::Last if worker.ends() => break,
            Next::Now | Next::Last => idle_since = None,
            Next::After(nap) => {
                idle_since = None;
                thread::park_timeout(nap);
            }
            Next::Idle if !is_idle => {
                idle_since.get_or_insert_with(Instant::now);
                thread::park_timeout(NAP);
            }
            Next::Idle => {
                worker.sleeping.store(true, Ordering::Relaxed);
                thread::park_timeout(DEEP_SLEEP);
                worker.sleeping.store(false, Ordering::Relaxed);
            }
        }
    }
    // Whoever asked last gets an answer, too.
    worker.flush.answer(u64::MAX, Ok(()));
}
