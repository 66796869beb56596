//! The levels of one target: [`Entry`].

use crate::control::fleet_level::FleetLevel;
use crate::control::layer::Layer;
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
    /// The level of the fleet.
    fleet: Option<Box<FleetLevel>>,
}

/// What the level of a target is from.
enum Source<'e> {
    Fleet(&'e FleetLevel),
    Timed(&'e Timed),
    /// A control, without an end.
    Local(&'e Origin),
    Program,
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
            fleet: None,
        }
    }

    /// Sets the level of the fleet.
    pub(super) fn with_fleet(mut self, fleet: Option<FleetLevel>) -> Self {
        self.fleet = fleet.map(Box::new);
        self
    }

    /// Returns the level of the fleet.
    pub(super) fn fleet(&self) -> Option<&FleetLevel> {
        self.fleet.as_deref()
    }

    /// Returns what is left without the levels that controls have set.
    pub(super) fn own(&self) -> Self {
        let own = Self::of(self.base.filter(|_| self.origin.is_none()), None);
        own.with_fleet(self.fleet().cloned())
    }

    /// Returns what is left without temporary levels.
    pub(super) fn permanent(&self) -> Self {
        let permanent = Self::of(self.base, self.origin.clone());
        permanent.with_fleet(self.fleet().cloned())
    }

    /// Returns `None` if no control has set anything of it: the level is the program's.
    pub(super) fn if_set(self) -> Option<Self> {
        let is_set = self.is_local() || self.fleet.is_some();
        is_set.then_some(self)
    }

    /// Reports whether a control of this process has set something of it.
    pub(super) fn is_local(&self) -> bool {
        self.origin.is_some() || !self.timed.is_empty()
    }

    /// Returns what is in effect: the fleet if it insists, then what is set here, for a while
    /// first, then the fleet, then the program.
    fn source(&self) -> Source<'_> {
        match (self.fleet(), self.newest(), &self.origin) {
            (Some(fleet), ..) if fleet.forced => Source::Fleet(fleet),
            (_, Some(timed), _) => Source::Timed(timed),
            (_, None, Some(origin)) => Source::Local(origin),
            (Some(fleet), None, None) => Source::Fleet(fleet),
            (None, None, None) => Source::Program,
        }
    }

    pub(super) fn level(&self) -> Option<Level> {
        match self.source() {
            Source::Fleet(fleet) => Some(fleet.level),
            Source::Timed(timed) => Some(timed.level),
            Source::Local(_) | Source::Program => self.base,
        }
    }

    /// Returns the origin of the level in effect; `None` if it was not set by a control.
    pub(super) fn origin(&self) -> Option<&Origin> {
        match self.source() {
            Source::Fleet(fleet) => Some(&fleet.origin),
            Source::Timed(timed) => Some(&timed.origin),
            Source::Local(origin) => Some(origin),
            Source::Program => None,
        }
    }

    /// Returns when the level in effect ends, by the system clock.
    pub(super) fn until(&self) -> Option<Timestamp> {
        match self.source() {
            Source::Fleet(fleet) => fleet.until,
            Source::Timed(timed) => Some(timed.until),
            Source::Local(_) | Source::Program => None,
        }
    }

    /// Returns where the level in effect comes from.
    pub(super) fn layer(&self) -> Layer {
        match self.source() {
            Source::Fleet(fleet) => Layer::Fleet {
                selector: fleet.selector.as_ref().to_owned(),
                revision: fleet.revision,
                forced: fleet.forced,
            },
            Source::Timed(_) | Source::Local(_) => Layer::Local {
                hides: self.fleet().map(|fleet| fleet.level),
            },
            Source::Program => Layer::Program,
        }
    }

    /// Returns the newest temporary level, which a control has set.
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
