//! Owners of spans: [`OwnerRules`].

use tracing_core::Metadata;

use crate::level::Level;
use crate::record::{Context, Owner};
use crate::registry::RegistryCore;
use crate::tracing::level::level_of;
use crate::tracing::owner_rule::OwnerRule;

/// The rules of a bridge, the first that applies before the others.
#[derive(Clone, Debug)]
pub(super) struct OwnerRules(Vec<OwnerRule>);

impl Default for OwnerRules {
    fn default() -> Self {
        Self(OwnerRule::built_in())
    }
}

impl OwnerRules {
    pub(super) fn add(&mut self, rule: OwnerRule) {
        self.0.insert(0, rule);
    }

    /// Lets loggers own records by their names, before any span is created.
    pub(super) fn mark_owners(&self, registry: &RegistryCore) {
        for prefix in self.0.iter().filter_map(OwnerRule::prefix) {
            registry.change(|tree| tree.own_names(prefix));
        }
    }

    /// Returns the level from which spans may be enabled regardless of loggers.
    pub(super) fn floor(&self, registry: &RegistryCore) -> Level {
        let is_asked = registry.is_owner_asked();
        let floors = self.0.iter().map(|rule| rule.floor(is_asked));
        floors.min().unwrap_or(Level::OFF)
    }

    /// Reports whether the spans of a call site are enabled whatever the loggers say: without them,
    /// nothing says whose records are those within.
    pub(super) fn enables(&self, metadata: &Metadata<'_>, registry: &RegistryCore) -> bool {
        let is_asked = registry.is_owner_asked();
        let level = level_of(*metadata.level());
        let mut rules = self.0.iter();
        rules.any(|rule| level.passes(rule.floor(is_asked).number()) && rule.covers(metadata))
    }

    /// Returns the owner of a new span by its rules.
    pub(super) fn owner_of(
        &self,
        metadata: &Metadata<'_>,
        fields: &Context,
        registry: &RegistryCore,
    ) -> Option<Owner> {
        let mut rules = self.0.iter();
        let name = rules.find_map(|rule| rule.logger_of(metadata, fields))?;
        registry.owner_named(&name)
    }
}
