//! Panics of others: [`caught`].

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Calls what may panic; `None` if it has.
pub(crate) fn caught<T>(code: impl FnOnce() -> T) -> Option<T> {
    let result = catch_unwind(AssertUnwindSafe(code));
    // The end of what it panicked with may panic too.
    result.map_err(std::mem::forget).ok()
}
