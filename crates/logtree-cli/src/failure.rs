//! Why something was not done: [`Failure`].

use std::fmt;
use std::io;

use crate::exit::Exit;

/// Why something was not done, and how the program ends because of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// How the program ends.
    pub exit: Exit,
    /// What was being done, to what, and what was found.
    pub message: String,
    pipe: bool,
}

impl Failure {
    /// A failure that ends the program with 1.
    pub fn new(message: impl fmt::Display) -> Self {
        Self {
            exit: Exit::Failed,
            message: message.to_string(),
            pipe: false,
        }
    }

    /// No process was found.
    pub fn no_process(message: impl fmt::Display) -> Self {
        Self {
            exit: Exit::NoProcess,
            ..Self::new(message)
        }
    }

    /// Reports whether the reader of the output is gone.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        self.pipe
    }

    /// Wrong arguments.
    pub fn usage(message: impl fmt::Display) -> Self {
        Self {
            exit: Exit::Usage,
            ..Self::new(message)
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self {
            pipe: error.kind() == io::ErrorKind::BrokenPipe,
            ..Self::new(error)
        }
    }
}

impl From<logtree::Error> for Failure {
    fn from(error: logtree::Error) -> Self {
        Self::new(error)
    }
}
