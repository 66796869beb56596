//! The log of changes: [`ChangeLog`].

use crate::control::changed::Changed;
use crate::control::origin::EXPIRY;
use crate::level::Level;
use crate::record::RecordBuilder;
use crate::registry::{Node, Registry, Tree};
use crate::time::Timestamp;

const LOGGER: &str = "logging.control";

/// Logs changes.
pub(super) struct ChangeLog<'r> {
    registry: &'r Registry,
    level: Level,
    /// Whether its records passed before the changes.
    passed: bool,
}

impl<'r> ChangeLog<'r> {
    /// Returns the log of changes that follow, with the levels as they are: none hides itself.
    pub(super) fn new(registry: &'r Registry, level: Level) -> Self {
        Self {
            registry,
            level,
            passed: passes(&registry.inner().nearest(LOGGER), level),
        }
    }

    pub(super) fn registry(&self) -> &'r Registry {
        self.registry
    }

    /// Logs a change, and what hides the records that it lets through.
    pub(super) fn add(&self, changed: &Changed) {
        let logger = self.registry.get_logger(LOGGER);
        let level = match &*changed.origin {
            EXPIRY => Level::INFO,
            _ => self.level,
        };
        let passed = self.passed && level == self.level;
        let is_disabled = || self.registry.inner().read(Tree::is_disabled_all);
        if passes(logger.node(), level) || passed && !is_disabled() {
            let record = self.describe(changed, logger.record_builder(level));
            let record = record
                .key_value("origin", &*changed.origin)
                .key_value("revision", changed.revision);
            let record = match changed.fleet {
                Some(fleet) => record.key_value("fleet", fleet),
                None => record,
            };
            logger.handle(&record.build());
        }
        if let Some(warning) = changed.warning(self.registry) {
            crate::warn!(logger, "{warning}");
        }
    }

    fn describe<'a>(&self, changed: &'a Changed, record: RecordBuilder<'a>) -> RecordBuilder<'a> {
        let name = |level: Option<Level>| {
            level.map_or_else(
                || "inherited".to_owned(),
                |level| self.registry.level_name(level),
            )
        };
        if let Some(target) = &changed.target {
            let record = record
                .message("level changed")
                .key_value("target", target.to_string())
                .key_value("old", name(changed.before))
                .key_value("new", name(changed.after));
            let Some(until) = changed.until else {
                return record;
            };
            let seconds = Timestamp::from_nanos(until.seconds() * 1_000_000_000);
            return record.key_value("until", seconds.to_string());
        }
        if let Some(group) = &changed.group {
            return record
                .message("group changed")
                .key_value("group", &*group.name)
                .key_value("members", group.members.join(", "));
        }
        match (&changed.role, changed.disable_all) {
            (Some(role), _) => record.message("role changed").key_value("role", &**role),
            (None, disabled) => record
                .message("all logging switched")
                .key_value("disabled", disabled == Some(true)),
        }
    }
}

/// Reports whether records of a level pass by the level of the logger, not by what they say.
fn passes(node: &Node, level: Level) -> bool {
    level >= node.effective_level() && level.passes(node.gate())
}
