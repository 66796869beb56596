//! Instants to text, once a second.

use std::cell::RefCell;
use std::fmt::Write;

use chrono::format::{Item, StrftimeItems};
use chrono::{DateTime, FixedOffset};

use super::zone::TimeZone;
use crate::clock::Timestamp;
use crate::sync::{AtomicU32, Ordering};
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
}

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
        })
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
        })
    }

    /// Appends an instant. Allocates when the thread meets a second, or a format, for the first time.
    pub(crate) fn push(&self, time: Timestamp, out: &mut String) {
        let second = time.seconds();
        let cached = CACHE.try_with(|cache| {
            let Ok(mut cache) = cache.try_borrow_mut() else {
                return false;
            };
            let entry = cache.entry(self.id, second, |entry| self.render(second, entry));
            self.push_parts(entry, time, out);
            true
        });
        if cached != Ok(true) {
            let mut entry = Entry::default();
            self.render(second, &mut entry);
            self.push_parts(&entry, time, out);
        }
    }

    fn push_parts(&self, entry: &Entry, time: Timestamp, out: &mut String) {
        out.push_str(&entry.head);
        if self.fraction_digits > 0 {
            let mut digits = [b'0'; 9];
            let mut rest = time.subsec_nanos();
            for digit in digits.iter_mut().rev() {
                *digit = b'0' + u8::try_from(rest % 10).unwrap_or(0);
                rest /= 10;
            }
            out.push_str(std::str::from_utf8(&digits[..self.fraction_digits]).unwrap_or_default());
        }
        out.push_str(&entry.tail);
    }

    fn render(&self, second: i64, entry: &mut Entry) {
        entry.head.clear();
        entry.tail.clear();
        match self.zone.at(second) {
            Some(time) => {
                write_items(&time, &self.head, &mut entry.head);
                write_items(&time, &self.tail, &mut entry.tail);
            }
            None => {
                let _ = write!(entry.head, "{second}");
            }
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

/// The texts of one format in one second.
#[derive(Default)]
struct Entry {
    key: Option<(u32, i64)>,
    head: String,
    tail: String,
}

/// The last few seconds that a thread wrote: as many as formats are usually at work side by side.
#[derive(Default)]
struct Cache {
    entries: [Entry; 4],
    oldest: usize,
}

thread_local! {
    static CACHE: RefCell<Cache> = RefCell::default();
}

impl Cache {
    fn entry(&mut self, id: u32, second: i64, render: impl FnOnce(&mut Entry)) -> &Entry {
        let key = Some((id, second));
        if let Some(at) = self.entries.iter().position(|entry| entry.key == key) {
            return &self.entries[at];
        }
        // A format takes the place of its own last second, so that one fast format does not push out the others.
        let own = self
            .entries
            .iter()
            .position(|entry| entry.key.is_some_and(|(known, _)| known == id));
        let at = own.unwrap_or_else(|| {
            self.oldest = (self.oldest + 1) % self.entries.len();
            self.oldest
        });
        let entry = &mut self.entries[at];
        entry.key = None;
        render(entry);
        entry.key = key;
        entry
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(format: &TimeFormat, nanos: i64) -> String {
        let mut out = String::new();
        format.push(Timestamp::from_nanos(nanos), &mut out);
        out
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
