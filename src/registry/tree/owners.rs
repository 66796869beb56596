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

    /// Opens or closes all gates as far as owners ask, after any of them changed.
    pub(super) fn refresh_owners(&mut self) {
        let nodes = self.owners.nodes.iter();
        let floors = nodes.map(|id| self.floor_of_owner(*id));
        let floor = floors.min().unwrap_or(Level::OFF);
        self.change_floor(|tree| tree.owners.floor = floor);
    }

    /// The level from which an owner's records pass by what is set below the root: there, it makes
    /// no difference whose they are.
    fn floor_of_owner(&self, id: NodeId) -> Level {
        let node = self.slot_node(id);
        if node.is_disabled() {
            return Level::OFF;
        }
        let tapped = match node.floor() {
            floor if floor < self.slot_node(NodeId::ROOT).floor() => Level::new(floor),
            _ => Level::OFF,
        };
        match node.has_level() {
            true => node.effective_level().min(tapped),
            false => tapped,
        }
    }
}
