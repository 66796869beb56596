//! Records of the facade that a bridge to `tracing` makes unwanted.
//!
//! A handler may log through the facade while it handles an event or a record of a span. Where the
//! facade's backend sends records to `tracing`, each would come back to the handler, which would
//! log the next one. They are refused. What the values of an event log while they are formatted is
//! none of the handler's.

use crate::registry::RegistryCore;
use crate::sys::event_handling;
use crate::sys::sync::Ordering;

/// Reports whether a record of the facade that would be logged is refused, and counts it: it is the
/// echo of an event, or is logged by a handler of one.
#[inline]
pub(crate) fn is_refused(registry: &RegistryCore, is_echo: bool) -> bool {
    let dropped = &registry.environment.dropped;
    let count = match (is_echo, event_handling::is_in_handlers()) {
        (true, _) => &dropped.duplicate,
        (false, true) => &dropped.reentrant,
        (false, false) => return false,
    };
    count.fetch_add(1, Ordering::Relaxed);
    true
}
