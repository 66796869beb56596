//! Instants to text, once a second.

use std::cell::{Cell, RefCell};
use std::fmt::Write;

use chrono::format::{Item, StrftimeItems};
use chrono::{DateTime, FixedOffset};

use crate::error::{Error, ErrorKind};
use crate::formatter::zone::TimeZone;
use crate::sys::sync::{AtomicU32, Ordering};
use crate::text::{Piece, Text};
use crate::time::Timestamp;

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
    /// How milliseconds are written that are no plain three digits.
    millis: Option<Millis>,
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
pub(super) const MAY_ROUND: u32 = 999_999_000;

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
            millis: None,
            tail: Vec::new(),
            zone,
            rounds: true,
        }
    }

    /// A time format with milliseconds set into it: Python's `default_time_format` and `default_msec_format`.
    pub(crate) fn with_millis(time: &str, msec: &str, zone: TimeZone) -> Result<Self, Error> {
        let Some((before, between, millis, after)) = millis_parts(msec) else {
            let message = format!(
                "invalid format for milliseconds {msec:?}: expected %s for the time, and after it %d, such as %03d, for the milliseconds"
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

    /// The same, with times as they are.
    pub(crate) fn exact(self) -> Self {
        Self {
            rounds: false,
            ..self
        }
    }

    /// A pattern of `strftime`. Beyond C's codes: `%f` is microseconds, `%3f`, `%6f` and `%9f` are digits of the fraction, `%.f`,
    /// `%.3f`, `%.6f` and `%.9f` the same after a point, and `%:z` is the offset with a colon. What is no code stands as it is.
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

    /// How many bytes come after the milliseconds, where it has three plain digits of them and these bytes never change.
    pub(super) fn len_after_millis(&self) -> Option<usize> {
        if self.fraction_digits != 3 || self.millis.is_some() {
            return None;
        }
        let lens = self.tail.iter().map(|item| match item {
            Item::OwnedLiteral(text) => Some(text.len()),
            _ => None,
        });
        lens.sum()
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

/// The part of a second that a code of a pattern asks for.
#[derive(Clone, Copy, Default)]
struct Fraction {
    digits: usize,
    point: bool,
}

impl Fraction {
    fn of(code: &str) -> Option<Self> {
        let (digits, point) = match code {
            "%3f" => (3, false),
            "%f" | "%6f" => (6, false),
            "%9f" => (9, false),
            "%.3f" => (3, true),
            "%.f" | "%.6f" => (6, true),
            "%.9f" => (9, true),
            _ => return None,
        };
        Some(Self { digits, point })
    }
}

/// The first fraction of a second in a pattern, with what stands before and after its code.
fn find_fraction(pattern: &str) -> Option<(&str, Fraction, &str)> {
    let mut rest = pattern;
    while let Some((_, code, after)) = next_code(rest) {
        if let Some(fraction) = Fraction::of(code) {
            let head = &pattern[..pattern.len() - after.len() - code.len()];
            return Some((head, fraction, after));
        }
        rest = after;
    }
    None
}

/// The first code of a pattern, `%`, flags and one letter, with what stands before and after it.
fn next_code(pattern: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = pattern.split_at(pattern.find('%')?);
    let mut letters = rest.char_indices().skip(1);
    let letter = letters.find(|(_, c)| !matches!(c, '-' | '_' | '0' | ':' | '.' | '1'..='9'));
    let end = letter.map_or(rest.len(), |(at, c)| at + c.len_utf8());
    let (code, after) = rest.split_at(end);
    Some((before, code, after))
}

/// A pattern's parts for chrono, with what chrono does not know as literal text, as the C library has it.
fn items(pattern: &str, zone: TimeZone) -> Vec<Item<'static>> {
    let mut items = Vec::new();
    let mut rest = pattern;
    while let Some((before, code, after)) = next_code(rest) {
        items.push(Item::OwnedLiteral(before.into()));
        rest = after;
        match code {
            // chrono writes an offset for the zone's name.
            "%Z" if zone == TimeZone::Utc => items.push(Item::Literal("UTC")),
            // Known to chrono, not to C, and not a time.
            "%+" => items.push(Item::Literal("%+")),
            // Fractions, in forms that are cut out of no pattern: chrono gets whole seconds and would write zeros.
            _ if code.ends_with('f') => items.push(Item::OwnedLiteral(code.into())),
            _ if StrftimeItems::new(code).any(|item| item == Item::Error) => {
                items.push(Item::OwnedLiteral(code.into()))
            }
            _ => items.extend(StrftimeItems::new(code).map(Item::to_owned)),
        }
    }
    items.push(Item::OwnedLiteral(rest.into()));
    items
}

/// How a number of milliseconds is written: the flags, width and precision of `%d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Millis {
    left: bool,
    zero: bool,
    sign: &'static str,
    width: usize,
    precision: usize,
}

impl Millis {
    /// `%03d`.
    const THREE_DIGITS: Self = Self {
        left: false,
        zero: true,
        sign: "",
        width: 3,
        precision: 0,
    };

    /// Reads what stands after a percent sign; returns the rest after the conversion as well.
    fn parse(text: &str) -> Option<(Self, &str)> {
        const WIDEST: usize = 64;
        let flags = text.find(|c| !"-0+ #".contains(c))?;
        let (flags, rest) = text.split_at(flags);
        let end = rest.find(['d', 'i', 'u'])?;
        let (counts, rest) = (&rest[..end], &rest[end + 1..]);
        let (width, precision) = counts.split_once('.').unwrap_or((counts, ""));
        let count = |digits: &str| match digits {
            "" => Some(0),
            _ if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok(),
            _ => None,
        };
        let count = |digits| count(digits).filter(|&count: &usize| count <= WIDEST);
        let millis = Self {
            left: flags.contains('-'),
            zero: flags.contains('0'),
            sign: match (flags.contains('+'), flags.contains(' ')) {
                (true, _) => "+",
                (false, true) => " ",
                (false, false) => "",
            },
            width: count(width)?,
            precision: count(precision)?,
        };
        Some((millis, rest))
    }

    fn push(self, millis: u32, out: &mut String) {
        let Self {
            left,
            zero,
            sign,
            width,
            precision,
        } = self;
        let zeros = if zero && !left {
            width.saturating_sub(sign.len())
        } else {
            0
        };
        let number = format!("{sign}{millis:0>digits$}", digits = precision.max(zeros));
        let _ = if left {
            write!(out, "{number:<width$}")
        } else {
            write!(out, "{number:>width$}")
        };
    }
}

/// The parts of Python's `default_msec_format`: the text before the time, between it and the milliseconds, how these are
/// written, and the text after them.
fn millis_parts(format: &str) -> Option<(String, String, Millis, String)> {
    let (before, rest) = literal_and_rest(format);
    let (between, rest) = literal_and_rest(rest?.strip_prefix('s')?);
    let (millis, rest) = Millis::parse(rest?)?;
    match literal_and_rest(rest) {
        (after, None) => Some((before, between, millis, after)),
        _ => None,
    }
}

/// The text up to the first percent sign that starts a conversion, with `%%` as one, and what stands after it.
fn literal_and_rest(format: &str) -> (String, Option<&str>) {
    let mut literal = String::new();
    let mut rest = format;
    while let Some((text, after)) = rest.split_once('%') {
        literal.push_str(text);
        let Some(after) = after.strip_prefix('%') else {
            return (literal, Some(after));
        };
        literal.push('%');
        rest = after;
    }
    literal.push_str(rest);
    (literal, None)
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
        // The first second there is begins before all instants, and holds for none.
        let second = instant.second.checked_mul(1_000_000_000);
        self.start.set(second.unwrap_or(0) + i64::from(start));
        let holds = second.is_some() && instant.nanos < end;
        self.span.set(if holds { end - start } else { 0 });
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
        if let Some(millis) = format.millis {
            millis.push(fraction, &mut self.text);
            self.text.push_str(&self.tail);
            return;
        }
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
        // As CPython 3.13 writes 592 milliseconds.
        for (msec, shown) in [
            ("%s;%d", "08;592"),
            ("%s %3d", "08 592"),
            ("%s.%05d", "08.00592"),
            ("%s %5d|", "08   592|"),
            ("%s %-5d|", "08 592  |"),
            ("<%s>%+i %%", "<08>+592 %"),
            ("%s% u", "08 592"),
            ("%s%.4d", "080592"),
        ] {
            let format = TimeFormat::with_millis("%H", msec, TimeZone::Utc).unwrap();
            assert_eq!(text(&format, 28_800_592_000_000), shown, "{msec}");
        }
        for msec in [
            "%s",
            "%d %s",
            "%s %d %d",
            "%s %x",
            "%s %99999d",
            "%%s %d",
            "%s %",
            "",
        ] {
            assert!(
                TimeFormat::with_millis("%H:%M", msec, TimeZone::Utc).is_err(),
                "{msec}"
            );
        }
    }

    #[test]
    fn patterns() {
        for (pattern, shown) in [
            ("%Y/%m/%d", "1993/04/21"),
            ("%H:%M:%S.%f", "08:03:00.123456"),
            ("%S.%3f|%z|%:z|%Z", "00.123|+0000|+00:00|UTC"),
            ("%9f", "123456789"),
            ("%S%.3f %Z", "00.123 UTC"),
            ("%S%.6f", "00.123456"),
            ("%S%.9f", "00.123456789"),
            ("%S%.f", "00.123456"),
            ("%-f|%_f|%0f|%12f|%:f", "%-f|%_f|%0f|%12f|%:f"),
            ("%%f %%", "%f %"),
            ("%Q %é %", "%Q %é %"),
            ("é%Y日", "é1993日"),
            ("%k|%l|%e|%j|%U|%p|%s", " 8| 8|21|111|16|AM|735379380"),
        ] {
            let format = TimeFormat::strftime(pattern, TimeZone::Utc).unwrap();
            assert_eq!(text(&format, TIME), shown, "{pattern}");
        }
        for twice in ["%f %f", "%.3f%f", "%3f|%.f"] {
            assert!(
                TimeFormat::strftime(twice, TimeZone::Utc).is_err(),
                "{twice}"
            );
        }
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
