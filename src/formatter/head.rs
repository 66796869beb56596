//! The beginnings of lines, which most lines share with an earlier one: [`Head`].

use std::cell::Cell;
use std::ops::Range;

use crate::formatter::line::Line;
use crate::formatter::time::{MAY_ROUND, TimeFormat};
use crate::level::Level;
use crate::record::Record;
use crate::sys::sync::{AtomicU32, Ordering};
use crate::text::digits::three_digits;
use crate::text::short_str::ShortStr;

/// The beginning of a formatter's lines, if it consists of the time, the name of the logger, and at
/// most the name of the level beside them.
///
/// Each thread keeps the beginnings it wrote last, and overwrites their milliseconds for the next
/// record of the same second. The address of the name selects where to look, which is only a hint:
/// the formatter, the level, the second and the bytes of the name are compared.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    /// Identifies the formatter and its clones.
    id: u32,
    /// The number of bytes of the time after its milliseconds.
    after_millis: usize,
}

/// Longer beginnings are not kept.
const LEN: usize = 96;
/// Enough for a few loggers and levels.
const KEPT: usize = 8;

/// A beginning as it was written last.
#[repr(align(128))]
struct Kept {
    id: Cell<u32>,
    level: Cell<Level>,
    name_at: Cell<u8>,
    name_len: Cell<u8>,
    millis_at: Cell<u8>,
    /// The byte after the milliseconds, in the highest byte: it is written together with their
    /// three.
    after_millis: Cell<u32>,
    /// The start of its second, in nanoseconds since the epoch.
    second: Cell<i64>,
    text: Cell<ShortStr<LEN>>,
}

thread_local! {
    // Without a destructor, so that they exist until the very end of a thread, and without a borrow
    // flag.
    static HEADS: [Kept; KEPT] = const { [const { Kept::new() }; KEPT] };
}

impl Head {
    /// Returns the head of a formatter whose lines begin with a time of this format, the name of
    /// the level and that of the logger; `None` if such a head cannot be kept.
    pub(super) fn new(time: &TimeFormat) -> Option<Self> {
        static NEXT_ID: AtomicU32 = AtomicU32::new(0);
        Some(Self {
            after_millis: time.len_after_millis()?,
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
        })
    }

    /// Appends a beginning that was kept. Reports whether there is one.
    // Apart, as several formatters call it: the access to the thread-local is then inlined here.
    #[inline(never)]
    pub(super) fn push(&self, record: &Record<'_>, line: &mut Line) -> bool {
        if line.color() || !record.has_builtin_level_name() {
            return false;
        }
        HEADS.with(|heads| {
            let kept = &heads[self.place(record)];
            let name = record.name.as_bytes();
            let since = record.time.as_nanos().wrapping_sub(kept.second.get());
            let nanos = match u32::try_from(since) {
                Ok(nanos @ ..MAY_ROUND) => nanos,
                _ => return false,
            };
            if kept.id.get() != self.id
                || kept.level.get() != record.level
                || usize::from(kept.name_len.get()) != name.len()
            {
                return false;
            }
            line.text_mut().push_short_cell_if(&kept.text, |text| {
                let name_at = usize::from(kept.name_at.get());
                let known = text.get(name_at..name_at + name.len());
                if !known.is_some_and(|known| is_same(known, name)) {
                    return false;
                }
                let millis_at = usize::from(kept.millis_at.get());
                if let Some(millis) = text.get_mut(millis_at..millis_at + 4) {
                    let digits = three_digits(nanos / 1_000_000) | kept.after_millis.get();
                    millis.copy_from_slice(&digits.to_le_bytes());
                }
                true
            })
        })
    }

    /// Returns the place of a record's beginning.
    #[inline(always)]
    fn place(&self, record: &Record<'_>) -> usize {
        let name = record.name.as_ptr().addr() / 16;
        let level = usize::from(record.level.number()) / 2;
        // So that a record that several formatters write replaces none of its own.
        let formatter = self.id as usize;
        (name ^ level).wrapping_add(formatter) % KEPT
    }

    /// Keeps the beginning of a record's line. `name` is the position of the name in it, `time`
    /// that of the end of the time.
    pub(super) fn keep(&self, record: &Record<'_>, text: &str, name: Range<usize>, time: usize) {
        let bytes = text.as_bytes();
        let start = record.time.seconds().checked_mul(1_000_000_000);
        let (Some(short), Some(start)) = (ShortStr::new(text), start) else {
            return;
        };
        let nanos = u32::try_from(record.time.as_nanos() - start).unwrap_or(u32::MAX);
        let millis_end = time.saturating_sub(self.after_millis);
        let millis_at = millis_end.saturating_sub(3);
        let numbers = [name.start, name.len(), millis_at].map(|number| u8::try_from(number).ok());
        let ([Some(name_at), Some(name_len), Some(millis_at)], Some(&after)) =
            (numbers, bytes.get(millis_end))
        else {
            return;
        };
        // A name that was escaped cannot be compared by its bytes.
        let is_plain = bytes.get(name) == Some(record.name.as_bytes());
        // Tested after the name of the level was written: if it is built-in now, it was then.
        if nanos >= MAY_ROUND || !is_plain || !record.has_builtin_level_name() {
            return;
        }
        debug_assert_eq!(
            bytes[millis_end - 3..millis_end],
            three_digits(nanos / 1_000_000).to_le_bytes()[..3]
        );
        HEADS.with(|heads| {
            let kept = &heads[self.place(record)];
            kept.id.set(self.id);
            kept.level.set(record.level);
            kept.name_at.set(name_at);
            kept.name_len.set(name_len);
            kept.millis_at.set(millis_at);
            kept.after_millis.set(u32::from(after) << 24);
            kept.second.set(start);
            kept.text.set(short);
        });
    }
}

impl Kept {
    const fn new() -> Self {
        Self {
            id: Cell::new(u32::MAX),
            level: Cell::new(Level::NOTSET),
            name_at: Cell::new(0),
            name_len: Cell::new(0),
            millis_at: Cell::new(0),
            after_millis: Cell::new(0),
            second: Cell::new(0),
            text: Cell::new(ShortStr::EMPTY),
        }
    }
}

/// Reports whether two strings of the same length are equal; in few steps for the usual lengths.
#[inline(always)]
fn is_same(one: &[u8], other: &[u8]) -> bool {
    match (one.first_chunk::<8>(), one.last_chunk::<8>()) {
        (Some(first), Some(last)) if one.len() <= 16 => {
            other.first_chunk() == Some(first) && other.last_chunk() == Some(last)
        }
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formatter::escape::Multiline;
    use crate::formatter::format::Format;
    use crate::formatter::json::JsonFormatter;
    use crate::formatter::logfmt::LogfmtFormatter;
    use crate::formatter::text::Formatter;
    use crate::formatter::zone::TimeZone;
    use crate::registry::Registry;
    use crate::time::Timestamp;

    const SECOND: i64 = 1_000_000_000;

    fn line(formatter: &dyn Format, record: &Record<'_>, color: bool) -> String {
        let mut line = Line::new().with_color(color);
        line.push_str(">");
        formatter.format(record, &mut line).unwrap();
        line.as_str().to_owned()
    }

    /// Returns the line as written by a thread that has kept nothing yet.
    fn line_of_a_new_thread(formatter: &dyn Format, record: &Record<'_>, color: bool) -> String {
        let mut kept = Vec::new();
        HEADS.with(|heads| {
            for head in heads {
                kept.push(head.id.replace(u32::MAX));
            }
        });
        let line = line(formatter, record, color);
        HEADS.with(|heads| {
            for (head, id) in heads.iter().zip(kept) {
                head.id.set(id);
            }
        });
        line
    }

    fn formatters() -> Vec<Box<dyn Format>> {
        let template = |template: &str, multiline| {
            let builder = Formatter::builder().format(template).multiline(multiline);
            let builder = builder.time_zone(TimeZone::Utc);
            Box::new(builder.build().unwrap()) as Box<dyn Format>
        };
        vec![
            template(Formatter::BOTO3, Multiline::Raw),
            template(Formatter::BOTO3, Multiline::Indent),
            template(
                "%(levelname)s %(asctime)s<%(name)s> %(message)s.",
                Multiline::Escape,
            ),
            template("%(name)s%(asctime)s%(message)s", Multiline::Raw),
            template("%(name)s %(asctime)s", Multiline::Raw),
            Box::new(JsonFormatter::new()),
            Box::new(LogfmtFormatter::new()),
        ]
    }

    #[test]
    fn what_is_kept_is_what_would_be_written() {
        let registry = Registry::new();
        let renamed = Registry::new();
        renamed.add_level_name(Level::INFO, "NOTE");
        let formatters = formatters();
        // Names at one address, one after the other.
        let names = [
            "a",
            "b",
            "app.one",
            "app.two",
            "eight888",
            "sixteen.letters!",
            "seventeen.letter.",
            "seventeen.Letter.",
            "a\nb",
            "a\\nb",
            "é",
            "",
            "a\"b",
        ];
        let long = "x".repeat(90);
        let mut place = String::with_capacity(100);
        let times = [
            0,
            1_000_000,
            1_999_999,
            999_000_000,
            999_998_999,
            999_999_000,
            999_999_999,
            SECOND,
            -1,
            -SECOND,
            i64::MIN,
            i64::MAX,
            5 * SECOND + 7,
        ];
        for time in times {
            for name in names.into_iter().chain([&*long]) {
                place.clear();
                place.push_str(name);
                for (level, registry, color) in [
                    (Level::INFO, &registry, false),
                    (Level::INFO, &renamed, false),
                    (Level::new(21), &registry, false),
                    (Level::INFO, &registry, true),
                ] {
                    let logger = registry.root();
                    let record = logger.record_builder(level).name(&place).message("m");
                    let plain = record.time(Timestamp::from_nanos(time)).build();
                    let mut with_value = plain.clone();
                    with_value.set_key_value("k", 1);
                    for record in [plain, with_value] {
                        for formatter in &formatters {
                            let expected = line_of_a_new_thread(&**formatter, &record, color);
                            for _ in 0..2 {
                                assert_eq!(line(&**formatter, &record, color), expected);
                            }
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_kept_has_no_levels_name_that_is_a_records_own() {
        let own = Record::builder()
            .level(Level::INFO)
            .name("app")
            .level_name("OWN");
        let usual = Record::builder().level(Level::INFO).name("app");
        let (own, usual) = (own.build(), usual.build());
        let formatter = Formatter::new(Formatter::BOTO3).unwrap();
        for (record, shown) in [(&usual, "[INFO]"), (&own, "[OWN]"), (&usual, "[INFO]")] {
            let line = line(&formatter, record, false);
            assert!(line.contains(shown), "{line}");
        }
    }

    #[test]
    fn a_second_is_kept_whole() {
        let registry = Registry::new();
        let logger = registry.root();
        for formatter in formatters() {
            for millis in (0..1000).rev() {
                let record = logger
                    .record_builder(Level::INFO)
                    .name("app.name")
                    .message("m");
                let time = Timestamp::from_nanos(SECOND + millis * 1_000_000);
                let text = line(&*formatter, &record.time(time).build(), false);
                let shown = [format!(":01,{millis:03}"), format!(":01.{millis:03}Z")];
                assert!(shown.iter().any(|shown| text.contains(shown)), "{text}");
            }
        }
    }
}
