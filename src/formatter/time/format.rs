//! The format of a time: [`TimeFormat`].

use std::fmt::Write;

use chrono::format::Item;

use crate::error::{Error, ErrorKind};
use crate::formatter::time::millis::{Millis, millis_parts};
use crate::formatter::time::strftime::{Fraction, find_fraction, items, write_items};
use crate::formatter::zone::TimeZone;
use crate::sys::sync::{AtomicU32, Ordering};
use crate::time::Timestamp;

/// Python's `default_time_format` and `default_msec_format`.
pub(crate) const PYTHON_TIME: &str = "%Y-%m-%d %H:%M:%S";
pub(crate) const PYTHON_MSEC: &str = "%s,%03d";

/// How times are written: a head that changes once a second, digits of the fraction, and a tail.
#[derive(Clone, Debug)]
pub(crate) struct TimeFormat {
    /// The key of the per-thread cache: formats with the same id write the same.
    pub(super) id: u32,
    head: Vec<Item<'static>>,
    /// 0, 3, 6 or 9.
    pub(super) fraction_digits: usize,
    /// How milliseconds are written, if not as three plain digits.
    pub(super) millis: Option<Millis>,
    tail: Vec<Item<'static>>,
    zone: TimeZone,
    /// Whether times round as Python's floats do; see [`python_time`].
    pub(super) rounds: bool,
}

impl PartialEq for TimeFormat {
    /// Reports whether both write the same, whatever their ids.
    fn eq(&self, other: &Self) -> bool {
        let Self {
            id: _,
            head,
            fraction_digits,
            millis,
            tail,
            zone,
            rounds,
        } = self;
        *head == other.head
            && *fraction_digits == other.fraction_digits
            && *millis == other.millis
            && *tail == other.tail
            && *zone == other.zone
            && *rounds == other.rounds
    }
}

/// Returns the time as Python sees it: its floats round the last tenths of a microsecond of a
/// second up to the next second.
pub(crate) fn python_time(time: Timestamp) -> Timestamp {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole seconds of a 64-bit time"
    )]
    let second = time.as_seconds_f64().floor() as i64;
    if second == time.seconds() {
        time
    } else {
        Timestamp::from_nanos(second * 1_000_000_000)
    }
}

/// Before these nanoseconds of a second, no float of our time's years rounds up.
pub(crate) const MAY_ROUND: u32 = 999_999_000;

/// Ids 0 and 1 are Python's format in local time and in UTC, which most formatters share.
static NEXT_ID: AtomicU32 = AtomicU32::new(2);

fn new_id() -> u32 {
    NEXT_ID.fetch_add(1, Ordering::Relaxed)
}

impl TimeFormat {
    /// Returns Python's own format: `2026-11-21 01:02:03,456`.
    pub(crate) fn python(zone: TimeZone) -> Self {
        let id = match zone {
            TimeZone::Local => 0,
            TimeZone::Utc => 1,
            TimeZone::Fixed(_) => new_id(),
        };
        let mut head = items(PYTHON_TIME, zone);
        head.push(Item::Literal(","));
        Self {
            id,
            head,
            fraction_digits: 3,
            millis: None,
            tail: Vec::new(),
            zone,
            rounds: true,
        }
    }

    /// Returns a format with milliseconds, by Python's `default_time_format` and
    /// `default_msec_format`.
    pub(crate) fn with_millis(time: &str, msec: &str, zone: TimeZone) -> Result<Self, Error> {
        let Some((before, between, millis, after)) = millis_parts(msec) else {
            let message = format!(
                "invalid format of milliseconds {msec:?}: expected %s for the time, \
                 and after it %d, such as %03d, for the milliseconds"
            );
            return Err(Error::new(ErrorKind::InvalidFormat, message));
        };
        let mut head = vec![Item::OwnedLiteral(before.into())];
        head.extend(items(time, zone));
        head.push(Item::OwnedLiteral(between.into()));
        Ok(Self {
            id: new_id(),
            head,
            fraction_digits: 3,
            millis: (millis != Millis::THREE_DIGITS).then_some(millis),
            tail: vec![Item::OwnedLiteral(after.into())],
            zone,
            rounds: true,
        })
    }

    /// Returns `2026-11-21 01:02:03.456`.
    #[cfg(feature = "pretty")]
    pub(crate) fn with_date_and_millis(zone: TimeZone) -> Self {
        let mut head = items(PYTHON_TIME, zone);
        head.push(Item::Literal("."));
        Self {
            id: new_id(),
            head,
            ..Self::python(zone)
        }
    }

    /// Returns the format without Python's rounding.
    pub(crate) fn exact(self) -> Self {
        Self {
            rounds: false,
            ..self
        }
    }

    /// Returns the format of a `strftime` pattern. Beyond C's codes, `%f` is microseconds, `%3f`,
    /// `%6f` and `%9f` are that many digits of the fraction, `%.f`, `%.3f`, `%.6f` and `%.9f` the
    /// same after a point, and `%:z` is the offset with a colon. Anything else is written as it is.
    pub(crate) fn strftime(pattern: &str, zone: TimeZone) -> Result<Self, Error> {
        let found = find_fraction(pattern);
        let (head, fraction, tail) = found.unwrap_or((pattern, Fraction::default(), ""));
        if find_fraction(tail).is_some() {
            let message = format!(
                "invalid date format {pattern:?}: only one fraction of a second can be written"
            );
            return Err(Error::new(ErrorKind::InvalidFormat, message));
        }
        let mut head = items(head, zone);
        head.push(Item::Literal(if fraction.point { "." } else { "" }));
        Ok(Self {
            id: new_id(),
            head,
            fraction_digits: fraction.digits,
            millis: None,
            tail: items(tail, zone),
            zone,
            rounds: true,
        })
    }

    /// Returns the number of bytes after the milliseconds, if these are three plain digits and what
    /// follows never changes.
    pub(crate) fn len_after_millis(&self) -> Option<usize> {
        if self.fraction_digits != 3 || self.millis.is_some() {
            return None;
        }
        let lens = self.tail.iter().map(|item| match item {
            Item::OwnedLiteral(text) => Some(text.len()),
            _ => None,
        });
        lens.sum()
    }

    /// Appends head and tail of a second.
    pub(super) fn render(&self, second: i64, head: &mut String, tail: &mut String) {
        match self.zone.at(second) {
            Some(time) => {
                write_items(&time, &self.head, head);
                write_items(&time, &self.tail, tail);
            }
            None => {
                let _ = write!(head, "{second}");
            }
        }
    }
}
