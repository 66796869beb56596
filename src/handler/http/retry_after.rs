//! The header `Retry-After`: [`retry_after`].

use std::time::Duration;

use chrono::DateTime;

use crate::time::{Clock, SystemClock};

/// Reads `Retry-After`: seconds, or a time.
pub(super) fn retry_after(value: &str) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let time = DateTime::parse_from_rfc2822(value).ok()?;
    let seconds = time.timestamp() - SystemClock.now().seconds();
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_are_seconds_or_a_time() {
        assert_eq!(retry_after(" 120 "), Some(Duration::from_secs(120)));
        assert_eq!(
            retry_after("Fri, 31 Dec 1999 23:59:59 GMT"),
            Some(Duration::ZERO)
        );
        let later = retry_after("Tue, 31 Dec 2199 23:59:59 GMT").unwrap();
        assert!(later > Duration::from_secs(1_000_000));
        for wrong in ["", "-1", "soon", "1.5"] {
            assert_eq!(retry_after(wrong), None);
        }
    }
}
