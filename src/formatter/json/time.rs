//! How JSON members hold a time: [`JsonTime`].

use crate::formatter::time::TimeFormat;
use crate::formatter::zone::TimeZone;
use crate::text::line_buf::LineBuf;
use crate::time::Timestamp;

/// How [`JsonFormatter`](crate::formatter::JsonFormatter) and
/// [`LogfmtFormatter`](crate::formatter::LogfmtFormatter) write the time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum JsonTime {
    /// RFC 3339 in UTC with milliseconds: `2026-11-21T01:02:03.456Z`. The default.
    #[default]
    Millis,
    /// RFC 3339 in UTC with nanoseconds.
    Nanos,
    /// RFC 3339 in local time with milliseconds and offset.
    LocalMillis,
    /// A number: milliseconds since the epoch.
    EpochMillis,
    /// A number: nanoseconds since the epoch.
    EpochNanos,
    /// No time, for collectors that add it themselves.
    Omitted,
}

/// What writes the time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TimeWriter {
    Text(TimeFormat),
    /// Nanoseconds divided by this.
    Number(i64),
    Omitted,
}

impl TimeWriter {
    /// Returns what writes a time as Python's `isoformat` does, in UTC.
    pub(super) fn python_iso() -> Self {
        Self::text("%Y-%m-%dT%H:%M:%S.%6f+00:00", TimeZone::Utc)
    }

    fn text(pattern: &str, zone: TimeZone) -> Self {
        TimeFormat::strftime(pattern, zone)
            .map_or(Self::Omitted, |format| Self::Text(format.exact()))
    }

    pub(crate) fn is_written(&self) -> bool {
        !matches!(self, Self::Omitted)
    }

    /// Appends the time, without quotes: digits and punctuation only.
    pub(crate) fn push(&self, time: Timestamp, out: &mut LineBuf) {
        match self {
            Self::Text(format) => format.push(time, out),
            Self::Number(divisor) => out.push_signed(time.as_nanos().div_euclid(*divisor)),
            Self::Omitted => {}
        }
    }
}

impl From<JsonTime> for TimeWriter {
    fn from(time: JsonTime) -> Self {
        match time {
            JsonTime::Millis => Self::text("%Y-%m-%dT%H:%M:%S.%3fZ", TimeZone::Utc),
            JsonTime::Nanos => Self::text("%Y-%m-%dT%H:%M:%S.%9fZ", TimeZone::Utc),
            JsonTime::LocalMillis => Self::text("%Y-%m-%dT%H:%M:%S.%3f%:z", TimeZone::Local),
            JsonTime::EpochMillis => Self::Number(1_000_000),
            JsonTime::EpochNanos => Self::Number(1),
            JsonTime::Omitted => Self::Omitted,
        }
    }
}
