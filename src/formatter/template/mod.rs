//! Templates: texts with named fields, in Python's three styles.
//!
//! A template is parsed once, into literal texts and fields. Each style has its file, with its syntax and its way to write
//! a value; numbers are shared.

mod brace;
mod dollar;
mod field;
mod number;
mod percent;

use std::fmt::Display;
use std::str::FromStr;

pub(crate) use self::field::Field;

use crate::error::{Error, ErrorKind};
use crate::record::Scalar;
use crate::sys::user_code;
use crate::text::Text;

/// The syntax of a template.
///
/// # Python
/// The `style` argument of `logging.Formatter`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Style {
    /// `%(levelname)-8s`, as `printf` has it. The default.
    #[default]
    Percent,
    /// `{levelname:<8}`, as Python's `str.format` has it.
    Brace,
    /// `$levelname` or `${levelname}`.
    Dollar,
}

impl FromStr for Style {
    type Err = Error;

    /// Reads `%`, `{` or `$`.
    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "%" => Ok(Self::Percent),
            "{" => Ok(Self::Brace),
            "$" => Ok(Self::Dollar),
            _ => Err(Error::new(
                ErrorKind::InvalidStyle,
                format!("unknown style {text:?}: expected one of % {{ $"),
            )),
        }
    }
}

impl Style {
    /// The template that stands for none: the message alone.
    pub(crate) fn message_only(self) -> &'static str {
        match self {
            Self::Percent => "%(message)s",
            Self::Brace => "{message}",
            Self::Dollar => "${message}",
        }
    }
}

/// The widest padding and the longest precision that a template can ask for: a line of a gigabyte is no format (fault 27).
pub(crate) const MAX_WIDTH: usize = 1024;

/// A part of a template.
#[derive(Clone, Debug)]
pub(crate) enum Segment {
    Literal(Box<str>),
    Field { field: Field, spec: Spec },
}

/// How a field's value is written.
#[derive(Clone, Debug)]
pub(crate) enum Spec {
    /// As it is: `%(x)s`, `{x}`, `$x`.
    Plain,
    Percent(percent::Spec),
    Brace(Box<brace::Spec>),
}

/// The text of a field of the record that a specification names: `{message:{width}}`.
pub(crate) type Lookup<'l> = &'l dyn Fn(&Field) -> Result<String, Error>;

impl Spec {
    /// Appends a value.
    pub(crate) fn push(
        &self,
        value: Scalar<'_>,
        lookup: Lookup<'_>,
        out: &mut Text,
    ) -> Result<(), Error> {
        match self {
            Self::Plain => push_plain(value, out),
            Self::Percent(spec) => spec.push(value, out)?,
            Self::Brace(spec) => spec.push(value, lookup, out)?,
        }
        Ok(())
    }

    /// Whether it writes the text of a value, whatever its type.
    pub(crate) fn writes_text(&self) -> bool {
        match self {
            Self::Plain => true,
            Self::Percent(spec) => spec.writes_text(),
            Self::Brace(spec) => spec.writes_text(),
        }
    }

    /// Appends what stands in place of a value, filled up to the width.
    pub(crate) fn push_instead(&self, text: &str, out: &mut Text) {
        match self {
            Self::Plain => out.push_str(text),
            Self::Percent(spec) => spec.push_instead(text, out),
            Self::Brace(spec) => spec.push_instead(text, out),
        }
    }
}

/// Appends a value the way Python's `str` would, but for a value known only by its `Display`.
pub(crate) fn push_plain(value: Scalar<'_>, out: &mut Text) {
    match value {
        Scalar::Null => out.push_str("None"),
        Scalar::Bool(true) => out.push_str("True"),
        Scalar::Bool(false) => out.push_str("False"),
        // By 64 bits where they do: those of 128 cost four times as much.
        Scalar::Signed(value) => match i64::try_from(value) {
            Ok(value) => out.push_signed(value),
            Err(_) => out.push_str(itoa::Buffer::new().format(value)),
        },
        Scalar::Unsigned(value) => match u64::try_from(value) {
            Ok(value) => out.push_unsigned(value),
            Err(_) => out.push_str(itoa::Buffer::new().format(value)),
        },
        Scalar::Float(value) => number::push_repr(value, out),
        Scalar::Text(text) => out.push_str(text),
        Scalar::Other(value) => {
            user_code::write_to(out, |out| {
                std::fmt::Write::write_fmt(out, format_args!("{value}"))
            });
        }
    }
}

/// Parses a template and checks the whole of it.
pub(crate) fn parse(template: &str, style: Style) -> Result<Vec<Segment>, Error> {
    let segments = parse_segments(template, style)?;
    if segments.names_field {
        Ok(segments.list)
    } else {
        Err(invalid(template, "it names no field"))
    }
}

/// Parses a template that need not name a field: Python's `validate=False`.
pub(crate) fn parse_unchecked(template: &str, style: Style) -> Result<Vec<Segment>, Error> {
    parse_segments(template, style).map(|segments| segments.list)
}

fn parse_segments(template: &str, style: Style) -> Result<Segments, Error> {
    match style {
        Style::Percent => percent::parse(template),
        Style::Brace => brace::parse(template),
        Style::Dollar => dollar::parse(template),
    }
}

/// Whether a template asks for the time; by its text alone, as Python looks for it (statement 57).
pub(crate) fn uses_time(template: &str, style: Style) -> bool {
    match style {
        Style::Percent => template.contains("%(asctime)"),
        Style::Brace => template.contains("{asctime"),
        Style::Dollar => template.contains("$asctime") || template.contains("${asctime}"),
    }
}

fn invalid(template: &str, why: impl Display) -> Error {
    Error::new(
        ErrorKind::InvalidFormat,
        format!("invalid format {template:?}: {why}"),
    )
}

fn invalid_at(template: &str, at: usize, why: impl Display) -> Error {
    invalid(template, format_args!("{why}, at byte {at}"))
}

fn unfit(why: impl Display) -> Error {
    Error::new(ErrorKind::FormatField, why.to_string())
}

/// Collects segments; texts that follow one another are joined.
#[derive(Default)]
struct Segments {
    list: Vec<Segment>,
    /// Whether there is a field whose name is a word; Python asks for one (statement 61).
    names_field: bool,
}

impl Segments {
    fn literal(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if let Some(Segment::Literal(last)) = self.list.last_mut() {
            *last = format!("{last}{text}").into();
        } else {
            self.list.push(Segment::Literal(text.into()));
        }
    }

    fn field(&mut self, field: Field, spec: Spec) {
        let name = field.name();
        let is_word = !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '[' | ']'));
        self.names_field |= is_word;
        self.list.push(Segment::Field { field, spec });
    }
}

/// Which side a text is padded on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Align {
    Left,
    Right,
    Center,
    /// Between the sign and the digits.
    AfterSign,
}

/// Appends `text`, filled up to `width` characters.
fn push_padded(out: &mut Text, text: &str, width: usize, fill: char, align: Align) {
    let missing = width.saturating_sub(text.chars().count());
    let before = match align {
        Align::Left => 0,
        Align::Right | Align::AfterSign => missing,
        Align::Center => missing / 2,
    };
    out.extend(std::iter::repeat_n(fill, before));
    out.push_str(text);
    out.extend(std::iter::repeat_n(fill, missing - before));
}

/// The first `precision` characters.
fn cut(text: &str, precision: Option<usize>) -> &str {
    let end = precision.and_then(|precision| text.char_indices().nth(precision));
    end.map_or(text, |(end, _)| &text[..end])
}

/// A value as [`push_plain`] appends it.
pub(crate) fn plain(value: Scalar<'_>) -> String {
    Text::with(|text| {
        push_plain(value, text);
        text.as_str().to_owned()
    })
}

/// Python's `repr` of a value, or with `ascii` its `ascii`.
fn repr(value: Scalar<'_>, ascii: bool) -> String {
    let Scalar::Text(text) = value else {
        return plain(value);
    };
    let mut out = String::new();
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    out.push(quote);
    for character in text.chars() {
        let code = character as u32;
        match character {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            _ if character == quote => out.extend(['\\', quote]),
            ' '..='~' => out.push(character),
            _ if !ascii && !is_unprintable(character) => out.push(character),
            _ if code <= 0xff => out.push_str(&format!("\\x{code:02x}")),
            _ if code <= 0xffff => out.push_str(&format!("\\u{code:04x}")),
            _ => out.push_str(&format!("\\U{code:08x}")),
        }
    }
    out.push(quote);
    out
}

/// The characters beyond ASCII that Python's `repr` escapes, as far as they are met: controls, odd spaces, marks of format.
fn is_unprintable(character: char) -> bool {
    character.is_control()
        || character.is_whitespace()
        || matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{e000}'..='\u{f8ff}')
}
