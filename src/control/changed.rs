//! What a change changed: [`Changed`].

use crate::control::group::Group;
use crate::control::logger_state::LoggerState;
use crate::control::state::is_logger;
use crate::control::target::LevelTarget;
use crate::level::Level;
use crate::registry::Registry;
use crate::time::Timestamp;

/// A change that was made, and its origin; passed to
/// [`Control::on_change`](super::Control::on_change), and logged by the logger `logging.control`:
/// at `INFO`, and at `WARNING` if an endpoint made it.
///
/// A change that hides records of `logging.control` is logged itself; one that disables all logging
/// is not.
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
    /// When the level ends, by the system clock; `None` if it does not end.
    pub until: Option<Timestamp>,
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
    /// The fleet's revision, if the fleet made the change; see the feature `fleet`.
    pub fleet: Option<u64>,
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
}
