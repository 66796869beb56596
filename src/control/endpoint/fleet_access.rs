//! What a request may do with a fleet.

use std::collections::HashMap;

use crate::control::change::Change;
use crate::control::endpoint::access::Access;
use crate::control::fleet::{Fleet, Key, Logged, Plan, Revision, Selector, Snapshot, Terms, Value};
use crate::control::sensitive::refused;
use crate::control::state::is_logger;
use crate::control::target::LevelTarget;
use crate::error::Error;
use crate::level::Level;
use crate::registry::may_log_secrets;

impl Access {
    /// Returns the fleet, for reading.
    ///
    /// # Errors
    /// [`ErrorKind::NotConfigured`](crate::ErrorKind::NotConfigured) if the registry follows none.
    pub(super) fn fleet(&self) -> Result<Fleet, Error> {
        self.control().fleet()
    }

    /// Makes all of `changes` for some instances, or none.
    ///
    /// # Errors
    /// Those of [`Fleet::apply`], and of [`apply`](Self::apply) for loggers of secrets and too many
    /// changes.
    pub(super) fn change_fleet(
        &self,
        of: &Selector,
        changes: Vec<Change>,
        terms: &Terms,
    ) -> Result<Revision, Error> {
        let checked = self.check(changes)?;
        self.fleet()?.apply(of, checked, terms)
    }

    /// Returns what changes would do. Changes nothing.
    ///
    /// # Errors
    /// Those of [`change_fleet`](Self::change_fleet), but for consent.
    pub(super) fn plan_fleet(
        &self,
        of: &Selector,
        changes: Vec<Change>,
        terms: &Terms,
    ) -> Result<Plan, Error> {
        let checked = self.check(changes)?;
        self.fleet()?.plan(of, checked, terms)
    }

    /// Undoes a change of the fleet.
    ///
    /// # Errors
    /// Those of [`Fleet::undo`], and of [`apply`](Self::apply) for loggers of secrets and too many
    /// changes.
    pub(super) fn undo_fleet(&self, number: u64, terms: &Terms) -> Result<Revision, Error> {
        self.take()?;
        let fleet = self.fleet()?;
        if !self.shared().allow_sensitive {
            let most = usize::try_from(Logged::KEPT).unwrap_or(usize::MAX);
            let history = fleet.history(most)?;
            let logged = history.iter().find(|logged| logged.n == number);
            for edit in logged.iter().flat_map(|logged| &logged.edits) {
                let key = format!("{}{}", Key::SET, edit.key).parse::<Key>();
                if let (Ok(Key::Level(_, target)), Some(level)) = (key, edit.before_number) {
                    check_level(&target, level)?;
                }
            }
        }
        fleet.undo(number, terms)
    }

    /// Counts a change, and refuses levels below `INFO` for loggers of secrets. What such a logger
    /// inherits is a matter of each instance.
    ///
    /// Returns the changes to make: a group is replaced by the members that were checked, as others
    /// may add some before the change is made.
    fn check(&self, changes: Vec<Change>) -> Result<Vec<Change>, Error> {
        self.take()?;
        if self.shared().allow_sensitive {
            return Ok(changes);
        }
        let mut checked = Vec::with_capacity(changes.len());
        let mut given = HashMap::<String, Vec<String>>::new();
        let mut snapshot = None;
        for change in changes {
            match change {
                Change::GroupLevel(name, Some(level)) if level < Level::INFO => {
                    let members = match given.get(&name) {
                        Some(members) => Some(members).filter(|members| !members.is_empty()),
                        None => {
                            if snapshot.is_none() {
                                snapshot = Some(self.fleet()?.snapshot()?);
                            }
                            snapshot.as_ref().and_then(|held| members_of(&name, held))
                        }
                    };
                    let Some(members) = members else {
                        // It is unknown also if another adds it meanwhile.
                        checked.push(Change::Group(name.clone(), Vec::new()));
                        checked.push(Change::GroupLevel(name, Some(level)));
                        continue;
                    };
                    for member in members {
                        let target = LevelTarget::logger(member);
                        check_level(&target, level)?;
                        checked.push(Change::Level(target, level));
                    }
                }
                change => {
                    match &change {
                        Change::Level(target, level) | Change::LevelFor(target, level, _) => {
                            check_level(target, *level)?;
                        }
                        Change::Group(name, members) => {
                            given.insert(name.clone(), members.clone());
                        }
                        _ => {}
                    }
                    checked.push(change);
                }
            }
        }
        Ok(checked)
    }
}

/// Returns the members of a group of the fleet; `None` if there is no such group.
fn members_of<'s>(name: &str, snapshot: &'s Snapshot) -> Option<&'s Vec<String>> {
    let held = snapshot.entries.get(&Key::Group(name.to_owned()))?;
    match &held.value {
        Value::Group(group) => Some(&group.members),
        _ => None,
    }
}

/// Refuses a level below `INFO` for a logger of secrets.
fn check_level(target: &LevelTarget, level: Level) -> Result<(), Error> {
    match is_logger(target) && level < Level::INFO && may_log_secrets(target.name()) {
        true => Err(refused(target.name())),
        false => Ok(()),
    }
}
