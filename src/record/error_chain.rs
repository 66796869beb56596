//! An error and its causes as text.

use std::error::Error;
use std::fmt::{self, Write};

/// How many causes are followed: an error whose `source` leads back to itself must not hang the caller.
const MAX_CAUSES: usize = 64;

/// Writes `error`, then a line `caused by: …` for each cause below it.
pub(crate) fn write_error_chain(error: &dyn Error, out: &mut dyn Write) -> fmt::Result {
    write!(out, "{error}")?;
    let mut cause = error.source();
    for _ in 0..MAX_CAUSES {
        let Some(error) = cause else { break };
        write!(out, "\ncaused by: {error}")?;
        cause = error.source();
    }
    Ok(())
}
