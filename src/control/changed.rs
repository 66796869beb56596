//! What a change changed: [`Changed`].

use crate::control::group::Group;
use crate::control::logger_state::LoggerState;
use crate::control::state::is_logger;
use crate::control::target::LevelTarget;
use crate::level::Level;
use crate::registry::Registry;

/// A change that was made, and its origin; passed to
/// [`Control::on_change`](super::Control::on_change), and logged at `INFO` by the logger
/// `logging.control`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Changed {
    /// The target whose level changed; `None` for other changes.
    pub target: Option<LevelTarget>,
    /// The level before; `None` if it was inherited.
    pub before: Option<Level>,
    /// The level now; `None` if it is inherited.
    pub after: Option<Level>,
    /// Whether all logging is disabled now, if that changed.
    pub disable_all: Option<bool>,
    /// The group as it is now, if its members changed; without members if it is gone. The levels
    /// of its members are changes of their own.
    pub group: Option<Group>,
    /// The role, if it changed.
    pub role: Option<String>,
    /// Who made the change; see [`Control::with_origin`](super::Control::with_origin).
    pub origin: String,
    /// The revision after the change.
    pub revision: u64,
}

impl Changed {
    /// Returns what hides records that a new level lets through, if handlers do.
    pub(super) fn warning(&self, registry: &Registry) -> Option<String> {
        let target = self.target.as_ref().filter(|target| is_logger(target))?;
        let level = self.after?;
        let logger = registry.get_logger(target.name());
        let is_hidden = logger.shown_from().is_some_and(|from| from > level);
        let state = || LoggerState::of(&logger, None);
        is_hidden.then(|| state().warning(registry)).flatten()
    }

    pub(super) fn log(&self, registry: &Registry) {
        let logger = registry.get_logger("logging.control");
        let name = |level: Option<Level>| {
            level.map_or_else(
                || "inherited".to_owned(),
                |level| registry.level_name(level),
            )
        };
        let (origin, revision) = (&*self.origin, self.revision);
        if let Some(target) = &self.target {
            let (target, old, new) = (target.to_string(), name(self.before), name(self.after));
            crate::info!(
                logger,
                target = target.as_str(), old = old.as_str(), new = new.as_str(),
                origin = origin, revision = revision;
                "level changed"
            );
        }
        if let Some(disabled) = self.disable_all {
            crate::info!(
                logger,
                disabled = disabled, origin = origin, revision = revision;
                "all logging switched"
            );
        }
        if let Some(group) = &self.group {
            let members = group.members.join(", ");
            crate::info!(
                logger,
                group = group.name.as_str(), members = members.as_str(),
                origin = origin, revision = revision;
                "group changed"
            );
        }
        if let Some(role) = &self.role {
            crate::info!(
                logger,
                role = role.as_str(), origin = origin, revision = revision;
                "role changed"
            );
        }
    }
}
