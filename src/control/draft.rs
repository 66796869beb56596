//! Changes on their way: made on a copy of the state, and put in place together.

use std::collections::BTreeMap;

use super::change::{Change, Changed};
use super::error::{ControlError, ControlErrorKind};
use super::shared::Limits;
use super::state::{Entry, Group, State, is_logger};
use super::target::{Target, TargetType, check_name};
use crate::host::Instant;
use crate::registry::{NodeId, Tree};
use crate::sync::Arc;
use crate::{Level, Registry};

pub(super) struct Draft<'r> {
    registry: &'r Registry,
    limits: &'r Limits,
    pub(super) state: State,
    /// The targets that were touched: their levels before, and now.
    touched: BTreeMap<Target, (Option<Level>, Option<Level>)>,
}

impl<'r> Draft<'r> {
    pub(super) fn new(state: &State, registry: &'r Registry, limits: &'r Limits) -> Self {
        Self {
            registry,
            limits,
            state: state.clone(),
            touched: BTreeMap::new(),
        }
    }

    fn level(&self, target: &Target) -> Option<Level> {
        match self.touched.get(target) {
            Some((_, now)) => *now,
            None => self.state.level(self.registry, target),
        }
    }

    fn touch(&mut self, target: Target, now: Option<Level>) {
        let before = self.state.level(self.registry, &target);
        let (_, known) = self.touched.entry(target).or_insert((before, now));
        *known = now;
    }

    pub(super) fn make(&mut self, change: Change) -> Result<(), ControlError> {
        match change {
            Change::Options(options) => {
                if let Some(level) = options.default_level {
                    self.set(&Target::default_level(), Some(level))?;
                }
                if let Some(role) = &options.role {
                    check_role(role)?;
                }
                self.state.disable_all = options.disable_all.unwrap_or(self.state.disable_all);
                self.state.role = options.role.or_else(|| self.state.role.take());
                self.state.configured = true;
                Ok(())
            }
            Change::Level(target, level) => self.set(&target, Some(level)),
            Change::Clear(target) => self.set(&target, None),
            Change::LevelFor(target, level, time) => {
                self.can_be_set(&target, level)?;
                let end = Instant::now().checked_add(time).ok_or_else(|| {
                    ControlError::invalid(format!("a level for {time:?} would have no end"))
                })?;
                self.change(&target, |entry| entry.timed.push((end, level)))
            }
            Change::Group(name, members) => {
                let strict_aws = self.limits.strict_aws;
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
                self.state.groups.insert(name, group);
                Ok(())
            }
            Change::GroupLevel(name, level) => {
                let Some(group) = self.state.groups.get_mut(&name) else {
                    return Err(ControlError::invalid(format!("there is no group {name:?}")));
                };
                group.level = level;
                for member in group.members.clone() {
                    self.set(&Target::logger(member), level)?;
                }
                Ok(())
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
        self.change(target, |entry| entry.set(level))
    }

    fn change(
        &mut self,
        target: &Target,
        change: impl FnOnce(&mut Entry),
    ) -> Result<(), ControlError> {
        let now = self.level(target);
        let known = self.state.targets.get(target).cloned();
        let mut entry = known.clone().unwrap_or_default();
        // What it has from elsewhere is what it goes back to.
        if entry.timed.is_empty() && entry.base != now {
            (entry.base, entry.kept) = (now, false);
        }
        change(&mut entry);
        let most = self.limits.most_targets;
        if entry.level().is_some() && known.is_none() && self.state.targets.len() >= most {
            let message = format!("there are levels for {most} targets, and no more are taken");
            return Err(ControlError::new(ControlErrorKind::LimitExceeded, message));
        }
        let level = entry.level();
        // Its level before is still to be found in the state.
        self.touch(target.clone(), level);
        match level {
            Some(_) => self.state.targets.insert(target.clone(), entry),
            None => self.state.targets.remove(target),
        };
        Ok(())
    }

    fn can_be_set(&self, target: &Target, level: Level) -> Result<(), ControlError> {
        // The absence of a level is to be asked for as such.
        if level == Level::NOTSET {
            let message = format!("NOTSET is no level for {target}; clear it instead");
            return Err(ControlError::invalid(message));
        }
        target.check_new(self.limits.strict_aws)
    }

    /// Ends what has had its time; answers whether there was anything.
    pub(super) fn end(&mut self, now: Instant) -> bool {
        let over = |entry: &Entry| entry.timed.iter().any(|(end, _)| *end <= now);
        let targets: Vec<_> = self
            .state
            .targets
            .iter()
            .filter(|(_, entry)| over(entry))
            .map(|(target, _)| target.clone())
            .collect();
        for target in &targets {
            let Some(mut entry) = self.state.targets.get(target).cloned() else {
                continue;
            };
            let was = entry.level();
            entry.timed.retain(|(end, _)| *end > now);
            if is_logger(target) && self.state.level(self.registry, target) != was {
                // Somebody else has set it meanwhile: his level stays.
                self.state.targets.remove(target);
                continue;
            }
            let level = entry.level();
            self.touch(target.clone(), level);
            match level {
                Some(_) => self.state.targets.insert(target.clone(), entry),
                None => self.state.targets.remove(target),
            };
        }
        !targets.is_empty()
    }

    /// What is changed, to be told.
    pub(super) fn changed(&self, from: &State, origin: &str) -> Vec<Changed> {
        let told = |target, before, after, disable_all| Changed {
            target,
            before,
            after,
            disable_all,
            origin: origin.to_owned(),
            revision: self.state.revision,
        };
        let levels = self
            .touched
            .iter()
            .filter(|(_, (before, after))| before != after);
        let mut all: Vec<_> = levels
            .map(|(target, (before, after))| told(Some(target.clone()), *before, *after, None))
            .collect();
        if self.state.disable_all != from.disable_all {
            all.push(told(None, None, None, Some(self.state.disable_all)));
        }
        all
    }

    /// Makes the loggers that get levels. A level that finds no logger must not become its ancestor's.
    pub(super) fn make_loggers(&self) -> Result<Vec<(NodeId, Level)>, ControlError> {
        let loggers = self.touched.iter().filter(|(target, _)| is_logger(target));
        // Of a level that was taken away from a logger that is not there, nothing is to be made.
        let (names, levels): (Vec<_>, Vec<_>) = loggers
            .filter(|(_, (before, now))| before.is_some() || now.is_some())
            .map(|(target, (_, level))| (target.name(), level.unwrap_or(Level::NOTSET)))
            .unzip();
        let Some(nodes) = self.registry.inner().loggers(&names) else {
            let message = "there are as many loggers as the registry may have";
            return Err(ControlError::new(ControlErrorKind::LimitExceeded, message));
        };
        let ids = nodes.iter().map(|node| node.id());
        Ok(ids.zip(levels).collect())
    }

    /// Puts it in place: all levels under one lock, so that nobody sees half of them.
    pub(super) fn put_in_place(self, from: &State, levels: Vec<(NodeId, Level)>) -> State {
        let disable_all = self.state.disable_all;
        self.registry.change(|tree: &mut Tree| {
            for (id, level) in levels {
                tree.set_level(id, level);
            }
            if tree.is_disabled_all() != disable_all {
                tree.set_disabled_all(disable_all);
            }
        });
        let rules = self.state.rules();
        if rules != from.rules() {
            self.registry.inner().set_admission(Arc::new(rules));
        }
        self.state
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
