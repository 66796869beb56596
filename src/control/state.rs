//! The state of a registry's controls: options, levels of targets, groups.

use std::collections::{BTreeMap, BTreeSet};

use crate::control::change::Change;
use crate::control::entry::Entry;
use crate::control::group::Group;
use crate::control::kept::Kept;
use crate::control::local_file::LocalFile;
use crate::control::options::LoggingOptions;
use crate::control::past::{Pasts, Piece};
use crate::control::target::LevelTarget;
use crate::control::target_type::TargetType;
use crate::error::{Error, ErrorKind};
use crate::level::Level;
use crate::registry::Registry;
use crate::sys::host::Instant;
use crate::sys::sync::{Arc, Weak};
use crate::time::Timestamp;

/// Changed by a [transaction](super::transaction), which can be rolled back.
#[derive(Default)]
pub(super) struct State {
    pub(super) revision: u64,
    /// Whether options were ever set.
    pub(super) configured: bool,
    pub(super) role: Option<String>,
    pub(super) disable_all: bool,
    /// The targets that were set by a control. The level of a logger is the registry's; here are
    /// the level to keep in files, and the one that applies again later.
    targets: BTreeMap<LevelTarget, Entry>,
    /// How many of them only a fleet has set: no limit of this process is for them.
    of_fleet: usize,
    /// Whether the fleet disables all logging.
    pub(super) fleet_off: bool,
    /// When the temporary level in effect of each target ends.
    ends: BTreeSet<(Instant, LevelTarget)>,
    pub(super) groups: BTreeMap<String, Group>,
    pub(super) pasts: Pasts,
    /// The files of the live controls.
    files: Vec<Weak<LocalFile>>,
}

pub(super) fn is_logger(target: &LevelTarget) -> bool {
    matches!(
        target.target_type(),
        TargetType::Default | TargetType::Logger
    )
}

/// Returns the level of a logger in the registry; `None` if it is inherited. Creates no logger.
fn level_in_registry(registry: &Registry, target: &LevelTarget) -> Option<Level> {
    if target.target_type() == TargetType::Default {
        return Some(registry.root().level());
    }
    let node = registry.inner().nearest(target.name());
    let level = node.level();
    (node.name() == target.name() && level != Level::NOTSET).then_some(level)
}

impl State {
    /// Returns the level of a target; for loggers the registry's, however it was set.
    pub(super) fn level(&self, registry: &Registry, target: &LevelTarget) -> Option<Level> {
        if is_logger(target) {
            return level_in_registry(registry, target);
        }
        self.targets.get(target).and_then(Entry::level)
    }

    /// Returns the entry of a target, unless its level was changed without a control.
    pub(super) fn entry(&self, target: &LevelTarget, level: Option<Level>) -> Option<&Entry> {
        let entry = self.targets.get(target)?;
        (entry.level() == level).then_some(entry)
    }

    /// Returns the targets that were set by a control.
    pub(super) fn targets(&self) -> impl Iterator<Item = &LevelTarget> {
        self.targets.keys()
    }

    /// # Errors
    /// [`ErrorKind::Conflict`] if another revision was expected.
    pub(super) fn require_revision(&self, expected: Option<u64>) -> Result<(), Error> {
        match expected {
            Some(revision) if revision != self.revision => {
                let message = format!("expected revision {revision}, found {}", self.revision);
                Err(Error::new(ErrorKind::Conflict, message))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.targets.len() - self.of_fleet
    }

    /// Reports whether all logging is to be disabled.
    pub(super) fn is_off(&self) -> bool {
        self.disable_all || self.fleet_off
    }

    /// Returns the entry of a target, also if its level was changed without a control.
    pub(super) fn any_entry(&self, target: &LevelTarget) -> Option<&Entry> {
        self.targets.get(target)
    }

    /// Replaces a piece; the levels of loggers are the registry's. Returns whether the content of
    /// files changes.
    pub(super) fn put(&mut self, piece: Piece) -> bool {
        match piece {
            Piece::Level(target, _, entry) => return self.put_entry(target, entry),
            Piece::Group(name, Some(group)) => {
                self.groups.insert(name, group);
            }
            Piece::Group(name, None) => {
                self.groups.remove(&name);
            }
            Piece::Options {
                configured,
                role,
                disable_all,
            } => {
                self.configured = configured;
                self.role = role;
                self.disable_all = disable_all;
            }
            Piece::FleetOff(off) => {
                self.fleet_off = off;
                return false;
            }
        }
        true
    }

    fn put_entry(&mut self, target: LevelTarget, entry: Option<Entry>) -> bool {
        let end_of = |entry: &Option<Entry>| entry.as_ref()?.newest().map(|timed| timed.end);
        let kept_of = |entry: &Option<Entry>| entry.as_ref()?.kept();
        let of_fleet = |entry: &Option<Entry>| {
            usize::from(entry.as_ref().is_some_and(|entry| !entry.is_local()))
        };
        let (end, kept) = (end_of(&entry), kept_of(&entry));
        self.of_fleet += of_fleet(&entry);
        let before = match entry {
            Some(entry) => self.targets.insert(target.clone(), entry),
            None => self.targets.remove(&target),
        };
        self.of_fleet -= of_fleet(&before);
        let end_before = end_of(&before);
        if end_before != end {
            if let Some(end) = end_before {
                self.ends.remove(&(end, target.clone()));
            }
            if let Some(end) = end {
                self.ends.insert((end, target));
            }
        }
        kept != kept_of(&before)
    }

    /// Returns all targets with levels, sorted; for loggers the registry's levels, however they
    /// were set.
    pub(super) fn all(&self, registry: &Registry) -> BTreeMap<LevelTarget, Level> {
        let names = registry.logger_names().into_iter().map(LevelTarget::logger);
        let loggers = names.chain([LevelTarget::default_level()]);
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

    /// Returns the targets whose level is temporary, with that level and its end.
    pub(super) fn temporary(&self) -> BTreeMap<LevelTarget, (Level, Timestamp)> {
        let targets = self
            .targets
            .iter()
            .filter_map(|(target, entry)| Some((target.clone(), (entry.level()?, entry.until()?))));
        targets.collect()
    }

    /// Returns when the next temporary level ends.
    pub(super) fn next_end(&self) -> Option<Instant> {
        self.ends.first().map(|(end, _)| *end)
    }

    /// Returns a target whose temporary level is over.
    pub(super) fn over(&self, now: Instant) -> Option<LevelTarget> {
        let (end, target) = self.ends.first()?;
        (*end <= now).then(|| target.clone())
    }

    /// Returns the files of the live controls.
    pub(super) fn files(&self) -> Vec<Arc<LocalFile>> {
        self.files.iter().filter_map(Weak::upgrade).collect()
    }

    /// Adds a file, or returns the known one of the same path.
    pub(super) fn add_file(&mut self, file: LocalFile) -> Arc<LocalFile> {
        self.files.retain(|file| file.strong_count() > 0);
        let known = self.files().into_iter().find(|known| known.is(&file));
        known.unwrap_or_else(|| {
            let file = Arc::new(file);
            self.files.push(Arc::downgrade(&file));
            file
        })
    }

    /// Returns the changes that restore this state, without temporary levels.
    pub(super) fn changes(&self) -> Vec<Kept> {
        let options = Change::Options(LoggingOptions {
            default_level: None,
            disable_all: Some(self.disable_all),
            role: self.role.clone(),
        });
        let levels = self.targets.iter().filter_map(|(target, entry)| {
            let (level, guarded) = entry.kept()?;
            let change = match target.target_type() {
                TargetType::Default => {
                    Change::Options(LoggingOptions::default().with_default_level(level))
                }
                _ => Change::Level(target.clone(), level),
            };
            Some(Kept { change, guarded })
        });
        let group = |(name, group): (&String, &Group)| {
            Kept::from(Change::Group(name.clone(), group.members.clone()))
        };
        let groups = self.groups.iter().map(group);
        std::iter::once(Kept::from(options))
            .chain(levels)
            .chain(groups)
            .collect()
    }
}
