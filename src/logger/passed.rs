//! What is known of a call that passed.

use crate::level::Level;
use crate::record::Record;

/// A call that passed its logger's gate and is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Passed {
    pub(crate) level: Level,
    /// Whether the logger's level passes it, read once; otherwise the gate was open for something
    /// else.
    pub(crate) by_level: bool,
}

/// A call that passed its site's limit as well.
#[derive(Clone, Copy, Debug)]
pub struct Counted {
    pub(crate) passed: Passed,
    /// Calls since the last one that passed.
    pub(crate) suppressed: u64,
    /// The number of this one, from 1.
    pub(crate) occurrence: u64,
}

/// Either.
pub trait PassedCall: Copy {
    /// Whether it has key-values of its own.
    const NOTES: bool;

    /// Returns what passed.
    #[doc(hidden)]
    fn passed(self) -> Passed;

    /// Adds its key-values.
    #[doc(hidden)]
    fn note(self, record: &mut Record<'_>);
}

impl PassedCall for Passed {
    const NOTES: bool = false;

    #[inline(always)]
    fn passed(self) -> Passed {
        self
    }

    #[inline(always)]
    fn note(self, _: &mut Record<'_>) {}
}

impl PassedCall for Counted {
    const NOTES: bool = true;

    fn passed(self) -> Passed {
        self.passed
    }

    fn note(self, record: &mut Record<'_>) {
        if self.occurrence > 1 {
            record.set_key_value("occurrence", self.occurrence);
        }
        if self.suppressed > 0 {
            record.set_key_value("suppressed", self.suppressed);
        }
    }
}
