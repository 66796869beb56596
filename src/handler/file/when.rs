//! How often a file is rotated by time: [`When`].

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, ErrorKind};

/// In seconds.
const DAY: i64 = 24 * 60 * 60;

/// How often a [`TimedRotatingFileHandler`](crate::handler::TimedRotatingFileHandler) rotates its
/// file.
///
/// The first four count from when the file was begun; the others come at a time of day.
///
/// # Python
/// The argument `when`, whose texts it parses, in any case: `S`, `M`, `H`, `D`, `MIDNIGHT`, `W0`
/// (Monday) to `W6`.
///
/// # Examples
/// ```
/// use logtree::handler::When;
///
/// assert_eq!("midnight".parse::<When>()?, When::Midnight);
/// assert_eq!(When::Weekday(6).to_string(), "W6");
/// assert!("W7".parse::<When>().is_err());
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum When {
    /// Each second.
    Second,
    /// Each minute.
    Minute,
    /// Each hour.
    Hour,
    /// Every 24 hours.
    Day,
    /// Each midnight, or the time of day that is set.
    Midnight,
    /// Each week at the end of this day, 0 being Monday and 6 Sunday; or on it, at the time of day
    /// that is set.
    Weekday(u8),
}

impl When {
    /// Returns how long one of them is.
    pub(super) fn seconds(self) -> i64 {
        match self {
            Self::Second => 1,
            Self::Minute => 60,
            Self::Hour => 60 * 60,
            Self::Day | Self::Midnight => DAY,
            Self::Weekday(_) => 7 * DAY,
        }
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Second => f.write_str("S"),
            Self::Minute => f.write_str("M"),
            Self::Hour => f.write_str("H"),
            Self::Day => f.write_str("D"),
            Self::Midnight => f.write_str("MIDNIGHT"),
            Self::Weekday(day) => write!(f, "W{day}"),
        }
    }
}

impl FromStr for When {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text.to_ascii_uppercase().as_bytes() {
            b"S" => Ok(Self::Second),
            b"M" => Ok(Self::Minute),
            b"H" => Ok(Self::Hour),
            b"D" => Ok(Self::Day),
            b"MIDNIGHT" => Ok(Self::Midnight),
            [b'W', day @ b'0'..=b'6'] => Ok(Self::Weekday(day - b'0')),
            _ => Err(Error::new(
                ErrorKind::InvalidRollover,
                format!(
                    "invalid rollover interval {text:?}: expected S, M, H, D, MIDNIGHT or W0 (Monday) to W6"
                ),
            )),
        }
    }
}
