//! Whether the calling thread is inside a handler of an event or a span of `tracing`.

use std::cell::Cell;

thread_local! {
    static IN_HANDLERS: Cell<bool> = const { Cell::new(false) };
}

/// Passes an event to handlers.
#[inline]
pub(crate) fn in_handlers<R>(run: impl FnOnce() -> R) -> R {
    with(true, run)
}

/// Formats values of an event for a handler: what they log is none of the handler's.
#[inline]
pub(crate) fn in_values<R>(run: impl FnOnce() -> R) -> R {
    with(false, run)
}

#[inline]
fn with<R>(in_handlers: bool, run: impl FnOnce() -> R) -> R {
    let before = IN_HANDLERS.replace(in_handlers);
    let _back = scopeguard::guard((), |()| IN_HANDLERS.set(before));
    run()
}

/// Reports whether the thread is inside a handler, and not in values that it formats.
#[inline]
pub(crate) fn is_in_handlers() -> bool {
    IN_HANDLERS.get()
}
