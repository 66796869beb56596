//! What handlers and the process know of a filter that limits: [`Limit`].

use crate::filter::volume::outlet::Outlet;
use crate::sys::process;
use crate::sys::sync::{Arc, Mutex, Weak};

/// What a filter limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limited {
    Rate,
    Part,
    Repetitions,
}

/// A filter that limits, of any kind.
pub(crate) trait Limit: Send + Sync {
    /// Returns what identifies it as long as it lives.
    fn identity(&self) -> usize;

    /// Has its own records written by a handler that it was added to.
    fn attach(&self, handler: Weak<dyn Outlet>);

    /// Writes a record on what was suppressed and is not reported yet.
    fn settle(&self);

    /// Reports to a handler that it was removed from what no other place will report.
    fn leave(&self, _handler: &dyn Outlet) {}

    /// Forgets what is to be reported: in a child process, it is the parent's.
    fn forget(&self);
}

/// All that have suppressed a record.
static LIMITS: Mutex<Vec<Weak<dyn Limit>>> = Mutex::new(Vec::new());

fn living() -> Vec<Arc<dyn Limit>> {
    LIMITS.lock().iter().filter_map(Weak::upgrade).collect()
}

/// Has one settle when all do.
#[cold]
pub(super) fn enter(limit: Weak<dyn Limit>) {
    let mut limits = LIMITS.lock();
    limits.retain(|limit| limit.strong_count() > 0);
    limits.push(limit);
    drop(limits);
    process::in_child(forget_in_child);
}

/// Has all filters report what they suppressed, before the handlers end.
pub(crate) fn settle_all() {
    for limit in living() {
        limit.settle();
    }
}

fn forget_in_child() {
    for limit in living() {
        limit.forget();
    }
}
