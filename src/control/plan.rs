//! What changes would do: [`Control::plan`].

use crate::control::change::Change;
use crate::control::control::Control;
use crate::control::core::ControlCore;
use crate::control::sensitive;
use crate::control::state::is_logger;
use crate::control::target::LevelTarget;
use crate::control::transaction::Transaction;
use crate::error::Error;
use crate::level::Level;
use crate::name;

/// What changes would do to a target.
#[derive(Debug, PartialEq)]
pub(super) struct Planned {
    pub(super) target: LevelTarget,
    /// The level in effect; `None` for a value without a level.
    pub(super) now: Option<Level>,
    /// The logger whose level is in effect, if it is not the target's own.
    pub(super) inherited_from: Option<String>,
    /// The level that would be in effect.
    pub(super) then: Option<Level>,
}

impl Control {
    /// Returns the revision, and what the changes would do to each target, sorted by target.
    /// Nothing is changed.
    ///
    /// # Errors
    /// Those of [`apply_if`](Self::apply_if), except that neither a file is written nor a logger
    /// made.
    pub(super) fn plan(
        &self,
        revision: Option<u64>,
        changes: Vec<Change>,
    ) -> Result<(u64, Vec<Planned>), Error> {
        let mut state = self.core.state.lock();
        state.require_revision(revision)?;
        let revision = state.revision;
        let (registry, limits) = (&self.registry, &self.limits);
        // Rolled back, as it is not committed.
        let mut transaction = self
            .core
            .transaction(&mut state, registry, limits, &self.origin);
        ControlCore::make(&mut transaction, changes)?;
        let targets = transaction.touched().map(|(target, _)| target);
        let planned = targets
            .map(|target| planned(&transaction, target))
            .collect();
        drop(transaction);
        drop(state);
        Ok((revision, planned))
    }
}

fn planned(transaction: &Transaction<'_>, target: &LevelTarget) -> Planned {
    let (before, after) = transaction.levels(target);
    if !is_logger(target) {
        return Planned {
            target: target.clone(),
            now: before,
            inherited_from: None,
            then: after,
        };
    }
    let (now, then) = sensitive::effective(transaction, target.name());
    let has_level = |target: &LevelTarget| transaction.levels(target).0.is_some();
    let mut above = name::ancestors(target.name()).map(|len| &target.name()[..len]);
    let nearest = || above.find(|name| has_level(&LevelTarget::logger(*name)));
    Planned {
        target: target.clone(),
        now: Some(now),
        inherited_from: before
            .is_none()
            .then(nearest)
            .map(|nearest| nearest.unwrap_or("root").to_owned()),
        then: Some(then),
    }
}
