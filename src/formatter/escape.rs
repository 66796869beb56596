//! Escapes: the strings of a record can neither forge a line nor drive a terminal.

use crate::formatter::scan::{is_plain_word, is_printable_ascii, special_in_word, unprintable};
use crate::text::line_buf::LineBuf;

/// How newlines and control characters in messages, names and values are written.
///
/// The text of the template itself and the colours are never changed.
///
/// # Python
/// `Raw` is what Python does; there, any message can forge a record or drive the terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Multiline {
    /// Lines after the first are indented by four spaces, so that none looks like a record; a
    /// newline at the very end is dropped. Control characters are escaped. The default.
    #[default]
    Indent,
    /// One record is one line: newlines are escaped like other control characters.
    Escape,
    /// All bytes are written as they are, as in Python.
    Raw,
}

/// Replaces a newline under [`Multiline::Indent`].
const INDENT: &str = "\n    ";

/// Appends a string by the rules of `multiline`. Reports whether it is there as it was.
#[inline]
pub(crate) fn push(out: &mut LineBuf, text: &str, multiline: Multiline) -> bool {
    if multiline == Multiline::Raw {
        out.push_str(text);
        return true;
    }
    push_safely(out, text, multiline)
}

#[inline(never)]
fn push_safely(out: &mut LineBuf, text: &str, multiline: Multiline) -> bool {
    out.push_if(text, unprintable) == Some(true) || push_any(out, text, multiline)
}

// Apart, as short plain strings need none of it.
#[inline(never)]
fn push_any(out: &mut LineBuf, text: &str, multiline: Multiline) -> bool {
    let is_plain = is_plain(text);
    if is_plain {
        out.push_str(text);
    } else {
        push_escaped(out, text, multiline);
    }
    is_plain
}

/// Reports whether what was appended from a position on is quickly seen to need no escape.
#[inline(always)]
pub(crate) fn stays(out: &LineBuf, from: usize, multiline: Multiline) -> bool {
    multiline == Multiline::Raw || is_printable_ascii(out.bytes_from(from))
}

/// Reports whether no character needs an escape.
#[inline]
pub(crate) fn is_plain(text: &str) -> bool {
    is_printable_ascii(text.as_bytes()) || !text.chars().any(is_special)
}

/// Reports whether a character drives a terminal or deceives a reader: the controls of C0 (except
/// the tab), DEL and C1; the line and paragraph separators; the marks that change the direction of
/// text; and invisible characters, so that strings that look alike are alike.
///
/// The invisible ones are Unicode's `Default_Ignorable_Code_Point` and the marks of annotations,
/// without the variation selectors (U+FE00 to U+FE0F, those of Mongolian and of ideographs):
/// ordinary emoji end with one, and what they follow is visible.
pub(super) fn is_special(character: char) -> bool {
    match character {
        ' '..='~' | '\t' => false,
        '\0'..='\u{9f}' | '\u{ad}' => true,
        // Most letters of most scripts.
        ..'\u{34f}' => false,
        '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'..='\u{1160}'
        | '\u{17b4}'..='\u{17b5}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e00ff}'
        | '\u{e01f0}'..='\u{e0fff}' => true,
        _ => false,
    }
}

#[cold]
fn push_escaped(out: &mut LineBuf, text: &str, multiline: Multiline) {
    let indent = multiline == Multiline::Indent;
    // The sink ends the line; a second newline would only add an empty, indented line.
    let text = if indent {
        text.strip_suffix('\n').unwrap_or(text)
    } else {
        text
    };
    let mut rest = text;
    while let Some(at) = rest.find(is_special) {
        out.push_str(&rest[..at]);
        let mut characters = rest[at..].chars();
        let character = characters.next().unwrap_or_default();
        rest = characters.as_str();
        if indent && character == '\n' {
            out.push_str(INDENT);
        } else if indent && character == '\r' && rest.starts_with('\n') {
            // `\r\n`, the line end of network protocols.
        } else {
            push_escape(out, character);
        }
    }
    out.push_str(rest);
}

/// Appends the escape of a character, as in a Rust literal.
pub(crate) fn push_escape(out: &mut LineBuf, character: char) {
    match character {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        _ if character.is_ascii() => {
            const DIGITS: &[u8; 16] = b"0123456789abcdef";
            let code = character as usize;
            out.push_str("\\x");
            out.push(char::from(DIGITS[code >> 4 & 15]));
            out.push(char::from(DIGITS[code & 15]));
        }
        _ => out.extend(character.escape_unicode()),
    }
}

/// Appends a key or a value of ` key=value`: a plain word as it is, any other string in quotes.
#[inline]
pub(crate) fn push_word(out: &mut LineBuf, word: &str) {
    if word.is_empty() || out.push_if(word, special_in_word) != Some(true) {
        push_any_word(out, word);
    }
}

#[inline(never)]
fn push_any_word(out: &mut LineBuf, word: &str) {
    let breaks =
        |character: char| matches!(character, ' ' | '"' | '=' | '\t') || is_special(character);
    if is_plain_word(word) || !word.is_empty() && !word.contains(breaks) {
        out.push_str(word);
    } else {
        push_quoted(out, word);
    }
}

/// Appends a string in quotes.
pub(super) fn push_quoted(out: &mut LineBuf, text: &str) {
    out.push('"');
    let mut rest = text;
    while let Some(at) =
        rest.find(|character| matches!(character, '"' | '\\' | '\t') || is_special(character))
    {
        out.push_str(&rest[..at]);
        let mut characters = rest[at..].chars();
        push_escape(out, characters.next().unwrap_or_default());
        rest = characters.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(text: &str, multiline: Multiline) -> String {
        let mut out = LineBuf::default();
        push(&mut out, text, multiline);
        out.as_str().to_owned()
    }

    #[test]
    fn newlines_by_policy() {
        let text = "GET /\r\nHost: x\n\nbody\n";
        assert_eq!(
            escaped(text, Multiline::Indent),
            "GET /\n    Host: x\n    \n    body"
        );
        assert_eq!(
            escaped(text, Multiline::Escape),
            "GET /\\r\\nHost: x\\n\\nbody\\n"
        );
        assert_eq!(escaped(text, Multiline::Raw), text);
        assert_eq!(
            escaped("over\rwritten", Multiline::Indent),
            "over\\rwritten"
        );
    }

    #[test]
    fn what_drives_a_terminal_is_escaped() {
        let text = "\x1b[2J\x07\0\u{9b}31m\u{202e}\u{2028}tab\tend\x7f";
        let shown = "\\x1b[2J\\x07\\x00\\u{9b}31m\\u{202e}\\u{2028}tab\tend\\x7f";
        assert_eq!(escaped(text, Multiline::Indent), shown);
        assert_eq!(escaped(text, Multiline::Escape), shown);
    }

    #[test]
    fn no_character_makes_a_second_line_or_a_control() {
        for character in '\0'..=char::MAX {
            let text = format!("a{character}b{character}{}", "c".repeat(16));
            let line = escaped(&text, Multiline::Escape);
            let harmless =
                !line.chars().any(is_special) && line.chars().all(|c| c >= ' ' || c == '\t');
            assert!(harmless, "{character:?}: {line:?}");
            assert_eq!(line == text, !is_special(character), "{character:?}");
        }
    }

    #[test]
    fn what_is_not_seen_is_escaped_and_what_is_seen_stays() {
        for hidden in [
            '\u{ad}',
            '\u{61c}',
            '\u{180e}',
            '\u{200b}',
            '\u{200c}',
            '\u{200d}',
            '\u{200e}',
            '\u{200f}',
            '\u{2060}',
            '\u{2064}',
            '\u{206a}',
            '\u{feff}',
            '\u{fff9}',
            '\u{3164}',
            '\u{e0001}',
            '\u{e0041}',
            '\u{e007f}',
        ] {
            let text = format!("a{hidden}b");
            let shown = format!("a{}b", hidden.escape_unicode());
            assert_eq!(escaped(&text, Multiline::Indent), shown);
            assert_eq!(escaped(&text, Multiline::Escape), shown);
            let mut word = LineBuf::default();
            push_word(&mut word, &text);
            assert_eq!(word.as_str(), format!("\"{shown}\""));
        }
        for seen in [
            "\u{2764}\u{fe0f}",
            "naïve",
            "日本語",
            "עברית",
            "हिन्दी",
            "€ – “x” … \u{a0}",
        ] {
            assert_eq!(escaped(seen, Multiline::Indent), seen);
        }
    }

    #[test]
    fn words_are_quoted_when_they_would_run_together() {
        for (word, shown) in [
            ("plain", "plain"),
            ("", "\"\""),
            ("two words", "\"two words\""),
            ("a=b", "\"a=b\""),
            ("say \"hi\"\n", "\"say \\\"hi\\\"\\n\""),
            ("C:\\dir", "C:\\dir"),
        ] {
            let mut out = LineBuf::default();
            push_word(&mut out, word);
            assert_eq!(out.as_str(), shown);
        }
    }
}
