//! How the program ends: [`Exit`].

use std::process::ExitCode;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: everything was done.
    Done,
    /// 1: something failed, for one process or file at least.
    Failed,
    /// 2: the arguments are wrong.
    Usage,
    /// 3: no process was found.
    NoProcess,
}

impl Exit {
    /// Returns [`Failed`](Self::Failed) if something failed.
    #[must_use]
    pub fn failed_if(failed: bool) -> Self {
        if failed { Self::Failed } else { Self::Done }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::NoProcess => 3,
        })
    }
}
