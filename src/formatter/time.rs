//! Instants to text, once a second.

use std::cell::{Cell, RefCell};
use std::fmt::Write;

use chrono::format::{Item, StrftimeItems};
use chrono::{DateTime, FixedOffset};

use super::zone::TimeZone;
use crate::clock::Timestamp;
use crate::sync::{AtomicU32, Ordering};
use crate::text::{Piece, Text};
use crate::{Error, ErrorKind};

/// Python's `default_time_format` and `default_msec_format`.
pub(crate) const PYTHON_TIME: &str = "%Y-%m-%d %H:%M:%S";
pub(crate) const PYTHON_MSEC: &str = "%s,%03d";

/// How instants are written: a text that changes once a second, digits of the second's fraction, and a text behind them.
#[derive(Clone, Debug)]
pub(crate) struct TimeFormat {
    /// Two formats with the same number write the same; the per-thread cache goes by it.
    id: u32,
    head: Vec<Item<'static>>,
    /// 0, 3, 6 or 9.
    fraction_digits: usize,
    tail: Vec<Item<'static>>,
    zone: TimeZone,
    /// Whether times round as Python's floats do; see [`python_time`].
    rounds: bool,
}

/// A time as Python sees it: its floats round the last tenths of a microsecond of a second up into the next one (statement 51).
pub(super) fn python_time(time: Timestamp) -> Timestamp {
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

/// Before these nanoseconds of a second no float of the years around ours rounds up.
const MAY_ROUND: u32 = 999_999_000;

/// Numbers 0 and 1 are Python's form in local time and in UTC, which most formatters share.
static NEXT_ID: AtomicU32 = AtomicU32::new(2);

impl TimeFormat {
    /// Python's own form: `2026-11-21 01:02:03,456`.
    pub(crate) fn python(zone: TimeZone) -> Self {
        let id = match zone {
            TimeZone::Local => 0,
            TimeZone::Utc => 1,
            TimeZone::Fixed(_) => NEXT_ID.fetch_add(1, Ordering::Relaxed),
        };
        let mut head = items(PYTHON_TIME, zone);
        head.push(Item::Literal(","));
        Self {
            id,
            head,
            fraction_digits: 3,
            tail: Vec::new(),
            zone,
            rounds: true,
        }
    }

    /// A time format with milliseconds set into it: Python's `default_time_format` and `default_msec_format`.
    pub(crate) fn with_millis(time: &str, msec: &str, zone: TimeZone) -> Result<Self, Error> {
        let parts = msec
            .split_once("%s")
            .and_then(|(before, rest)| Some((before, rest.split_once("%03d")?)));
        let Some((before, (between, after))) = parts else {
            let message = format!(
                "invalid format for milliseconds {msec:?}: expected %s and, behind it, %03d"
            );
            return Err(Error::new(ErrorKind::InvalidFormat, message));
        };
        let literal = |text: &str| Item::OwnedLiteral(text.into());
        let mut head = vec![literal(before)];
        head.extend(items(time, zone));
        head.push(literal(between));
        Ok(Self {
            id: new_id(),
            head,
            fraction_digits: 3,
            tail: vec![literal(after)],
            zone,
            rounds: true,
        })
    }

    /// The same, with times as they are.
    pub(crate) fn exact(self) -> Self {
        Self {
            rounds: false,
            ..self
        }
    }

    /// A pattern of `strftime`. Beyond C's codes: `%f` is microseconds, `%3f`, `%6f` and `%9f` are digits of the fraction, and
    /// `%:z` is the offset with a colon. What is no code stands as it is.
    pub(crate) fn strftime(pattern: &str, zone: TimeZone) -> Result<Self, Error> {
        let fractions = [("%3f", 3), ("%6f", 6), ("%9f", 9), ("%f", 6)];
        let found = fractions
            .iter()
            .filter_map(|&(code, digits)| Some((find_code(pattern, code)?, code, digits)))
            .min();
        let Some((at, code, digits)) = found else {
            return Ok(Self {
                id: new_id(),
                head: items(pattern, zone),
                fraction_digits: 0,
                tail: Vec::new(),
                zone,
                rounds: true,
            });
        };
        let (head, tail) = (&pattern[..at], &pattern[at + code.len()..]);
        if fractions
            .iter()
            .any(|(code, _)| find_code(tail, code).is_some())
        {
            let message = format!(
                "invalid date format {pattern:?}: only one fraction of a second can be written"
            );
            return Err(Error::new(ErrorKind::InvalidFormat, message));
        }
        Ok(Self {
            id: new_id(),
            head: items(head, zone),
            fraction_digits: digits,
            tail: items(tail, zone),
            zone,
            rounds: true,
        })
    }

    /// Appends an instant. Allocates when the thread meets a format for the first time.
    #[inline]
    pub(crate) fn push(&self, time: Timestamp, out: &mut Text) {
        let known = STAMPS.with(|stamps| {
            let stamp = &stamps[self.id as usize % STAMPS_KEPT];
            let is_known = stamp.holds(self.id, time);
            if is_known {
                out.push_cell(&stamp.text);
            }
            is_known
        });
        if !known {
            self.push_anew(time, out);
        }
    }

    /// Appends an instant whose text is not the one before, and keeps it.
    #[inline(never)]
    fn push_anew(&self, time: Timestamp, out: &mut Text) {
        let start = out.len();
        let instant = Instant::of(time);
        self.push_by_the_second(time, instant, out);
        if let Some(text) = Piece::new(out.from(start)) {
            STAMPS.with(|stamps| {
                let stamp = &stamps[self.id as usize % STAMPS_KEPT];
                stamp.set(self, instant, text);
            });
        }
    }

    fn push_by_the_second(&self, time: Timestamp, mut instant: Instant, out: &mut Text) {
        if self.rounds && instant.nanos >= MAY_ROUND {
            instant = Instant::of(python_time(time));
        }
        let cached = CACHE.try_with(|cache| {
            let mut cache = cache.try_borrow_mut().ok()?;
            out.push_str(cache.text(self, instant));
            Some(())
        });
        if cached != Ok(Some(())) {
            // No cache any more, as in a thread-local's destructor.
            let mut entry = Entry::new();
            entry.set(self, instant);
            out.push_str(&entry.text);
        }
    }

    /// The part of an instant that changes within a second, in units of the last digit.
    #[inline]
    fn fraction(&self, instant: Instant) -> u32 {
        match self.fraction_digits {
            0 => 0,
            3 => instant.nanos / 1_000_000,
            6 => instant.nanos / 1000,
            _ => instant.nanos,
        }
    }

    fn render(&self, second: i64, head: &mut String, tail: &mut String) {
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

/// A time, taken apart once.
#[derive(Clone, Copy)]
struct Instant {
    second: i64,
    nanos: u32,
}

impl Instant {
    #[inline]
    fn of(time: Timestamp) -> Self {
        let second = time.seconds();
        let nanos = time
            .as_nanos()
            .wrapping_sub(second.wrapping_mul(1_000_000_000));
        Self {
            second,
            nanos: u32::try_from(nanos).unwrap_or(0),
        }
    }
}

fn new_id() -> u32 {
    NEXT_ID.fetch_add(1, Ordering::Relaxed)
}

fn write_items(time: &DateTime<FixedOffset>, items: &[Item<'static>], out: &mut String) {
    let before = out.len();
    if write!(out, "{}", time.format_with_items(items.iter())).is_err() {
        out.truncate(before);
    }
}

/// The place of a code in a pattern; `%%f` holds none.
fn find_code(pattern: &str, code: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = pattern[at..].find('%') {
        let here = at + found;
        if pattern[here..].starts_with(code) {
            return Some(here);
        }
        at = here + 1 + pattern[here + 1..].chars().next().map_or(0, char::len_utf8);
    }
    None
}

/// A pattern's parts for chrono, with what chrono does not know as literal text, as the C library has it.
fn items(pattern: &str, zone: TimeZone) -> Vec<Item<'static>> {
    let mut items = Vec::new();
    let mut rest = pattern;
    while let Some(at) = rest.find('%') {
        items.push(Item::OwnedLiteral(rest[..at].into()));
        rest = &rest[at..];
        // `%`, flags, one letter.
        let letter = rest
            .char_indices()
            .skip(1)
            .find(|(_, c)| !matches!(c, '-' | '_' | '0' | ':' | '.' | '1'..='9'));
        let end = letter.map_or(rest.len(), |(at, c)| at + c.len_utf8());
        let (code, behind) = rest.split_at(end);
        rest = behind;
        match code {
            // chrono writes an offset for the zone's name.
            "%Z" if zone == TimeZone::Utc => items.push(Item::Literal("UTC")),
            // Known to chrono, not to C, and not a time.
            "%+" => items.push(Item::Literal("%+")),
            _ if StrftimeItems::new(code).any(|item| item == Item::Error) => {
                items.push(Item::OwnedLiteral(code.into()))
            }
            _ => items.extend(StrftimeItems::new(code).map(Item::to_owned)),
        }
    }
    items.push(Item::OwnedLiteral(rest.into()));
    items
}

/// The last text of a format, and the time for which it holds: most records share it with the one before.
struct Stamp {
    id: Cell<u32>,
    /// In nanoseconds since the epoch.
    start: Cell<i64>,
    /// For how many nanoseconds.
    span: Cell<u32>,
    text: Cell<Piece<32>>,
}

/// As many formats as are usually at work side by side; those whose numbers fall together write through [`CACHE`].
const STAMPS_KEPT: usize = 4;

thread_local! {
    // Without destructors, so that they are there to a thread's very end, and the look needs no borrow flag.
    static STAMPS: [Stamp; STAMPS_KEPT] = const { [const { Stamp::new() }; STAMPS_KEPT] };
}

impl Stamp {
    const fn new() -> Self {
        Self {
            id: Cell::new(u32::MAX),
            start: Cell::new(0),
            span: Cell::new(0),
            text: Cell::new(Piece::EMPTY),
        }
    }

    #[inline]
    fn holds(&self, id: u32, time: Timestamp) -> bool {
        let since = time.as_nanos().wrapping_sub(self.start.get());
        self.id.get() == id && (0..i64::from(self.span.get())).contains(&since)
    }

    fn set(&self, format: &TimeFormat, instant: Instant, text: Piece<32>) {
        let unit = match format.fraction_digits {
            0 => 1_000_000_000,
            3 => 1_000_000,
            6 => 1000,
            _ => 1,
        };
        let start = instant.nanos - instant.nanos % unit;
        // Where times may round up, the text of the unit need not hold to its end.
        let end = if format.rounds {
            (start + unit).min(MAY_ROUND)
        } else {
            start + unit
        };
        self.id.set(format.id);
        self.start.set(
            instant
                .second
                .wrapping_mul(1_000_000_000)
                .wrapping_add(i64::from(start)),
        );
        self.span.set(end.saturating_sub(start));
        if instant.nanos >= end {
            self.span.set(0);
        }
        self.text.set(text);
    }
}

/// The text of one format at one instant. As many records share their millisecond as their second, when they come fast.
struct Entry {
    id: u32,
    second: i64,
    fraction: u32,
    text: String,
    /// How much of the text holds for the whole second.
    head_len: usize,
    tail: String,
}

impl Entry {
    const fn new() -> Self {
        Self {
            id: u32::MAX,
            second: 0,
            fraction: 0,
            text: String::new(),
            head_len: 0,
            tail: String::new(),
        }
    }

    #[inline]
    fn is_of(&self, format: &TimeFormat, second: i64) -> bool {
        self.id == format.id && self.second == second
    }

    fn set(&mut self, format: &TimeFormat, instant: Instant) {
        self.text.clear();
        self.tail.clear();
        format.render(instant.second, &mut self.text, &mut self.tail);
        self.head_len = self.text.len();
        self.id = format.id;
        self.second = instant.second;
        self.set_fraction(format, format.fraction(instant));
    }

    fn set_fraction(&mut self, format: &TimeFormat, fraction: u32) {
        self.fraction = fraction;
        self.text.truncate(self.head_len);
        let mut unit = 10_u32.pow(u32::try_from(format.fraction_digits).unwrap_or(0));
        while unit > 1 {
            unit /= 10;
            self.text
                .push(char::from_digit(fraction / unit % 10, 10).unwrap_or('0'));
        }
        self.text.push_str(&self.tail);
    }
}

/// The last few seconds that a thread wrote: as many as formats are usually at work side by side.
struct Cache {
    entries: [Entry; 4],
    last: usize,
}

thread_local! {
    static CACHE: RefCell<Cache> = const {
        RefCell::new(Cache { entries: [Entry::new(), Entry::new(), Entry::new(), Entry::new()], last: 0 })
    };
}

impl Cache {
    #[inline]
    fn text(&mut self, format: &TimeFormat, instant: Instant) -> &str {
        let second = instant.second;
        if !self.entries[self.last].is_of(format, second) {
            self.find(format, instant);
        }
        let entry = &mut self.entries[self.last];
        let fraction = format.fraction(instant);
        if entry.fraction != fraction {
            entry.set_fraction(format, fraction);
        }
        &entry.text
    }

    /// Makes the entry of a format and second the last one.
    #[cold]
    fn find(&mut self, format: &TimeFormat, instant: Instant) {
        let second = instant.second;
        if let Some(at) = self
            .entries
            .iter()
            .position(|entry| entry.is_of(format, second))
        {
            self.last = at;
            return;
        }
        // A format takes the place of its own last second, so that one fast format does not push out the others.
        let own = self.entries.iter().position(|entry| entry.id == format.id);
        self.last = own.unwrap_or((self.last + 1) % self.entries.len());
        self.entries[self.last].set(format, instant);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(format: &TimeFormat, nanos: i64) -> String {
        let mut out = Text::default();
        format.push(Timestamp::from_nanos(nanos), &mut out);
        out.as_str().to_owned()
    }

    const TIME: i64 = 735_379_380_123_456_789;

    /// Statements 55 and 56.
    #[test]
    fn pythons_forms() {
        assert_eq!(
            text(&TimeFormat::python(TimeZone::Utc), TIME),
            "1993-04-21 08:03:00,123"
        );
        assert_eq!(
            text(&TimeFormat::python(TimeZone::Utc), -500_000_000),
            "1969-12-31 23:59:59,500"
        );
        let format = TimeFormat::with_millis("%H:%M", "%s.%03dZ", TimeZone::Utc).unwrap();
        assert_eq!(text(&format, TIME), "08:03.123Z");
        assert!(TimeFormat::with_millis("%H:%M", "%s", TimeZone::Utc).is_err());
    }

    #[test]
    fn patterns() {
        for (pattern, shown) in [
            ("%Y/%m/%d", "1993/04/21"),
            ("%H:%M:%S.%f", "08:03:00.123456"),
            ("%S.%3f|%z|%:z|%Z", "00.123|+0000|+00:00|UTC"),
            ("%9f", "123456789"),
            ("%%f %%", "%f %"),
            ("%Q %é %", "%Q %é %"),
            ("é%Y日", "é1993日"),
            ("%k|%l|%e|%j|%U|%p|%s", " 8| 8|21|111|16|AM|735379380"),
        ] {
            let format = TimeFormat::strftime(pattern, TimeZone::Utc).unwrap();
            assert_eq!(text(&format, TIME), shown, "{pattern}");
        }
        assert!(TimeFormat::strftime("%f %f", TimeZone::Utc).is_err());
    }

    #[test]
    fn fixed_zones_and_the_ends_of_time() {
        let east = TimeFormat::strftime("%H:%M %z", TimeZone::Fixed(19_800)).unwrap();
        assert_eq!(text(&east, TIME), "13:33 +0530");
        let beyond = TimeFormat::strftime("%H:%M %z", TimeZone::Fixed(i32::MAX)).unwrap();
        assert_eq!(text(&beyond, TIME), "08:03 +0000");
        for nanos in [i64::MIN, i64::MAX] {
            assert!(!text(&TimeFormat::python(TimeZone::Local), nanos).is_empty());
        }
    }

    #[test]
    fn the_cache_never_shows_another_second_or_format() {
        let formats: Vec<_> = (0..6)
            .map(|n| TimeFormat::strftime(&format!("{n} %s"), TimeZone::Utc).unwrap())
            .collect();
        for second in [0, 1, 0, 5, 1] {
            for (n, format) in formats.iter().enumerate() {
                assert_eq!(
                    text(format, second * 1_000_000_000),
                    format!("{n} {second}")
                );
            }
        }
    }
}
