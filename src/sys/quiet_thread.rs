//! Threads whose libraries log about work of this crate.

use std::cell::Cell;

thread_local! {
    static IS_QUIET: Cell<bool> = const { Cell::new(false) };
}

/// The crates that speak HTTP/2 for a store, and `tracing`, which logs their spans under its name.
const CRATES: [&str; 8] = [
    "h2",
    "hyper",
    "hyper_util",
    "rustls",
    "tokio_util",
    "tonic",
    "tower",
    "tracing",
];

/// Has what these crates log on this thread dropped from now on, but for warnings.
pub(crate) fn mark() {
    IS_QUIET.set(true);
}

/// Reports whether a record of the facade, if it is no warning, is dropped.
#[inline]
pub(crate) fn is_dropped(target: &str) -> bool {
    IS_QUIET.get()
        && target
            .split("::")
            .next()
            .is_some_and(|first| CRATES.contains(&first))
}
