//! How many records a setting may cost: [`Budget`].

use serde::{Deserialize, Serialize};

/// How many records per second an instance may write while a [`Setting`](super::Setting) applies.
/// An instance that writes more, on average over some seconds, drops the setting by itself until it
/// is set again, and reports `suspended`.
///
/// # Examples
/// ```
/// use logtree::control::fleet::Budget;
///
/// assert_eq!(Budget::new(2_000).over_s, 10);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Budget {
    /// The records per second.
    pub records_per_s: u64,
    /// The seconds of the average: 10 by default.
    #[serde(default = "ten")]
    pub over_s: u64,
}

fn ten() -> u64 {
    10
}

impl Budget {
    /// Returns a budget of so many records per second, on average over 10 seconds.
    #[must_use]
    pub fn new(records_per_s: u64) -> Self {
        Self {
            records_per_s,
            over_s: ten(),
        }
    }

    /// Sets the seconds of the average.
    #[must_use]
    pub fn with_over_s(mut self, seconds: u64) -> Self {
        self.over_s = seconds;
        self
    }
}
