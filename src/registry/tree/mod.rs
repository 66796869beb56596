//! The shape of the tree and all that can be changed in it; guarded by the registry's one lock.

mod levels;
mod owners;
mod routes;

use std::collections::HashMap;

use crate::filter::SharedFilter;
use crate::handler::Handler;
use crate::level::Level;
use crate::name::{self, Name};
use crate::registry::gate_copy::GateCopy;
use crate::registry::gate_histogram::GateHistogram;
use crate::registry::node::{Node, NodeId};
use crate::registry::owners::Owners;
use crate::registry::route::Route;
use crate::registry::tap::{Tap, TapId};
use crate::scope;
use crate::sys::sync::Arc;

/// Loggers, prefixes of their names, and how they hang together.
///
/// Links are numbers, not pointers: 12 bytes a node, and a walk over a subtree needs no stack.
#[derive(Debug)]
pub(crate) struct Tree {
    slots: Vec<Slot>,
    /// Nodes that are removed once no thread remembers them, each before its parent.
    unused: Vec<NodeId>,
    /// Slots of nodes that were removed.
    free: Vec<NodeId>,
    disabled_up_to: Level,
    /// Whether nothing is logged at all, whatever the levels say.
    disabled_all: bool,
    /// The level down to which every gate is open for the override of the registry.
    override_floor: Level,
    /// The same for the most verbose scope on any thread.
    scope_floor: Level,
    owners: Owners,
    /// What sees each record first, whatever its logger.
    hook: Option<SharedFilter>,
    taps: Vec<Tap>,
    last_tap: TapId,
    /// The copies of nodes' gates.
    copies: HashMap<NodeId, Vec<&'static GateCopy>>,
    gates: GateHistogram,
    /// Whether what a cache of levels holds may have changed.
    #[cfg(feature = "tracing")]
    moved: bool,
    /// The most verbose level that a scope ever asked for.
    #[cfg(feature = "tracing")]
    lowest_scope_floor: Level,
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
    /// The node's route without its own filters, which its descendants share; `None` while the
    /// node's own route serves.
    downstream: Option<Arc<Route>>,
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
            unused: Vec::new(),
            free: Vec::new(),
            disabled_up_to: Level::NOTSET,
            disabled_all: false,
            override_floor: Level::OFF,
            scope_floor: Level::OFF,
            owners: Owners::default(),
            hook: None,
            taps: Vec::new(),
            last_tap: TapId(0),
            copies: HashMap::new(),
            gates: GateHistogram::default(),
            #[cfg(feature = "tracing")]
            moved: false,
            #[cfg(feature = "tracing")]
            lowest_scope_floor: Level::OFF,
        };
        tree.gates.add(0);
        scope::add_gates(1);
        tree.refresh_levels(NodeId::ROOT, Extent::Changed);
        tree
    }

    pub(crate) fn node(&self, id: NodeId) -> Arc<Node> {
        Arc::clone(&self.slots[id.at()].node)
    }

    /// All nodes, prefixes included.
    pub(crate) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// All loggers but the root.
    pub(super) fn loggers(&self) -> impl Iterator<Item = &Node> {
        self.slots[1..]
            .iter()
            .map(|slot| &*slot.node)
            .filter(|node| node.is_logger())
    }

    /// Makes the node of a name, a logger or not, with the prefixes that it needs; `created` gets
    /// the new nodes.
    ///
    /// `find` knows the nodes there are. The node itself may be one of them, as a prefix.
    pub(super) fn create(
        &mut self,
        name: &Name,
        is_logger: bool,
        find: impl Fn(&str) -> Option<Arc<Node>>,
        created: &mut Vec<Arc<Node>>,
    ) -> Arc<Node> {
        self.free_unused();
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
                let id = self.insert(name.clone(), parent, is_logger, created);
                self.node(id)
            }
            Some(node) if !is_logger => node,
            Some(node) => {
                node.make_logger();
                // A name that ends in a dot has another parent as a logger than as a prefix.
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
        let next = || NodeId(u32::try_from(self.slots.len()).unwrap_or(u32::MAX));
        let id = self.free.pop().unwrap_or_else(next);
        let node = Arc::new(Node::new(name, id, is_logger, self.downstream(parent)));
        created.push(Arc::clone(&node));
        if self.copies.contains_key(&id) {
            // Of a node that was removed.
            node.set_has_copies();
        }
        let slot = Slot {
            node,
            parent,
            first_child: None,
            next_sibling: None,
            own: None,
        };
        match self.slots.get_mut(id.at()) {
            Some(free) => *free = slot,
            None => self.slots.push(slot),
        }
        #[cfg(feature = "tracing")]
        if self.owners.covers(self.slot_node(id).name()) {
            self.slot_node(id).make_owner();
            self.owners.add(id);
        }
        self.link(id, parent);
        self.gates.add(0);
        scope::add_gates(1);
        self.refresh_levels(id, Extent::Changed);
        id
    }

    /// Takes the name from a node that no program has asked for and nothing is below, and from
    /// the prefixes that nothing else needs. Returns the nodes: no name may refer to them any more.
    ///
    /// They keep their places, with levels and routes, as long as threads hold them.
    pub(super) fn retire(&mut self, mut id: NodeId) -> Vec<Arc<Node>> {
        let mut retired = Vec::new();
        while self.is_unused(id) {
            let slot = &self.slots[id.at()];
            slot.node.retire();
            self.owners.remove(id);
            retired.push(Arc::clone(&slot.node));
            self.unused.push(id);
            id = slot.parent;
        }
        self.refresh_owners();
        retired
    }

    fn is_unused(&self, id: NodeId) -> bool {
        let slot = &self.slots[id.at()];
        let mut below = self.links_below(id);
        id != NodeId::ROOT
            && slot.own.is_none()
            && slot.node.is_bare()
            && below.all(|child| self.slots[child.at()].node.is_retired())
    }

    /// Removes the retired nodes that no thread holds.
    pub(super) fn free_unused(&mut self) {
        for id in std::mem::take(&mut self.unused) {
            let slot = &self.slots[id.at()];
            if slot.first_child.is_some() || Arc::strong_count(&slot.node) > 1 {
                self.unused.push(id);
                continue;
            }
            self.gates.remove(slot.node.gate());
            scope::remove_gates(1);
            // Its parent has the same, so that no handler ends here.
            slot.node.set_route(Arc::default());
            self.unlink(id);
            self.free.push(id);
        }
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

    /// The node and its ancestors, prefixes included, up to the root.
    fn upwards(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(Some(id), |at| {
            (*at != NodeId::ROOT).then(|| self.slots[at.at()].parent)
        })
    }

    /// The numbers directly below, prefixes included, the newest first.
    fn links_below(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let first = self.slots[id.at()].first_child;
        std::iter::successors(first, |at| self.slots[at.get() as usize].next_sibling)
            .map(|at| NodeId(at.get()))
    }

    /// Returns the loggers exactly one segment below.
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

    /// Keeps a copy of a node's gate up to date, from now on.
    pub(crate) fn follow(&mut self, id: NodeId, copy: &'static GateCopy) {
        let node = &self.slots[id.at()].node;
        node.set_has_copies();
        copy.set(node.gate());
        self.copies.entry(id).or_default().push(copy);
    }

    /// A copy of a node's gate that is kept up to date: one for each node, made at the first call
    /// and never given back.
    pub(super) fn gate_copy(&mut self, id: NodeId) -> &'static GateCopy {
        if let Some(copy) = self.copies.get(&id).and_then(|copies| copies.first()) {
            return copy;
        }
        let copy = Box::leak(Box::new(GateCopy::new()));
        self.follow(id, copy);
        copy
    }

    /// Recomputes all levels and all routes.
    #[cfg(feature = "config")]
    pub(super) fn refresh(&mut self) {
        self.refresh_levels(NodeId::ROOT, Extent::All);
        // Levels may have become unguarded that have the same numbers.
        #[cfg(feature = "tracing")]
        {
            self.moved = true;
        }
        self.refresh_routes(NodeId::ROOT);
    }

    /// Visits a node and its descendants, parents first; `visit` returns whether to descend.
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
        scope::remove_gates(self.len());
    }
}

/// How far a change of levels reaches.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
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
