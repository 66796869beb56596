//! Keeps the crate's locks free while the process forks, and sees to it that a child begins as one.
//!
//! A child has the memory of its parent as it was, and only the thread that forked: a lock that
//! another thread held is never released in it. So no other thread may be inside one at that
//! moment. Each announces that it goes in, and looks whether the gate is closed; if so it takes
//! that back and waits. The thread that forks closes the gate, and waits until no other thread is
//! inside ([`presence`](crate::sys::presence)). It need not know what locks there are: mutexes, the
//! shards of a map, values that are just being made.
//!
//! # Order
//! Going in is "announce, then look at the gate"; forking is "close the gate, then look who is
//! inside". One of both must see the other, which takes a full barrier between the two steps on
//! either side. The side that goes in runs for each record, so it pays for none: on Linux, the
//! thread that forks has the kernel put a barrier into all running threads (`membarrier`).
//! Elsewhere, and where the kernel refuses that, going in has a fence. `model.rs` tries all
//! interleavings of both.
//!
//! # What is waited for
//! A *lock* is held for a few steps of the crate's own, so the fork waits for as long as it takes
//! (and 10 seconds at most). A *device* may hang: after a second the fork goes on without it. From
//! then on, threads inside a device take no lock either, so that all locks are free; the device's
//! own is known as lost in the child
//! ([`presence::is_of_parent`](crate::sys::presence::is_of_parent)), which refuses its records.
//!
//! A thread that is inside already passes the gate, as it has to come to an end before the fork can
//! go on.
//!
//! # The child
//! Before anything in a child goes into a lock for the first time, all that keeps records, threads,
//! timers or flags of the parent is called ([`crate::sys::process::in_child`]). That is the thread
//! that goes in; others wait for it.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering, compiler_fence, fence};
use std::thread;
use std::time::Duration;

use once_cell::race::OnceBox;

use crate::sys::presence::{Inside, Presence};

#[cfg(test)]
mod model;

/// The thread is inside a lock of a few steps.
pub(crate) type InLock = Inside<false>;

/// What keeps a thread from simply going in; 0 nearly always.
static STATE: AtomicU32 = AtomicU32::new(if cfg!(all(unix, not(miri))) {
    NEEDS_FENCE
} else {
    0
});

/// How many threads are forking, and how many of those wait for devices no more.
const FORKING: u32 = 1;
const OUT_OF_PATIENCE: u32 = 1 << 12;
const EACH: u32 = (1 << 12) - 1;
/// The process was forked, and nothing of it was used yet.
const NEW_CHILD: u32 = 1 << 30;
/// The kernel gives no barrier.
const NEEDS_FENCE: u32 = 1 << 31;

thread_local! {
    /// Above 0 while the thread forks, or puts a child right: no gate is closed for it.
    static EXEMPT: Cell<u32> = const { Cell::new(0) };
}

impl<const DEVICE: bool> Inside<DEVICE> {
    /// Goes in; waits while the process forks.
    #[inline(always)]
    pub(crate) fn enter() -> Self {
        if let Some(presence) = Presence::known() {
            let inside = Self::announce(presence);
            compiler_fence(Ordering::SeqCst);
            if STATE.load(Ordering::Relaxed) == 0 {
                return inside;
            }
        }
        enter_slowly()
    }
}

#[cold]
#[inline(never)]
fn enter_slowly<const DEVICE: bool>() -> Inside<DEVICE> {
    loop {
        // Asked for each time: one that is lent goes back whenever the thread is inside of nothing.
        let presence = Presence::own();
        let (locks, devices) = (presence.locks(), presence.devices());
        let inside = Inside::announce(presence);
        fence(Ordering::SeqCst);
        let state = STATE.load(Ordering::Relaxed);
        let is_closed = if (state / OUT_OF_PATIENCE) & EACH > 0 {
            locks == 0
        } else {
            (state / FORKING) & EACH > 0 && locks == 0 && devices == 0
        };
        if EXEMPT.get() > 0 || !is_closed && state & NEW_CHILD == 0 {
            return inside;
        }
        drop(inside);
        if state & NEW_CHILD != 0 {
            settle();
        } else {
            thread::sleep(Duration::from_micros(50));
        }
    }
}

/// What puts a child right.
static SETTLE: OnceBox<fn()> = OnceBox::new();
/// Whether a thread is at it.
static IS_SETTLING: AtomicBool = AtomicBool::new(false);

/// Has the child put right before anything else, where that was not done yet. For what takes no
/// lock.
#[inline]
pub(crate) fn settle_if_new() {
    if STATE.load(Ordering::Relaxed) & NEW_CHILD != 0 && EXEMPT.get() == 0 {
        settle();
    }
}

#[cold]
fn settle() {
    if IS_SETTLING.swap(true, Ordering::Acquire) {
        while STATE.load(Ordering::Acquire) & NEW_CHILD != 0 {
            thread::sleep(Duration::from_micros(50));
        }
        return;
    }
    // Counts as a device, as it may take long: a fork in between waits for it.
    let inside = Inside::<true>::announce(Presence::own());
    if STATE.load(Ordering::Relaxed) & NEW_CHILD != 0 {
        EXEMPT.set(EXEMPT.get() + 1);
        if let Some(settle) = SETTLE.get() {
            settle();
        }
        EXEMPT.set(EXEMPT.get() - 1);
        STATE.fetch_and(!NEW_CHILD, Ordering::Release);
    }
    IS_SETTLING.store(false, Ordering::Release);
    drop(inside);
}

/// What a process that forks does before and after it; called by the hooks in
/// [`crate::sys::process`].
#[cfg(all(unix, not(miri)))]
pub(crate) mod hooks {
    use std::time::Instant;

    use super::{
        Cell, Duration, EXEMPT, FORKING, IS_SETTLING, NEEDS_FENCE, NEW_CHILD, OUT_OF_PATIENCE,
        Ordering, Presence, SETTLE, STATE, fence, thread,
    };
    use crate::sys::presence;

    /// How long a fork waits for devices, and for locks.
    const PATIENCE: Duration = Duration::from_secs(1);
    const LONG_PATIENCE: Duration = Duration::from_secs(10);

    thread_local! {
        /// What is to be taken off [`STATE`] when the fork is over.
        static ADDED: Cell<u32> = const { Cell::new(0) };
    }

    /// From now on nothing need be fenced where it goes in, as the kernel gives the barrier.
    pub(crate) fn has_barrier() {
        STATE.fetch_and(!NEEDS_FENCE, Ordering::SeqCst);
    }

    /// Sets what is called in a child before anything else.
    pub(crate) fn on_child(settle: fn()) {
        let _ = SETTLE.set(Box::new(settle));
    }

    /// Closes the gate, and waits until no other thread is inside. `barrier` is one for all
    /// threads.
    pub(crate) fn close(barrier: fn()) {
        let add = |state| {
            STATE.fetch_add(state, Ordering::SeqCst);
            ADDED.set(ADDED.get() + state);
            barrier();
            fence(Ordering::SeqCst);
        };
        // Taken here, as it must not be made while the list is looked at.
        Presence::own();
        EXEMPT.set(EXEMPT.get() + 1);
        add(FORKING);
        let is_outside = |other: &'static Presence| other.locks() == 0 && other.devices() == 0;
        if !wait_until(PATIENCE, is_outside) {
            add(OUT_OF_PATIENCE);
            wait_until(LONG_PATIENCE, |other| other.locks() == 0);
        }
    }

    fn wait_until(patience: Duration, holds: impl Fn(&'static Presence) -> bool) -> bool {
        let start = Instant::now();
        for other in presence::others() {
            while !holds(other) {
                if start.elapsed() > patience {
                    return false;
                }
                thread::sleep(Duration::from_micros(20));
            }
        }
        true
    }

    pub(crate) fn open_in_parent() {
        EXEMPT.set(EXEMPT.get() - 1);
        STATE.fetch_sub(ADDED.take(), Ordering::SeqCst);
    }

    /// The threads that were forking, or inside of something, beside this one are not in the child.
    pub(crate) fn open_in_child() {
        EXEMPT.set(EXEMPT.get() - 1);
        ADDED.set(0);
        IS_SETTLING.store(false, Ordering::Relaxed);
        presence::forget_the_parents_threads();
        let needs_fence = STATE.load(Ordering::Relaxed) & NEEDS_FENCE;
        STATE.store(needs_fence | NEW_CHILD, Ordering::SeqCst);
    }
}
