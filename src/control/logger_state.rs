//! A logger as a console shows it: [`LoggerState`].

use crate::level::Level;
use crate::logger::Logger;

/// A logger as it is; see [`Control::loggers`](super::Control::loggers).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoggerState {
    /// Its name; the root's is `root`.
    pub name: String,
    /// The level it was given; `None` where it inherits.
    pub configured: Option<Level>,
    /// The level that decides, its own or an ancestor's; it stays while something is disabled.
    pub effective: Level,
    /// The lowest level that any handler on its records' way takes: where it is above `effective`, the handlers hide what the
    /// level asks for. `OFF` where all of them discard what they get; `None` where there is no handler, so that the registry's
    /// [last resort](crate::Registry::last_resort) shows warnings. What is behind a queue or a buffer is not looked at.
    pub shown_from: Option<Level>,
    /// The level from which its records are logged as of now: `effective`, or what is left of it by [`Registry::disable`](crate::Registry::disable);
    /// `OFF` while the logger or [everything](super::Control::disable_all) is disabled. Levels of values and scopes are not part of it.
    pub enabled_from: Level,
    /// How many handlers are its own.
    pub handlers: usize,
    /// Whether its records go on to its ancestors' handlers.
    pub propagate: bool,
    /// Whether it is switched off.
    pub disabled: bool,
}

impl LoggerState {
    pub(super) fn of(logger: &Logger) -> Self {
        Self {
            name: logger.name().to_owned(),
            configured: Some(logger.level()).filter(|level| *level != Level::NOTSET),
            effective: logger.effective_level(),
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
