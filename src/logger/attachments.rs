//! What hangs on a logger: handlers, filters, taps.

use crate::filter::SharedFilter;
use crate::handler::{Handler, Observer};
use crate::level::Level;
use crate::logger::logger::Logger;
use crate::registry::{RegistryCore, Tap};
use crate::sys::sync::{Arc, Weak};

impl Logger {
    /// Adds a handler behind the others; one that is there already stays where it is.
    ///
    /// # Python
    /// `Logger.addHandler`.
    pub fn add_handler(&self, handler: impl Into<Handler>) {
        let handler = handler.into();
        self.observe(&handler);
        self.change_own(|handlers, _| {
            if !handlers.iter().any(|known| known.is(&handler)) {
                handlers.push(handler);
            }
        });
    }

    /// Removes a handler; returns `true` if it was there. It is not closed. A record already on its way still reaches it.
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
            handlers.retain(|known| !known.is(handler));
            removed = handlers.len() < before;
        });
        removed
    }

    /// Puts other handlers in place of its own, in one step: each record meets either the old ones or the new ones. Answers
    /// with the old ones.
    pub fn replace_handlers(&self, handlers: impl IntoIterator<Item = Handler>) -> Vec<Handler> {
        let mut replacement: Vec<Handler> = Vec::new();
        for handler in handlers {
            if !replacement.iter().any(|known| known.is(&handler)) {
                self.observe(&handler);
                replacement.push(handler);
            }
        }
        self.change_own(|handlers, _| std::mem::swap(handlers, &mut replacement));
        replacement
    }

    /// Lets a handler have the records of this logger and of those below it from a level on, whatever the levels hide.
    pub(crate) fn tap(&self, level: Level, handler: Handler) {
        let tap = Tap {
            node: self.node.id(),
            level,
            handler,
        };
        self.registry.change(|tree| tree.add_tap(tap));
    }

    /// Ends what [`tap`](Self::tap) began.
    pub(crate) fn end_tap(&self, handler: &Handler) {
        let tap = self.registry.change(|tree| tree.remove_tap(handler));
        // Out of the lock.
        drop(tap);
    }

    /// Puts a handler in the place of the last one that fits, which it returns, or after the others where none does.
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

    /// The lowest level that any handler on its records' way takes; `None` where they meet none.
    pub(crate) fn shown_from(&self) -> Option<Level> {
        self.node.route().shown_from()
    }

    /// Its own handlers, in order.
    ///
    /// # Python
    /// `Logger.handlers`.
    #[must_use]
    pub fn handlers(&self) -> Vec<Handler> {
        self.registry
            .read(|tree| tree.handlers(self.node.id()).to_vec())
    }

    /// Whether a record of it would meet any handler, its own or an ancestor's.
    ///
    /// # Python
    /// `Logger.hasHandlers`.
    #[must_use]
    pub fn has_handlers(&self) -> bool {
        !self.node.route().handlers.is_empty()
    }

    /// Adds a filter behind the others, for records logged on this very logger; one that is there already stays.
    ///
    /// # Python
    /// `Logger.addFilter`.
    pub fn add_filter(&self, filter: impl Into<SharedFilter>) {
        let filter = filter.into();
        self.change_own(|_, filters| {
            if !filters.iter().any(|known| known.is(&filter)) {
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
            filters.retain(|known| !known.is(filter));
            removed = filters.len() < before;
        });
        removed
    }

    /// Its filters, in the order in which they are asked.
    #[must_use]
    pub fn filters(&self) -> Vec<SharedFilter> {
        self.registry
            .read(|tree| tree.filters(self.node.id()).to_vec())
    }

    /// Before the handler is in a route, so that no change of it is missed.
    fn observe(&self, handler: &Handler) {
        let registry: Weak<dyn Observer> = Arc::<RegistryCore>::downgrade(&self.registry);
        handler.tell(&registry);
    }

    fn change_own(&self, change: impl FnOnce(&mut Vec<Handler>, &mut Vec<SharedFilter>)) {
        let old = self.set_up(|tree, id| tree.change_own(id, change));
        // Out of the lock: the end of a handler or filter runs the user's code.
        drop(old);
    }
}
