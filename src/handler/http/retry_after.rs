//! The header `Retry-After`: [`retry_after`].

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime};

use crate::time::{Clock, SystemClock};

/// Reads `Retry-After`: seconds, or a time.
pub(super) fn retry_after(value: &str) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|digit| digit.is_ascii_digit()) {
        // More than fit are as many as there can be.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let seconds = time(value)?.saturating_sub(SystemClock.now().seconds());
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

/// Reads a time in one of the three forms that HTTP has, in seconds since 1970.
fn time(value: &str) -> Option<i64> {
    if let Ok(time) = DateTime::parse_from_rfc2822(value) {
        return Some(time.timestamp());
    }
    let mut older = ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"].into_iter();
    let time = older.find_map(|form| NaiveDateTime::parse_from_str(value, form).ok())?;
    Some(time.and_utc().timestamp())
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
        assert_eq!(
            retry_after("99999999999999999999999"),
            Some(Duration::from_secs(u64::MAX))
        );
        for wrong in ["", "-1", "+1", "soon", "1.5", "\u{664}", "0x10", "1 s"] {
            assert_eq!(retry_after(wrong), None, "{wrong}");
        }
    }

    /// The example of RFC 9110, in each of its forms.
    #[test]
    fn a_time_has_three_forms() {
        for form in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(time(form), Some(784_111_777), "{form}");
        }
        for wrong in ["Sun, 99 Nov 1994 08:49:37 GMT", "Nov 6", "1994-11-06"] {
            assert_eq!(time(wrong), None, "{wrong}");
        }
    }
}
