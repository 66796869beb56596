//! The identity of a handler: [`HandlerId`].

use crate::sys::sync::{AtomicU64, Ordering};

/// Identifies a handler in this process. Later handlers have greater ones; none is used twice.
///
/// A [`Sink`](crate::handler::Sink) that passes records to other handlers names them by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HandlerId(u64);

impl HandlerId {
    pub(super) fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    pub(crate) fn number(self) -> u64 {
        self.0
    }
}
