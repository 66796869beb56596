//! What is known of a call that passed.

use crate::level::Level;

/// A call that passed its logger's gate and is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Passed {
    pub(crate) level: Level,
    /// Whether the logger's level passes it, read once; otherwise the gate was open for something
    /// else.
    pub(crate) by_level: bool,
}
