//! The shape of the tree and all that can be changed in it; guarded by the registry's one lock.

use std::collections::HashMap;

use crate::filter::SharedFilter;
use crate::handler::{Bound, Handler};
use crate::level::Level;
use crate::name::{self, Name};
use crate::registry::census::Census;
use crate::registry::node::{GateCopy, Node};
use crate::registry::route::Route;
use crate::scope;
use crate::sys::sync::Arc;

/// The number of a node: its place in the tree's list. Nodes are never taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct NodeId(u32);

impl NodeId {
    pub(crate) const ROOT: Self = Self(0);

    fn at(self) -> usize {
        self.0 as usize
    }
}

/// Loggers, prefixes of their names, and how they hang together.
///
/// Links are numbers, not pointers: 12 bytes a node, and a walk over a subtree needs no stack.
#[derive(Debug)]
pub(crate) struct Tree {
    slots: Vec<Slot>,
    disabled_up_to: Level,
    /// Whether nothing is logged at all, whatever the levels say.
    disabled_all: bool,
    /// The level down to which every gate is open for a judge.
    judge_floor: Level,
    /// The same for the most verbose scope on any thread.
    scope_floor: Level,
    taps: Vec<Tap>,
    /// The copies of nodes' gates.
    copies: HashMap<NodeId, Vec<&'static GateCopy>>,
    census: Census,
}

#[derive(Debug)]
struct Slot {
    node: Arc<Node>,
    /// The root's is the root.
    parent: NodeId,
    first_child: Option<Link>,
    next_sibling: Option<Link>,
    /// Only for the few nodes that have handlers or filters.
    own: Option<Box<Own>>,
}

/// A node's number that is not the root's, so that an absent one costs nothing.
type Link = std::num::NonZeroU32;

#[derive(Debug, Default)]
struct Own {
    handlers: Vec<Handler>,
    filters: Vec<SharedFilter>,
    /// The node's route without its filters, which its descendants share; `None` while the node's own route serves.
    downstream: Option<Arc<Route>>,
}

/// Somebody who captures records of a subtree from a level on, whatever the levels in it say; see `crate::Capture`.
#[derive(Clone, Debug)]
pub(crate) struct Tap {
    pub(crate) node: NodeId,
    pub(crate) level: Level,
    pub(crate) handler: Handler,
}

impl Tree {
    pub(super) fn new() -> Self {
        let route = Arc::new(Route::default());
        let root = Node::new(Name::new(name::ROOT), NodeId::ROOT, true, route);
        root.set_level(Level::WARNING);
        let slot = Slot {
            node: Arc::new(root),
            parent: NodeId::ROOT,
            first_child: None,
            next_sibling: None,
            own: None,
        };
        let mut tree = Self {
            slots: vec![slot],
            disabled_up_to: Level::NOTSET,
            disabled_all: false,
            judge_floor: Level::OFF,
            scope_floor: Level::OFF,
            taps: Vec::new(),
            copies: HashMap::new(),
            census: Census::default(),
        };
        tree.census.add(0);
        scope::add_gates(1);
        tree.refresh_levels(NodeId::ROOT, Extent::Changed);
        tree
    }

    pub(crate) fn node(&self, id: NodeId) -> Arc<Node> {
        Arc::clone(&self.slots[id.at()].node)
    }

    /// All nodes, prefixes included.
    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    /// All loggers but the root.
    pub(super) fn loggers(&self) -> impl Iterator<Item = &Node> {
        self.slots[1..]
            .iter()
            .map(|slot| &*slot.node)
            .filter(|node| node.is_logger())
    }

    /// Makes the logger of a name, with the prefixes that it needs; `created` gets the new nodes.
    ///
    /// `find` knows the nodes there are. The node itself may be one of them, as a prefix.
    pub(super) fn create(
        &mut self,
        name: &Name,
        find: impl Fn(&str) -> Option<Arc<Node>>,
        created: &mut Vec<Arc<Node>>,
    ) -> Arc<Node> {
        let text = name.as_str();
        // From the name up to the first prefix there is.
        let mut missing = Vec::new();
        let mut parent = NodeId::ROOT;
        for len in name::ancestors(text) {
            if let Some(node) = find(&text[..len]) {
                parent = node.id();
                break;
            }
            missing.push(len);
        }
        for len in missing.into_iter().rev() {
            parent = self.insert(name.prefix(len), parent, false, created);
        }
        match find(text) {
            None => {
                let id = self.insert(name.clone(), parent, true, created);
                self.node(id)
            }
            Some(node) => {
                node.make_logger();
                // A name that ends in a dot has another parent as a logger than as a prefix (statement 9).
                if self.slots[node.id().at()].parent != parent {
                    self.unlink(node.id());
                    self.link(node.id(), parent);
                    self.refresh_levels(node.id(), Extent::Changed);
                    self.refresh_routes(node.id());
                }
                node
            }
        }
    }

    fn insert(
        &mut self,
        name: Name,
        parent: NodeId,
        is_logger: bool,
        created: &mut Vec<Arc<Node>>,
    ) -> NodeId {
        let id = NodeId(u32::try_from(self.slots.len()).unwrap_or(u32::MAX));
        let node = Arc::new(Node::new(name, id, is_logger, self.downstream(parent)));
        created.push(Arc::clone(&node));
        self.slots.push(Slot {
            node,
            parent,
            first_child: None,
            next_sibling: None,
            own: None,
        });
        self.link(id, parent);
        self.census.add(0);
        scope::add_gates(1);
        self.refresh_levels(id, Extent::Changed);
        id
    }

    fn link(&mut self, id: NodeId, parent: NodeId) {
        let link = Link::new(id.0);
        let first = std::mem::replace(&mut self.slots[parent.at()].first_child, link);
        let slot = &mut self.slots[id.at()];
        slot.parent = parent;
        slot.next_sibling = first;
    }

    fn unlink(&mut self, id: NodeId) {
        let link = Link::new(id.0);
        let (parent, next) = (self.slots[id.at()].parent, self.slots[id.at()].next_sibling);
        if self.slots[parent.at()].first_child == link {
            self.slots[parent.at()].first_child = next;
            return;
        }
        let mut child = self.slots[parent.at()].first_child;
        while let Some(at) = child {
            let slot = &mut self.slots[at.get() as usize];
            if slot.next_sibling == link {
                slot.next_sibling = next;
                return;
            }
            child = slot.next_sibling;
        }
    }

    /// The nearest ancestor that is a logger; `None` for the root.
    pub(crate) fn parent_logger(&self, id: NodeId) -> Option<NodeId> {
        if id == NodeId::ROOT {
            return None;
        }
        let mut parent = self.slots[id.at()].parent;
        while !self.slots[parent.at()].node.is_logger() {
            parent = self.slots[parent.at()].parent;
        }
        Some(parent)
    }

    /// The numbers directly below, prefixes included, the newest first.
    fn links_below(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let first = self.slots[id.at()].first_child;
        std::iter::successors(first, |at| self.slots[at.get() as usize].next_sibling)
            .map(|at| NodeId(at.get()))
    }

    /// The loggers exactly one segment below (statement 11).
    pub(crate) fn children(&self, id: NodeId) -> Vec<NodeId> {
        self.links_below(id)
            .filter(|child| self.slots[child.at()].node.is_logger())
            .collect()
    }

    /// Each logger below with the loggers below it, for the dump: prefixes are passed through.
    pub(super) fn loggers_below(&self, id: NodeId) -> Vec<NodeId> {
        let mut loggers = Vec::new();
        let mut open: Vec<_> = self.links_below(id).collect();
        while let Some(next) = open.pop() {
            if self.slots[next.at()].node.is_logger() {
                loggers.push(next);
            } else {
                open.extend(self.links_below(next));
            }
        }
        loggers.sort_by(|a, b| {
            self.slots[a.at()]
                .node
                .name()
                .cmp(self.slots[b.at()].node.name())
        });
        loggers
    }

    pub(super) fn slot_node(&self, id: NodeId) -> &Node {
        &self.slots[id.at()].node
    }

    pub(crate) fn set_level(&mut self, id: NodeId, level: Level) {
        self.slots[id.at()].node.set_level(level);
        self.refresh_levels(id, Extent::Changed);
    }

    pub(crate) fn set_disabled(&mut self, id: NodeId, disabled: bool) {
        self.slots[id.at()].node.set_disabled(disabled);
        self.refresh_levels(id, Extent::Changed);
    }

    pub(super) fn disabled_up_to(&self) -> Level {
        self.disabled_up_to
    }

    pub(super) fn set_disabled_up_to(&mut self, level: Level) {
        self.disabled_up_to = level;
        self.refresh_levels(NodeId::ROOT, Extent::All);
    }

    pub(crate) fn is_disabled_all(&self) -> bool {
        self.disabled_all
    }

    pub(crate) fn set_disabled_all(&mut self, disabled: bool) {
        self.disabled_all = disabled;
        self.refresh_levels(NodeId::ROOT, Extent::All);
    }

    pub(super) fn set_judge_floor(&mut self, floor: Level) {
        self.change_floor(|tree| tree.judge_floor = floor);
    }

    pub(super) fn set_scope_floor(&mut self, floor: Level) {
        self.change_floor(|tree| tree.scope_floor = floor);
    }

    /// The level down to which every gate is open.
    fn floor(&self) -> Level {
        self.judge_floor.min(self.scope_floor)
    }

    /// All gates move where the lowest of the floors does, and only there.
    fn change_floor(&mut self, change: impl FnOnce(&mut Self)) {
        let before = self.floor();
        change(self);
        if self.floor() != before {
            self.refresh_levels(NodeId::ROOT, Extent::All);
        }
    }

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

    pub(super) fn all_handlers(&self) -> impl Iterator<Item = &Handler> {
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

    /// Replaces the node's handlers and filters by what `change` makes of them; answers with what is to be dropped
    /// outside the lock.
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

    /// The same for values that are there, without computing routes: [`refresh`](Self::refresh) has to follow. `None` stays, and
    /// of the filters so do those that no configuration made.
    #[cfg(feature = "config")]
    pub(super) fn replace_own(
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

    /// Computes all levels and all routes anew.
    #[cfg(feature = "config")]
    pub(super) fn refresh(&mut self) {
        self.refresh_levels(NodeId::ROOT, Extent::All);
        self.refresh_routes(NodeId::ROOT);
    }

    /// Keeps a copy of a node's gate up to date, from now on.
    pub(crate) fn follow(&mut self, id: NodeId, copy: &'static GateCopy) {
        let node = &self.slots[id.at()].node;
        node.set_has_copies();
        copy.set(node.gate());
        self.copies.entry(id).or_default().push(copy);
    }

    /// Makes all routes anew, as a handler has changed.
    pub(super) fn rebind(&mut self) {
        self.refresh_routes(NodeId::ROOT);
    }

    /// A copy of a node's gate that is kept up to date: one for each node, made at the first call and never given back.
    pub(super) fn gate_copy(&mut self, id: NodeId) -> &'static GateCopy {
        if let Some(copy) = self.copies.get(&id).and_then(|copies| copies.first()) {
            return copy;
        }
        let copy = Box::leak(Box::new(GateCopy::new()));
        self.follow(id, copy);
        copy
    }

    /// Takes the handlers out of all routes, at the end of the registry.
    pub(super) fn release(&self) {
        let empty = Arc::new(Route::default());
        for slot in &self.slots {
            if !slot.node.route().handlers.is_empty() {
                slot.node.set_route(Arc::clone(&empty));
            }
        }
    }

    pub(crate) fn add_tap(&mut self, tap: Tap) {
        let node = tap.node;
        self.taps.push(tap);
        self.refresh_taps(node);
    }

    /// Takes a tap away; answers with what is to be dropped outside the lock.
    pub(crate) fn remove_tap(&mut self, handler: &Handler) -> Option<Tap> {
        let at = self.taps.iter().position(|tap| tap.handler.is(handler))?;
        let tap = self.taps.remove(at);
        self.refresh_taps(tap.node);
        Some(tap)
    }

    fn refresh_taps(&mut self, node: NodeId) {
        let is_tapped = self.taps.iter().any(|tap| tap.node == node);
        self.slots[node.at()].node.set_tapped(is_tapped);
        self.refresh_levels(node, Extent::Changed);
        self.refresh_routes(node);
    }

    /// The lowest gate of the tree.
    pub(super) fn most_verbose(&mut self) -> Level {
        Level::new(self.census.most_verbose().unwrap_or(Level::OFF.number()))
    }

    /// Computes effective levels and gates again, from a node downwards.
    fn refresh_levels(&mut self, start: NodeId, extent: Extent) {
        self.walk(start, |tree, id| {
            let slot = &tree.slots[id.at()];
            let node = &*slot.node;
            let above = &*tree.slots[slot.parent.at()].node;
            let own = node.level();
            let (effective, is_at_default) = match own {
                _ if id == NodeId::ROOT => (own, true),
                Level::NOTSET => (above.effective_level(), above.is_at_default()),
                _ => (own, false),
            };
            let mut floor = if id == NodeId::ROOT {
                Level::OFF.number()
            } else {
                above.floor()
            };
            if node.is_tapped() {
                let taps = tree.taps.iter().filter(|tap| tap.node == id);
                floor = taps.fold(floor, |floor, tap| floor.min(tap.level.number()));
            }
            let open_from = effective.min(tree.floor()).number().min(floor);
            let gate = tree.closed_up_to(node, open_from);
            let old_gate = node.gate();
            node.set_gate(gate);
            if old_gate != gate {
                tree.census.moved(old_gate, gate);
                if node.has_copies() {
                    tree.copies[&id].iter().for_each(|copy| copy.set(gate));
                }
            }
            // What is below depends on nothing else of this node.
            let before = (node.effective_level(), node.floor(), node.is_at_default());
            node.set_resolved(effective, floor, is_at_default);
            extent == Extent::All || before != (effective, floor, is_at_default)
        });
    }

    /// A level from which a node's records pass, and what is disabled taken off it.
    fn closed_up_to(&self, node: &Node, level: u16) -> u16 {
        if node.is_disabled() || self.disabled_all {
            return Level::OFF.number();
        }
        level.max(self.disabled_up_to.above())
    }

    /// The level from which a node's records pass by its own level and what is disabled.
    pub(crate) fn enabled_from(&self, id: NodeId) -> Level {
        let node = self.slot_node(id);
        Level::new(self.closed_up_to(node, node.effective_level().number()))
    }

    /// Computes routes anew, from a node downwards.
    fn refresh_routes(&mut self, start: NodeId) {
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
        let mut handlers: Vec<_> = self.handlers(id).iter().map(Bound::new).collect();
        if propagates {
            handlers.extend_from_slice(&above.handlers);
        }
        let mut taps: Vec<_> = self
            .taps
            .iter()
            .filter(|tap| tap.node == id)
            .map(|tap| Bound::new(&tap.handler))
            .collect();
        taps.extend_from_slice(&above.taps);
        let filters = self.filters(id).to_vec();
        let route = Arc::new(Route::new(filters, handlers.into(), taps.into()));
        if let Some(own) = &mut self.slots[id.at()].own {
            own.downstream = (!route.filters.is_empty()).then(|| {
                let (handlers, taps) = (Arc::clone(&route.handlers), Arc::clone(&route.taps));
                Arc::new(Route::new(Vec::new(), handlers, taps))
            });
        }
        route
    }

    /// The route that a child without anything of its own has.
    fn downstream(&self, id: NodeId) -> Arc<Route> {
        let slot = &self.slots[id.at()];
        let without_filters = slot.own.as_ref().and_then(|own| own.downstream.clone());
        without_filters.unwrap_or_else(|| Arc::clone(&slot.node.route()))
    }

    /// Visits a node and all below it, parents first; `visit` answers whether to go on below.
    fn walk(&mut self, start: NodeId, mut visit: impl FnMut(&mut Self, NodeId) -> bool) {
        let mut at = start;
        loop {
            #[cfg(test)]
            VISITED.set(VISITED.get() + 1);
            let deeper = visit(self, at);
            let slot = &self.slots[at.at()];
            if let Some(child) = slot.first_child.filter(|_| deeper) {
                at = NodeId(child.get());
                continue;
            }
            loop {
                if at == start {
                    return;
                }
                let slot = &self.slots[at.at()];
                match slot.next_sibling {
                    Some(next) => {
                        at = NodeId(next.get());
                        break;
                    }
                    None => at = slot.parent,
                }
            }
        }
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        scope::remove_gates(self.slots.len());
    }
}

/// How far a change of levels reaches.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// To where what nodes inherit stays as it is.
    Changed,
    /// To every node below.
    All,
}

#[cfg(test)]
thread_local! {
    /// How many nodes were visited by walks of this thread.
    pub(super) static VISITED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}
