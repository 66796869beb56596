//! Where a level comes from: [`Origin`].

use crate::sys::sync::Arc;

/// The origin of changes by which temporary levels end.
pub(super) const EXPIRY: &str = "expiry";

/// The origin of a level, and whether loggers of secrets inherit it as it is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Origin {
    pub(super) name: Arc<str>,
    /// Whether they inherit `INFO` if it is lower.
    pub(super) guards_secrets: bool,
}

impl Origin {
    pub(super) fn new(name: &str, guards_secrets: bool) -> Self {
        Self {
            name: name.into(),
            guards_secrets,
        }
    }
}
