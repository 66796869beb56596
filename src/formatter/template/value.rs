//! Values as text, as Python writes them.

use std::fmt::{Display, Write};

use crate::error::{Error, ErrorKind};
use crate::formatter::template::number;
use crate::record::Scalar;
use crate::sys::user_code;
use crate::text::line_buf::LineBuf;

/// The widest padding and the longest precision of a template: without a limit, one could ask for
/// lines of gigabytes.
pub(super) const MAX_WIDTH: usize = 1024;

/// Why a width or a precision is rejected.
pub(super) const TOO_WIDE: &str = "the largest width and precision is 1024";

/// Returns the error of a value that does not fit its specification.
pub(super) fn unfit(why: impl Display) -> Error {
    Error::new(ErrorKind::FieldType, why.to_string())
}

/// Appends a value as Python's `str` would; one that only has a `Display` by that.
pub(crate) fn push_plain(value: Scalar<'_>, out: &mut LineBuf) {
    match value {
        Scalar::Null => out.push_str("None"),
        Scalar::Bool(true) => out.push_str("True"),
        Scalar::Bool(false) => out.push_str("False"),
        // By 64 bits where they suffice: 128 cost four times as much.
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
        Scalar::Nested(value) => {
            let _ = write!(out, "{value}");
        }
        Scalar::Other(value) => {
            user_code::write_to(out, |out| write!(out, "{value}"));
        }
    }
}

/// How a string is aligned in its width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
    Center,
    /// Padded between the sign and the digits.
    AfterSign,
}

/// Appends a string, padded to `width` characters.
pub(super) fn push_padded(out: &mut LineBuf, text: &str, width: usize, fill: char, align: Align) {
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

/// Returns the first `precision` characters.
pub(super) fn cut(text: &str, precision: Option<usize>) -> &str {
    let end = precision.and_then(|precision| text.char_indices().nth(precision));
    end.map_or(text, |(end, _)| &text[..end])
}

/// Returns what [`push_plain`] appends.
pub(crate) fn plain(value: Scalar<'_>) -> String {
    LineBuf::with(|text| {
        push_plain(value, text);
        text.as_str().to_owned()
    })
}

/// Returns Python's `repr` of a value, or its `ascii`.
pub(super) fn repr(value: Scalar<'_>, ascii: bool) -> String {
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

/// Reports whether Python's `repr` escapes a character beyond ASCII: controls, unusual spaces,
/// format marks.
fn is_unprintable(character: char) -> bool {
    character.is_control()
        || character.is_whitespace()
        || matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e000}'..='\u{f8ff}')
}
