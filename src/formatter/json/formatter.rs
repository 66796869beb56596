//! The formatter of JSON lines: [`JsonFormatter`].

use std::any::Any;

use crate::error::Error;
use crate::formatter::format::Format;
use crate::formatter::head::Head;
use crate::formatter::json::escape::push_escaped;
use crate::formatter::json::field_map::FieldMap;
use crate::formatter::json::object::Object;
use crate::formatter::json::own_names::OwnNames;
use crate::formatter::json::time::TimeWriter;
use crate::formatter::line::Line;
use crate::record::{Record, Scalar};
use crate::text::line_buf::LineBuf;

/// Writes each record as one JSON object on one line (RFC 8259, UTF-8).
///
/// The members, in this order: `time` (RFC 3339, UTC, milliseconds), `level`, `logger`, `message`;
/// if enabled, `file`, `line`, `function`, `module_path`, `thread`, `thread_name`, `process`,
/// `span`, `spans`; the key-values under their own names, with their own types; `error` and
/// `stack`, if the record has them. A key-value whose name is taken gets underscores until it is
/// free (`message_`), so nothing is lost and no name occurs twice.
///
/// Numbers are written as numbers, NaN and infinities as `null`, lists and maps as arrays and
/// objects, bytes as a string of hexadecimal digits. Values that only have a `Display` are strings.
///
/// # Python
/// The structured logging of the cookbook, which `logging` leaves to others.
///
/// # Examples
/// ```
/// use logtree::{Level, Record};
/// use logtree::formatter::{Format, JsonFormatter, Line};
/// use logtree::time::Timestamp;
///
/// let record = Record::builder().name("app").level(Level::INFO).message("up");
/// let record = record.time(Timestamp::from_nanos(0));
/// let record = record.key_value("port", 8080).key_value("level", "sea").build();
/// let mut line = Line::new();
/// JsonFormatter::new().format(&record, &mut line)?;
/// assert_eq!(
///     line.as_str(),
///     concat!(
///         r#"{"time":"1970-01-01T00:00:00.000Z","level":"INFO","logger":"app","message":"up","#,
///         r#""port":8080,"level_":"sea"}"#
///     )
/// );
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct JsonFormatter {
    pub(super) time: TimeWriter,
    /// The beginning of its lines, if it is kept.
    pub(super) head: Option<Head>,
    pub(super) names: OwnNames,
    /// Its members, where they are not the default ones.
    pub(super) map: Option<Box<FieldMap>>,
    pub(super) source: bool,
    pub(super) thread: bool,
    pub(super) process: bool,
    pub(super) spans: bool,
}

/// The names of the members, unless renamed.
pub(super) const NAMES: [&str; 15] = [
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
    "span",
    "spans",
];
const FILE: usize = 4;
const LINE: usize = 5;
const FUNCTION: usize = 6;
const MODULE_PATH: usize = 7;
const THREAD: usize = 8;
const THREAD_NAME: usize = 9;
const PROCESS: usize = 10;
const ERROR: usize = 11;
const STACK: usize = 12;
const SPAN: usize = 13;
const SPANS: usize = 14;

/// What is between the time and the name of the level.
const LEVEL_KEY: &str = "\",\"level\":\"";

impl JsonFormatter {
    /// Writes what each line has up to the text of its message, and has it kept. The members are in
    /// as few and long strings as possible.
    #[inline(never)]
    fn push_head(&self, record: &Record<'_>, out: &mut LineBuf) {
        let start = out.len();
        match &self.time {
            TimeWriter::Text(format) => {
                out.push_str("{\"time\":\"");
                // Digits and punctuation only.
                format.push(record.time(), out);
                out.push_str(LEVEL_KEY);
            }
            TimeWriter::Number(_) => {
                out.push_str("{\"time\":");
                self.time.push(record.time(), out);
                out.push_str(",\"level\":\"");
            }
            TimeWriter::Omitted => out.push_str("{\"level\":\""),
        }
        let time = (out.len() - start).saturating_sub(LEVEL_KEY.len());
        match record.builtin_level_name() {
            Some(name) => out.push_short(name),
            None => record.with_level_name(|name| {
                push_escaped(out, name);
            }),
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

    /// Reports whether another one, which is pure as well, writes the same lines.
    pub(in crate::formatter) fn writes_as(&self, other: &Self) -> bool {
        let options = |json: &Self| [json.source, json.thread, json.process, json.spans];
        self.time == other.time && self.names == other.names && options(self) == options(other)
    }

    fn object<'o>(&'o self, out: &'o mut LineBuf) -> Object<'o> {
        let own = &self.names;
        Object { out, own }
    }
}

impl Format for JsonFormatter {
    fn notes_messages(&self) -> bool {
        true
    }

    fn as_pure(&self) -> Option<&dyn Any> {
        // Members of any other choice may have an effect, as a number for each line has.
        self.map.is_none().then_some(self)
    }

    // Always, as that of text.
    #[inline(always)]
    fn format(&self, record: &Record<'_>, line: &mut Line) -> Result<(), Error> {
        if let Some(map) = &self.map {
            map.push(record, line);
            return Ok(());
        }
        let head = self.head.as_ref();
        let is_known = head.is_some_and(|head| head.push(record, line));
        let out = line.text_mut();
        if !is_known {
            self.push_head(record, out);
        }
        let start = out.len();
        if push_escaped(out, record.message()) {
            line.note_message(record, start);
        }
        let out = line.text_mut();
        out.push('"');
        let mut object = self.object(out);
        if self.source {
            let source = record.source();
            object.text(FILE, source.file());
            object.value(LINE, Scalar::Unsigned(source.line().into()));
            object.text(FUNCTION, source.function());
            object.text(MODULE_PATH, source.module_path());
        }
        if self.thread {
            object.value(THREAD, Scalar::Unsigned(record.thread_id().into()));
            match record.thread_name() {
                Some(name) => object.text(THREAD_NAME, &name),
                None => object.value(THREAD_NAME, Scalar::Null),
            }
        }
        if self.process {
            object.value(PROCESS, Scalar::Unsigned(record.process_id().into()));
        }
        if self.spans {
            if let Some(spans) = &record.rare_fields().spans {
                object.text(SPAN, spans.name());
                object.text(SPANS, &spans.to_string());
            }
        }
        let key_values = record.key_values();
        let of_call = key_values.of_call();
        if !of_call.is_some_and(|values| object.usual_members(values)) {
            object.key_values(key_values, |_| true);
        }
        if record.has_failure() {
            object.failure(record, ERROR, STACK);
        }
        object.out.push('}');
        Ok(())
    }
}
