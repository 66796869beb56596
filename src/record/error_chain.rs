//! Errors and their causes as text.

use std::error::Error;
use std::fmt::{self, Write};

/// The most causes that are written: an error whose `source` leads back to itself must not block the
/// caller for ever.
const MAX_CAUSES: usize = 64;

/// Writes an error, then a line `caused by: …` for each of its causes.
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
