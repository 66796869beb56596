//! Levels and gates: what each node inherits, and from which level on its records pass.

use crate::level::Level;
use crate::registry::node::{Node, NodeId};
use crate::registry::tap::Tap;
use crate::registry::tree::{Extent, Tree};

impl Tree {
    pub(crate) fn set_level(&mut self, id: NodeId, level: Level) {
        self.put_level(id, level, false);
    }

    /// Sets a level that loggers of secrets inherit as `INFO` if it is lower.
    pub(crate) fn set_guarded_level(&mut self, id: NodeId, level: Level) {
        self.put_level(id, level, true);
    }

    fn put_level(&mut self, id: NodeId, level: Level, guarded: bool) {
        let node = &self.slots[id.at()].node;
        // Where only this changes, what is below changes nevertheless.
        let extent = match node.is_guarded() == guarded {
            true => Extent::Changed,
            false => Extent::All,
        };
        node.set_level(level);
        node.set_guarded(guarded);
        // What has no node below counts by it as well.
        #[cfg(feature = "tracing")]
        {
            self.moved |= extent == Extent::All;
        }
        self.refresh_levels(id, extent);
    }

    pub(crate) fn set_disabled(&mut self, id: NodeId, disabled: bool) {
        self.slots[id.at()].node.set_disabled(disabled);
        self.refresh_levels(id, Extent::Changed);
    }

    pub(crate) fn disabled_up_to(&self) -> Level {
        self.disabled_up_to
    }

    pub(crate) fn set_disabled_up_to(&mut self, level: Level) {
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

    pub(crate) fn set_override_floor(&mut self, floor: Level) {
        self.change_floor(|tree| tree.override_floor = floor);
    }

    pub(crate) fn set_scope_floor(&mut self, floor: Level) {
        #[cfg(feature = "tracing")]
        let moved = self.moved;
        self.change_floor(|tree| tree.scope_floor = floor);
        // Scopes come and go: a cache holds what suits all that there were.
        #[cfg(feature = "tracing")]
        {
            self.moved = moved || floor < self.lowest_scope_floor;
            self.lowest_scope_floor = self.lowest_scope_floor.min(floor);
        }
    }

    /// The most verbose level that a scope ever asked for; `OFF` for none.
    #[cfg(feature = "tracing")]
    pub(crate) fn lowest_scope_floor(&self) -> Level {
        self.lowest_scope_floor
    }

    /// Reports whether gates or levels have moved since the last call.
    #[cfg(feature = "tracing")]
    pub(crate) fn take_moved(&mut self) -> bool {
        std::mem::take(&mut self.moved)
    }

    /// The level down to which every gate is open.
    pub(super) fn floor(&self) -> Level {
        let floor = self.override_floor.min(self.scope_floor);
        floor.min(self.owners.floor.unwrap_or(Level::OFF))
    }

    /// All gates move where the lowest of the floors does, and only there.
    pub(super) fn change_floor(&mut self, change: impl FnOnce(&mut Self)) {
        let before = self.floor();
        change(self);
        if self.floor() != before {
            self.refresh_levels(NodeId::ROOT, Extent::All);
        }
    }

    /// The lowest gate of the tree.
    pub(crate) fn most_verbose(&mut self) -> Level {
        Level::new(self.gates.most_verbose().unwrap_or(Level::OFF.number()))
    }

    /// Computes effective levels and gates again, from a node downwards.
    pub(super) fn refresh_levels(&mut self, start: NodeId, extent: Extent) {
        let mut meets_owner = false;
        self.walk(start, |tree, id| {
            let slot = &tree.slots[id.at()];
            let node = &*slot.node;
            let above = &*tree.slots[slot.parent.at()].node;
            let own = node.level();
            let was_guarded = node.is_guarded();
            let (effective, is_at_default) = match own {
                _ if id == NodeId::ROOT => (own, true),
                Level::NOTSET => (above.level_for(node.name()), above.is_at_default()),
                _ => (own, false),
            };
            if own == Level::NOTSET && id != NodeId::ROOT {
                node.set_guarded(above.is_guarded());
            }
            let floor = if node.is_tapped() {
                tree.tap_floor(id).number()
            } else if id == NodeId::ROOT {
                Level::OFF.number()
            } else {
                above.floor()
            };
            let open_from = effective.min(tree.floor()).number().min(floor);
            let gate = tree.closed_up_to(node, open_from);
            let old_gate = node.gate();
            node.set_gate(gate);
            if old_gate != gate {
                tree.gates.moved(old_gate, gate);
                if node.has_copies() {
                    tree.copies[&id].iter().for_each(|copy| copy.set(gate));
                }
            }
            // What is below depends on nothing else of this node.
            let before = (node.effective_level(), node.floor(), node.is_at_default());
            node.set_resolved(effective, floor, is_at_default);
            #[cfg(feature = "tracing")]
            {
                // A new node counts only where it differs from the one that stood for its name.
                let (old_gate, old_level) = match old_gate {
                    0 => (above.gate(), above.effective_level()),
                    _ => (old_gate, before.0),
                };
                tree.moved |= old_gate != gate || old_level != effective;
            }
            let is_deeper = extent == Extent::All
                || node.is_guarded() != was_guarded
                || before != (effective, floor, is_at_default);
            if node.is_owner() {
                meets_owner = true;
                tree.note_asked(id);
            }
            is_deeper
        });
        if meets_owner {
            self.refresh_owners();
        }
    }

    /// The lowest level that any tap captures of a node.
    fn tap_floor(&self, id: NodeId) -> Level {
        let nearest = |tap: &Tap| self.upwards(id).find_map(|node| tap.level_at(node));
        let levels = self.taps.iter().filter_map(nearest);
        levels.min().unwrap_or(Level::OFF)
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
}
