//! The log of changes: [`ChangeLog`].

use crate::control::changed::Changed;
use crate::level::Level;
use crate::registry::Registry;
use crate::scope::Scope;
use crate::time::Timestamp;

const LOGGER: &str = "logging.control";

/// Logs changes.
pub(super) struct ChangeLog<'r> {
    registry: &'r Registry,
    level: Level,
    /// Whether the level passed before the changes.
    passed: bool,
}

impl<'r> ChangeLog<'r> {
    /// Returns the log of changes that follow, with the levels as they are: none hides itself.
    pub(super) fn new(registry: &'r Registry, level: Level) -> Self {
        let node = registry.inner().nearest(LOGGER);
        Self {
            registry,
            level,
            passed: level >= node.effective_level(),
        }
    }

    pub(super) fn registry(&self) -> &'r Registry {
        self.registry
    }

    /// Logs a change, and what hides the records that it lets through.
    pub(super) fn add(&self, changed: &Changed) {
        let mut scope = Scope::new();
        if self.passed {
            scope = scope.level(self.level);
        }
        if let Some(until) = changed.until {
            let seconds = Timestamp::from_nanos(until.seconds() * 1_000_000_000);
            scope = scope.with("until", seconds.to_string());
        }
        let _scope = scope.enter();
        self.write(changed);
        if let Some(warning) = changed.warning(self.registry) {
            let logger = self.registry.get_logger(LOGGER);
            crate::warn!(logger, "{warning}");
        }
    }

    fn write(&self, changed: &Changed) {
        let (logger, level) = (self.registry.get_logger(LOGGER), self.level);
        let name = |level: Option<Level>| {
            level.map_or_else(
                || "inherited".to_owned(),
                |level| self.registry.level_name(level),
            )
        };
        let (origin, revision) = (&*changed.origin, changed.revision);
        if let Some(target) = &changed.target {
            let (target, old, new) = (
                target.to_string(),
                name(changed.before),
                name(changed.after),
            );
            crate::log!(
                logger, level,
                target = target.as_str(), old = old.as_str(), new = new.as_str(),
                origin = origin, revision = revision;
                "level changed"
            );
        }
        if let Some(disabled) = changed.disable_all {
            crate::log!(
                logger, level,
                disabled = disabled, origin = origin, revision = revision;
                "all logging switched"
            );
        }
        if let Some(group) = &changed.group {
            let members = group.members.join(", ");
            crate::log!(
                logger, level,
                group = group.name.as_str(), members = members.as_str(),
                origin = origin, revision = revision;
                "group changed"
            );
        }
        if let Some(role) = &changed.role {
            crate::log!(
                logger, level,
                role = role.as_str(), origin = origin, revision = revision;
                "role changed"
            );
        }
    }
}
