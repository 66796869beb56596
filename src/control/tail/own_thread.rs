//! The threads that serve tails, whose records reach none: [`is_own_thread`].

use std::cell::Cell;

thread_local! {
    static IS_OWN: Cell<bool> = const { Cell::new(false) };
}

/// From now on, what the calling thread logs reaches no tail: the crates that serve it log for each
/// record that they send, and would have no end of it.
pub(in crate::control) fn become_own_thread() {
    IS_OWN.set(true);
}

/// Reports whether the calling thread serves tails.
#[inline]
pub(super) fn is_own_thread() -> bool {
    IS_OWN.get()
}
