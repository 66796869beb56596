//! What a request may do with a fleet.

use crate::control::change::Change;
use crate::control::endpoint::access::Access;
use crate::control::fleet::{Fleet, Key, Logged, Plan, Revision, Selector, Terms};
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
        for change in changes {
            if let Change::Level(target, level) | Change::LevelFor(target, level, _) = change {
                self.check_level(target, *level)?;
            }
        }
        Ok(())
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
