//! The listener's half: a thread that takes records out and hands them on.

use std::thread;
use std::time::Duration;

use crate::handler::queue::core::QueueCore;
use crate::handler::queue::drain::Next;
use crate::handler::queue::work::Work;
use crate::handler::queue::worker::{NAP, Worker, become_worker_of, is_worker_of};
use crate::sys::host::Instant;
use crate::sys::sync::{Arc, Ordering};
use crate::sys::{process, user_code};

/// After this long without a record it sleeps deeper, and a caller wakes it.
const AWAKE: Duration = Duration::from_millis(100);

/// A caller that looked just before the thread fell asleep does not wake it; it wakes by itself.
const DEEP_SLEEP: Duration = Duration::from_millis(100);

/// Starts the thread; returns whether it was not running.
#[expect(
    clippy::significant_drop_tightening,
    reason = "two starts at once must not both put their thread there"
)]
pub(super) fn start(core: &Arc<QueueCore>) -> bool {
    let worker = &core.worker;
    let mut handle = worker.handle.lock();
    worker.stopping.store(false, Ordering::Release);
    if worker.running.swap(true, Ordering::AcqRel) {
        return false;
    }
    let own = Arc::clone(core);
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
            core.channel.close_door();
            false
        }
    }
}

/// Has all that is in the queue handed over, and ends the thread. Where its device hangs it is left
/// alone: it goes on, and ends, when that comes back.
pub(super) fn stop(core: &Arc<QueueCore>) {
    let worker = &core.worker;
    if core.channel.is_of_parent() {
        // The thread is the parent's.
        return;
    }
    stop_soon(worker);
    if is_worker_of(core.channel.id) || core.turn.is_own() {
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

/// Likewise, without waiting for it.
pub(super) fn stop_soon(worker: &Worker) {
    worker.stopping.store(true, Ordering::Release);
    worker.call();
}

/// In a child process, where the parent's thread does not live: starts one where there was one.
fn start_in_child(core: &Arc<QueueCore>) {
    let worker = &core.worker;
    if let Some(handle) = worker.handle.lock().take() {
        // To join or detach it would mean a thread of another process.
        std::mem::forget(handle);
    }
    worker.thread.store(None);
    if worker.running.swap(false, Ordering::AcqRel) {
        start(core);
    }
}

fn run(core: &Arc<QueueCore>) {
    become_worker_of(core.channel.id);
    let generation = process::generation();
    let worker = &core.worker;
    let mut idle_since: Option<Instant> = None;
    loop {
        let is_idle = idle_since.is_some_and(|since| since.elapsed() >= AWAKE);
        let next = user_code::catch(|| core.step(is_idle));
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
    // The last request gets an answer, too.
    worker.flush.answer(u64::MAX, Ok(()));
}

impl QueueCore {
    /// In a child process: what is in it is the parent's to write and to report, and the thread is
    /// the parent's alone.
    #[cold]
    pub(super) fn reset_after_fork(self: &Arc<Self>) {
        let mut lanes = self.channel.lanes.lock();
        if !self.channel.is_of_parent() {
            return;
        }
        lanes.drain(..).for_each(|lane| lane.leave_to_parent());
        self.channel.unused_stamps.store(0, Ordering::Relaxed);
        self.channel.records.store(0, Ordering::Relaxed);
        let stamp = self.channel.stamps.load(Ordering::Relaxed);
        *self.work.lock() = Work::after(stamp, self.channel.drops.read());
        self.channel
            .generation
            .store(process::generation(), Ordering::Relaxed);
        drop(lanes);
        start_in_child(self);
    }
}
