//! Nodes that records of other loggers may belong to: [`Owners`].

use std::collections::HashMap;
use std::mem;

use crate::level::Level;
#[cfg(feature = "tracing")]
use crate::name;
use crate::registry::gate_histogram::GateHistogram;
use crate::registry::node::NodeId;

/// How many loggers rules may make for owners, whose names may come from outside.
#[cfg(feature = "tracing")]
const MAX_MADE: usize = 4096;

/// The owners of a tree, and what they ask of it.
#[derive(Debug, Default)]
pub(super) struct Owners {
    /// What each asks for.
    asked: HashMap<NodeId, Option<Level>>,
    /// How many ask for which level.
    levels: GateHistogram,
    /// The level down to which every gate is open for them; `None` if none of them decides.
    pub(super) floor: Option<Level>,
    /// What targets begin with whose first segments are owners as soon as there are nodes of them.
    #[cfg(feature = "tracing")]
    pub(super) prefixes: Vec<Box<str>>,
    /// How many loggers were made for owners that rules name.
    #[cfg(feature = "tracing")]
    made: usize,
}

impl Owners {
    pub(super) fn add(&mut self, id: NodeId) {
        self.asked.entry(id).or_default();
    }

    pub(super) fn remove(&mut self, id: NodeId) {
        self.ask(id, None);
        self.asked.remove(&id);
    }

    /// Notes what an owner asks for from now on.
    pub(super) fn ask(&mut self, id: NodeId, level: Option<Level>) {
        let Some(asked) = self.asked.get_mut(&id) else {
            return;
        };
        match (mem::replace(asked, level), level) {
            (before, after) if before == after => {}
            (Some(before), Some(after)) => self.levels.moved(before.number(), after.number()),
            (Some(before), None) => self.levels.remove(before.number()),
            (None, after) => after
                .into_iter()
                .for_each(|level| self.levels.add(level.number())),
        }
    }

    /// Returns the most verbose level that any owner asks for.
    pub(super) fn most_verbose(&mut self) -> Option<Level> {
        self.levels.most_verbose().map(Level::new)
    }

    /// Counts a logger that is to be made for a rule. Returns `false` if there is no room for it.
    #[cfg(feature = "tracing")]
    pub(super) fn count_made(&mut self) -> bool {
        let has_room = self.made < MAX_MADE;
        self.made += usize::from(has_room);
        has_room
    }

    /// Reports whether a name is one of those that are owners from the start.
    #[cfg(feature = "tracing")]
    pub(super) fn covers(&self, name: &str) -> bool {
        let is_covered = |prefix: &str| match name::first_segment(prefix) {
            whole if whole.len() < prefix.len() => name == whole,
            beginning => name.starts_with(beginning),
        };
        !name.contains('.') && self.prefixes.iter().any(|prefix| is_covered(prefix))
    }
}
