//! Writes times: each thread keeps the text of the last ones, as most records share their
//! millisecond or their second with the one before.

use std::cell::{Cell, RefCell};

use crate::formatter::time::format::{MAY_ROUND, TimeFormat, python_time};
use crate::text::line_buf::LineBuf;
use crate::text::short_str::ShortStr;
use crate::time::Timestamp;

impl TimeFormat {
    /// Appends a time. Allocates when a thread first uses a format.
    #[inline]
    pub(crate) fn push(&self, time: Timestamp, out: &mut LineBuf) {
        let known = STAMPS.with(|stamps| {
            let stamp = &stamps[self.id as usize % STAMPS_KEPT];
            let is_known = stamp.holds(self.id, time);
            if is_known {
                out.push_short_cell(&stamp.text);
            }
            is_known
        });
        if !known {
            self.push_new(time, out);
        }
    }

    /// Appends a time whose text is not that of the time before, and keeps it.
    #[inline(never)]
    fn push_new(&self, time: Timestamp, out: &mut LineBuf) {
        let start = out.len();
        let instant = Instant::of(time);
        self.push_by_second(time, instant, out);
        if let Some(text) = ShortStr::new(out.from(start)) {
            STAMPS.with(|stamps| {
                let stamp = &stamps[self.id as usize % STAMPS_KEPT];
                stamp.set(self, instant, text);
            });
        }
    }

    fn push_by_second(&self, time: Timestamp, mut instant: Instant, out: &mut LineBuf) {
        if self.rounds && instant.nanos >= MAY_ROUND {
            instant = Instant::of(python_time(time));
        }
        let cached = CACHE.try_with(|cache| {
            let mut cache = cache.try_borrow_mut().ok()?;
            out.push_str(cache.text(self, instant));
            Some(())
        });
        if cached != Ok(Some(())) {
            // The cache is gone, as in the destructor of a thread-local.
            let mut entry = Entry::new();
            entry.set(self, instant);
            out.push_str(&entry.text);
        }
    }

    /// Returns the part of a time that changes within a second, in units of the last digit.
    #[inline]
    fn fraction(&self, instant: Instant) -> u32 {
        match self.fraction_digits {
            0 => 0,
            3 => instant.nanos / 1_000_000,
            6 => instant.nanos / 1000,
            _ => instant.nanos,
        }
    }
}

/// A time, divided once.
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

/// The last text of a format, and the time span for which it holds.
struct Stamp {
    id: Cell<u32>,
    /// In nanoseconds since the epoch.
    start: Cell<i64>,
    /// In nanoseconds.
    span: Cell<u32>,
    text: Cell<ShortStr<32>>,
}

/// As many formats as are usually in use at once; formats whose ids collide use [`CACHE`].
const STAMPS_KEPT: usize = 4;

thread_local! {
    // Without destructors, so that they exist until the very end of a thread, and without a borrow
    // flag.
    static STAMPS: [Stamp; STAMPS_KEPT] = const { [const { Stamp::new() }; STAMPS_KEPT] };
}

impl Stamp {
    const fn new() -> Self {
        Self {
            id: Cell::new(u32::MAX),
            start: Cell::new(0),
            span: Cell::new(0),
            text: Cell::new(ShortStr::EMPTY),
        }
    }

    #[inline]
    fn holds(&self, id: u32, time: Timestamp) -> bool {
        let since = time.as_nanos().wrapping_sub(self.start.get());
        self.id.get() == id && (0..i64::from(self.span.get())).contains(&since)
    }

    fn set(&self, format: &TimeFormat, instant: Instant, text: ShortStr<32>) {
        let unit = match format.fraction_digits {
            0 => 1_000_000_000,
            3 => 1_000_000,
            6 => 1000,
            _ => 1,
        };
        let start = instant.nanos - instant.nanos % unit;
        // Where times may round up, the text may not hold until the end of the unit.
        let end = if format.rounds {
            (start + unit).min(MAY_ROUND)
        } else {
            start + unit
        };
        self.id.set(format.id);
        // The earliest second begins before all instants, and its text is not kept.
        let second = instant.second.checked_mul(1_000_000_000);
        self.start.set(second.unwrap_or(0) + i64::from(start));
        let holds = second.is_some() && instant.nanos < end;
        self.span.set(if holds { end - start } else { 0 });
        self.text.set(text);
    }
}

/// The text of one format at one time.
struct Entry {
    id: u32,
    second: i64,
    fraction: u32,
    text: String,
    /// How many bytes of the text hold for the whole second.
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

/// The last few seconds that a thread wrote: as many as formats are usually in use at once.
struct Cache {
    entries: [Entry; 4],
    last: usize,
}

thread_local! {
    static CACHE: RefCell<Cache> = const {
        RefCell::new(Cache { entries: [const { Entry::new() }; 4], last: 0 })
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

    /// Makes the entry of a format and a second the last one.
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
        // A format replaces its own last second, so that one busy format does not evict the others.
        let own = self.entries.iter().position(|entry| entry.id == format.id);
        self.last = own.unwrap_or((self.last + 1) % self.entries.len());
        self.entries[self.last].set(format, instant);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formatter::zone::TimeZone;

    fn text(format: &TimeFormat, nanos: i64) -> String {
        let mut out = LineBuf::default();
        format.push(Timestamp::from_nanos(nanos), &mut out);
        out.as_str().to_owned()
    }

    const TIME: i64 = 735_379_380_123_456_789;

    /// As CPython 3.13 writes them.
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
