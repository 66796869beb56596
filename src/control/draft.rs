//! Changes on their way: made on the state, and put in place together or taken back.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::control::change::{Change, Changed};
use crate::control::error::{ControlError, ControlErrorKind};
use crate::control::rules::Rules;
use crate::control::shared::Limits;
use crate::control::state::{Entry, Group, State, Timed, is_logger};
use crate::control::store::Prepared;
use crate::control::target::{Target, TargetType, check_name};
use crate::level::Level;
use crate::registry::{NodeId, Registry, Tree};
use crate::sys::host::Instant;
use crate::sys::sync::Arc;
use crate::time::{Clock, SystemClock, Timestamp};

/// Takes back what it did when it is dropped, unless it was [put in place](Self::put_in_place).
pub(super) struct Draft<'d> {
    registry: &'d Registry,
    rules: &'d Rules,
    limits: &'d Limits,
    origin: Arc<str>,
    state: &'d mut State,
    undo: Vec<Undo>,
    /// The targets that were touched: their levels before, and now.
    touched: BTreeMap<Target, (Option<Level>, Option<Level>)>,
    was_disabled: bool,
    /// Whether files hold something else now.
    is_to_be_kept: bool,
}

/// What was there before.
enum Undo {
    Entry(Target, Option<Entry>),
    Group(String, Option<Group>),
    Options {
        configured: bool,
        role: Option<String>,
        disable_all: bool,
    },
}

impl<'d> Draft<'d> {
    pub(super) fn new(
        state: &'d mut State,
        registry: &'d Registry,
        rules: &'d Rules,
        limits: &'d Limits,
        origin: &Arc<str>,
    ) -> Self {
        Self {
            registry,
            rules,
            limits,
            origin: Arc::clone(origin),
            was_disabled: state.disable_all,
            state,
            undo: Vec::new(),
            touched: BTreeMap::new(),
            is_to_be_kept: false,
        }
    }

    pub(super) fn state(&self) -> &State {
        self.state
    }

    fn level(&self, target: &Target) -> Option<Level> {
        match self.touched.get(target) {
            Some((_, now)) => *now,
            None => self.state.level(self.registry, target),
        }
    }

    pub(super) fn make(&mut self, change: Change) -> Result<(), ControlError> {
        let strict_aws = self.limits.strict_aws;
        match change {
            Change::Options(options) => {
                if let Some(role) = &options.role {
                    check_role(role)?;
                }
                if let Some(level) = options.default_level {
                    self.set(&Target::default_level(), Some(level))?;
                }
                let role = options.role.or_else(|| self.state.role.clone());
                self.undo.push(Undo::Options {
                    configured: std::mem::replace(&mut self.state.configured, true),
                    role: std::mem::replace(&mut self.state.role, role),
                    disable_all: self.state.disable_all,
                });
                self.state.disable_all = options.disable_all.unwrap_or(self.state.disable_all);
                self.is_to_be_kept = true;
                Ok(())
            }
            Change::Level(target, level) => self.set(&target, Some(level)),
            Change::Clear(target) => self.set(&target, None),
            Change::LevelFor(target, level, time) => self.set_for(&target, level, time),
            Change::Group(name, members) => {
                check_name("group", &name, strict_aws)?;
                for member in &members {
                    Target::logger(&**member).check_new(strict_aws)?;
                }
                let others = self
                    .state
                    .groups
                    .iter()
                    .filter(|(known, _)| **known != name);
                let taken: usize = others.map(|(_, group)| 1 + group.members.len()).sum();
                let most = self.limits.most_targets;
                if taken.saturating_add(1 + members.len()) > most {
                    let message = format!(
                        "groups and their members would be more than {most}, which is the limit"
                    );
                    return Err(ControlError::new(ControlErrorKind::LimitExceeded, message));
                }
                let group = Group {
                    members,
                    level: None,
                };
                let before = self.state.groups.insert(name.clone(), group);
                self.undo.push(Undo::Group(name, before));
                self.is_to_be_kept = true;
                Ok(())
            }
            Change::GroupLevel(name, level) => {
                let Some(group) = self.state.groups.get_mut(&name) else {
                    return Err(ControlError::invalid(format!("there is no group {name:?}")));
                };
                let before = group.clone();
                group.level = level;
                let members = before.members.clone();
                self.undo.push(Undo::Group(name, Some(before)));
                members
                    .into_iter()
                    .try_for_each(|member| self.set(&Target::logger(member), level))
            }
        }
    }

    /// Sets a level without an end, or takes it away.
    fn set(&mut self, target: &Target, level: Option<Level>) -> Result<(), ControlError> {
        target.check(self.limits.strict_aws)?;
        match level {
            Some(level) => self.can_be_set(target, level)?,
            None if target.target_type() == TargetType::Default => {
                let message = "the default level cannot be taken away, only changed";
                return Err(ControlError::invalid(message));
            }
            None => {}
        }
        self.put(target, Entry::of(level, Some(Arc::clone(&self.origin))))
    }

    /// Sets a level for a while.
    fn set_for(
        &mut self,
        target: &Target,
        level: Level,
        time: Duration,
    ) -> Result<(), ControlError> {
        self.can_be_set(target, level)?;
        let end = Instant::now().checked_add(time).ok_or_else(|| {
            ControlError::invalid(format!("a level for {time:?} would have no end"))
        })?;
        let nanos = i64::try_from(time.as_nanos()).unwrap_or(i64::MAX);
        let until = SystemClock.now().as_nanos().saturating_add(nanos);
        let until = Timestamp::from_nanos(until);
        let now = self.level(target);
        // What it has from elsewhere is what it goes back to.
        let mut entry = match self.state.entry(target, now) {
            Some(entry) => entry.clone(),
            None => Entry::of(now, None),
        };
        if !entry.push(Timed::new(end, until, level, &self.origin)) {
            let message = format!(
                "there are {} levels for a while within each other for {target}, and no more are taken",
                Entry::MAX_TIMED
            );
            return Err(ControlError::new(ControlErrorKind::LimitExceeded, message));
        }
        self.put(target, entry)
    }

    fn can_be_set(&self, target: &Target, level: Level) -> Result<(), ControlError> {
        // The absence of a level is to be asked for as such.
        if level == Level::NOTSET {
            let message = format!("NOTSET is no level for {target}; clear it instead");
            return Err(ControlError::invalid(message));
        }
        target.check_new(self.limits.strict_aws)
    }

    fn put(&mut self, target: &Target, entry: Entry) -> Result<(), ControlError> {
        let now = entry.level();
        let before = self.level(target);
        let most = self.limits.most_targets;
        let (known, is_kept_changed) = self
            .state
            .put(target, Some(entry).filter(|_| now.is_some()));
        let is_new = known.is_none();
        self.undo.push(Undo::Entry(target.clone(), known));
        self.is_to_be_kept |= is_kept_changed;
        let (_, touched) = self.touched.entry(target.clone()).or_insert((before, now));
        *touched = now;
        if is_new && now.is_some() && self.state.len() > most {
            let message = format!("there are levels for {most} targets, and no more are taken");
            return Err(ControlError::new(ControlErrorKind::LimitExceeded, message));
        }
        Ok(())
    }

    /// Ends what has had its time.
    pub(super) fn end(&mut self, now: Instant) {
        while let Some(target) = self.state.over(now) {
            let level = self.level(&target);
            // Where the level is another one by now, it stays, whoever set it.
            let entry = self.state.entry(&target, level).cloned();
            let ended = entry.map(|mut entry| {
                entry.end(now);
                entry
            });
            let after = ended.as_ref().map_or(level, Entry::level);
            let (known, _) = self.state.put(&target, ended.filter(|_| after.is_some()));
            self.undo.push(Undo::Entry(target.clone(), known));
            let (_, touched) = self.touched.entry(target).or_insert((level, after));
            *touched = after;
        }
    }

    /// Keeps what is to be kept, and puts all in place: levels of loggers under one lock, so that nobody sees half of them. Where that
    /// cannot be done, nothing is changed. Returns what is changed, to be told.
    pub(super) fn put_in_place(mut self) -> Result<Vec<Changed>, ControlError> {
        let stores = match self.is_to_be_kept {
            true => self.state.stores(),
            false => Vec::new(),
        };
        let prepared = stores.iter().map(|store| store.prepare(self.state));
        let prepared = prepared.collect::<Result<Vec<_>, _>>()?;
        // Loggers are made once all else has gone well, and before anything is changed.
        let levels = self.make_loggers()?;
        prepared.into_iter().try_for_each(Prepared::keep)?;
        self.undo.clear();
        self.state.revision += 1;
        self.publish(levels);
        Ok(self.changed())
    }

    /// Makes the loggers that get levels. A level that finds no logger must not become its ancestor's.
    fn make_loggers(&self) -> Result<Vec<(NodeId, Level)>, ControlError> {
        let loggers = self.touched.iter().filter(|(target, _)| is_logger(target));
        // Of a level that was taken away from a logger that is not there, nothing is to be made.
        let (names, levels): (Vec<_>, Vec<_>) = loggers
            .filter(|(_, (before, now))| before != now)
            .map(|(target, (_, level))| (target.name(), level.unwrap_or(Level::NOTSET)))
            .unzip();
        let Some(nodes) = self.registry.inner().loggers(&names) else {
            let message =
                "there are as many loggers as the registry may have, and no more are made";
            return Err(ControlError::new(ControlErrorKind::LimitExceeded, message));
        };
        let ids = nodes.iter().map(|node| node.id());
        Ok(ids.zip(levels).collect())
    }

    fn publish(&self, levels: Vec<(NodeId, Level)>) {
        let disable_all = self.state.disable_all;
        self.registry.change(|tree: &mut Tree| {
            for (id, level) in levels {
                tree.set_level(id, level);
            }
            if tree.is_disabled_all() != disable_all {
                tree.set_disabled_all(disable_all);
            }
        });
        let rules = self.touched.iter().filter(|(target, _)| !is_logger(target));
        let mut changed = false;
        for (target, (_, level)) in rules.filter(|(_, (before, now))| before != now) {
            self.rules.set(target, *level);
            changed = true;
        }
        if changed {
            self.registry.inner().set_judge_floor(self.rules.floor());
        }
    }

    fn changed(&self) -> Vec<Changed> {
        let told = |target, before, after, disable_all| Changed {
            target,
            before,
            after,
            disable_all,
            origin: self.origin.as_ref().to_owned(),
            revision: self.state.revision,
        };
        let levels = self
            .touched
            .iter()
            .filter(|(_, (before, after))| before != after);
        let mut all: Vec<_> = levels
            .map(|(target, (before, after))| told(Some(target.clone()), *before, *after, None))
            .collect();
        if self.state.disable_all != self.was_disabled {
            all.push(told(None, None, None, Some(self.state.disable_all)));
        }
        all
    }
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        for undo in self.undo.drain(..).rev() {
            match undo {
                Undo::Entry(target, entry) => {
                    self.state.put(&target, entry);
                }
                Undo::Group(name, Some(group)) => {
                    self.state.groups.insert(name, group);
                }
                Undo::Group(name, None) => {
                    self.state.groups.remove(&name);
                }
                Undo::Options {
                    configured,
                    role,
                    disable_all,
                } => {
                    self.state.configured = configured;
                    self.state.role = role;
                    self.state.disable_all = disable_all;
                }
            }
        }
    }
}

/// Kept for others, within the longest that AWS has.
fn check_role(role: &str) -> Result<(), ControlError> {
    const LONGEST: usize = 2048;
    let length = role.chars().count();
    if length > LONGEST {
        let message = format!("expected a role of at most {LONGEST} characters, found {length}");
        return Err(ControlError::invalid(message));
    }
    match role.chars().find(|c| c.is_control()) {
        Some(wrong) => Err(ControlError::invalid(format!(
            "invalid role: the character {wrong:?} is not allowed"
        ))),
        None => Ok(()),
    }
}
