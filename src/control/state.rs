//! What a control holds: options, levels of targets, groups.

use std::collections::BTreeMap;

use super::change::Change;
use super::options::LoggingOptions;
use super::rules::Rules;
use super::target::{Target, TargetType};
use crate::host::Instant;
use crate::{Level, Registry};

/// One state; changes are made on a [draft](super::draft), which then takes its place.
#[derive(Clone, Default)]
pub(super) struct State {
    pub(super) revision: u64,
    /// Whether options were ever set.
    pub(super) configured: bool,
    pub(super) role: Option<String>,
    pub(super) disable_all: bool,
    /// The targets that this control has set. A logger's level is the registry's own, whoever set it; it stands here to be kept, and to go
    /// back to.
    pub(super) targets: BTreeMap<Target, Entry>,
    pub(super) groups: BTreeMap<String, Group>,
}

#[derive(Clone, Default, PartialEq)]
pub(super) struct Entry {
    /// Without an end; `None` inherits.
    pub(super) base: Option<Level>,
    /// Whether this control has set it, and keeps it; else it is what the target had from elsewhere.
    pub(super) kept: bool,
    /// With an end, the last set last.
    pub(super) timed: Vec<(Instant, Level)>,
}

impl Entry {
    pub(super) fn level(&self) -> Option<Level> {
        self.timed.last().map(|(_, level)| *level).or(self.base)
    }

    /// Sets a level without an end, or takes all away.
    pub(super) fn set(&mut self, level: Option<Level>) {
        *self = Self {
            base: level,
            kept: level.is_some(),
            timed: Vec::new(),
        };
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
        let timed = self.targets.values().flat_map(|entry| &entry.timed);
        timed.map(|(end, _)| *end).min()
    }

    /// The levels of values of fields.
    pub(super) fn rules(&self) -> Rules {
        let fields = self.targets.iter().filter(|(target, _)| !is_logger(target));
        Rules::new(fields.filter_map(|(target, entry)| Some((target, entry.level()?))))
    }

    /// What makes this state of an empty one, but for what has an end.
    pub(super) fn changes(&self) -> Vec<Change> {
        let kept = |entry: &Entry| entry.base.filter(|_| entry.kept);
        let default = self.targets.get(&Target::default_level());
        let options = LoggingOptions {
            default_level: default.and_then(kept),
            disable_all: Some(self.disable_all),
            role: self.role.clone(),
        };
        let mut changes = vec![Change::Options(options)];
        let others = self
            .targets
            .iter()
            .filter(|(target, _)| target.target_type() != TargetType::Default);
        changes.extend(
            others.filter_map(|(target, entry)| Some(Change::Level(target.clone(), kept(entry)?))),
        );
        let groups = self.groups.iter();
        changes
            .extend(groups.map(|(name, group)| Change::Group(name.clone(), group.members.clone())));
        changes
    }
}
