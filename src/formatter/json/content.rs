//! What a member holds: [`Content`].

use std::fmt::Write;

use crate::formatter::json::escape::push_string;
use crate::formatter::json::failure::{has_error, has_stack, push_failure};
use crate::formatter::json::gcp::Part;
use crate::formatter::json::object::push_scalar;
use crate::formatter::json::time::TimeWriter;
use crate::formatter::template::Field;
use crate::level::Level;
use crate::record::{OwnedValue, Record};
use crate::text::line_buf::LineBuf;

/// What a member of a [`FieldMap`](super::field_map::FieldMap) holds.
#[derive(Clone, Debug)]
pub(super) enum Content {
    Time(TimeWriter),
    Level(LevelForm),
    Message,
    /// A field of Python's, or a key-value.
    Field(Field),
    /// Null for a thread that has none.
    OptionalThreadName,
    /// The name of the innermost span, or those of all.
    Spans {
        all: bool,
    },
    Error,
    Stack,
    /// The error, and the stack after it.
    ErrorAndStack,
    /// An object with the error's message and stack, as Node's loggers write it.
    ErrorObject,
    /// The text of the first of these key-values that a record has.
    FirstOf(&'static [&'static str]),
    /// A key-value.
    KeyValue {
        key: Box<str>,
        /// Whether records that lack it have a null.
        or_null: bool,
    },
    /// The same in each object, as JSON.
    Constant(String),
    Gcp(Part),
}

/// How a level is written.
#[derive(Clone, Copy, Debug)]
pub(super) enum LevelForm {
    /// `WARNING`.
    Name,
    /// `warning`.
    LowerCase,
    /// Bunyan's numbers: 10 for `TRACE`, 20 for `DEBUG`, 60 for `CRITICAL`.
    Bunyan,
    /// Logback's numbers: 5,000 for `TRACE`, 10,000 for `DEBUG`, 40,000 for `ERROR`.
    Logback,
    /// The severities of Google Cloud.
    Severity,
}

impl Content {
    pub(super) fn key_value(key: &str, or_null: bool) -> Self {
        let key = key.into();
        Self::KeyValue { key, or_null }
    }

    pub(super) fn constant(value: &OwnedValue) -> Self {
        LineBuf::with(|json| {
            push_scalar(json, value.as_scalar());
            Self::Constant(json.as_str().to_owned())
        })
    }

    /// Reports whether a record has it.
    pub(super) fn is_in(&self, record: &Record<'_>) -> bool {
        match self {
            Self::Time(writer) => writer.is_written(),
            Self::Spans { .. } => record.rare_fields().spans.is_some(),
            Self::Error | Self::ErrorObject => has_error(record),
            Self::Stack => has_stack(record),
            Self::ErrorAndStack => record.has_failure(),
            Self::Gcp(part) => part.is_in(record),
            _ => true,
        }
    }

    /// Appends the value. Those that depend on the formatter are not written here.
    pub(super) fn push(&self, record: &Record<'_>, message_end: usize, out: &mut LineBuf) {
        match self {
            Self::Time(writer @ TimeWriter::Text(_)) => {
                out.push('"');
                writer.push(record.time(), out);
                out.push('"');
            }
            Self::Time(writer) => writer.push(record.time(), out),
            Self::Level(form) => form.push(record, out),
            Self::Spans { all } => LineBuf::with(|text| {
                match &record.rare_fields().spans {
                    Some(spans) if *all => drop(write!(text, "{spans}")),
                    spans => text.push_str(spans.as_ref().map_or("", |spans| spans.name())),
                }
                push_string(out, text.as_str());
            }),
            Self::Error => push_failure(record, true, false, out),
            Self::Stack => push_failure(record, false, true, out),
            Self::ErrorAndStack => push_failure(record, true, true, out),
            Self::ErrorObject => {
                out.push_str("{\"message\":");
                push_failure(record, true, false, out);
                out.push_str(",\"stack\":");
                push_failure(record, true, true, out);
                out.push('}');
            }
            Self::Constant(json) => out.push_str(json),
            Self::Gcp(part) => part.push(record, message_end, out),
            Self::Message
            | Self::Field(_)
            | Self::OptionalThreadName
            | Self::FirstOf(_)
            | Self::KeyValue { .. } => {}
        }
    }
}

impl LevelForm {
    fn push(self, record: &Record<'_>, out: &mut LineBuf) {
        let level = record.level();
        let number = u64::from(level.number());
        match self {
            Self::Name => record.with_level_name(|name| push_string(out, name)),
            Self::LowerCase => LineBuf::with(|lower| {
                record.with_level_name(|name| {
                    lower.extend(name.chars().flat_map(char::to_lowercase));
                });
                push_string(out, lower.as_str());
            }),
            Self::Bunyan if level < Level::DEBUG => out.push_unsigned((2 * number).max(10)),
            Self::Bunyan => out.push_unsigned(number + 10),
            Self::Logback => out.push_unsigned(1000 * number),
            Self::Severity => push_string(out, severity(level)),
        }
    }
}

fn severity(level: Level) -> &'static str {
    match level.number() {
        50.. => "CRITICAL",
        40.. => "ERROR",
        30.. => "WARNING",
        25.. => "NOTICE",
        20.. => "INFO",
        _ => "DEBUG",
    }
}
