//! Keeps locks free while the process forks.
//!
//! A child has the locks of its parent as they were, and only the thread that forked: one that another thread held is never
//! released in it. So whoever forks closes this gate, and then waits until the locks it knows of are free ([`crate::process`]);
//! whoever takes one of them looks at the gate behind it, and if it is closed lets go again and waits.
//!
//! No fence is needed: if the look for a free lock came first, its release is seen by whoever takes the lock behind it, and so is the
//! closed gate; if it came second, it found the lock taken.
//!
//! A thread that holds a lock already passes the gate: it has to come to an end with what it does before the fork can go on.

use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

/// How many threads are just forking.
static FORKING: AtomicU32 = AtomicU32::new(0);

thread_local! {
    /// How many locks the thread holds; forking itself counts as one, as it must not wait for itself.
    static HELD: Cell<u32> = const { Cell::new(0) };
}

/// Whether the calling thread must not hold a lock now.
#[inline]
pub(crate) fn is_closed() -> bool {
    FORKING.load(Ordering::Relaxed) > 0 && holds_none()
}

#[cold]
fn holds_none() -> bool {
    HELD.get() == 0
}

/// How many locks the calling thread holds.
#[cfg(debug_assertions)]
pub(crate) fn held() -> u32 {
    HELD.get()
}

/// As long as it lives, the thread holds a lock. It stays with its thread.
#[derive(Debug)]
pub(crate) struct Holding(PhantomData<*const ()>);

impl Holding {
    #[inline]
    pub(crate) fn begin() -> Self {
        HELD.set(HELD.get() + 1);
        Self(PhantomData)
    }
}

impl Drop for Holding {
    #[inline]
    fn drop(&mut self) {
        HELD.set(HELD.get() - 1);
    }
}

/// Waits until the gate is open.
pub(crate) fn wait() {
    while is_closed() {
        thread::sleep(Duration::from_micros(50));
    }
}

#[cfg(unix)]
pub(crate) fn close() {
    HELD.set(HELD.get() + 1);
    FORKING.fetch_add(1, Ordering::Relaxed);
}

#[cfg(unix)]
pub(crate) fn open_in_parent() {
    HELD.set(HELD.get() - 1);
    FORKING.fetch_sub(1, Ordering::Relaxed);
}

/// The threads that were forking beside this one are not in the child.
#[cfg(unix)]
pub(crate) fn open_in_child() {
    HELD.set(HELD.get() - 1);
    FORKING.store(0, Ordering::Relaxed);
}
