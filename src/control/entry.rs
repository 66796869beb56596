//! The levels of one target: [`Entry`].

use crate::control::origin::Origin;
use crate::level::Level;
use crate::sys::host::Instant;
use crate::time::Timestamp;

/// The levels of a target that controls have set.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Entry {
    /// The permanent level; `None` inherits.
    pub(super) base: Option<Level>,
    /// The origin of the permanent level, which is then kept in files; `None` for a level that was
    /// not set by a control.
    origin: Option<Origin>,
    /// The temporary levels: the newest last, which ends first. One that would end before a newer
    /// one is never effective again, and is removed.
    timed: Vec<Timed>,
}

/// A temporary level.
#[derive(Clone, PartialEq)]
pub(super) struct Timed {
    pub(super) end: Instant,
    /// The end by the system clock, for display.
    pub(super) until: Timestamp,
    pub(super) level: Level,
    origin: Origin,
}

impl Entry {
    /// How many temporary levels of a target stack.
    pub(super) const MAX_TIMED: usize = 64;

    pub(super) fn of(base: Option<Level>, origin: Option<Origin>) -> Self {
        Self {
            base,
            origin: origin.filter(|_| base.is_some()),
            timed: Vec::new(),
        }
    }

    /// Returns what is left without the levels that controls have set.
    pub(super) fn own(&self) -> Self {
        Self::of(self.base.filter(|_| self.origin.is_none()), None)
    }

    /// Returns what is left without temporary levels.
    pub(super) fn permanent(&self) -> Self {
        Self::of(self.base, self.origin.clone())
    }

    /// Returns `None` if no control has set anything of it: the level is the program's.
    pub(super) fn if_set(self) -> Option<Self> {
        let is_set = self.origin.is_some() || !self.timed.is_empty();
        is_set.then_some(self)
    }

    pub(super) fn level(&self) -> Option<Level> {
        self.newest().map(|timed| timed.level).or(self.base)
    }

    /// Returns the origin of the level in effect; `None` if it was not set by a control.
    pub(super) fn origin(&self) -> Option<&Origin> {
        let temporary = self.newest().map(|timed| &timed.origin);
        temporary.or(self.origin.as_ref())
    }

    /// Returns the temporary level in effect.
    pub(super) fn newest(&self) -> Option<&Timed> {
        self.timed.last()
    }

    /// Adds a temporary level. Returns `false` if there are too many.
    pub(super) fn push(&mut self, timed: Timed) -> bool {
        self.expire(timed.end);
        let has_room = self.timed.len() < Self::MAX_TIMED;
        if has_room {
            self.timed.push(timed);
        }
        has_room
    }

    /// Removes the temporary level in effect.
    pub(super) fn pop(&mut self) {
        self.timed.pop();
    }

    /// Removes the temporary levels that are over.
    pub(super) fn expire(&mut self, now: Instant) {
        while self.timed.last().is_some_and(|timed| timed.end <= now) {
            self.timed.pop();
        }
    }

    /// Returns the level that is kept in files, and whether it is guarded.
    pub(super) fn kept(&self) -> Option<(Level, bool)> {
        Some((self.base?, self.origin.as_ref()?.guards_secrets))
    }
}

impl Timed {
    pub(super) fn new(end: Instant, until: Timestamp, level: Level, origin: &Origin) -> Self {
        Self {
            end,
            until,
            level,
            origin: origin.clone(),
        }
    }
}
