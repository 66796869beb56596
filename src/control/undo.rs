//! Undoing a change: [`Control::undo`].

use crate::control::change::Change;
use crate::control::control::Control;
#[cfg(feature = "control")]
use crate::control::past::Piece;
#[cfg(feature = "control")]
use crate::control::target::LevelTarget;
use crate::error::Error;
#[cfg(feature = "control")]
use crate::level::Level;

impl Control {
    /// Restores what the change that led to a revision has replaced: levels with their ends and
    /// origins, groups, options. A temporary level that has ended meanwhile stays ended. This is a
    /// change itself, and can be undone. Returns the revision.
    ///
    /// At least the latest change can be undone, and earlier ones as long as they concern up to
    /// 1,000 targets, groups and options in total. Not the end of a temporary level, nor what a
    /// [file](super::ControlBuilder::persist_to) has restored.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) if no such change is kept;
    /// [`ErrorKind::Conflict`](crate::ErrorKind::Conflict) if something that it has replaced was
    /// changed again, with or without a control;
    /// [`ErrorKind::LimitExceeded`](crate::ErrorKind::LimitExceeded);
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the file cannot be written.
    ///
    /// # Examples
    /// ```
    /// use logtree::control::{Change, Control, LevelTarget};
    /// use logtree::{Level, Registry};
    ///
    /// let control = Control::new(&Registry::new());
    /// let target = LevelTarget::logger("boto3");
    /// control.set_level(target.clone(), Level::INFO)?;
    /// let revision = control.apply([Change::Level(target.clone(), Level::DEBUG)])?;
    /// control.undo(revision)?;
    /// assert_eq!(control.level(&target), Some(Level::INFO));
    /// # Ok::<(), logtree::Error>(())
    /// ```
    pub fn undo(&self, revision: u64) -> Result<u64, Error> {
        self.apply([Change::Undo(revision)])
    }

    /// Returns the levels that [`undo`](Self::undo) restores.
    #[cfg(feature = "control")]
    pub(super) fn levels_before(&self, revision: u64) -> Vec<(LevelTarget, Level)> {
        let state = self.core.state.lock();
        let pieces = state.pasts.of(revision).map(|past| past.0.iter());
        let levels = pieces
            .into_iter()
            .flatten()
            .filter_map(|(before, _)| match before {
                Piece::Level(target, level, _) => Some((target.clone(), (*level)?)),
                _ => None,
            });
        let levels = levels.collect();
        drop(state);
        levels
    }
}
