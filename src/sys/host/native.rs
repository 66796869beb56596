//! Platforms with an operating system: std has it all.

pub(crate) use std::io::stderr;
pub(crate) use std::process::id as process_id;
pub(crate) use std::time::Instant;

/// The wall clock. Unix has a shorter way to it, in `src/clock.rs`.
#[cfg(not(unix))]
pub(crate) fn system_time() -> std::time::SystemTime {
    #[expect(clippy::disallowed_methods, reason = "the clock asks here")]
    std::time::SystemTime::now()
}
