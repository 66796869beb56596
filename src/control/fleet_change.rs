//! Changes that a fleet makes.

use crate::control::fleet_level::FleetLevel;
use crate::control::layer::Layer;
use crate::control::past::Piece;
use crate::control::target::LevelTarget;
use crate::control::transaction::Transaction;
use crate::error::Error;

impl Transaction<'_> {
    /// Sets or removes the level of the fleet. What the program has set meanwhile applies below it.
    pub(super) fn set_fleet(
        &mut self,
        target: &LevelTarget,
        fleet: Option<FleetLevel>,
    ) -> Result<(), Error> {
        let present = self.present_level(target.clone());
        let new = present.local().with_fleet(fleet);
        match new == present {
            true => Ok(()),
            false => self.put(new),
        }
    }

    /// Returns the targets that the fleet has levels for.
    pub(super) fn fleet_targets(&self) -> Vec<LevelTarget> {
        let state = self.state();
        let has_fleet = |target: &&LevelTarget| {
            let entry = state.any_entry(target);
            entry.is_some_and(|entry| entry.fleet().is_some())
        };
        state.targets().filter(has_fleet).cloned().collect()
    }

    /// Returns the targets whose level on this process hides that of the fleet.
    pub(super) fn hiding_targets(&self) -> Vec<LevelTarget> {
        let mut targets = self.fleet_targets();
        targets.retain(|target| {
            let entry = self.state().any_entry(target);
            entry.is_some_and(|entry| matches!(entry.layer(), Layer::Local { .. }))
        });
        targets
    }

    /// Sets whether the fleet disables all logging.
    pub(super) fn set_fleet_off(&mut self, off: bool) -> Result<(), Error> {
        match self.state().fleet_off == off {
            true => Ok(()),
            false => self.put(Piece::FleetOff(off)),
        }
    }
}
