//! Undoing a change: [`Control::undo`].

use crate::control::change::Change;
use crate::control::control::Control;
use crate::error::Error;

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
}
