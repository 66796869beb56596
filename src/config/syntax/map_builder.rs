//! A section in the making: [`MapBuilder`].

use std::collections::HashSet;

use crate::config::node::{Map, Node, Value};
use crate::config::place::Place;
use crate::config::raw_problem::RawProblem;

/// Collects a section's entries, and refuses duplicate keys.
#[derive(Default)]
pub(super) struct MapBuilder {
    map: Map,
    keys: HashSet<String>,
}

impl MapBuilder {
    pub(super) fn push(
        &mut self,
        key: String,
        place: Place,
        value: Node,
    ) -> Result<(), RawProblem> {
        if !self.keys.insert(key.clone()) {
            let message = format!("duplicate key {key:?}");
            return Err(RawProblem::new(place, message));
        }
        self.map.push(key, place, value);
        Ok(())
    }

    #[cfg(feature = "config-yaml")]
    pub(super) fn contains(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    pub(super) fn finish(self) -> Value {
        Value::Map(self.map)
    }
}
