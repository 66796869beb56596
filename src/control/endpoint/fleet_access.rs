//! What a request may do with a fleet.

use std::collections::HashMap;

use crate::control::change::Change;
use crate::control::endpoint::access::Access;
use crate::control::fleet::{Fleet, Key, Logged, Plan, Revision, Selector, Terms, Value};
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
        self.check(&changes)?;
        self.fleet()?.apply(of, changes, terms)
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
        self.check(&changes)?;
        self.fleet()?.plan(of, changes, terms)
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
                    self.check_level(&target, level)?;
                }
            }
        }
        fleet.undo(number, terms)
    }

    /// Counts a change, and refuses levels below `INFO` for loggers of secrets. What such a logger
    /// inherits is a matter of each instance.
    fn check(&self, changes: &[Change]) -> Result<(), Error> {
        self.take()?;
        let mut groups = HashMap::new();
        for change in changes {
            match change {
                Change::Level(target, level) | Change::LevelFor(target, level, _) => {
                    self.check_level(target, *level)?;
                }
                Change::Group(name, members) => drop(groups.insert(name, members.clone())),
                Change::GroupLevel(name, Some(level)) if *level < Level::INFO => {
                    let members = match groups.get(name) {
                        Some(members) => members.clone(),
                        None => self.members(name)?,
                    };
                    for member in members {
                        self.check_level(&LevelTarget::logger(member), *level)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Returns the members of a group of the fleet, none of one that there is not.
    fn members(&self, name: &str) -> Result<Vec<String>, Error> {
        let snapshot = self.fleet()?.snapshot()?;
        let held = snapshot.entries.get(&Key::Group(name.to_owned()));
        Ok(match held.map(|held| &held.value) {
            Some(Value::Group(group)) => group.members.clone(),
            _ => Vec::new(),
        })
    }

    fn check_level(&self, target: &LevelTarget, level: Level) -> Result<(), Error> {
        let is_sensitive =
            is_logger(target) && level < Level::INFO && may_log_secrets(target.name());
        match is_sensitive && !self.shared().allow_sensitive {
            true => Err(refused(target.name())),
            false => Ok(()),
        }
    }
}
