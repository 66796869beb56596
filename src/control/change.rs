//! A request to change something: [`Change`].

use std::time::Duration;

use crate::control::options::LoggingOptions;
use crate::control::target::LevelTarget;
use crate::control::target_type::TargetType;
use crate::level::Level;

/// A change to apply; see [`Control::apply`](super::Control::apply).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Change {
    /// Sets options.
    Options(LoggingOptions),
    /// Sets the level of a target.
    Level(LevelTarget, Level),
    /// Sets the level of a target for a limited time.
    LevelFor(LevelTarget, Level, Duration),
    /// Ends the temporary level of a target before its time.
    EndTemporary(LevelTarget),
    /// Clears the level of a target.
    Clear(LevelTarget),
    /// Clears the levels that controls have set, of one type or of all; see
    /// [`Control::clear_all`](super::Control::clear_all).
    ClearAll(Option<TargetType>),
    /// Defines a group: its name, and the names of its loggers.
    Group(String, Vec<String>),
    /// Sets the level of every logger of a group, or clears it.
    GroupLevel(String, Option<Level>),
    /// Undoes what led to a revision; see [`Control::undo`](super::Control::undo).
    Undo(u64),
}
