//! WebAssembly without a host that the crate knows: there is no clock, no process, no stream.

use std::ops::Add;
use std::time::{Duration, SystemTime};

/// std's discards what it gets on this platform.
pub(crate) use std::io::{stderr, stdout};

/// A clock that stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instant(Duration);

impl Instant {
    pub(crate) fn now() -> Self {
        Self(Duration::ZERO)
    }

    pub(crate) fn elapsed(self) -> Duration {
        Self::now().saturating_duration_since(self)
    }

    pub(crate) fn duration_since(self, earlier: Self) -> Duration {
        self.saturating_duration_since(earlier)
    }

    pub(crate) fn saturating_duration_since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    pub(crate) fn checked_add(self, time: Duration) -> Option<Self> {
        self.0.checked_add(time).map(Self)
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    fn add(self, time: Duration) -> Self {
        Self(self.0 + time)
    }
}

/// The epoch: a program gives its registries a clock of their own.
pub(crate) fn system_time() -> SystemTime {
    SystemTime::UNIX_EPOCH
}

/// There are no processes.
pub(crate) fn process_id() -> u32 {
    0
}
