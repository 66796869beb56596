//! Loggers that log secrets, or may.

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
