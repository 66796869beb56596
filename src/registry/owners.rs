//! Nodes that records of other loggers may belong to: [`Owners`].

use crate::level::Level;
use crate::registry::node::NodeId;

/// The owners of a tree, and what they ask of it.
#[derive(Debug)]
pub(super) struct Owners {
    pub(super) nodes: Vec<NodeId>,
    /// The level down to which every gate is open for them.
    pub(super) floor: Level,
}

impl Owners {
    pub(super) const fn new() -> Self {
        Self {
            nodes: Vec::new(),
            floor: Level::OFF,
        }
    }

    pub(super) fn remove(&mut self, id: NodeId) {
        self.nodes.retain(|known| *known != id);
    }
}
