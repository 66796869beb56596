//! Clearing what controls have set: [`Control::clear_all`].

use crate::control::change::Change;
use crate::control::control::Control;
use crate::control::past::Piece;
use crate::control::target_type::TargetType;
use crate::control::transaction::Transaction;
use crate::error::Error;

impl Control {
    /// Clears the levels that controls have set, of targets of one type or of all: permanent and
    /// temporary ones, and with loggers those of groups. Levels that the program has set without a
    /// control stay, and apply again where a temporary level hides them. The default level cannot
    /// be cleared: only its temporary levels end. Returns the revision.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the file cannot be written. Nothing is changed
    /// then.
    ///
    /// # Examples
    /// ```
    /// use logtree::control::{Control, LevelTarget};
    /// use logtree::{Level, Registry};
    ///
    /// let registry = Registry::new();
    /// registry.get_logger("own").set_level(Level::ERROR);
    /// let control = Control::new(&registry);
    /// control.set_level(LevelTarget::logger("boto3"), Level::DEBUG)?;
    /// control.clear_all(None)?;
    /// assert_eq!(control.level(&LevelTarget::logger("boto3")), None);
    /// assert_eq!(control.level(&LevelTarget::logger("own")), Some(Level::ERROR));
    /// # Ok::<(), logtree::Error>(())
    /// ```
    pub fn clear_all(&self, only: Option<TargetType>) -> Result<u64, Error> {
        self.apply([Change::ClearAll(only)])
    }
}

impl Transaction<'_> {
    /// Clears what controls have set, apart from the permanent default level.
    pub(super) fn clear_all(&mut self, only: Option<TargetType>) -> Result<(), Error> {
        let is_meant = |kind| only.is_none_or(|only| only == kind);
        let targets = self.state().targets().cloned();
        let targets: Vec<_> = targets
            .filter(|target| is_meant(target.target_type()))
            .collect();
        for target in targets {
            let Some(entry) = self.state().any_entry(&target) else {
                continue;
            };
            let left = match target.target_type() {
                TargetType::Default => entry.permanent(),
                _ => entry.own(),
            };
            let level = self.level(&target);
            // A level that was changed without a control stays, and what was set does not.
            let level = match entry.level() == level {
                true => left.level(),
                false => level,
            };
            self.put(Piece::Level(target, level, left.if_set()))?;
        }
        if !is_meant(TargetType::Logger) {
            return Ok(());
        }
        let groups = self.state().groups.values();
        let groups: Vec<_> = groups
            .filter(|group| group.level.is_some())
            .cloned()
            .collect();
        for mut group in groups {
            group.level = None;
            self.put(Piece::Group(group.name.clone(), Some(group)))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::control::control::Control;
    use crate::control::target::LevelTarget;
    use crate::level::Level;
    use crate::registry::Registry;

    /// The program may change it again while files are written.
    #[test]
    fn a_level_that_the_program_has_replaced_is_not_set_again() {
        let registry = Registry::new();
        let control = Control::new(&registry);
        for name in ["ours", "replaced"] {
            let target = LevelTarget::logger(name);
            control.set_level(target, Level::DEBUG).unwrap();
        }
        registry.get_logger("replaced").set_level(Level::INFO);
        let mut state = control.core.state.lock();
        let mut transaction =
            control
                .core
                .transaction(&mut state, &registry, &control.limits, "test");
        transaction.clear_all(None).unwrap();
        let touched = transaction.touched();
        let touched: Vec<_> = touched
            .map(|(target, _)| target.name().to_owned())
            .collect();
        drop(transaction);
        drop(state);
        assert_eq!(touched, ["ours"]);
    }
}
