//! Changes that are made on the state, and committed together or rolled back: [`Transaction`].

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::control::change::Change;
use crate::control::changed::Changed;
use crate::control::clock;
use crate::control::differences::{level_change, other_change};
use crate::control::entry::{Entry, Timed};
use crate::control::error_codes::{invalid, limit_exceeded};
use crate::control::group::Group;
use crate::control::limits::Limits;
use crate::control::local_file::Prepared;
use crate::control::origin::Origin;
use crate::control::past::{Past, Piece};
use crate::control::rules::Rules;
use crate::control::state::{State, is_logger};
use crate::control::target::{LevelTarget, check_name};
use crate::control::target_type::TargetType;
use crate::error::{Error, ErrorKind};
use crate::level::Level;
use crate::registry::{NodeId, Registry, Tree};
use crate::sys::host::Instant;
use crate::time::{Clock, SystemClock, Timestamp};

/// Clearing a level is a change of its own.
const CLEAR: &str = "clear its level instead";

/// Rolled back when dropped, unless it was [committed](Self::commit).
pub(super) struct Transaction<'t> {
    registry: &'t Registry,
    rules: &'t Rules,
    pub(super) limits: &'t Limits,
    pub(super) origin: Origin,
    state: &'t mut State,
    /// The previous state, in the order of the changes.
    before: Vec<Piece>,
    /// The affected targets: their levels before, and now.
    touched: BTreeMap<LevelTarget, (Option<Level>, Option<Level>)>,
    /// Whether the content of files changes.
    is_kept_changed: bool,
    /// The fleet's revision, if it makes the changes.
    pub(super) fleet: Option<u64>,
}

impl<'t> Transaction<'t> {
    pub(super) fn new(
        state: &'t mut State,
        registry: &'t Registry,
        rules: &'t Rules,
        limits: &'t Limits,
        origin: Origin,
    ) -> Self {
        Self {
            registry,
            rules,
            limits,
            origin,
            state,
            before: Vec::new(),
            touched: BTreeMap::new(),
            is_kept_changed: false,
            fleet: None,
        }
    }

    pub(super) fn state(&self) -> &State {
        self.state
    }

    pub(super) fn registry(&self) -> &Registry {
        self.registry
    }

    /// Returns the affected targets, with their levels before and now.
    pub(super) fn touched(
        &self,
    ) -> impl Iterator<Item = (&LevelTarget, &(Option<Level>, Option<Level>))> {
        self.touched.iter()
    }

    /// Returns the levels of a target before and now.
    pub(super) fn levels(&self, target: &LevelTarget) -> (Option<Level>, Option<Level>) {
        self.touched.get(target).copied().unwrap_or_else(|| {
            let level = self.state.level(self.registry, target);
            (level, level)
        })
    }

    pub(super) fn level(&self, target: &LevelTarget) -> Option<Level> {
        self.levels(target).1
    }

    /// Reports whether loggers of secrets take a lower level of a target as `INFO`.
    pub(super) fn is_guarded(&self, target: &LevelTarget) -> bool {
        if is_logger(target) && !self.touched.contains_key(target) {
            let node = self.registry.inner().nearest(target.name());
            return node.is_guarded();
        }
        let entry = self.state.entry(target, self.level(target));
        let origin = entry.and_then(Entry::origin);
        origin.is_some_and(|origin| origin.guards_secrets)
    }

    pub(super) fn apply(&mut self, change: Change) -> Result<(), Error> {
        let strict_aws = self.limits.strict_aws;
        match change {
            Change::Options(options) => {
                if let Some(role) = &options.role {
                    check_role(role)?;
                }
                if let Some(level) = options.default_level {
                    self.set(&LevelTarget::default_level(), Some(level))?;
                }
                let role = options.role.or_else(|| self.state.role.clone());
                let disable_all = options.disable_all.unwrap_or(self.state.disable_all);
                self.put(Piece::Options {
                    configured: true,
                    role,
                    disable_all,
                })
            }
            Change::Level(target, level) => self.set(&target, Some(level)),
            Change::Clear(target) => self.set(&target, None),
            Change::LevelFor(target, level, time) => self.set_for(&target, level, time),
            Change::EndTemporary(target) => self.end_temporary(&target),
            Change::ClearAll(only) => self.clear_all(only),
            Change::Group(name, members) => {
                check_name("group", &name, strict_aws)?;
                for member in &members {
                    LevelTarget::logger(&**member).check_new(strict_aws)?;
                }
                let others = self
                    .state
                    .groups
                    .iter()
                    .filter(|(known, _)| **known != name);
                let taken: usize = others.map(|(_, group)| 1 + group.members.len()).sum();
                let most = self.limits.max_targets;
                if taken.saturating_add(1 + members.len()) > most {
                    let message = format!("expected at most {most} groups and members in total");
                    return Err(limit_exceeded(message));
                }
                let group = Group {
                    name: name.clone(),
                    members,
                    level: None,
                };
                self.put(Piece::Group(name, Some(group)))
            }
            Change::GroupLevel(name, level) => {
                let Some(mut group) = self.state.groups.get(&name).cloned() else {
                    return Err(invalid(format!("unknown group {name:?}")));
                };
                if level == Some(Level::NOTSET) {
                    return Err(invalid(format!(
                        "cannot set group {name:?} to NOTSET: {CLEAR}"
                    )));
                }
                group.level = level;
                let members = group.members.clone();
                self.put(Piece::Group(name, Some(group)))?;
                members
                    .into_iter()
                    .try_for_each(|member| self.set(&LevelTarget::logger(member), level))
            }
            Change::Undo(revision) => self.restore(revision),
        }
    }

    /// Restores what a revision has replaced.
    fn restore(&mut self, revision: u64) -> Result<(), Error> {
        let Some(Past(pieces)) = self.state.pasts.of(revision).cloned() else {
            return Err(invalid(format!("no change of revision {revision} is kept")));
        };
        let now = clock::now();
        for (before, after) in pieces {
            let present = self.present(&after);
            // What the fleet has set meanwhile is no change of what was replaced, and stays.
            if present.local().at(now) != after.local().at(now) {
                let message = format!("{after} was changed again");
                return Err(Error::new(ErrorKind::Conflict, message));
            }
            let restored = before.local().at(now);
            self.put(restored.with_fleet(present.fleet().cloned()))?;
        }
        Ok(())
    }

    /// Sets a permanent level, or clears it.
    fn set(&mut self, target: &LevelTarget, level: Option<Level>) -> Result<(), Error> {
        match level {
            Some(level) => self.can_be_set(target, level)?,
            None if target.target_type() == TargetType::Default => {
                let message = "the default level cannot be cleared, only changed";
                return Err(invalid(message));
            }
            // What has a level can lose it, whatever name the program has given it.
            None if self.level(target).is_some() => {}
            None => target.check(self.limits.strict_aws)?,
        }
        let fleet = self.state.any_entry(target).and_then(Entry::fleet).cloned();
        let entry = Entry::of(level, Some(self.origin.clone()));
        self.set_entry(target, entry.with_fleet(fleet))
    }

    /// Sets a temporary level.
    fn set_for(&mut self, target: &LevelTarget, level: Level, time: Duration) -> Result<(), Error> {
        self.can_be_set(target, level)?;
        let end = clock::now().checked_add(time).ok_or_else(|| {
            invalid(format!(
                "invalid time {time:?} of a temporary level: too long"
            ))
        })?;
        let nanos = i64::try_from(time.as_nanos()).unwrap_or(i64::MAX);
        let until = SystemClock.now().as_nanos().saturating_add(nanos);
        let until = Timestamp::from_nanos(until);
        let now = self.level(target);
        // A level that was set without a control applies again later.
        let fleet = self.state.any_entry(target).and_then(Entry::fleet).cloned();
        let mut entry = match self.state.entry(target, now) {
            Some(entry) => entry.clone(),
            None => Entry::of(now, None).with_fleet(fleet),
        };
        if !entry.push(Timed::new(end, until, level, &self.origin)) {
            let message = format!(
                "expected at most {} temporary levels of {target}",
                Entry::MAX_TIMED
            );
            return Err(limit_exceeded(message));
        }
        self.set_entry(target, entry)
    }

    /// Ends the newest temporary level.
    fn end_temporary(&mut self, target: &LevelTarget) -> Result<(), Error> {
        target.check(self.limits.strict_aws)?;
        // A level that was changed without a control stays.
        let now = self.level(target);
        let Some(mut entry) = self.state.entry(target, now).cloned() else {
            return Ok(());
        };
        entry.pop();
        self.set_entry(target, entry)
    }

    fn can_be_set(&self, target: &LevelTarget, level: Level) -> Result<(), Error> {
        if level == Level::NOTSET {
            return Err(invalid(format!("cannot set {target} to NOTSET: {CLEAR}")));
        }
        target.check_new(self.limits.strict_aws)
    }

    fn set_entry(&mut self, target: &LevelTarget, entry: Entry) -> Result<(), Error> {
        self.put(Piece::Level(target.clone(), entry.level(), entry.if_set()))
    }

    /// Reports whether nothing has changed yet.
    #[cfg(feature = "fleet")]
    pub(super) fn is_empty(&self) -> bool {
        self.before.is_empty()
    }

    /// Ends the temporary levels that are over.
    pub(super) fn expire(&mut self, now: Instant) -> Result<(), Error> {
        while let Some(target) = self.state.over(now) {
            let ended = match self.present_level(target).at(now) {
                // A level that was changed without a control stays, and what was set does not.
                Piece::Level(target, level, entry) => {
                    let entry = entry.filter(|entry| entry.level() == level);
                    Piece::Level(target, level, entry)
                }
                other => other,
            };
            self.put(ended)?;
        }
        Ok(())
    }

    /// Replaces a piece of the state, which is restored if the transaction fails.
    pub(super) fn put(&mut self, piece: Piece) -> Result<(), Error> {
        let before = self.present(&piece);
        let len = self.state.len();
        self.is_kept_changed |= self.state.put(piece.clone());
        self.before.push(before.clone());
        let (Piece::Level(target, level, entry), Piece::Level(_, old, replaced)) = (piece, before)
        else {
            return Ok(());
        };
        // A level that was changed without a control may be changed again meanwhile: where only
        // what was set goes, it is not set again.
        let is_ours = |entry: &Option<Entry>| entry.as_ref().is_some_and(|it| it.level() == level);
        if level != old || is_ours(&entry) || is_ours(&replaced) {
            self.touched.entry(target).or_insert((old, level)).1 = level;
        }
        let most = self.limits.max_targets;
        if self.state.len() > len.max(most) {
            let message = format!("expected at most {most} targets with levels");
            return Err(limit_exceeded(message));
        }
        Ok(())
    }

    /// Returns what the state has at the place of a piece.
    fn present(&self, piece: &Piece) -> Piece {
        match piece {
            Piece::Level(target, ..) => self.present_level(target.clone()),
            Piece::Group(name, _) => {
                Piece::Group(name.clone(), self.state.groups.get(name).cloned())
            }
            Piece::Options { .. } => Piece::Options {
                configured: self.state.configured,
                role: self.state.role.clone(),
                disable_all: self.state.disable_all,
            },
            Piece::FleetOff(_) => Piece::FleetOff(self.state.fleet_off),
        }
    }

    pub(super) fn present_level(&self, target: LevelTarget) -> Piece {
        let (level, entry) = (self.level(&target), self.state.any_entry(&target).cloned());
        Piece::Level(target, level, entry)
    }

    /// Writes the files, and publishes the changes: the levels of all loggers under one lock, so
    /// that no thread sees half of them. If that fails, nothing is changed. Returns what changed,
    /// and what was replaced. [`ControlCore::notify`](super::core::ControlCore::notify) follows,
    /// once the state is unlocked.
    pub(super) fn commit(mut self) -> Result<(Vec<Changed>, Past), Error> {
        let files = match self.is_kept_changed {
            true => self.state.files(),
            false => Vec::new(),
        };
        let changes = self.state.changes();
        let prepared = files.iter().map(|file| file.prepare(&changes));
        let prepared = prepared.collect::<Result<Vec<_>, _>>()?;
        // Loggers are created once all else has succeeded, and before anything is changed.
        let levels = self.create_loggers()?;
        prepared.into_iter().try_for_each(Prepared::keep)?;
        let past = self.past();
        self.before.clear();
        self.state.revision += 1;
        self.publish(levels);
        Ok((self.changed(&past), past))
    }

    /// Returns what is replaced: of each piece the first state and the last, if they differ.
    fn past(&self) -> Past {
        let mut seen = BTreeSet::new();
        let first = self.before.iter().filter(|piece| seen.insert(piece.key()));
        let pairs = first.map(|piece| (piece.clone(), self.present(piece)));
        Past(pairs.filter(|(before, after)| before != after).collect())
    }

    /// Creates the loggers that get levels: a level without a logger must not become its
    /// ancestor's.
    fn create_loggers(&self) -> Result<Vec<(NodeId, Level, bool)>, Error> {
        let loggers = self.touched.iter().filter(|(target, _)| is_logger(target));
        // Clearing the level of a logger that does not exist creates nothing.
        let (names, levels): (Vec<_>, Vec<_>) = loggers
            .filter(|(_, (before, now))| before != now || now.is_some())
            .map(|(target, (_, level))| {
                let level = level.unwrap_or(Level::NOTSET);
                (target.name(), (level, self.is_guarded(target)))
            })
            .unzip();
        let Some(nodes) = self.registry.inner().loggers(&names) else {
            let message = "the registry has as many loggers as it can have";
            return Err(limit_exceeded(message));
        };
        let each = nodes.iter().zip(levels);
        Ok(each
            .map(|(node, (level, guarded))| (node.id(), level, guarded))
            .collect())
    }

    fn publish(&self, levels: Vec<(NodeId, Level, bool)>) {
        let disable_all = self.state.is_off();
        self.registry.inner().change_unnoticed(|tree: &mut Tree| {
            for (id, level, guarded) in levels {
                match guarded {
                    true => tree.set_guarded_level(id, level),
                    false => tree.set_level(id, level),
                }
            }
            if tree.is_disabled_all() != disable_all {
                tree.set_disabled_all(disable_all);
            }
        });
        let rules = self.touched.iter().filter(|(target, _)| !is_logger(target));
        let mut changed = false;
        for (target, (_, level)) in
            rules.filter(|(_, (before, now))| before != now || now.is_some())
        {
            self.rules.set(target, *level, self.is_guarded(target));
            changed = true;
        }
        if changed {
            self.registry.inner().set_override_floor(self.rules.floor());
        }
    }

    fn changed(&self, past: &Past) -> Vec<Changed> {
        let changed = || Changed {
            origin: self.origin.name.as_ref().to_owned(),
            revision: self.state.revision,
            fleet: self.fleet,
            ..Changed::default()
        };
        let levels = past.0.iter();
        let mut all: Vec<_> = levels
            .filter_map(|(before, after)| level_change(before, after, &changed))
            .collect();
        all.sort_by(|a, b| a.target.cmp(&b.target));
        for (before, after) in &past.0 {
            all.extend(other_change(before, after, &changed));
        }
        all
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        for piece in self.before.drain(..).rev() {
            self.state.put(piece);
        }
    }
}

/// Stored only; AWS's limits apply.
fn check_role(role: &str) -> Result<(), Error> {
    const LONGEST: usize = 2048;
    let length = role.chars().count();
    if length > LONGEST {
        let message = format!("expected a role of at most {LONGEST} characters, found {length}");
        return Err(invalid(message));
    }
    match role.chars().find(|c| c.is_control()) {
        Some(wrong) => Err(invalid(format!(
            "invalid role: the character {wrong:?} is not allowed"
        ))),
        None => Ok(()),
    }
}
