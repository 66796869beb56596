//! The end of a panic logger: [`PanicGuard`].

use crate::panics::hook;

/// Has a [`PanicLogger`](super::PanicLogger) log panics until it is dropped. Then the hook that was
/// installed before is called as if there had been no logger, also where another hook was installed
/// in between. A guard may be dropped on a thread that is panicking.
///
/// # Examples
/// ```
/// use logtree::panics::{PanicGuard, PanicLogger};
///
/// let guard: PanicGuard = PanicLogger::new().install();
/// drop(guard);
/// ```
#[derive(Debug)]
#[must_use = "panics are logged until the guard is dropped"]
pub struct PanicGuard {
    /// `None` where nothing was installed.
    number: Option<u64>,
}

impl PanicGuard {
    pub(super) fn new(number: Option<u64>) -> Self {
        Self { number }
    }
}

impl Drop for PanicGuard {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            hook::remove(number);
        }
    }
}
