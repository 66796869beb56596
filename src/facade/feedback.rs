//! Records of the facade that a bridge to `tracing` makes unwanted.
//!
//! A handler may log through the facade while it handles an event. Where the facade's backend sends
//! records to `tracing`, each would come back to the handler, which would log the next one. They are
//! refused. What the values of an event log while they are formatted is none of the handler's.

use std::cell::Cell;

use crate::registry::RegistryCore;
use crate::sys::sync::Ordering;

thread_local! {
    /// Whether a handler of the thread handles an event.
    static IS_HANDLED: Cell<bool> = const { Cell::new(false) };
}

/// Passes an event to handlers.
#[inline]
pub(crate) fn in_handlers<R>(run: impl FnOnce() -> R) -> R {
    with(true, run)
}

/// Formats values of an event for a handler.
#[inline]
pub(crate) fn in_values<R>(run: impl FnOnce() -> R) -> R {
    with(false, run)
}

#[inline]
fn with<R>(is_handled: bool, run: impl FnOnce() -> R) -> R {
    let before = IS_HANDLED.replace(is_handled);
    let _back = scopeguard::guard((), |()| IS_HANDLED.set(before));
    run()
}

/// Reports whether a record of the facade is refused, and counts it: it is the echo of an event, or
/// is logged by a handler of one.
#[inline]
pub(crate) fn is_refused(registry: &RegistryCore, is_echo: bool) -> bool {
    let dropped = &registry.environment.dropped;
    let count = match (is_echo, IS_HANDLED.get()) {
        (true, _) => &dropped.duplicate,
        (false, true) => &dropped.reentrant,
        (false, false) => return false,
    };
    count.fetch_add(1, Ordering::Relaxed);
    true
}
