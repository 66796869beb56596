//! JSON strings.

use std::fmt::Write;

use crate::formatter::escape::is_special;
use crate::formatter::scan::{is_plain_json, special_in_json};
use crate::text::line_buf::LineBuf;

/// Appends a JSON string. Characters that JSON allows, but that drive a terminal or are invisible,
/// are escaped as well.
pub(super) fn push_string(out: &mut LineBuf, text: &str) {
    out.push('"');
    push_escaped(out, text);
    out.push('"');
}

/// Appends what is between the quotes of a JSON string. Reports whether it is there as it was.
#[inline(never)]
pub(crate) fn push_escaped(out: &mut LineBuf, text: &str) -> bool {
    out.push_if(text, special_in_json) == Some(true) || push_any(out, text)
}

// Apart, as short plain strings need none of it.
#[inline(never)]
fn push_any(out: &mut LineBuf, text: &str) -> bool {
    let is_plain = is_plain_json(text);
    if is_plain {
        out.push_str(text);
    } else {
        push_with_escapes(out, text);
    }
    is_plain
}

#[cold]
fn push_with_escapes(out: &mut LineBuf, text: &str) {
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
