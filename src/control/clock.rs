//! The clock by which temporary levels end: [`now`].

use crate::sys::host::Instant;

/// Returns the present time.
#[cfg(not(test))]
pub(super) fn now() -> Instant {
    Instant::now()
}

/// Returns the present time, advanced by what the test on this thread has added.
#[cfg(test)]
pub(super) fn now() -> Instant {
    Instant::now() + ADVANCED.get()
}

#[cfg(test)]
thread_local! {
    pub(super) static ADVANCED: std::cell::Cell<std::time::Duration> = const {
        std::cell::Cell::new(std::time::Duration::ZERO)
    };
}
