//! Nodes that records of other loggers may belong to: [`Owners`].

use crate::level::Level;
use crate::registry::node::NodeId;

/// The owners of a tree, and what they ask of it.
#[derive(Debug, Default)]
pub(super) struct Owners {
    pub(super) nodes: Vec<NodeId>,
    /// The level down to which every gate is open for them; `None` if none of them decides.
    pub(super) floor: Option<Level>,
    /// What the first segments of names begin with that are owners as soon as there are nodes of
    /// them.
    #[cfg(feature = "tracing")]
    pub(super) prefixes: Vec<Box<str>>,
}

impl Owners {
    pub(super) fn remove(&mut self, id: NodeId) {
        self.nodes.retain(|known| *known != id);
    }

    /// Reports whether a name is one of those that are owners from the start.
    #[cfg(feature = "tracing")]
    pub(super) fn covers(&self, name: &str) -> bool {
        let mut prefixes = self.prefixes.iter();
        prefixes.any(|prefix| name.starts_with(&**prefix)) && !name.contains('.')
    }
}
