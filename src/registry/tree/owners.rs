//! What owners ask of the tree.

use crate::level::Level;
use crate::registry::node::NodeId;
use crate::registry::tree::Tree;

impl Tree {
    /// Lets records of other loggers belong to a node, for good.
    pub(crate) fn make_owner(&mut self, id: NodeId) {
        let node = &self.slots[id.at()].node;
        if !node.is_owner() {
            node.make_owner();
            self.owners.nodes.push(id);
            self.refresh_owners();
        }
    }

    /// Lets records of other loggers belong to all that there is, and will be, of names of one
    /// segment that begin with a prefix.
    #[cfg(feature = "tracing")]
    pub(crate) fn own_names(&mut self, prefix: &str) {
        if self.owners.prefixes.iter().any(|known| **known == *prefix) {
            return;
        }
        self.owners.prefixes.push(prefix.into());
        let is_one = |id: &NodeId| {
            let node = self.slot_node(*id);
            !node.is_retired() && self.owners.covers(node.name())
        };
        let nodes: Vec<_> = self.links_below(NodeId::ROOT).filter(is_one).collect();
        for id in nodes {
            self.make_owner(id);
        }
    }

    /// Returns how many owners there are.
    #[cfg(feature = "tracing")]
    pub(crate) fn owners(&self) -> usize {
        self.owners.nodes.len()
    }

    /// Reports whether any owner decides on records, or is captured from.
    #[cfg(feature = "tracing")]
    pub(crate) fn is_owner_asked(&self) -> bool {
        self.owners.floor.is_some()
    }

    /// Opens or closes all gates as far as owners ask, after any of them changed.
    pub(super) fn refresh_owners(&mut self) {
        let nodes = self.owners.nodes.iter();
        let floor = nodes.filter_map(|id| self.asked_by(*id)).min();
        #[cfg(feature = "tracing")]
        {
            self.moved |= floor.is_some() != self.owners.floor.is_some();
        }
        self.change_floor(|tree| tree.owners.floor = floor);
    }

    /// The level from which an owner's records pass by what is set below the root: there, it makes
    /// no difference whose they are.
    fn asked_by(&self, id: NodeId) -> Option<Level> {
        let node = self.slot_node(id);
        if node.is_disabled() {
            return None;
        }
        let is_tapped = node.floor() < self.slot_node(NodeId::ROOT).floor();
        let tapped = is_tapped.then(|| Level::new(node.floor()));
        let level = node.has_level().then(|| node.effective_level());
        level.into_iter().chain(tapped).min()
    }
}
