//! A logger as a console shows it: [`LoggerState`].

use crate::level::Level;
use crate::logger::Logger;
use crate::registry::Registry;
use crate::time::Timestamp;

/// The state of a logger; see [`Control::loggers`](super::Control::loggers).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LoggerState {
    /// The name; `root` for the root logger.
    pub name: String,
    /// The logger's own level; `None` if it is inherited.
    pub configured: Option<Level>,
    /// When the logger's own level ends, by the system clock, and the previous one applies again;
    /// `None` if it does not end.
    pub until: Option<Timestamp>,
    /// The level in effect, its own or an ancestor's, whatever is disabled. Loggers of secrets
    /// inherit `INFO` if a lower level was set by an endpoint that does not allow it.
    pub effective: Level,
    /// The ancestor whose level is in effect; `None` if it is the logger's own.
    pub inherited_from: Option<String>,
    /// The lowest level of the handlers that the logger's records reach: if it is above
    /// `effective`, the handlers hide what the level lets through. `OFF` if all of them discard
    /// records; `None` without handlers, so that the registry's [last
    /// resort](crate::Registry::last_resort) shows warnings. Handlers of queues and buffers are not
    /// considered.
    pub shown_from: Option<Level>,
    /// The level from which records are logged at present: `effective`, or a higher one because of
    /// [`Registry::disable`](crate::Registry::disable); `OFF` while the logger or
    /// [all logging](super::Control::disable_all) is disabled. Levels of values and scopes are not
    /// considered.
    pub enabled_from: Level,
    /// The number of the logger's own handlers.
    pub handlers: usize,
    /// Whether records propagate to the ancestors' handlers.
    pub propagate: bool,
    /// Whether the logger is disabled.
    pub disabled: bool,
}

impl LoggerState {
    /// Returns why records that the level lets through are not written.
    pub(super) fn warning(&self, registry: &Registry) -> Option<String> {
        let level = |level| registry.level_name(level);
        let but = match self.shown_from {
            _ if self.enabled_from == Level::OFF && self.effective != Level::OFF => {
                "logging is disabled".to_owned()
            }
            _ if self.enabled_from > self.effective => {
                format!("logging is disabled below {}", level(self.enabled_from))
            }
            Some(Level::OFF) if self.effective != Level::OFF => {
                "every handler on its way discards records".to_owned()
            }
            Some(from) if from > self.effective => {
                format!("every handler on its way starts at {}", level(from))
            }
            None if self.effective < Level::WARNING => "there is no handler on its way".to_owned(),
            _ => return None,
        };
        Some(format!(
            "{}: effective {}, but {but}",
            self.name,
            level(self.effective)
        ))
    }

    /// The state of a logger, whose temporary level is `temporary`.
    pub(super) fn of(logger: &Logger, temporary: Option<(Level, Timestamp)>) -> Self {
        let configured = own_level(logger);
        let mut ancestors = std::iter::successors(logger.parent(), Logger::parent);
        let inherited_from = match configured {
            Some(_) => None,
            None => ancestors.find(|ancestor| own_level(ancestor).is_some()),
        };
        Self {
            name: logger.name().to_owned(),
            configured,
            until: temporary
                .filter(|(level, _)| configured == Some(*level))
                .map(|(_, until)| until),
            effective: logger.effective_level(),
            inherited_from: inherited_from.map(|ancestor| ancestor.name().to_owned()),
            shown_from: logger.shown_from(),
            enabled_from: logger
                .inner()
                .read(|tree| tree.enabled_from(logger.node().id())),
            handlers: logger.handlers().len(),
            propagate: logger.propagate(),
            disabled: logger.is_disabled(),
        }
    }
}

fn own_level(logger: &Logger) -> Option<Level> {
    Some(logger.level()).filter(|level| *level != Level::NOTSET)
}
