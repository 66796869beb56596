//! An error together with its causes: [`Chain`].

use std::error::Error;
use std::fmt;

/// How many causes are followed: an error whose `source` leads back to itself must not hang the
/// caller.
const MAX_CAUSES: usize = 64;

/// Displays an error and its causes.
#[derive(Debug)]
pub(crate) struct Chain<'e> {
    error: &'e dyn Error,
    separator: &'static str,
}

impl<'e> Chain<'e> {
    /// `cannot open a.log: permission denied`
    pub(crate) fn one_line(error: &'e dyn Error) -> Self {
        Self {
            error,
            separator: ": ",
        }
    }

    /// The error, and a line `caused by: …` for each cause.
    pub(crate) fn lines(error: &'e dyn Error) -> Self {
        Self {
            error,
            separator: "\ncaused by: ",
        }
    }
}

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.error)?;
        let mut cause = self.error.source();
        for _ in 0..MAX_CAUSES {
            let Some(error) = cause else { break };
            write!(f, "{}{error}", self.separator)?;
            cause = error.source();
        }
        Ok(())
    }
}
