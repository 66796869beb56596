//! What is kept in files: [`Kept`].

use crate::control::change::Change;

/// A change that restores a part of the state.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Kept {
    pub(super) change: Change,
    /// Whether loggers of secrets take the level as `INFO` if it is lower.
    pub(super) guarded: bool,
}

impl From<Change> for Kept {
    fn from(change: Change) -> Self {
        Self {
            change,
            guarded: false,
        }
    }
}
