//! The types that a configuration's values can be read as: [`FromConfig`].

#![expect(
    private_interfaces,
    unnameable_types,
    reason = "how values are read is sealed: neither implemented nor called outside the crate"
)]

use std::collections::BTreeMap;
use std::path::{Component, PathBuf};
use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::config::mismatch::Mismatch;
use crate::config::node::{Node, Value};
use crate::config::read_context::ReadContext;
use crate::filter::Key;
#[cfg(feature = "pretty")]
use crate::formatter::PrettyFormatter;
use crate::formatter::{ColorChoice, JsonTime, MissingFields, Multiline, TemplateStyle, TimeZone};
#[cfg(feature = "gelf")]
use crate::handler::GelfCompression;
#[cfg(feature = "http-handler")]
use crate::handler::HttpBody;
#[cfg(feature = "cloudwatch")]
use crate::handler::cloudwatch::{LogGroupClass, Oversize};
#[cfg(feature = "socket")]
use crate::handler::socket::Wire;
use crate::handler::{Overflow, When};
use crate::level::Level;
use crate::record::OwnedValue;

/// A type that an argument can be read as: `bool`, numbers, `String`, [`Level`], [`Duration`],
/// [`PathBuf`], lists and sections of these, and the crate's own choices ([`TemplateStyle`],
/// [`Overflow`], …).
///
/// | type | accepted values |
/// |---|---|
/// | `bool` | true, false, `yes`, `no`, `on`, `off`, 0, 1 |
/// | whole numbers | `1000000`, and `1e6`; a `usize` saturates at the machine's word size |
/// | [`Level`] | a name in any case, also as `ext://logging.INFO`, or a number from 0 to 65535 |
/// | [`Duration`] | seconds as a number, or a string: `"500ms"`, `"2s"`, `"5m"`, `"1h"`, `"1d"` |
/// | [`PathBuf`] | a string without `..`; for relative paths see [`DictConfig::directory`](super::DictConfig::directory) |
/// | [`OwnedValue`] | any string, number or boolean |
///
/// The trait is sealed. For other types, read a `String` and
/// [report](super::Arguments::problem) what is wrong with it.
pub trait FromConfig: Read {}

impl<T: Read> FromConfig for T {}

/// How a value is read; sealed.
pub trait Read: Sized {
    #[doc(hidden)]
    fn read(node: &Node, context: &ReadContext<'_>) -> Result<Self, Mismatch>;

    /// The JSON Schema of the type.
    #[doc(hidden)]
    fn schema() -> Json;
}

/// Reads a value inside another one, with references followed.
fn read_inside<T: Read>(node: &Node, context: &ReadContext<'_>) -> Result<T, Mismatch> {
    let resolved = context.references.resolve(node);
    T::read(
        resolved.map_err(|problem| Mismatch::whole(problem.message))?,
        context,
    )
}

impl Read for bool {
    fn read(node: &Node, _: &ReadContext<'_>) -> Result<Self, Mismatch> {
        match &node.value {
            Value::Bool(value) => Ok(*value),
            Value::Whole(0) => Ok(false),
            Value::Whole(1) => Ok(true),
            Value::Text(text) => match &*text.to_ascii_lowercase() {
                "true" | "yes" | "on" => Ok(true),
                "false" | "no" | "off" => Ok(false),
                _ => Err(Mismatch::new("true or false")),
            },
            _ => Err(Mismatch::new("true or false")),
        }
    }

    fn schema() -> Json {
        json!({"enum": [true, false, "true", "false", "yes", "no", "on", "off", 0, 1]})
    }
}

/// Returns a value as a whole number; `1e6` is one.
fn whole(node: &Node) -> Option<i128> {
    match node.value {
        Value::Whole(whole) => Some(whole.into()),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "saturates, and the range checks that follow are narrower"
        )]
        Value::Float(float) if float.fract() == 0.0 => Some(float as i128),
        _ => None,
    }
}

macro_rules! whole_numbers {
    ($($type:ty),*) => {
        $(impl Read for $type {
            fn read(node: &Node, _: &ReadContext<'_>) -> Result<Self, Mismatch> {
                let number = whole(node).and_then(|whole| Self::try_from(whole).ok());
                number.ok_or_else(|| {
                    Mismatch::new(format!("a whole number from {} to {}", Self::MIN, Self::MAX))
                })
            }

            fn schema() -> Json {
                json!({"type": "integer", "minimum": Self::MIN, "maximum": Self::MAX})
            }
        })*
    };
}

whole_numbers!(u8, u16, u32, u64, i32, i64);

/// The same numbers are valid on all machines; larger ones than the machine's saturate.
impl Read for usize {
    fn read(node: &Node, context: &ReadContext<'_>) -> Result<Self, Mismatch> {
        u64::read(node, context).map(|number| Self::try_from(number).unwrap_or(Self::MAX))
    }

    fn schema() -> Json {
        u64::schema()
    }
}

impl Read for f64 {
    fn read(node: &Node, _: &ReadContext<'_>) -> Result<Self, Mismatch> {
        match node.value {
            Value::Float(float) => Ok(float),
            #[expect(
                clippy::cast_precision_loss,
                reason = "as in Python, an integer stands for the nearest float"
            )]
            Value::Whole(whole) => Ok(whole as Self),
            _ => Err(Mismatch::new("a number")),
        }
    }

    fn schema() -> Json {
        json!({"type": "number"})
    }
}

impl Read for String {
    fn read(node: &Node, _: &ReadContext<'_>) -> Result<Self, Mismatch> {
        let text = node.text().map(str::to_owned);
        text.ok_or_else(|| Mismatch::new("a string"))
    }

    fn schema() -> Json {
        json!({"type": "string"})
    }
}

impl Read for Level {
    fn read(node: &Node, context: &ReadContext<'_>) -> Result<Self, Mismatch> {
        let names = context.registry.level_names();
        let mismatch = |note: &str| {
            let mut known: Vec<_> = names
                .iter()
                .map(|(name, level)| (*level, &**name))
                .collect();
            known.sort();
            let known: Vec<_> = known.into_iter().map(|(_, name)| name).collect();
            let known = known.join(", ");
            Mismatch::new(format!(
                "a level, by name ({known}) or as a number from 0 to 65535{note}"
            ))
        };
        if let Some(number) = whole(node) {
            let number = u16::try_from(number).ok();
            return number.map(Self::new).ok_or_else(|| mismatch(""));
        }
        let text = node.text().ok_or_else(|| mismatch(""))?;
        let name = text.strip_prefix("ext://").unwrap_or(text);
        let name = name.strip_prefix("logging.").unwrap_or(name);
        context.registry.parse_level(name).map_err(|_| {
            let note = if text.contains("${") || text.starts_with('$') {
                "; environment variables are not expanded"
            } else {
                ""
            };
            mismatch(note).among(name, names.iter().map(|(name, _)| &**name))
        })
    }

    fn schema() -> Json {
        json!({"oneOf": [
            {"type": "string", "minLength": 1},
            {"type": "integer", "minimum": 0, "maximum": 65535}
        ]})
    }
}

impl Read for Duration {
    fn read(node: &Node, _: &ReadContext<'_>) -> Result<Self, Mismatch> {
        let seconds = match &node.value {
            #[expect(
                clippy::cast_precision_loss,
                reason = "a duration of that length needs no nanoseconds"
            )]
            Value::Whole(seconds) => Some(*seconds as f64),
            Value::Float(seconds) => Some(*seconds),
            Value::Text(text) => {
                let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
                let unit = match &text[digits.len()..] {
                    "ms" => Some(0.001),
                    "s" => Some(1.0),
                    "m" => Some(60.0),
                    "h" => Some(3_600.0),
                    "d" => Some(86_400.0),
                    _ => None,
                };
                let number: Option<f64> = digits.trim().parse().ok();
                number.zip(unit).map(|(number, unit)| number * unit)
            }
            _ => None,
        };
        seconds
            .and_then(|seconds| Self::try_from_secs_f64(seconds).ok())
            .ok_or_else(|| {
                Mismatch::new("a time in seconds, or with a unit: 500ms, 2s, 5m, 1h, 1d")
            })
    }

    fn schema() -> Json {
        json!({"oneOf": [
            {"type": "number", "minimum": 0},
            {"type": "string", "pattern": "^[0-9]+(\\.[0-9]+)? *(ms|s|m|h|d)$"}
        ]})
    }
}

const NULL_DEVICE: &str = if cfg!(windows) { "NUL" } else { "/dev/null" };

impl Read for PathBuf {
    fn read(node: &Node, context: &ReadContext<'_>) -> Result<Self, Mismatch> {
        let text = match node.text() {
            Some("ext://os.devnull") => Some(NULL_DEVICE),
            // A Python name, which is not looked up; no file has such a name.
            text => text.filter(|text| {
                !text.is_empty() && !text.contains('\0') && !text.starts_with("ext://")
            }),
        };
        let path = text
            .map(PathBuf::from)
            .ok_or_else(|| Mismatch::new("a path"))?;
        // On Windows, `\\a.log` and `C:a.log` depend on the current drive or its directory,
        // whatever they are joined to.
        let starts = path.components().next();
        let is_anchored = matches!(starts, Some(Component::RootDir | Component::Prefix(_)));
        if is_anchored && !path.is_absolute() {
            return Err(Mismatch::new(
                "a path with both a drive and a root, or neither",
            ));
        }
        let goes_up = path.components().any(|part| part == Component::ParentDir);
        if goes_up && !context.settings.allow_parent {
            return Err(Mismatch::new("a path without `..`"));
        }
        Ok(match &context.settings.directory {
            Some(directory) => directory.join(path),
            None => path,
        })
    }

    fn schema() -> Json {
        json!({"type": "string", "minLength": 1})
    }
}

impl Read for OwnedValue {
    fn read(node: &Node, _: &ReadContext<'_>) -> Result<Self, Mismatch> {
        match &node.value {
            Value::Null => Ok(Self::Null),
            Value::Bool(value) => Ok((*value).into()),
            Value::Whole(whole) => Ok((*whole).into()),
            Value::Float(float) => Ok((*float).into()),
            Value::Text(text) => Ok(text.as_str().into()),
            Value::List(_) | Value::Map(_) => {
                Err(Mismatch::new("a string, a number, true or false"))
            }
        }
    }

    fn schema() -> Json {
        json!({"type": ["string", "number", "boolean", "null"]})
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(node: &Node, context: &ReadContext<'_>) -> Result<Self, Mismatch> {
        let Value::List(list) = &node.value else {
            return Err(Mismatch::new("a list"));
        };
        let items = list.iter().enumerate().map(|(number, item)| {
            let read = read_inside(item, context);
            read.map_err(|mismatch| mismatch.inside(format_args!("at index {number} of the list")))
        });
        items.collect()
    }

    fn schema() -> Json {
        json!({"type": "array", "items": T::schema()})
    }
}

impl<T: Read> Read for BTreeMap<String, T> {
    fn read(node: &Node, context: &ReadContext<'_>) -> Result<Self, Mismatch> {
        let Some(map) = node.map() else {
            return Err(Mismatch::new("a section"));
        };
        let entries = map.0.iter().map(|(key, value)| {
            let read = read_inside(value, context);
            let under = |mismatch: Mismatch| mismatch.inside(format_args!("under {:?}", key.text));
            Ok((key.text.clone(), read.map_err(under)?))
        });
        entries.collect()
    }

    fn schema() -> Json {
        json!({"type": "object", "additionalProperties": T::schema()})
    }
}

impl Read for When {
    fn read(node: &Node, _: &ReadContext<'_>) -> Result<Self, Mismatch> {
        let when = node.text().and_then(|text| text.parse().ok());
        when.ok_or_else(|| Mismatch::new("one of S, M, H, D, MIDNIGHT and W0 (Monday) to W6"))
    }

    fn schema() -> Json {
        let midnight = "[Mm][Ii][Dd][Nn][Ii][Gg][Hh][Tt]";
        json!({"type": "string", "pattern": format!("^([SsMmHhDd]|{midnight}|[Ww][0-6])$")})
    }
}

/// Types with a fixed set of words.
macro_rules! choices {
    ($($type:ty { $($word:literal => $value:expr),* $(,)? })*) => {
        $(impl Read for $type {
            fn read(node: &Node, _: &ReadContext<'_>) -> Result<Self, Mismatch> {
                const WORDS: &[&str] = &[$($word),*];
                match node.text() {
                    $(Some($word) => Ok($value),)*
                    other => {
                        let expected = format!("one of {}", WORDS.join(", "));
                        let words = WORDS.iter().copied();
                        Err(Mismatch::new(expected).among(other.unwrap_or_default(), words))
                    }
                }
            }

            fn schema() -> Json {
                json!({"enum": [$($word),*]})
            }
        })*
    };
}

#[cfg(all(feature = "gelf", feature = "gzip"))]
choices! {
    GelfCompression {
        "none" => Self::None,
        "gzip" => Self::Gzip,
        "zlib" => Self::Zlib,
    }
}

#[cfg(all(feature = "gelf", not(feature = "gzip")))]
choices! {
    GelfCompression {
        "none" => Self::None,
    }
}

#[cfg(feature = "pretty")]
choices! {
    PrettyFormatter {
        "pretty" => Self::new(),
        "loguru" => Self::loguru(),
        "zerolog" => Self::zerolog(),
        "charm" => Self::charm(),
        "pino" => Self::pino(),
    }
}

#[cfg(feature = "socket")]
choices! {
    Wire {
        "pickle" => Self::Pickle,
        "json" => Self::Json,
    }
}

#[cfg(feature = "http-handler")]
choices! {
    HttpBody {
        "query" => Self::Query,
        "form" => Self::Form,
        "json" => Self::Json,
        "ndjson" => Self::NdJson,
        "json_array" => Self::JsonArray,
    }
}

choices! {
    TemplateStyle {
        "%" => Self::Percent,
        "{" => Self::Brace,
        "$" => Self::Dollar,
    }
    Multiline {
        "indent" => Self::Indent,
        "escape" => Self::Escape,
        "raw" => Self::Raw,
    }
    MissingFields {
        "mark" => Self::Mark,
        "fail" => Self::Fail,
    }
    TimeZone {
        "local" => Self::Local,
        "utc" => Self::Utc,
    }
    ColorChoice {
        "auto" => Self::Auto,
        "always" => Self::Always,
        "never" => Self::Never,
    }
    JsonTime {
        "millis" => Self::Millis,
        "nanos" => Self::Nanos,
        "local_millis" => Self::LocalMillis,
        "epoch_millis" => Self::EpochMillis,
        "epoch_nanos" => Self::EpochNanos,
        "omitted" => Self::Omitted,
    }
    Key {
        "call_site" => Self::CallSite,
        "logger" => Self::Logger,
        "message" => Self::Message,
    }
    Overflow {
        "block" => Self::Block,
        "drop_newest" => Self::DropNewest,
        "drop_oldest" => Self::DropOldest,
        "by_severity" => Self::BySeverity,
    }
}

#[cfg(feature = "syslog")]
choices! {
    crate::handler::SysLogForm {
        "rfc5424" => Self::Rfc5424,
        "rfc3164" => Self::Rfc3164,
        "python" => Self::Python,
    }
    crate::handler::SysLogFraming {
        "octet_counting" => Self::OctetCounting,
        "newline" => Self::Newline,
        "nul" => Self::Nul,
        "none" => Self::None,
    }
}

#[cfg(feature = "cloudwatch")]
choices! {
    Oversize {
        "split" => Self::Split,
        "truncate" => Self::Truncate,
    }
    LogGroupClass {
        "STANDARD" => Self::Standard,
        "INFREQUENT_ACCESS" => Self::InfrequentAccess,
    }
}
