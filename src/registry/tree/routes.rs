//! Routes: the handlers, filters and taps that a node's records meet.

use crate::filter::SharedFilter;
use crate::handler::{BoundHandler, Handler, HandlerId};
use crate::level::Level;
use crate::registry::node::{Node, NodeId};
use crate::registry::route::Route;
use crate::registry::tap::{Tap, TapId};
use crate::registry::tree::{Extent, Tree};
use crate::sys::sync::Arc;

impl Tree {
    pub(crate) fn set_propagates(&mut self, id: NodeId, propagates: bool) {
        self.slots[id.at()].node.set_propagates(propagates);
        self.refresh_routes(id);
    }

    pub(crate) fn handlers(&self, id: NodeId) -> &[Handler] {
        self.slots[id.at()]
            .own
            .as_ref()
            .map_or(&[], |own| &own.handlers)
    }

    pub(crate) fn all_handlers(&self) -> impl Iterator<Item = &Handler> {
        self.slots
            .iter()
            .filter_map(|slot| slot.own.as_ref())
            .flat_map(|own| &own.handlers)
    }

    pub(crate) fn filters(&self, id: NodeId) -> &[SharedFilter] {
        self.slots[id.at()]
            .own
            .as_ref()
            .map_or(&[], |own| &own.filters)
    }

    /// Replaces what sees each record first; returns the previous one, to be dropped outside the
    /// lock.
    pub(crate) fn replace_hook(&mut self, hook: Option<SharedFilter>) -> Option<SharedFilter> {
        let old = std::mem::replace(&mut self.hook, hook);
        self.refresh_routes(NodeId::ROOT);
        old
    }

    /// Changes the node's handlers and filters; returns the previous ones, to be dropped outside
    /// the lock.
    pub(crate) fn change_own(
        &mut self,
        id: NodeId,
        change: impl FnOnce(&mut Vec<Handler>, &mut Vec<SharedFilter>),
    ) -> (Vec<Handler>, Vec<SharedFilter>) {
        let own = self.slots[id.at()].own.get_or_insert_default();
        let before = (own.handlers.clone(), own.filters.clone());
        change(&mut own.handlers, &mut own.filters);
        if own.handlers.is_empty() && own.filters.is_empty() {
            self.slots[id.at()].own = None;
        }
        self.refresh_routes(id);
        before
    }

    /// Likewise without recomputing routes: [`refresh`](Self::refresh) must follow. `None` keeps
    /// the present ones; filters that no configuration made stay.
    #[cfg(feature = "config")]
    pub(crate) fn replace_own(
        &mut self,
        id: NodeId,
        handlers: Option<Vec<Handler>>,
        filters: Option<Vec<SharedFilter>>,
    ) -> (Vec<Handler>, Vec<SharedFilter>) {
        let own = self.slots[id.at()].own.get_or_insert_default();
        let mut old = (Vec::new(), Vec::new());
        if let Some(handlers) = handlers {
            old.0 = std::mem::replace(&mut own.handlers, handlers);
        }
        if let Some(filters) = filters {
            let all = std::mem::take(&mut own.filters);
            (old.1, own.filters) = all.into_iter().partition(SharedFilter::is_configured);
            own.filters.extend(filters);
        }
        if own.handlers.is_empty() && own.filters.is_empty() {
            self.slots[id.at()].own = None;
        }
        old
    }

    /// Rebuilds the routes that contain a handler, after a change of its configuration.
    pub(crate) fn rebind(&mut self, handler: HandlerId) {
        let has_it = |handlers: &[Handler]| handlers.iter().any(|own| own.id() == handler);
        let slots = self.slots.iter();
        let holders =
            slots.filter(|slot| slot.own.as_ref().is_some_and(|own| has_it(&own.handlers)));
        let mut nodes: Vec<_> = holders.map(|slot| slot.node.id()).collect();
        let taps = self.taps.iter();
        nodes.extend(
            taps.filter(|tap| tap.handler.id() == handler)
                .flat_map(|tap| tap.levels.iter().map(|(node, _)| *node)),
        );
        for node in nodes {
            self.refresh_routes(node);
        }
    }

    /// Takes the handlers out of all routes, at the end of the registry.
    pub(crate) fn release(&self) {
        let empty = Arc::new(Route::default());
        for slot in &self.slots {
            if !slot.node.route().handlers.is_empty() {
                slot.node.set_route(Arc::clone(&empty));
            }
        }
    }

    /// Gives a handler the records of nodes and what is below them, from a level on for each.
    pub(crate) fn add_tap(&mut self, levels: Vec<(NodeId, Level)>, handler: Handler) -> TapId {
        self.last_tap.0 += 1;
        let id = self.last_tap;
        self.taps.push(Tap {
            id,
            levels: levels.clone(),
            handler,
        });
        self.refresh_taps(&levels);
        id
    }

    /// Removes a tap; returns it, to be dropped outside the lock, and the nodes that it
    /// [retires](Self::retire).
    pub(crate) fn remove_tap(&mut self, id: TapId) -> Option<(Tap, Vec<Arc<Node>>)> {
        let at = self.taps.iter().position(|tap| tap.id == id)?;
        let tap = self.taps.remove(at);
        self.refresh_taps(&tap.levels);
        let nodes = tap.levels.iter().map(|(node, _)| *node);
        let retired = nodes.flat_map(|node| self.retire(node)).collect();
        Some((tap, retired))
    }

    fn refresh_taps(&mut self, levels: &[(NodeId, Level)]) {
        for (node, _) in levels {
            let is_tapped = self.taps.iter().any(|tap| tap.level_at(*node).is_some());
            self.slots[node.at()].node.set_tapped(is_tapped);
        }
        for (node, _) in levels {
            // To every node: what a tap opens at one below depends on more than the floor here.
            self.refresh_levels(*node, Extent::All);
            self.refresh_routes(*node);
        }
    }

    /// Recomputes routes from a node downwards.
    pub(super) fn refresh_routes(&mut self, start: NodeId) {
        self.walk(start, |tree, id| {
            let route = tree.make_route(id);
            tree.slots[id.at()].node.set_route(route);
            true
        });
    }

    fn make_route(&mut self, id: NodeId) -> Arc<Route> {
        let slot = &self.slots[id.at()];
        let above = (id != NodeId::ROOT).then(|| self.downstream(slot.parent));
        let propagates = slot.node.propagates();
        let has_tap = slot.node.is_tapped();
        match above {
            // The usual node.
            Some(above) if slot.own.is_none() && propagates && !has_tap => return above,
            _ => {}
        }
        let above = above.unwrap_or_default();
        let mut handlers: Vec<_> = self.handlers(id).iter().map(BoundHandler::new).collect();
        if propagates {
            handlers.extend_from_slice(&above.handlers);
        }
        BoundHandler::share_lines(&mut handlers);
        // A handler gets each record once, of however many taps.
        let mut taps: Vec<BoundHandler> = Vec::new();
        let here = self.taps.iter().filter(|tap| tap.level_at(id).is_some());
        let here = here.map(|tap| BoundHandler::new(&tap.handler));
        for tap in here.chain(above.taps.iter().cloned()) {
            if taps.iter().all(|known| known.handler() != tap.handler()) {
                taps.push(tap);
            }
        }
        let hook = self.hook.as_slice();
        let filters = [hook, self.filters(id)].concat();
        let route = Arc::new(Route::new(filters, handlers.into(), taps.into()));
        let hook = hook.to_vec();
        if let Some(own) = &mut self.slots[id.at()].own {
            own.downstream = (!own.filters.is_empty()).then(|| {
                let (handlers, taps) = (Arc::clone(&route.handlers), Arc::clone(&route.taps));
                Arc::new(Route::new(hook, handlers, taps))
            });
        }
        route
    }

    /// The route that a child without anything of its own has.
    pub(super) fn downstream(&self, id: NodeId) -> Arc<Route> {
        let slot = &self.slots[id.at()];
        let without_filters = slot.own.as_ref().and_then(|own| own.downstream.clone());
        without_filters.unwrap_or_else(|| Arc::clone(&slot.node.route()))
    }
}
