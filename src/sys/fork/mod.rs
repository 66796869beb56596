//! Keeps the crate's locks free while the process forks, and prepares a child for its first use.
//!
//! A child has a copy of its parent's memory, but only the thread that forked: a lock that another
//! thread held is never released there. So no other thread may be inside a lock at that moment.
//! Each thread announces that it enters one, then checks whether the barrier is closed; if it is,
//! the thread withdraws and waits. The forking thread closes the barrier and waits until no other
//! thread is inside ([`presence`](crate::sys::presence)). It does not need to know which locks
//! exist: mutexes, the shards of a map, values that are being initialized.
//!
//! # Order
//! Entering is "announce, then check the barrier"; forking is "close the barrier, then check who is
//! inside". At least one of the two threads must see the other, which takes a full memory barrier
//! between the two steps on both sides. Each record enters locks, so that side pays nothing: on
//! Linux, the forking thread has the kernel run a barrier on all threads (`membarrier`). Elsewhere,
//! and where the kernel refuses, entering has a fence. `model.rs` tries all interleavings of both.
//!
//! # Waiting
//! A *lock* is held for a few steps of the crate's own code, so a fork waits for it as long as it
//! takes (10 seconds at most). A *device* may hang: after a second, the fork continues without it.
//! From then on, threads inside a device enter no lock either, so all locks are free. The device's
//! own lock counts as lost in the child
//! ([`presence::is_of_parent`](crate::sys::presence::is_of_parent)), which refuses its records.
//!
//! A thread that is already inside passes the barrier, as the fork can only continue once it has
//! left.
//!
//! # The child
//! Before the first lock is entered in a child, everything that keeps records, threads, timers or
//! flags of the parent is reset ([`crate::sys::process::in_child`]), by the entering thread. Others
//! wait for it.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering, compiler_fence, fence};
use std::thread;
use std::time::Duration;

use once_cell::race::OnceBox;

use crate::sys::presence::{Inside, Presence};

#[cfg(test)]
mod model;

/// Proof that the thread is inside a lock that is held for a few steps.
pub(crate) type InLock = Inside<false>;

/// Reasons not to enter at once; nearly always 0.
static STATE: AtomicU32 = AtomicU32::new(if cfg!(all(unix, not(miri))) {
    NEEDS_FENCE
} else {
    0
});

/// The number of threads that are forking, and of those that no longer wait for devices.
const FORKING: u32 = 1;
const OUT_OF_PATIENCE: u32 = 1 << 12;
const EACH: u32 = (1 << 12) - 1;
/// The process is a new child, in which nothing was used yet.
const NEW_CHILD: u32 = 1 << 30;
/// The kernel has no barrier.
const NEEDS_FENCE: u32 = 1 << 31;

thread_local! {
    /// Above 0 while the thread forks or resets a child: the barrier is open for it.
    static EXEMPT: Cell<u32> = const { Cell::new(0) };
}

impl<const DEVICE: bool> Inside<DEVICE> {
    /// Enters; waits while the process forks.
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
        // Looked up each time: a lent one is returned whenever the thread is inside nothing.
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

/// Resets a child.
static SETTLE: OnceBox<fn()> = OnceBox::new();
/// Whether a thread is resetting it.
static IS_SETTLING: AtomicBool = AtomicBool::new(false);

/// Resets a child that was not reset yet. For code that enters no lock.
#[inline]
pub(crate) fn settle_if_new() {
    // The second test is not here, as it would be made beforehand.
    if STATE.load(Ordering::Relaxed) & NEW_CHILD != 0 {
        settle_unless_exempt();
    }
}

#[cold]
fn settle_unless_exempt() {
    if EXEMPT.get() == 0 {
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
    // Counts as a device, as it may take long; a concurrent fork waits for it.
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

/// What the hooks in [`crate::sys::process`] call before and after a fork.
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
        /// What is subtracted from [`STATE`] after the fork.
        static ADDED: Cell<u32> = const { Cell::new(0) };
    }

    /// Notes that the kernel has the barrier, so that entering needs no fence.
    pub(crate) fn has_barrier() {
        STATE.fetch_and(!NEEDS_FENCE, Ordering::SeqCst);
    }

    /// Sets the function that resets a child.
    pub(crate) fn on_child(settle: fn()) {
        let _ = SETTLE.set(Box::new(settle));
    }

    /// Closes the barrier, and waits until no other thread is inside. `barrier` is a memory barrier
    /// on all threads.
    pub(crate) fn close(barrier: fn()) {
        let add = |state| {
            STATE.fetch_add(state, Ordering::SeqCst);
            ADDED.set(ADDED.get() + state);
            barrier();
            fence(Ordering::SeqCst);
        };
        // Taken here, as none must be added while the list is read.
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

    /// Other threads that were forking, or inside a lock, do not exist in the child.
    pub(crate) fn open_in_child() {
        EXEMPT.set(EXEMPT.get() - 1);
        ADDED.set(0);
        IS_SETTLING.store(false, Ordering::Relaxed);
        presence::forget_the_parents_threads();
        let needs_fence = STATE.load(Ordering::Relaxed) & NEEDS_FENCE;
        STATE.store(needs_fence | NEW_CHILD, Ordering::SeqCst);
    }
}
