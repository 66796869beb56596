//! What a registry's controls hold: options, levels of targets, groups.

use std::collections::{BTreeMap, BTreeSet};

use crate::control::change::Change;
use crate::control::options::LoggingOptions;
use crate::control::store::Store;
use crate::control::target::{Target, TargetType};
use crate::level::Level;
use crate::registry::Registry;
use crate::sys::host::Instant;
use crate::sys::sync::{Arc, Weak};
use crate::time::Timestamp;

/// The state; it is changed by a [draft](super::draft), which can take back what it did.
#[derive(Default)]
pub(super) struct State {
    pub(super) revision: u64,
    /// Whether options were ever set.
    pub(super) configured: bool,
    pub(super) role: Option<String>,
    pub(super) disable_all: bool,
    /// The targets that were set by a control. A logger's level is the registry's own, whoever set it; here it is kept, and what it goes
    /// back to.
    targets: BTreeMap<Target, Entry>,
    /// When the newest level for a while of each target that has one ends.
    ends: BTreeSet<(Instant, Target)>,
    pub(super) groups: BTreeMap<String, Group>,
    /// The files of the controls that are there.
    stores: Vec<Weak<Store>>,
}

/// What a target has from controls.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Entry {
    /// Without an end; `None` inherits.
    pub(super) base: Option<Level>,
    /// Who set it, so that it is kept; `None` for what the target had from elsewhere.
    pub(super) origin: Option<Arc<str>>,
    /// With an end: the newest last, which ends first. One that would end before a newer one is never seen again, and forgotten.
    timed: Vec<Timed>,
}

#[derive(Clone, PartialEq)]
pub(super) struct Timed {
    end: Instant,
    /// The same by the system's clock, for people.
    pub(super) until: Timestamp,
    pub(super) level: Level,
    pub(super) origin: Arc<str>,
}

impl Entry {
    /// How many levels for a while a target has within each other.
    pub(super) const MAX_TIMED: usize = 64;

    pub(super) fn of(base: Option<Level>, origin: Option<Arc<str>>) -> Self {
        Self {
            base,
            origin: origin.filter(|_| base.is_some()),
            timed: Vec::new(),
        }
    }

    pub(super) fn level(&self) -> Option<Level> {
        self.newest().map(|timed| timed.level).or(self.base)
    }

    /// The level for a while that holds.
    pub(super) fn newest(&self) -> Option<&Timed> {
        self.timed.last()
    }

    /// Adds a level for a while; `false` where there are as many as can be.
    pub(super) fn push(&mut self, timed: Timed) -> bool {
        self.end(timed.end);
        let has_room = self.timed.len() < Self::MAX_TIMED;
        if has_room {
            self.timed.push(timed);
        }
        has_room
    }

    /// Ends what is over at a time.
    pub(super) fn end(&mut self, now: Instant) {
        while self.timed.last().is_some_and(|timed| timed.end <= now) {
            self.timed.pop();
        }
    }

    /// What is kept of it.
    fn kept(&self) -> Option<Level> {
        self.base.filter(|_| self.origin.is_some())
    }
}

impl Timed {
    pub(super) fn new(end: Instant, until: Timestamp, level: Level, origin: &Arc<str>) -> Self {
        Self {
            end,
            until,
            level,
            origin: Arc::clone(origin),
        }
    }
}

#[derive(Clone, PartialEq)]
pub(super) struct Group {
    pub(super) members: Vec<String>,
    pub(super) level: Option<Level>,
}

pub(super) fn is_logger(target: &Target) -> bool {
    matches!(
        target.target_type(),
        TargetType::Default | TargetType::Logger
    )
}

/// The level a logger has in the registry; `None` where it inherits. Nothing is made.
fn level_in_registry(registry: &Registry, target: &Target) -> Option<Level> {
    if target.target_type() == TargetType::Default {
        return Some(registry.root().level());
    }
    let node = registry.inner().nearest(target.name());
    let level = node.level();
    (node.name() == target.name() && level != Level::NOTSET).then_some(level)
}

impl State {
    /// The level of a target, as the registry has it for loggers, whoever set it.
    pub(super) fn level(&self, registry: &Registry, target: &Target) -> Option<Level> {
        if is_logger(target) {
            return level_in_registry(registry, target);
        }
        self.targets.get(target).and_then(Entry::level)
    }

    /// What a target has from controls, unless its level is another one by now.
    pub(super) fn entry(&self, target: &Target, level: Option<Level>) -> Option<&Entry> {
        let entry = self.targets.get(target)?;
        (entry.level() == level).then_some(entry)
    }

    pub(super) fn len(&self) -> usize {
        self.targets.len()
    }

    /// Puts an entry in the place of another; returns that one, and whether files hold something else now.
    pub(super) fn put(&mut self, target: &Target, entry: Option<Entry>) -> (Option<Entry>, bool) {
        let end_of = |entry: &Option<Entry>| entry.as_ref()?.newest().map(|timed| timed.end);
        let kept_of = |entry: &Option<Entry>| entry.as_ref()?.kept();
        let (end, kept) = (end_of(&entry), kept_of(&entry));
        let before = match entry {
            Some(entry) => self.targets.insert(target.clone(), entry),
            None => self.targets.remove(target),
        };
        let end_before = end_of(&before);
        if end_before != end {
            if let Some(end) = end_before {
                self.ends.remove(&(end, target.clone()));
            }
            if let Some(end) = end {
                self.ends.insert((end, target.clone()));
            }
        }
        let is_kept_changed = kept != kept_of(&before);
        (before, is_kept_changed)
    }

    /// All targets with levels, in order: of loggers those that the registry has, whoever set them.
    pub(super) fn all(&self, registry: &Registry) -> BTreeMap<Target, Level> {
        let names = registry.logger_names().into_iter().map(Target::logger);
        let loggers = names.chain([Target::default_level()]);
        let fields = self
            .targets
            .keys()
            .filter(|target| !is_logger(target))
            .cloned();
        loggers
            .chain(fields)
            .filter_map(|target| Some((self.level(registry, &target)?, target)))
            .map(|(level, target)| (target, level))
            .collect()
    }

    pub(super) fn group(&self, name: &str) -> Option<(Vec<String>, Option<Level>)> {
        let group = self.groups.get(name)?;
        Some((group.members.clone(), group.level))
    }

    /// When the next level for a while ends.
    pub(super) fn next_end(&self) -> Option<Instant> {
        self.ends.first().map(|(end, _)| *end)
    }

    /// A target whose level for a while is over.
    pub(super) fn over(&self, now: Instant) -> Option<Target> {
        let (end, target) = self.ends.first()?;
        (*end <= now).then(|| target.clone())
    }

    /// The files of the controls that are there.
    pub(super) fn stores(&self) -> Vec<Arc<Store>> {
        self.stores.iter().filter_map(Weak::upgrade).collect()
    }

    /// Adds a file, or finds the same one.
    pub(super) fn add_store(&mut self, store: Store) -> Arc<Store> {
        self.stores.retain(|store| store.strong_count() > 0);
        let known = self.stores().into_iter().find(|known| known.is(&store));
        known.unwrap_or_else(|| {
            let store = Arc::new(store);
            self.stores.push(Arc::downgrade(&store));
            store
        })
    }

    /// What makes this state of an empty one, but for what has an end.
    pub(super) fn changes(&self) -> Vec<Change> {
        let default = self.targets.get(&Target::default_level());
        let options = LoggingOptions {
            default_level: default.and_then(Entry::kept),
            disable_all: Some(self.disable_all),
            role: self.role.clone(),
        };
        let mut changes = vec![Change::Options(options)];
        let others = self
            .targets
            .iter()
            .filter(|(target, _)| target.target_type() != TargetType::Default);
        changes.extend(
            others.filter_map(|(target, entry)| Some(Change::Level(target.clone(), entry.kept()?))),
        );
        let groups = self.groups.iter();
        changes
            .extend(groups.map(|(name, group)| Change::Group(name.clone(), group.members.clone())));
        changes
    }
}
