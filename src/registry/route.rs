//! Where a logger's records go, worked out when the tree changes and not for each record.

use crate::filter::SharedFilter;
use crate::handler::BoundHandler;
use crate::level::Level;
use crate::sys::sync::Arc;

/// The way of a logger's records. Loggers without handlers and filters of their own share their
/// parent's.
#[derive(Debug, Default)]
pub(crate) struct Route {
    /// The registry's hook for records, and the logger's own filters.
    pub(crate) filters: Vec<SharedFilter>,
    /// Its own handlers, then its ancestors', up to where propagation ends. The same handler can
    /// stand in it twice.
    pub(crate) handlers: Arc<[BoundHandler]>,
    /// Captures on the way, which see what the levels would hide.
    pub(crate) taps: Arc<[BoundHandler]>,
    /// There are neither filters nor taps.
    is_plain: bool,
    /// All handlers write one line, which only one of them formats.
    pub(crate) is_of_one_line: bool,
}

impl Route {
    pub(crate) fn new(
        filters: Vec<SharedFilter>,
        handlers: Arc<[BoundHandler]>,
        taps: Arc<[BoundHandler]>,
    ) -> Self {
        Self {
            is_plain: filters.is_empty() && taps.is_empty(),
            is_of_one_line: handlers.iter().all(BoundHandler::shares_line),
            filters,
            handlers,
            taps,
        }
    }

    /// The lowest level that any of its handlers takes; `None` where there are none.
    pub(crate) fn shown_from(&self) -> Option<Level> {
        self.handlers.iter().map(BoundHandler::level).min()
    }

    /// The handler, where one is all there is.
    #[inline]
    pub(crate) fn only_handler(&self) -> Option<&BoundHandler> {
        match &*self.handlers {
            [only] if self.is_plain => Some(only),
            _ => None,
        }
    }
}
