//! Loggers that log secrets, or may.

use crate::level::Level;

/// The segments of a logger's name whose records hold secrets, or may.
const SEGMENTS: [&str; 10] = [
    "auth",
    "authorization",
    "body",
    "credentials",
    "headers",
    "request",
    "response",
    "signing",
    "token",
    "wire",
];

/// Reports whether the records of the logger of a name hold secrets, or may.
pub(crate) fn may_log_secrets(name: &str) -> bool {
    name.split('.').any(|segment| {
        let mut known = SEGMENTS.iter();
        known.any(|known| segment.eq_ignore_ascii_case(known))
    })
}

/// Returns the level that the logger of a name takes from what is set elsewhere: a guarded one
/// below `INFO` counts as `INFO` for loggers of secrets.
pub(crate) fn inherited(level: Level, guarded: bool, name: &str) -> Level {
    if guarded && level < Level::INFO && may_log_secrets(name) {
        return Level::INFO;
    }
    level
}
