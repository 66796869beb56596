//! A point in time: [`Timestamp`].

use std::fmt;
use std::ops::{Add, AddAssign, Sub, SubAssign};
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, SecondsFormat};

use crate::error::{Error, ErrorKind};
use crate::text::serialize::serialize_as_text;

/// A point in time: whole nanoseconds since 1970-01-01 00:00 UTC, from the year 1677 to 2262.
///
/// It prints as RFC 3339 in UTC, with 0, 3, 6 or 9 digits of the fraction, as many as are needed,
/// and parses from RFC 3339 with any offset. Additions and subtractions saturate at the ends.
///
/// # Examples
/// ```
/// use logtree::time::Timestamp;
/// use std::time::{Duration, SystemTime};
///
/// let time = Timestamp::from_nanos(735_379_380_123_000_000);
/// assert_eq!((time.seconds(), time.subsec_nanos()), (735_379_380, 123_000_000));
/// assert_eq!(time.to_string(), "1993-04-21T08:03:00.123Z");
/// assert_eq!("1993-04-21T10:03:00.123+02:00".parse::<Timestamp>()?, time);
/// let later = SystemTime::from(time + Duration::from_secs(1));
/// assert_eq!(later, SystemTime::from(time) + Duration::from_secs(1));
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

serialize_as_text!(Timestamp);

impl Timestamp {
    pub(super) const SECOND: i64 = 1_000_000_000;

    /// Returns the time this many nanoseconds after the epoch, before it if negative.
    #[must_use]
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// Returns the nanoseconds since the epoch.
    #[must_use]
    pub const fn as_nanos(self) -> i64 {
        self.0
    }

    /// Returns the whole seconds since the epoch, rounded down.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(Self::SECOND)
    }

    /// Returns the nanoseconds since the last whole second: 0 to 999,999,999.
    #[must_use]
    pub const fn subsec_nanos(self) -> u32 {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the remainder of a division by 10^9"
        )]
        let nanos = self.0.rem_euclid(Self::SECOND) as u32;
        nanos
    }

    /// Returns the milliseconds since the last whole second, truncated.
    #[must_use]
    pub const fn subsec_millis(self) -> u32 {
        self.subsec_nanos() / 1_000_000
    }

    /// Returns the seconds since the epoch as a float.
    ///
    /// # Python
    /// `LogRecord.created`.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "the caller asks for a float")]
    pub fn as_seconds_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// Returns the nanoseconds from `earlier` to this time, negative if `earlier` is later.
    #[must_use]
    pub const fn nanos_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl From<SystemTime> for Timestamp {
    /// Returns the nearest end for a time outside the range.
    fn from(time: SystemTime) -> Self {
        // Not by `as_nanos`, whose 128 bits cost more than the rest of this function.
        let nanos = |duration: Duration, sign: i64| {
            let seconds = i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
            seconds
                .saturating_mul(sign * Self::SECOND)
                .saturating_add(sign * i64::from(duration.subsec_nanos()))
        };
        Self(match time.duration_since(UNIX_EPOCH) {
            Ok(after) => nanos(after, 1),
            Err(before) => nanos(before.duration(), -1),
        })
    }
}

impl From<Timestamp> for SystemTime {
    fn from(time: Timestamp) -> Self {
        let distance = Duration::from_nanos(time.0.unsigned_abs());
        if time.0 < 0 {
            UNIX_EPOCH - distance
        } else {
            UNIX_EPOCH + distance
        }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = DateTime::from_timestamp_nanos(self.0);
        f.pad(&time.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl FromStr for Timestamp {
    type Err = Error;

    /// Parses RFC 3339: `2026-11-21T01:02:03.456Z`, `2026-11-21T02:02:03+01:00`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let parsed = DateTime::parse_from_rfc3339(text);
        let nanos = parsed.ok().and_then(|time| time.timestamp_nanos_opt());
        nanos.map(Self).ok_or_else(|| {
            let message = format!(
                "cannot parse the time {text:?}: expected RFC 3339 from 1677 to 2262, \
                 such as 2026-11-21T01:02:03Z"
            );
            Error::new(ErrorKind::InvalidFormat, message)
        })
    }
}

/// A duration as nanoseconds, the longest ones cut.
fn nanos(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(nanos(duration)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(nanos(duration)))
    }
}

impl AddAssign<Duration> for Timestamp {
    fn add_assign(&mut self, duration: Duration) {
        *self = *self + duration;
    }
}

impl SubAssign<Duration> for Timestamp {
    fn sub_assign(&mut self, duration: Duration) {
        *self = *self - duration;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_round_down_before_the_epoch() {
        let time = Timestamp::from_nanos(-500_000_000);
        assert_eq!((time.seconds(), time.subsec_millis()), (-1, 500));
        assert_eq!(Timestamp::from(SystemTime::from(time)), time);
    }

    #[test]
    fn the_farthest_times_do_not_panic() {
        // Not every platform has times this far away.
        let far = Duration::from_secs(1 << 40);
        let times = [UNIX_EPOCH.checked_sub(far), UNIX_EPOCH.checked_add(far)];
        for time in times.into_iter().flatten() {
            let _ = Timestamp::from(time).seconds();
        }
        let (first, last) = (Timestamp(i64::MIN), Timestamp(i64::MAX));
        assert_eq!(first.nanos_since(last), i64::MIN);
        assert_eq!((first - far, last + far), (first, last));
        for time in [first, last] {
            assert_eq!(time.to_string().parse::<Timestamp>().unwrap(), time);
            // Windows counts in steps of 100 ns.
            let back = Timestamp::from(SystemTime::from(time));
            assert!(back.nanos_since(time).abs() < if cfg!(windows) { 100 } else { 1 });
        }
    }

    #[test]
    fn times_print_and_parse_as_rfc_3339() {
        for (nanos, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (1, "1970-01-01T00:00:00.000000001Z"),
            (-1_000_000, "1969-12-31T23:59:59.999Z"),
            (735_379_380_123_456_000, "1993-04-21T08:03:00.123456Z"),
        ] {
            assert_eq!(Timestamp(nanos).to_string(), text);
            assert_eq!(text.parse::<Timestamp>().unwrap(), Timestamp(nanos));
        }
        let padded = format!("{:>22}", Timestamp(0));
        assert_eq!(padded, "  1970-01-01T00:00:00Z");
        for text in [
            "",
            "now",
            "1970-01-01",
            "1970-01-01T00:00:00",
            "9999-01-01T00:00:00Z",
        ] {
            let error = text.parse::<Timestamp>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidFormat, "{text}");
        }
    }
}
