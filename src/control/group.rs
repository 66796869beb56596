//! Loggers under one name: [`Group`].

use crate::level::Level;

/// A group of loggers; see [`Control::set_group`](super::Control::set_group).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Group {
    /// The name.
    pub name: String,
    /// The names of the loggers.
    pub members: Vec<String>,
    /// The level that was last set for the whole group; `None` if there is none, or it was cleared.
    pub level: Option<Level>,
}
