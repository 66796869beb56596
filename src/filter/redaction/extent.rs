//! The end of a value.

use crate::filter::redaction::text;

/// A quote, and how many backslashes are before it: none in plain text, more where a text was
/// written into another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quote {
    pub(super) mark: Mark,
    pub(super) depth: usize,
}

/// The characters that close a quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Byte(u8),
    Typographic(&'static [u8]),
}

/// How far the end of a quote is looked for.
const LONGEST: usize = 64 * 1024;

/// The quote that begins at a place, with its backslashes, and how long it is.
pub(super) fn quote_at(bytes: &[u8], at: usize) -> Option<(Quote, usize)> {
    let depth = text::run_in(&bytes[at..], 16, |byte| *byte == b'\\');
    let rest = &bytes[at + depth..];
    let (mark, len) = match rest {
        [mark @ (b'"' | b'\'' | b'`'), ..] => (Mark::Byte(*mark), 1),
        [0xe2, 0x80, 0x9c | 0x9e, ..] if depth == 0 => (Mark::Typographic(&[0xe2, 0x80]), 3),
        [0xe2, 0x80, 0x98 | 0x9a, ..] if depth == 0 => (Mark::Typographic(&[0xe2, 0x80]), 3),
        [0xc2, 0xab, ..] if depth == 0 => (Mark::Typographic(&[0xc2, 0xbb]), 2),
        [0xe3, 0x80, 0x8c, ..] if depth == 0 => (Mark::Typographic(&[0xe3, 0x80, 0x8d]), 3),
        [0xe3, 0x80, 0x8e, ..] if depth == 0 => (Mark::Typographic(&[0xe3, 0x80, 0x8f]), 3),
        _ => return None,
    };
    Some((Quote { mark, depth }, depth + len))
}

/// The quote just before a place.
pub(super) fn quote_before(bytes: &[u8], start: usize) -> Option<Quote> {
    let at = start.checked_sub(1)?;
    let mark = bytes[at];
    matches!(mark, b'"' | b'\'' | b'`').then(|| Quote {
        mark: Mark::Byte(mark),
        depth: depth_before(bytes, at),
    })
}

fn depth_before(bytes: &[u8], at: usize) -> usize {
    text::run_before_in(&bytes[..at], 64, |byte| *byte == b'\\')
}

/// Where a quoted value ends that begins at `from`: at the quote with as many backslashes, or with
/// fewer, which closes a text around it. A quote that is never closed ends with its line.
pub(super) fn closing(bytes: &[u8], from: usize, quote: Quote) -> usize {
    let mark = match quote.mark {
        Mark::Byte(mark) => mark,
        Mark::Typographic(mark) => {
            let found = bytes[from..]
                .windows(mark.len())
                .position(|window| window == mark);
            return found.map_or_else(|| line_end(bytes, from), |found| from + found);
        }
    };
    let limit = bytes.len().min(from + LONGEST);
    let mut at = from;
    while let Some(found) = bytes[at..limit].iter().position(|byte| *byte == mark) {
        let place = at + found;
        let depth = depth_before(bytes, place).min(place - from);
        let is_doubled = quote.depth == 0
            && depth == 0
            && place > from
            && bytes.get(place + 1) == Some(&mark)
            && bytes
                .get(place + 2)
                .is_some_and(|next| text::is_word(*next));
        // `it's`: an apostrophe.
        let is_apostrophe = mark == b'\''
            && depth == 0
            && place > from
            && bytes.get(place + 1).is_some_and(u8::is_ascii_alphanumeric);
        if is_doubled {
            at = place + 2;
            continue;
        }
        // A backslash that is a part of the value was doubled by each text around it.
        let closes = depth < quote.depth || (depth - quote.depth) % (2 * (quote.depth + 1)) == 0;
        if closes && !is_apostrophe {
            return place - depth.min(quote.depth);
        }
        at = place + 1;
    }
    line_end(bytes, from)
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    let rest = &bytes[from..];
    from + rest
        .iter()
        .position(|byte| matches!(byte, b'\n' | b'\r'))
        .unwrap_or(rest.len())
}

/// What is around a value without quotes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Around {
    /// In the query of a URL, or a form.
    pub(super) is_query: bool,
    /// Between tags.
    pub(super) is_element: bool,
}

/// Where a value without quotes ends.
///
/// What usually ends one is a part of it where something else follows than usual: of `ab,cd;ef` all
/// is the value, of `ab, cd=1` only `ab`.
pub(super) fn bare(bytes: &[u8], from: usize, around: Around) -> usize {
    let mut open: usize = 0;
    let mut at = from;
    while let Some(byte) = bytes.get(at) {
        let rest = &bytes[at + 1..];
        let next = rest.first().copied();
        let ends = match byte {
            b'\n' | b'\r' | 0 => true,
            b' ' | b'\t' => !around.is_element,
            b'"' | b'`' | b'\'' => {
                !next.is_some_and(|next| next.is_ascii_alphanumeric()) || at == from
            }
            b'\\' => escape_ends(bytes, from, at),
            b',' | b'|' => ends_item(rest) || *byte == b'|' && next == Some(b'|'),
            b';' => ends_item(rest),
            b'&' => {
                around.is_query
                    || ends_item(rest)
                    || text::starts_with(rest, b"amp;")
                    || text::starts_with(rest, b"quot;")
                    || text::starts_with(rest, b"lt;")
            }
            b'<' => {
                around.is_element
                    || matches!(next, None | Some(b'/' | b'!'))
                    || text::starts_with(rest, b"br")
            }
            b'>' => ends_item(rest) || next == Some(b'<'),
            b'(' | b'[' | b'{' => {
                open += 1;
                false
            }
            b')' | b']' | b'}' if open > 0 => {
                open -= 1;
                false
            }
            b')' | b']' | b'}' => !next.is_some_and(|next| next.is_ascii_alphanumeric()),
            0xc2 => next == Some(0xa0) || next == Some(0xbb),
            0xe2 => rest.starts_with(&[0x80]) || rest.starts_with(&[0x94]),
            _ => false,
        };
        if ends {
            return at;
        }
        at += 1;
    }
    at
}

/// Whether a value ends at a backslash: before a quote of a text around it, or an end of line that
/// is written out.
fn escape_ends(bytes: &[u8], from: usize, at: usize) -> bool {
    let rest = &bytes[at + 1..];
    let quote = text::run_in(rest, 64, |byte| *byte == b'\\');
    match rest.get(quote) {
        None => false,
        Some(b'"' | b'\'' | b'`') => {
            !rest.get(quote + 1).is_some_and(u8::is_ascii_alphanumeric) || at == from
        }
        Some(b'n' | b'r' | b't') => {
            // `C:\new` is a path.
            let is_path = at > from && bytes[at - 1] == b':' || bytes[from..at].contains(&b'\\');
            !is_path
        }
        _ => false,
    }
}

/// Whether what follows a comma or the like is something else than the value.
fn ends_item(rest: &[u8]) -> bool {
    match rest.first() {
        None
        | Some(
            b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b'{' | b'[' | b'}' | b']' | b')' | b'\\',
        ) => true,
        Some(b',' | b';' | b'&') => false,
        _ => text::starts_pair(rest),
    }
}

/// How long an argument may be that is known by its place.
pub(super) const LONGEST_ARGUMENT: usize = 4096;

/// The same of one that is known by its place, of which a text may have many: the end is not looked
/// for far away.
pub(super) fn argument_near(text: &str, at: usize) -> (usize, usize) {
    let near = text::up_to(text, at + LONGEST_ARGUMENT);
    argument(near.as_bytes(), at.min(near.len()))
}

/// Where an argument is that begins at a place, without its quotes.
pub(super) fn argument(bytes: &[u8], at: usize) -> (usize, usize) {
    match quote_at(bytes, at) {
        Some((quote, len)) => (at + len, closing(bytes, at + len, quote)),
        None => (at, bare(bytes, at, Around::default())),
    }
}
