//! Records as `key=value`: [`LogfmtFormatter`].

use std::any::Any;
use std::fmt::Write;

use crate::error::Error;
use crate::formatter::escape::is_special;
use crate::formatter::format::Format;
use crate::formatter::head::Head;
use crate::formatter::json::{JsonTime, TimeWriter, push_escaped, push_scalar};
use crate::formatter::line::Line;
use crate::formatter::scan::{is_plain_logfmt, special_in_logfmt, special_in_word};
use crate::formatter::template::push_plain;
use crate::record::{OwnedValue, Record, Scalar};
use crate::text::line_buf::LineBuf;

/// Writes each record as one line of logfmt: `key=value`, separated by spaces.
///
/// The keys, in this order: `time` (RFC 3339, UTC, milliseconds), `level` in lower case, `logger`,
/// `msg`; `caller` (`src/main.rs:12`), if [enabled](Self::with_source); those of the record;
/// `error` and `stack`, if the record has them.
///
/// A value is quoted if it is empty or contains white space, `=`, `"`, `\`, or a character that is
/// invisible or drives a terminal. What is between the quotes is escaped as in JSON: `\"`, `\\`,
/// `\n`, `\r`, `\t`, `\u001b`. So no value ends its line or looks like a key. Booleans and numbers
/// are bare, a null is nothing at all (`key=`), lists and maps are JSON in quotes, bytes are
/// hexadecimal digits.
///
/// In keys, white space, `=`, `"` and such characters become underscores. A key-value whose key is
/// one of the formatter's own gets `kv_` in front: `kv_level=…`.
///
/// # Examples
/// ```
/// use logtree::formatter::{Format, Line, LogfmtFormatter};
/// use logtree::time::Timestamp;
/// use logtree::{Level, Record};
///
/// let record = Record::builder().name("a.b").level(Level::INFO).message("put object");
/// let record = record.time(Timestamp::from_nanos(0));
/// let record = record.key_value("size", 3).key_value("path", "C:\\tmp").build();
/// let mut line = Line::new();
/// LogfmtFormatter::new().format(&record, &mut line)?;
/// assert_eq!(
///     line.as_str(),
///     concat!(
///         r#"time=1970-01-01T00:00:00.000Z level=info logger=a.b msg="put object" "#,
///         r#"size=3 path="C:\\tmp""#
///     )
/// );
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct LogfmtFormatter {
    time: TimeWriter,
    /// The beginning of its lines, if it is kept.
    head: Option<Head>,
    source: bool,
}

impl LogfmtFormatter {
    /// Returns a formatter with the default keys.
    #[must_use]
    pub fn new() -> Self {
        Self {
            time: TimeWriter::Omitted,
            head: None,
            source: false,
        }
        .with_time(JsonTime::default())
    }

    /// Sets how the time is written.
    ///
    /// # Examples
    /// ```
    /// use logtree::Record;
    /// use logtree::formatter::{Format, JsonTime, Line, LogfmtFormatter};
    ///
    /// let record = Record::builder().name("app").message("up").build();
    /// let mut line = Line::new();
    /// LogfmtFormatter::new().with_time(JsonTime::Omitted).format(&record, &mut line)?;
    /// assert_eq!(line.as_str(), "level=notset logger=app msg=up");
    /// # Ok::<(), logtree::Error>(())
    /// ```
    #[must_use]
    pub fn with_time(mut self, time: JsonTime) -> Self {
        self.time = time.into();
        self.head = match &self.time {
            TimeWriter::Text(format) => Head::new(format),
            _ => None,
        };
        self
    }

    /// Sets whether `caller`, the file and the line of the call, is written; off by default.
    #[must_use]
    pub fn with_source(mut self, source: bool) -> Self {
        self.source = source;
        self
    }

    /// Reports whether another one writes the same lines.
    pub(super) fn writes_as(&self, other: &Self) -> bool {
        self.time == other.time && self.source == other.source
    }

    /// Writes what each line has up to the message, and has it kept.
    #[inline(never)]
    fn push_head(&self, record: &Record<'_>, out: &mut LineBuf) {
        let start = out.len();
        if self.time.is_written() {
            out.push_str("time=");
            self.time.push(record.time(), out);
            out.push(' ');
        }
        let time = (out.len() - start).saturating_sub(1);
        out.push_str("level=");
        LineBuf::with(|lower| {
            record.with_level_name(|name| lower.extend(name.chars().flat_map(char::to_lowercase)));
            push_text(out, lower.as_str());
        });
        out.push_str(" logger=");
        let name = out.len() - start;
        push_text(out, record.name());
        let name = name..out.len() - start;
        out.push_str(" msg=");
        if let Some(head) = &self.head {
            head.keep(record, out.from(start), name, time);
        }
    }

    // Apart, as most records have none of it.
    #[inline(never)]
    fn push_rest(&self, record: &Record<'_>, out: &mut LineBuf) {
        if self.source {
            out.push_str(" caller=");
            LineBuf::with(|place| {
                let source = record.source();
                let _ = write!(place, "{}:{}", source.file(), source.line());
                push_text(out, place.as_str());
            });
        }
        record.key_values().for_each_kept(|key, value| {
            let key = key.as_str();
            push_key(out, key);
            if !value.push_integer(out) {
                value.read(|scalar| push_value(out, scalar));
            }
        });
        if record.has_failure() {
            push_failure(record, out);
        }
    }
}

impl Default for LogfmtFormatter {
    fn default() -> Self {
        Self::new()
    }
}

impl Format for LogfmtFormatter {
    fn notes_messages(&self) -> bool {
        true
    }

    fn as_pure(&self) -> Option<&dyn Any> {
        Some(self)
    }

    fn format(&self, record: &Record<'_>, line: &mut Line) -> Result<(), Error> {
        let head = self.head.as_ref();
        if !head.is_some_and(|head| head.push(record, line)) {
            self.push_head(record, line.text_mut());
        }
        let message = record.message();
        let out = line.text_mut();
        let start = out.len();
        if is_bare(message) {
            out.push_str(message);
            line.note_message(record, start);
        } else {
            out.push('"');
            if push_escaped(out, message) {
                line.note_message(record, start + 1);
            }
            line.text_mut().push('"');
        }
        if self.source || !record.is_bare() {
            self.push_rest(record, line.text_mut());
        }
        Ok(())
    }
}

/// Reports whether a key is one of the formatter's own.
#[inline]
fn is_own(key: &str) -> bool {
    matches!(
        key,
        "time" | "level" | "logger" | "msg" | "caller" | "error" | "stack"
    )
}

/// Appends a key of a record, between a space and the equals sign.
#[inline]
fn push_key(out: &mut LineBuf, key: &str) {
    out.push(' ');
    if is_own(key) {
        out.push_str("kv_");
    }
    if key.is_empty() || out.push_if(key, special_in_word) != Some(true) {
        push_any_key(out, key);
    }
    out.push('=');
}

#[cold]
fn push_any_key(out: &mut LineBuf, key: &str) {
    if key.is_empty() {
        out.push('_');
    }
    let breaks = |character| matches!(character, '"' | '=') || is_unseen(character);
    out.extend(key.chars().map(|c| if breaks(c) { '_' } else { c }));
}

#[inline]
fn push_value(out: &mut LineBuf, value: Scalar<'_>) {
    match value {
        Scalar::Null => {}
        Scalar::Bool(value) => out.push_str(if value { "true" } else { "false" }),
        Scalar::Text(text) => push_text(out, text),
        // Rust's shortest form; NaN and infinities are `NaN`, `inf` and `-inf`.
        Scalar::Float(value) => {
            let _ = write!(out, "{value:?}");
        }
        Scalar::Signed(_) | Scalar::Unsigned(_) => push_plain(value, out),
        Scalar::Nested(_) | Scalar::Other(_) => push_rare(out, value),
    }
}

#[inline(never)]
fn push_rare(out: &mut LineBuf, value: Scalar<'_>) {
    LineBuf::with(|text| {
        match value {
            Scalar::Nested(OwnedValue::List(_) | OwnedValue::Map(_)) => push_scalar(text, value),
            _ => push_plain(value, text),
        }
        push_text(out, text.as_str());
    });
}

/// Appends a string, in quotes where it needs them.
#[inline]
fn push_text(out: &mut LineBuf, text: &str) {
    if text.is_empty() || out.push_if(text, special_in_logfmt) != Some(true) {
        push_any_text(out, text);
    }
}

#[inline(never)]
fn push_any_text(out: &mut LineBuf, text: &str) {
    if is_bare(text) {
        out.push_str(text);
    } else {
        out.push('"');
        push_escaped(out, text);
        out.push('"');
    }
}

/// Reports whether a string needs no quotes.
#[inline]
fn is_bare(text: &str) -> bool {
    is_plain_logfmt(text) || !text.is_ascii() && is_bare_unicode(text)
}

#[inline(never)]
fn is_bare_unicode(text: &str) -> bool {
    let breaks = |character| matches!(character, '"' | '=' | '\\') || is_unseen(character);
    !text.contains(breaks)
}

/// Reports whether a character is white space, invisible, drives a terminal, or stands for one that
/// was invalid.
fn is_unseen(character: char) -> bool {
    character.is_whitespace() || character == char::REPLACEMENT_CHARACTER || is_special(character)
}

#[cold]
fn push_failure(record: &Record<'_>, out: &mut LineBuf) {
    if let Some(text) = &record.rare_fields().error {
        out.push_str(" error=");
        push_text(out, text);
    } else if record.error.is_some() {
        out.push_str(" error=");
        LineBuf::with(|text| {
            record.write_error(text);
            push_text(out, text.as_str());
        });
    }
    if let Some(stack) = record.stack() {
        out.push_str(" stack=");
        push_text(out, &stack);
    }
}
