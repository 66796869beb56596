//! Targets and their levels: [`Listing`].

use crate::control::entry::Entry;
use crate::control::layer::Layer;
use crate::control::target::LevelTarget;
use crate::control::token::Token;
use crate::level::Level;
use crate::time::Timestamp;

/// A target that has a level.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Override {
    /// The target.
    pub target: LevelTarget,
    /// Its level.
    pub level: Level,
    /// When the level ends, by the system clock, and the previous one applies again; `None` if it
    /// does not end.
    pub until: Option<Timestamp>,
    /// The [origin](super::Control::with_origin) of the level; `None` if it was not set through a
    /// control.
    pub origin: Option<String>,
    /// Where the level comes from.
    pub layer: Layer,
}

impl Override {
    /// An override, given what controls have set for its target.
    pub(super) fn of(target: LevelTarget, level: Level, entry: Option<&Entry>) -> Self {
        let origin = entry.and_then(Entry::origin);
        Self {
            until: entry.and_then(Entry::until),
            layer: entry.map_or(Layer::Program, Entry::layer),
            origin: origin.map(|origin| origin.name.as_ref().to_owned()),
            target,
            level,
        }
    }
}

/// A page of targets and their levels; see [`Control::list`](super::Control::list).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Listing {
    /// The overrides, sorted by type and name.
    pub overrides: Vec<Override>,
    /// The token of the next page; `None` for the last page.
    pub next: Option<Token>,
}
