//! Where a logger's records go, worked out when the tree changes and not for each record.

use crate::SharedFilter;
use crate::handler::Bound;
use crate::sync::Arc;

/// The way of a logger's records. Loggers without handlers and filters of their own share their parent's.
#[derive(Debug, Default)]
pub(crate) struct Route {
    /// The logger's own filters.
    pub(crate) filters: Vec<SharedFilter>,
    /// Its own handlers, then its ancestors', up to where propagation ends. The same handler can stand in it twice.
    pub(crate) handlers: Arc<[Bound]>,
    /// Captures on the way, which see what the levels would hide.
    pub(crate) taps: Arc<[Bound]>,
}
