//! What one process said: [`Reply`].

use crate::discovery::Process;
use crate::failure::Failure;

/// What one process said, or why it said nothing.
pub(crate) struct Reply<'p, R> {
    pub(crate) process: &'p Process,
    pub(crate) result: Result<R, Failure>,
}
