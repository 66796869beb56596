//! What is known of a call that goes on.

use crate::level::Level;

/// A call that passed its logger's gate and is wanted behind it.
#[derive(Clone, Copy, Debug)]
pub struct Passed {
    pub(crate) level: Level,
    /// Whether the logger's level lets it through, read once; else the gate was open for others.
    pub(crate) by_level: bool,
}
