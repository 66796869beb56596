//! A change, and what it changed.

use std::time::Duration;

use crate::control::options::LoggingOptions;
use crate::control::target::Target;
use crate::level::Level;
use crate::registry::Registry;

/// Something to be changed; see [`Control::apply`](super::Control::apply).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// Sets options.
    Options(LoggingOptions),
    /// Sets the level of a target.
    Level(Target, Level),
    /// Sets the level of a target for a while.
    LevelFor(Target, Level, Duration),
    /// Takes the level of a target away.
    Clear(Target),
    /// Gives a group of loggers a name.
    Group(String, Vec<String>),
    /// Sets the level of every logger of a group, or takes it away.
    GroupLevel(String, Option<Level>),
}

/// What was changed, and by whom; told to who [wants to know](super::Control::on_change), and logged at `INFO` on the logger `logging.control`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Changed {
    /// The target whose level was changed; `None` for the switch for everything.
    pub target: Option<Target>,
    /// Its level before; `None` where it inherited.
    pub before: Option<Level>,
    /// Its level now.
    pub after: Option<Level>,
    /// Whether everything is silenced, where that was changed.
    pub disable_all: Option<bool>,
    /// Who changed it; see [`Control::by`](super::Control::by).
    pub origin: String,
    /// The number of the change.
    pub revision: u64,
}

impl Changed {
    pub(super) fn log(&self, registry: &Registry) {
        let logger = registry.get_logger("logging.control");
        let name = |level: Option<Level>| {
            level.map_or_else(
                || "inherited".to_owned(),
                |level| registry.level_name(level),
            )
        };
        let (origin, revision) = (&*self.origin, self.revision);
        match (&self.target, self.disable_all) {
            (Some(target), _) => {
                let (target, old, new) = (target.to_string(), name(self.before), name(self.after));
                crate::info!(logger, target = target.as_str(), old = old.as_str(), new = new.as_str(), origin = origin, revision = revision; "level changed");
            }
            (None, Some(disabled)) => {
                crate::info!(logger, disabled = disabled, origin = origin, revision = revision; "logging as a whole switched");
            }
            (None, None) => {}
        }
    }
}
