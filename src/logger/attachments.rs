//! The handlers, filters and taps of a logger.

use crate::filter::SharedFilter;
use crate::handler::{Handler, Observer};
use crate::level::Level;
use crate::logger::logger::Logger;
use crate::registry::{RegistryCore, TapId};
use crate::sys::sync::{Arc, Weak};

impl Logger {
    /// Adds a handler after the existing ones. A handler that is already there keeps its place.
    ///
    /// # Python
    /// `Logger.addHandler`.
    pub fn add_handler(&self, handler: impl Into<Handler>) {
        let handler = handler.into();
        self.observe(&handler);
        self.change_own(|handlers, _| {
            if !handlers.contains(&handler) {
                handlers.push(handler);
            }
        });
    }

    /// Removes a handler; returns `true` if it was there. The handler is not closed. Records
    /// already being dispatched still reach it.
    ///
    /// # Python
    /// `Logger.removeHandler`.
    #[expect(
        clippy::must_use_candidate,
        reason = "whether it was there is often no question"
    )]
    pub fn remove_handler(&self, handler: &Handler) -> bool {
        let mut removed = false;
        self.change_own(|handlers, _| {
            let before = handlers.len();
            handlers.retain(|known| known != handler);
            removed = handlers.len() < before;
        });
        removed
    }

    /// Replaces all handlers in one step and returns the previous ones. Each record sees either the
    /// previous or the new ones.
    pub fn replace_handlers(&self, handlers: impl IntoIterator<Item = Handler>) -> Vec<Handler> {
        let mut replacement: Vec<Handler> = Vec::new();
        for handler in handlers {
            if !replacement.contains(&handler) {
                self.observe(&handler);
                replacement.push(handler);
            }
        }
        self.change_own(|handlers, _| std::mem::swap(handlers, &mut replacement));
        replacement
    }

    /// Removes all handlers. They are not closed.
    pub fn clear_handlers(&self) {
        self.replace_handlers([]);
    }

    /// Gives a handler the records of this logger and its descendants at `level` and above,
    /// regardless of their levels.
    pub(crate) fn tap(&self, level: Level, handler: Handler) -> TapId {
        self.registry.tap(vec![(self.node.id(), level)], handler)
    }

    /// Removes a [`tap`](Self::tap).
    pub(crate) fn end_tap(&self, tap: TapId) {
        self.registry.end_tap(tap);
    }

    /// Replaces the last handler that fits and returns it; adds the handler if none fits.
    pub(crate) fn exchange_handler(
        &self,
        fits: impl Fn(&Handler) -> bool,
        new: Handler,
    ) -> Option<Handler> {
        self.observe(&new);
        let mut old = None;
        self.change_own(|handlers, _| match handlers.iter().rposition(fits) {
            Some(at) => old = Some(std::mem::replace(&mut handlers[at], new)),
            None => handlers.push(new),
        });
        old
    }

    /// Returns the lowest level that any handler of its records takes; `None` if there is no
    /// handler.
    pub(crate) fn shown_from(&self) -> Option<Level> {
        self.node.route().shown_from()
    }

    /// Returns the logger's own handlers, in order.
    ///
    /// # Python
    /// `Logger.handlers`.
    #[must_use]
    pub fn handlers(&self) -> Vec<Handler> {
        self.registry
            .read(|tree| tree.handlers(self.node.id()).to_vec())
    }

    /// Reports whether the logger's records reach any handler, its own or an ancestor's.
    ///
    /// # Python
    /// `Logger.hasHandlers`.
    #[must_use]
    pub fn has_handlers(&self) -> bool {
        !self.node.route().handlers.is_empty()
    }

    /// Adds a filter after the existing ones. It applies to records logged on this logger, not on
    /// its descendants. A filter that is already there keeps its place.
    ///
    /// # Python
    /// `Logger.addFilter`.
    pub fn add_filter(&self, filter: impl Into<SharedFilter>) {
        let filter = filter.into();
        self.change_own(|_, filters| {
            if !filters.contains(&filter) {
                filters.push(filter);
            }
        });
    }

    /// Removes a filter; returns `true` if it was there.
    ///
    /// # Python
    /// `Logger.removeFilter`.
    #[expect(
        clippy::must_use_candidate,
        reason = "whether it was there is often no question"
    )]
    pub fn remove_filter(&self, filter: &SharedFilter) -> bool {
        let mut removed = false;
        self.change_own(|_, filters| {
            let before = filters.len();
            filters.retain(|known| known != filter);
            removed = filters.len() < before;
        });
        if removed {
            // A number that is not reported yet would go with it.
            filter.limit().inspect(|limit| limit.settle());
        }
        removed
    }

    /// Returns the filters in the order in which they are applied.
    #[must_use]
    pub fn filters(&self) -> Vec<SharedFilter> {
        self.registry
            .read(|tree| tree.filters(self.node.id()).to_vec())
    }

    /// Called before the handler is in a route, so that no change of it is missed.
    fn observe(&self, handler: &Handler) {
        let registry: Weak<dyn Observer> = Arc::<RegistryCore>::downgrade(&self.registry);
        handler.observe(&registry);
    }

    fn change_own(&self, change: impl FnOnce(&mut Vec<Handler>, &mut Vec<SharedFilter>)) {
        let old = self.set_up(|tree, id| tree.change_own(id, change));
        // Outside the lock: dropping a handler or filter runs user code.
        drop(old);
    }
}
