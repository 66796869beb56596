//! Levels by what a record says.

use std::collections::BTreeMap;

use super::target::{Target, TargetType};
use crate::registry::{Admission, Inner, Node};
use crate::user_code;
use crate::{Level, Record};

/// The levels of values of fields, in the order in which they decide.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Rules {
    /// Before the logger: clients, principals, addresses.
    first: Vec<(TargetType, BTreeMap<String, Level>)>,
    /// Behind it: types of events.
    events: BTreeMap<String, Level>,
}

impl Rules {
    pub(super) fn new<'t>(levels: impl Iterator<Item = (&'t Target, Level)>) -> Self {
        let mut by_type: BTreeMap<TargetType, BTreeMap<String, Level>> = BTreeMap::new();
        for (target, level) in levels {
            let levels = by_type.entry(target.target_type()).or_default();
            levels.insert(target.name().to_owned(), level);
        }
        let events = by_type.remove(&TargetType::EventType).unwrap_or_default();
        // The order of types is that of what decides, the last first.
        let first = by_type.into_iter().rev().collect();
        Self { first, events }
    }
}

impl Admission for Rules {
    fn floor(&self) -> Level {
        let first = self.first.iter().flat_map(|(_, levels)| levels.values());
        first
            .chain(self.events.values())
            .copied()
            .min()
            .unwrap_or(Level::OFF)
    }

    fn admits(&self, registry: &Inner, node: &Node, record: &Record<'_>, by_logger: bool) -> bool {
        for (kind, levels) in &self.first {
            if let Some(level) = level_of(record, *kind, levels) {
                return record.level().passes(level.number());
            }
        }
        match level_of(record, TargetType::EventType, &self.events) {
            Some(level) if registry.is_at_default(node) => record.level().passes(level.number()),
            _ => by_logger,
        }
    }
}

/// The level for a record by the values of a type's keys; the most verbose, where it has several.
fn level_of(
    record: &Record<'_>,
    kind: TargetType,
    levels: &BTreeMap<String, Level>,
) -> Option<Level> {
    if levels.is_empty() || !record.key_values().has_source() {
        return None;
    }
    let mut found = None;
    record.key_values().for_each(|key, value| {
        if kind.keys().contains(&key) {
            let level = match value.to_borrowed_str() {
                Some(text) => levels.get(text),
                None => levels.get(&user_code::display(&value)),
            };
            found = match (found, level) {
                (Some(found), Some(level)) => Some(Level::min(found, *level)),
                (found, level) => found.or(level.copied()),
            };
        }
    });
    found
}
