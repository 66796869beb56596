//! What changes have replaced: [`Piece`], [`Past`], [`Pasts`].

use std::collections::VecDeque;
use std::fmt;

use crate::control::entry::Entry;
use crate::control::fleet_level::FleetLevel;
use crate::control::group::Group;
use crate::control::target::LevelTarget;
use crate::level::Level;
use crate::sys::host::Instant;

/// A piece of the state, which changes replace as a whole.
#[derive(Clone, PartialEq)]
pub(super) enum Piece {
    /// The level of a target, and what controls have set for it.
    Level(LevelTarget, Option<Level>, Option<Entry>),
    Group(String, Option<Group>),
    Options {
        configured: bool,
        role: Option<String>,
        disable_all: bool,
    },
    /// Whether the fleet disables all logging.
    #[cfg_attr(
        not(feature = "fleet"),
        expect(dead_code, reason = "without a store, nothing sets it")
    )]
    FleetOff(bool),
}

impl Piece {
    /// Returns what has become of it by `now`: temporary levels end.
    pub(super) fn at(&self, now: Instant) -> Self {
        let Self::Level(target, level, Some(entry)) = self else {
            return self.clone();
        };
        let mut entry = entry.clone();
        // A level that was changed without a control stays.
        let is_set = entry.level() == *level;
        entry.expire(now);
        let level = if is_set { entry.level() } else { *level };
        Self::Level(target.clone(), level, entry.if_set())
    }

    /// Returns it without the level of the fleet: what this process itself has set.
    pub(super) fn local(&self) -> Self {
        let Self::Level(target, level, Some(entry)) = self else {
            return self.clone();
        };
        if entry.fleet().is_none() {
            return self.clone();
        }
        let local = entry.clone().with_fleet(None);
        // A level that was changed without a control stays.
        let level = match entry.level() == *level {
            true => local.level(),
            false => *level,
        };
        Self::Level(target.clone(), level, local.if_set())
    }

    /// Returns it with the level of the fleet; what has none so far is [local](Self::local).
    pub(super) fn with_fleet(self, fleet: Option<FleetLevel>) -> Self {
        let Self::Level(target, level, entry) = self else {
            return self;
        };
        if fleet.is_none() {
            return Self::Level(target, level, entry);
        }
        let entry = entry.filter(|entry| entry.level() == level);
        let entry = entry
            .unwrap_or_else(|| Entry::of(level, None))
            .with_fleet(fleet);
        Self::Level(target, entry.level(), entry.if_set())
    }

    /// Returns the level of the fleet.
    pub(super) fn fleet(&self) -> Option<&FleetLevel> {
        match self {
            Self::Level(.., entry) => entry.as_ref()?.fleet(),
            _ => None,
        }
    }

    /// Returns what distinguishes it from other pieces.
    pub(super) fn key(&self) -> impl Ord + use<'_> {
        match self {
            Self::Level(target, ..) => (Some(target), None, false),
            Self::Group(name, _) => (None, Some(name), false),
            Self::Options { .. } => (None, None, false),
            Self::FleetOff(_) => (None, None, true),
        }
    }
}

impl fmt::Display for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Level(target, ..) => target.fmt(f),
            Self::Group(name, _) => write!(f, "the group {name}"),
            Self::Options { .. } => f.write_str("the options"),
            Self::FleetOff(_) => f.write_str("the fleet's switch"),
        }
    }
}

/// What one revision has replaced: each piece before and after it.
#[derive(Clone, Default)]
pub(super) struct Past(pub(super) Vec<(Piece, Piece)>);

/// What the latest revisions have replaced, the newest last.
#[derive(Default)]
pub(super) struct Pasts {
    all: VecDeque<(u64, Past)>,
    /// The number of pieces.
    len: usize,
}

impl Pasts {
    /// How many pieces are kept. The newest revision is kept whatever it has.
    const MAX: usize = 1_000;

    pub(super) fn add(&mut self, revision: u64, past: Past) {
        // One without a piece, such as a second removal, takes space as well.
        let cost = |past: &Past| past.0.len().max(1);
        self.len += cost(&past);
        self.all.push_back((revision, past));
        while self.len > Self::MAX && self.all.len() > 1 {
            if let Some((_, oldest)) = self.all.pop_front() {
                self.len -= cost(&oldest);
            }
        }
    }

    pub(super) fn of(&self, revision: u64) -> Option<&Past> {
        let at = self
            .all
            .binary_search_by_key(&revision, |(known, _)| *known);
        self.all.get(at.ok()?).map(|(_, past)| past)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_are_kept_and_always_the_newest() {
        let piece = || Piece::Group("g".to_owned(), None);
        let past = |pieces: usize| Past((0..pieces).map(|_| (piece(), piece())).collect());
        let mut pasts = Pasts::default();
        for revision in 1..=1_500 {
            pasts.add(revision, past(usize::from(revision % 2 == 0)));
        }
        assert!(pasts.of(500).is_none() && pasts.of(501).is_some());
        pasts.add(1_501, past(5_000));
        assert!(pasts.of(1_500).is_none() && pasts.of(1_501).is_some());
        pasts.add(1_502, past(1));
        assert!(pasts.of(1_501).is_none() && pasts.of(1_502).is_some());
        assert_eq!((pasts.all.len(), pasts.len), (1, 1));
    }
}
