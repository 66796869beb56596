//! What owners ask of the tree.

use crate::level::Level;
use crate::registry::node::NodeId;
use crate::registry::tree::Tree;
#[cfg(test)]
use crate::registry::tree::VISITED;

impl Tree {
    /// Lets records of other loggers belong to a node, for good.
    pub(crate) fn make_owner(&mut self, id: NodeId) {
        let node = &self.slots[id.at()].node;
        if !node.is_owner() {
            node.make_owner();
            self.owners.add(id);
            self.note_asked(id);
            self.refresh_owners();
        }
    }

    /// Lets records of other loggers belong to all that there is, and will be, of names that are
    /// the first segments of targets with a prefix.
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

    /// Counts a logger that is to be made for a rule. Returns `false` if there is no room for it.
    #[cfg(feature = "tracing")]
    pub(crate) fn count_made_owner(&mut self) -> bool {
        self.owners.count_made()
    }

    /// Reports whether any owner decides on records, or is captured from.
    #[cfg(feature = "tracing")]
    pub(crate) fn is_owner_asked(&self) -> bool {
        self.owners.floor.is_some()
    }

    /// Opens or closes all gates as far as owners ask, after any of them changed.
    pub(super) fn refresh_owners(&mut self) {
        let floor = self.owners.most_verbose();
        #[cfg(feature = "tracing")]
        {
            self.moved |= floor.is_some() != self.owners.floor.is_some();
        }
        self.change_floor(|tree| tree.owners.floor = floor);
    }

    /// Notes what an owner asks for, after a change of it.
    pub(super) fn note_asked(&mut self, id: NodeId) {
        #[cfg(test)]
        VISITED.set(VISITED.get() + 1);
        let asked = self.asked_by(id);
        self.owners.ask(id, asked);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Registry;
    use crate::scope::Scope;

    /// However many owners there are, a change of one looks at no other one.
    #[test]
    fn owners_are_not_looked_through() {
        let registry = Registry::new();
        let name = |number| format!("owner{number}");
        let loggers: Vec<_> = (0..1_000).map(|n| registry.get_logger(name(n))).collect();
        let floor = || registry.inner().read(|tree| tree.owners.floor);
        VISITED.set(0);
        for logger in &loggers {
            drop(Scope::new().owner(logger));
        }
        assert!(VISITED.get() < 10_000, "{}", VISITED.get());
        // Gates of all move with the first, and with the last that has the level.
        VISITED.set(0);
        for logger in &loggers {
            logger.set_level(Level::DEBUG);
            assert_eq!(floor(), Some(Level::DEBUG));
        }
        for (number, logger) in loggers.iter().enumerate() {
            logger.set_level(Level::INFO);
            let is_last = number + 1 == loggers.len();
            let lowest = if is_last { Level::INFO } else { Level::DEBUG };
            assert_eq!(floor(), Some(lowest));
        }
        assert!(VISITED.get() < 20_000, "{}", VISITED.get());
        for logger in &loggers {
            logger.set_level(Level::NOTSET);
        }
        assert_eq!(floor(), None);
    }
}
