//! The fields that a template can name.

use std::fmt::Write as _;

use log::kv::Value;

use crate::formatter::time::{TimeFormat, python_time};
use crate::record::{OwnedValue, Record, Scalar};
use crate::text::line_buf::LineBuf;

/// A field of a record, by its name in Python, or a key-value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Name,
    LevelNumber,
    LevelName,
    PathName,
    FileName,
    Module,
    ModulePath,
    LineNumber,
    Function,
    Created,
    AscTime,
    Millis,
    RelativeCreated,
    Thread,
    ThreadName,
    Process,
    ProcessName,
    TaskName,
    /// The name of the innermost span.
    Span,
    /// The names of all spans.
    Spans,
    Message,
    /// `msg`: the message as well, as a Rust message has no arguments.
    Msg,
    Args,
    ErrorText,
    ErrorInfo,
    StackInfo,
    KeyValue(Box<str>),
    /// `{0}`: no record has it.
    Place(Box<str>),
}

/// Maps the fields that every record has to their names, and back.
macro_rules! standard_fields {
    ($($field:ident: $name:literal,)+) => {
        impl Field {
            /// The names of the fields that every record has.
            pub(crate) const NAMES: &'static [&'static str] = &[$($name),+];

            pub(crate) fn of_name(name: &str) -> Self {
                match name {
                    $($name => Self::$field,)+
                    _ => Self::KeyValue(name.into()),
                }
            }

            pub(crate) fn name(&self) -> &str {
                match self {
                    $(Self::$field => $name,)+
                    Self::KeyValue(key) | Self::Place(key) => key,
                }
            }
        }
    };
}

standard_fields! {
    Name: "name",
    LevelNumber: "levelno",
    LevelName: "levelname",
    PathName: "pathname",
    FileName: "filename",
    Module: "module",
    ModulePath: "module_path",
    LineNumber: "lineno",
    Function: "funcName",
    Created: "created",
    AscTime: "asctime",
    Millis: "msecs",
    RelativeCreated: "relativeCreated",
    Thread: "thread",
    ThreadName: "threadName",
    Process: "process",
    ProcessName: "processName",
    TaskName: "taskName",
    Span: "span",
    Spans: "spans",
    Message: "message",
    Msg: "msg",
    Args: "args",
    ErrorText: "exc_text",
    ErrorInfo: "exc_info",
    StackInfo: "stack_info",
}

impl Field {
    /// Reports whether its value is a string in every record.
    fn is_text(&self) -> bool {
        matches!(
            self,
            Self::Name
                | Self::LevelName
                | Self::PathName
                | Self::FileName
                | Self::Module
                | Self::ModulePath
                | Self::Function
                | Self::AscTime
                | Self::ThreadName
                | Self::ProcessName
                | Self::Message
                | Self::Msg
        )
    }

    /// Reports whether its text comes from the logging code, and may hold anything.
    pub(crate) fn is_foreign(&self) -> bool {
        self.is_text() && *self != Self::AscTime
            || matches!(
                self,
                Self::KeyValue(_)
                    | Self::ErrorText
                    | Self::ErrorInfo
                    | Self::StackInfo
                    | Self::TaskName
                    | Self::Span
                    | Self::Spans
            )
    }

    /// Lends the field of a record; `None` if neither the record nor the defaults have it.
    pub(crate) fn read<R>(
        &self,
        record: &Record<'_>,
        time: &TimeFormat,
        defaults: &[(Box<str>, OwnedValue)],
        read: impl FnOnce(Scalar<'_>) -> R,
    ) -> Option<R> {
        let optional =
            |text: Option<std::borrow::Cow<'_, str>>,
             read: Box<dyn FnOnce(Scalar<'_>) -> R + '_>| match text {
                Some(text) => read(Scalar::Text(&text)),
                None => read(Scalar::Null),
            };
        Some(match self {
            Self::Name => read(Scalar::Text(record.name())),
            Self::LevelNumber => read(Scalar::Unsigned(record.level().number().into())),
            Self::LevelName => record.with_level_name(|name| read(Scalar::Text(name))),
            Self::PathName => read(Scalar::Text(record.source().file())),
            Self::FileName => read(Scalar::Text(record.source().file_name())),
            Self::Module => read(Scalar::Text(record.source().module())),
            Self::ModulePath => read(Scalar::Text(record.source().module_path())),
            Self::LineNumber => read(Scalar::Unsigned(record.source().line().into())),
            Self::Function => read(Scalar::Text(record.source().function())),
            Self::Created => read(Scalar::Float(record.time().as_seconds_f64())),
            Self::AscTime => LineBuf::with(|text| {
                time.push(record.time(), text);
                read(Scalar::Text(text.as_str()))
            }),
            Self::Millis => read(Scalar::Float(
                python_time(record.time()).subsec_millis().into(),
            )),
            #[expect(clippy::cast_precision_loss, reason = "Python's field is a float")]
            Self::RelativeCreated => read(Scalar::Float(record.nanos_since_start() as f64 / 1e6)),
            Self::Thread => read(Scalar::Unsigned(record.thread_id().into())),
            Self::ThreadName => LineBuf::with(|text| {
                let thread = &record.thread;
                thread.with_display_name(&mut |part| text.push_str(part));
                read(Scalar::Text(text.as_str()))
            }),
            Self::Process => read(Scalar::Unsigned(record.process_id().into())),
            Self::ProcessName => read(Scalar::Text(record.process_name())),
            Self::Message | Self::Msg => read(Scalar::Text(record.message())),
            // As Python writes a message without arguments.
            Self::Args => read(Scalar::Other(&Value::from_display(&"()"))),
            Self::ErrorText | Self::ErrorInfo => optional(record.error_text(), Box::new(read)),
            Self::StackInfo => optional(record.stack(), Box::new(read)),
            Self::Span | Self::Spans if record.rare_fields().spans.is_some() => {
                LineBuf::with(|text| {
                    match &record.rare_fields().spans {
                        Some(spans) if *self == Self::Span => text.push_str(spans.name()),
                        spans => spans.iter().for_each(|spans| {
                            let _ = write!(text, "{spans}");
                        }),
                    }
                    read(Scalar::Text(text.as_str()))
                })
            }
            // Outside of spans the application may set key-values.
            Self::Span | Self::Spans => match record.key_values().get(self.name()) {
                Some(value) => Scalar::visit(&value, read),
                None => match defaults.iter().find(|(known, _)| **known == *self.name()) {
                    Some((_, value)) => read(value.as_scalar()),
                    None => read(Scalar::Null),
                },
            },
            // The name of a task is the key-value `taskName`, if the application sets it.
            Self::TaskName => match record.key_values().get("taskName") {
                Some(value) => Scalar::visit(&value, read),
                None => read(Scalar::Null),
            },
            Self::Place(_) => return None,
            Self::KeyValue(key) => match record.key_values().get(key) {
                Some(value) => Scalar::visit(&value, read),
                None => read(
                    defaults
                        .iter()
                        .find(|(known, _)| known == key)?
                        .1
                        .as_scalar(),
                ),
            },
        })
    }
}
