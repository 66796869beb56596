//! A logger as a console shows it: [`LoggerState`].

use crate::{Level, Logger};

/// A logger as it is; see [`Control::loggers`](super::Control::loggers).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoggerState {
    /// Its name; the root's is `root`.
    pub name: String,
    /// The level it was given; `None` where it inherits.
    pub configured: Option<Level>,
    /// The level that decides.
    pub effective: Level,
    /// The lowest level that any handler on its records' way takes: where it is above `effective`, the handlers hide what the
    /// level asks for. `OFF` where all of them discard what they get; `None` where there is no handler, so that the registry's
    /// [last resort](crate::Registry::last_resort) shows warnings. What is behind a queue or a buffer is not looked at.
    pub shown_from: Option<Level>,
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
            handlers: logger.handlers().len(),
            propagate: logger.propagate(),
            disabled: logger.is_disabled(),
        }
    }
}
