//! The formatter of JSON lines: [`JsonFormatter`].

use std::borrow::Cow;
use std::fmt::Write;

use crate::error::Error;
use crate::formatter::Format;
use crate::formatter::escape::is_special;
use crate::formatter::head::Head;
use crate::formatter::line::Line;
use crate::formatter::scan::{is_plain_json, special_in_json};
use crate::formatter::template::push_plain;
use crate::formatter::time::TimeFormat;
use crate::formatter::zone::TimeZone;
use crate::record::{KeyValues, Record, Scalar, write_error_chain};
use crate::sys::user_code;
use crate::text::Text;
use crate::time::Timestamp;

/// Writes each record as one JSON object on one line (RFC 8259, UTF-8).
///
/// The members, in this order: `time` (RFC 3339, UTC, milliseconds), `level`, `logger`, `message`; where asked for, `file`, `line`,
/// `function`, `module_path`, `thread`, `thread_name`, `process`; then the key-values under their own names, with their own
/// types; then `error` and `stack` where the record has them. A key-value whose name is taken gets underscores behind its name
/// until it is free (`message_`), so nothing is lost and no name stands twice.
///
/// Numbers are written as numbers, NaN and infinities as `null`. Values that only print themselves are texts.
///
/// # Python
/// The cookbook's structured logging, which Python's `logging` leaves to others.
///
/// # Examples
/// ```
/// use logtree::{Level, Record};
/// use logtree::formatter::{Format, JsonFormatter, JsonTime, Line};
/// use logtree::time::Timestamp;
///
/// let record = Record::builder().name("app").level(Level::INFO).message("up").time(Timestamp::from_nanos(0));
/// let record = record.key_value("port", 8080).key_value("level", "sea").build();
/// let mut line = Line::new();
/// JsonFormatter::new().format(&record, &mut line)?;
/// assert_eq!(
///     line.as_str(),
///     r#"{"time":"1970-01-01T00:00:00.000Z","level":"INFO","logger":"app","message":"up","port":8080,"level_":"sea"}"#
/// );
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct JsonFormatter {
    time: TimeWriter,
    /// The beginning of its lines, where it is kept.
    head: Option<Head>,
    source: bool,
    thread: bool,
    process: bool,
}

/// What comes between the text of a time and that of the level.
const LEVEL: &str = "\",\"level\":\"";

#[derive(Clone, Debug)]
enum TimeWriter {
    Text(TimeFormat),
    /// Nanoseconds divided by this.
    Number(i64),
    Omitted,
}

/// How [`JsonFormatter`] writes the time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum JsonTime {
    /// RFC 3339 in UTC with milliseconds: `2026-11-21T01:02:03.456Z`. The default.
    #[default]
    Millis,
    /// The same with nanoseconds.
    Nanos,
    /// RFC 3339 in local time with milliseconds and offset.
    LocalMillis,
    /// A number: milliseconds since the epoch.
    EpochMillis,
    /// A number: nanoseconds since the epoch.
    EpochNanos,
    /// No time, for collectors that note it themselves.
    Omitted,
}

impl JsonFormatter {
    /// The default members.
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Starts a formatter with other members.
    pub fn builder() -> JsonFormatterBuilder {
        JsonFormatterBuilder::default()
    }

    /// Writes what every line has up to its message, and has it kept.
    #[inline(never)]
    fn push_beginning(&self, record: &Record<'_>, out: &mut Text) {
        let start = out.len();
        self.push_head(record.time(), out);
        let time = (out.len() - start).saturating_sub(LEVEL.len());
        match record.builtin_level_name() {
            Some(name) => out.push_piece(name),
            None => record.with_level_name(|name| push_escaped(out, name)),
        }
        out.push_str("\",\"logger\":\"");
        let name = out.len() - start;
        push_escaped(out, record.name());
        let name = name..out.len() - start;
        out.push_str("\",\"message\":\"");
        if let Some(head) = &self.head {
            head.keep(record, out.from(start), name, time);
        }
    }

    /// Writes the opening brace, the time, and the beginning of the level's text.
    #[inline]
    fn push_head(&self, time: Timestamp, out: &mut Text) {
        match &self.time {
            TimeWriter::Text(format) => {
                out.push_str("{\"time\":\"");
                // Digits and punctuation only.
                format.push(time, out);
                out.push_str(LEVEL);
            }
            TimeWriter::Number(divisor) => {
                out.push_str("{\"time\":");
                push_scalar(
                    out,
                    Scalar::Signed(time.as_nanos().div_euclid(*divisor).into()),
                );
                out.push_str(",\"level\":\"");
            }
            TimeWriter::Omitted => out.push_str("{\"level\":\""),
        }
    }
}

impl Default for JsonFormatter {
    fn default() -> Self {
        Self::new()
    }
}

impl Format for JsonFormatter {
    fn format(&self, record: &Record<'_>, line: &mut Line) -> Result<(), Error> {
        // The members that every line has, with as few and as long pieces as there can be.
        let is_known = self
            .head
            .as_ref()
            .is_some_and(|head| head.push(record, line));
        let out = line.text_mut();
        if !is_known {
            self.push_beginning(record, out);
        }
        push_escaped(out, record.message());
        out.push('"');
        let mut object = Object { out };
        if self.source {
            let source = record.source();
            object.text("file", source.file());
            object.value("line", Scalar::Unsigned(source.line().into()));
            object.text("function", source.function());
            object.text("module_path", source.module_path());
        }
        if self.thread {
            object.value("thread", Scalar::Unsigned(record.thread_id().into()));
            match record.thread_name() {
                Some(name) => object.text("thread_name", &name),
                None => object.value("thread_name", Scalar::Null),
            }
        }
        if self.process {
            object.value("process", Scalar::Unsigned(record.process_id().into()));
        }
        object.key_values(record.key_values());
        if record.has_failure() {
            push_failure(record, &mut object);
        }
        object.out.push('}');
        Ok(())
    }
}

#[cold]
fn push_failure(record: &Record<'_>, object: &mut Object<'_>) {
    if let Some(text) = &record.details().error {
        object.text("error", text);
    } else if let Some(error) = record.error {
        Text::with(|text| {
            user_code::write_to(text, |text| write_error_chain(error, text));
            object.text("error", text.as_str());
        });
    }
    if let Some(stack) = record.stack() {
        object.text("stack", &stack);
    }
}

/// The names that the formatter itself may use, in any set-up: so that a name means the same in every line of a program.
const OWN: [&str; 13] = [
    "time",
    "level",
    "logger",
    "message",
    "file",
    "line",
    "function",
    "module_path",
    "thread",
    "thread_name",
    "process",
    "error",
    "stack",
];

/// A JSON object being written.
struct Object<'o> {
    out: &'o mut Text,
}

impl Object<'_> {
    /// Writes a name of our own, which needs no escapes, behind another member.
    fn key(&mut self, key: &str) {
        self.out.push_str(",\"");
        self.out.push_str(key);
        self.out.push_str("\":");
    }

    fn text(&mut self, key: &str, text: &str) {
        self.key(key);
        push_string(self.out, text);
    }

    fn value(&mut self, key: &str, value: Scalar<'_>) {
        self.key(key);
        push_scalar(self.out, value);
    }

    fn key_values(&mut self, key_values: KeyValues<'_>) {
        let mut names = Names::default();
        key_values.for_each(|key, value| {
            self.out.push_str(",\"");
            if names.is_new(key) {
                push_escaped(self.out, key);
            } else {
                push_escaped(self.out, &names.free(key, key_values));
            }
            self.out.push_str("\":");
            Scalar::visit(value, |scalar| push_scalar(self.out, scalar));
        });
    }
}

/// The names of one object's key-values so far.
#[derive(Default)]
struct Names {
    count: usize,
    /// A bit for each name so far, by its length and ends: names whose bit is not set are new, which most are.
    seen: u64,
    renamed: Vec<String>,
}

impl Names {
    /// Whether nothing can have this name yet, and notes it. Where it answers no, [`free`](Self::free) follows.
    #[inline]
    fn is_new(&mut self, key: &str) -> bool {
        let bit = bit_of(key);
        // What has a bit to itself needs no look.
        let maybe_there = self.seen & bit != 0
            || !self.renamed.is_empty()
            || OWN_BITS & bit != 0 && OWN.contains(&key);
        if !maybe_there {
            self.seen |= bit;
            self.count += 1;
        }
        !maybe_there
    }

    /// The name itself, or with underscores behind it where it is the formatter's own or was there before.
    #[cold]
    fn free<'k>(&mut self, key: &'k str, key_values: KeyValues<'_>) -> Cow<'k, str> {
        let mut name = Cow::Borrowed(key);
        while self.is_taken(&name, key_values) {
            name.to_mut().push('_');
        }
        if let Cow::Owned(name) = &name {
            self.renamed.push(name.clone());
        }
        self.seen |= bit_of(key);
        self.count += 1;
        name
    }

    fn is_taken(&self, name: &str, key_values: KeyValues<'_>) -> bool {
        let (mut at, mut earlier) = (0, false);
        key_values.for_each(|other, _| {
            earlier |= at < self.count && other == name;
            at += 1;
        });
        earlier || OWN.contains(&name) || self.renamed.iter().any(|renamed| renamed == name)
    }
}

/// One of 64 bits for a name, by its length and ends.
const fn bit_of(name: &str) -> u64 {
    let bytes = name.as_bytes();
    match bytes {
        [] => 1,
        [first, ..] => {
            1 << ((*first as usize ^ (bytes[bytes.len() - 1] as usize) << 2 ^ bytes.len()) % 64)
        }
    }
}

/// The bits of the formatter's own names.
const OWN_BITS: u64 = {
    let (mut bits, mut at) = (0, 0);
    while at < OWN.len() {
        bits |= bit_of(OWN[at]);
        at += 1;
    }
    bits
};

#[inline]
pub(super) fn push_scalar(out: &mut Text, value: Scalar<'_>) {
    match value {
        Scalar::Null => out.push_str("null"),
        Scalar::Bool(value) => out.push_str(if value { "true" } else { "false" }),
        Scalar::Float(value) if value.is_finite() => {
            // Rust's shortest form without an exponent is JSON; a float stays one to the reader.
            let _ = write!(out, "{value:?}");
        }
        Scalar::Float(_) => out.push_str("null"),
        Scalar::Text(text) => push_string(out, text),
        Scalar::Other(_) => Text::with(|text| {
            push_plain(value, text);
            push_string(out, text.as_str());
        }),
        Scalar::Signed(whole) => match i64::try_from(whole) {
            Ok(whole) => out.push_signed(whole),
            Err(_) => push_plain(value, out),
        },
        Scalar::Unsigned(whole) => match u64::try_from(whole) {
            Ok(whole) => out.push_unsigned(whole),
            Err(_) => push_plain(value, out),
        },
    }
}

/// Appends a JSON string. What JSON allows and terminals obey, or readers do not see, is escaped as well.
fn push_string(out: &mut Text, text: &str) {
    out.push('"');
    push_escaped(out, text);
    out.push('"');
}

/// Appends what stands between the quotes of a JSON string.
#[inline(never)]
pub(super) fn push_escaped(out: &mut Text, text: &str) {
    if out.push_if(text, special_in_json) != Some(true) {
        push_any(out, text);
    }
}

// Apart, as short plain texts need none of it.
#[inline(never)]
fn push_any(out: &mut Text, text: &str) {
    if is_plain_json(text) {
        out.push_str(text);
    } else {
        push_with_escapes(out, text);
    }
}

#[cold]
fn push_with_escapes(out: &mut Text, text: &str) {
    let is_special = |c: char| matches!(c, '"' | '\\' | '\t') || is_special(c);
    let mut rest = text;
    while let Some(at) = rest.find(is_special) {
        out.push_str(&rest[..at]);
        let mut characters = rest[at..].chars();
        match characters.next().unwrap_or_default() {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            special => {
                for unit in special.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
        rest = characters.as_str();
    }
    out.push_str(rest);
}

/// Makes a [`JsonFormatter`].
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct JsonFormatterBuilder {
    time: JsonTime,
    source: bool,
    thread: bool,
    process: bool,
}

impl JsonFormatterBuilder {
    /// How the time is written.
    pub fn time(mut self, time: JsonTime) -> Self {
        self.time = time;
        self
    }

    /// Whether `file`, `line`, `function` and `module_path` are written; off by default.
    pub fn source(mut self, source: bool) -> Self {
        self.source = source;
        self
    }

    /// Whether `thread` and `thread_name` are written; off by default.
    pub fn thread(mut self, thread: bool) -> Self {
        self.thread = thread;
        self
    }

    /// Whether `process`, the process's number, is written; off by default.
    pub fn process(mut self, process: bool) -> Self {
        self.process = process;
        self
    }

    /// The formatter.
    #[must_use]
    pub fn build(self) -> JsonFormatter {
        let text = |pattern, zone| {
            TimeFormat::strftime(pattern, zone).map_or(TimeWriter::Omitted, |format| {
                TimeWriter::Text(format.exact())
            })
        };
        let time = match self.time {
            JsonTime::Millis => text("%Y-%m-%dT%H:%M:%S.%3fZ", TimeZone::Utc),
            JsonTime::Nanos => text("%Y-%m-%dT%H:%M:%S.%9fZ", TimeZone::Utc),
            JsonTime::LocalMillis => text("%Y-%m-%dT%H:%M:%S.%3f%:z", TimeZone::Local),
            JsonTime::EpochMillis => TimeWriter::Number(1_000_000),
            JsonTime::EpochNanos => TimeWriter::Number(1),
            JsonTime::Omitted => TimeWriter::Omitted,
        };
        let head = match &time {
            TimeWriter::Text(format) => Head::new(format),
            _ => None,
        };
        JsonFormatter {
            time,
            head,
            source: self.source,
            thread: self.thread,
            process: self.process,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use log::kv::Value;

    fn json(record: &Record<'_>) -> serde_json::Map<String, serde_json::Value> {
        let mut line = Line::new();
        let formatter = JsonFormatter::builder().time(JsonTime::EpochNanos).build();
        formatter.format(record, &mut line).unwrap();
        assert!(!line.as_str().contains('\n'));
        serde_json::from_str(line.as_str()).unwrap()
    }

    #[test]
    fn types_survive() {
        let record = Record::builder()
            .key_value("i", -1)
            .key_value("u", u64::MAX)
            .key_value("f", 1.0);
        let record = record
            .key_value("nan", f64::NAN)
            .key_value("b", true)
            .key_value("n", None::<i32>);
        let object = json(&record.key_value("t", "x").build());
        assert_eq!(object["i"], -1);
        assert_eq!(object["u"], u64::MAX);
        assert!(object["f"].is_f64());
        assert!(object["nan"].is_null() && object["n"].is_null());
        assert_eq!((&object["b"], &object["t"]), (&true.into(), &"x".into()));
    }

    #[test]
    fn no_name_stands_twice_and_nothing_is_lost() {
        let pairs = [
            ("message", Value::from(1)),
            ("a", Value::from(2)),
            ("a", Value::from(3)),
            ("a_", Value::from(4)),
            ("message_", Value::from(5)),
            ("process", Value::from(6)),
        ];
        let mut record = Record::builder().message("m").build();
        record.set_source_of_key_values(&pairs);
        let object = json(&record);
        let mut values: Vec<_> = object
            .values()
            .filter_map(serde_json::Value::as_i64)
            .filter(|n| *n < 7)
            .collect();
        values.sort_unstable();
        assert_eq!(values, [1, 2, 3, 4, 5, 6], "{object:?}");
        assert_eq!(
            (&object["message"], &object["message_"]),
            (&"m".into(), &1.into())
        );
    }

    #[test]
    fn every_character_survives_and_none_drives_a_terminal() {
        let text: String = ('\0'..'\u{3000}').chain(['\u{1f980}', char::MAX]).collect();
        let record = Record::builder().message(text.as_str()).build();
        assert_eq!(json(&record)["message"], text);
        let mut line = Line::new();
        JsonFormatter::new().format(&record, &mut line).unwrap();
        assert!(!line.as_str().chars().any(char::is_control));
    }

    #[test]
    fn forms_of_time() {
        let record = Record::builder()
            .time(Timestamp::from_nanos(1_500_000_001))
            .build();
        let time = |time: JsonTime| {
            let mut line = Line::new();
            JsonFormatter::builder()
                .time(time)
                .build()
                .format(&record, &mut line)
                .unwrap();
            serde_json::from_str::<serde_json::Value>(line.as_str()).unwrap()["time"].to_string()
        };
        assert_eq!(time(JsonTime::Millis), "\"1970-01-01T00:00:01.500Z\"");
        assert_eq!(time(JsonTime::Nanos), "\"1970-01-01T00:00:01.500000001Z\"");
        assert_eq!(time(JsonTime::EpochMillis), "1500");
        assert_eq!(time(JsonTime::EpochNanos), "1500000001");
        assert_eq!(time(JsonTime::Omitted), "null");

        // Not rounded up into the next second, as Python's floats would have it.
        let record = Record::builder()
            .time(Timestamp::from_nanos(1_677_903_920_999_999_900))
            .build();
        let mut line = Line::new();
        JsonFormatter::new().format(&record, &mut line).unwrap();
        assert!(
            line.as_str().contains("T04:25:20.999Z"),
            "{}",
            line.as_str()
        );
    }
}
