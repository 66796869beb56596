//! Values on the indented lines below a name, as in YAML.

use crate::filter::redaction::class::SecretClass;
use crate::filter::redaction::innocent::Manner;
use crate::filter::redaction::name::Name;
use crate::filter::redaction::rules::Need;
use crate::filter::redaction::span::{Span, Spans};

use crate::filter::redaction::{container, extent, text};

/// How many lines of a block are looked at.
const MOST: usize = 64;

/// How much of a map or a list is looked at.
const LONGEST: usize = 4096;

/// A value on the line after the name, deeper than it is.
pub(super) fn after(
    name: Name<'_>,
    has_colon: bool,
    at: usize,
    next: usize,
    spans: &mut Spans,
) -> Option<usize> {
    let bytes = name.text.as_bytes();
    if let Some(end) = container::at(name, next, spans) {
        return Some(end);
    }
    let is_next = has_colon && matches!(bytes.get(at), Some(b'\n' | b'\r'));
    let (outer, inner) = (indent(bytes, name.start), indent(bytes, next));
    let is_item = bytes[next..].starts_with(b"- ");
    if is_next && inner == outer && !is_item {
        let end = line_end(bytes, next);
        let is_word = !name.text.get(next..end)?.contains([' ', ':', '/']);
        let doubtful = Manner {
            is_doubtful: true,
            ..Manner::default()
        };
        return is_word.then(|| name.hide(next, end, doubtful, spans))?;
    }
    // `password=`, and the value deeper on the next line.
    if !has_colon && inner > outer && matches!(bytes.get(at), Some(b'\n' | b'\r')) {
        let end = line_end(bytes, next);
        let is_word = !name.text.get(next..end)?.contains([' ', ':', '=']);
        return is_word.then(|| name.hide(next, end, Manner::default(), spans))?;
    }
    if !is_next || inner < outer {
        return None;
    }
    if is_item || text::starts_pair(&bytes[next..]) {
        return items(name, next, inner, spans);
    }
    let end = line_end(bytes, next);
    let manner = Manner {
        is_prose: true,
        ..Manner::default()
    };
    name.hide(next, end, manner, spans)
}

/// The lines of a section with a name: `[password]`, and below it the value; `[secrets]`, and below
/// it names and values.
pub(super) fn section(name: Name<'_>, spans: &mut Spans) -> Option<usize> {
    let bytes = name.text.as_bytes();
    let before = text::line_before(bytes, name.start).trim_ascii_start();
    let rest = bytes[name.end..].strip_prefix(b"]")?;
    let is_line = before == b"[" && matches!(rest.first(), Some(b'\n' | b'\r'));
    let next = name.end + 1 + text::blank(rest);
    if !is_line || name.known.need != Need::Any && !name.known.is_plural {
        return None;
    }
    let end = line_end(bytes, next);
    let line = name.text.get(next..end)?.trim_end();
    if line.starts_with('[') {
        return None;
    }
    if line.contains([' ', '=', ':']) {
        return items(name, next, indent(bytes, next), spans);
    }
    name.hide(next, next + line.len(), Manner::default(), spans)
}

/// The lines of a map or a list under a name: `passwords:`, and on each line one of them. Returns
/// where they begin, as some may have names of their own.
fn items(name: Name<'_>, from: usize, depth: usize, spans: &mut Spans) -> Option<usize> {
    let bytes = name.text.as_bytes();
    let limit = bytes.len().min(from + LONGEST);
    let mut at = from;
    while at < limit {
        let end = line_end(bytes, at);
        item(name, at, end, spans);
        // What is deeper belongs to a name of its own.
        at = end;
        loop {
            at += text::blank(&bytes[at..]);
            match indent(bytes, at) {
                inner if inner > depth && at < limit => at = line_end(bytes, at),
                inner if inner < depth => return Some(from),
                _ => break,
            }
        }
        let is_end = match bytes[..name.start].last() {
            Some(b'[') => bytes[at..].starts_with(b"["),
            _ => depth == indent(bytes, name.start) && !bytes[at..].starts_with(b"- "),
        };
        if is_end {
            break;
        }
    }
    Some(from)
}

/// `- value`, `key: value`
fn item(name: Name<'_>, from: usize, end: usize, spans: &mut Spans) -> Option<usize> {
    let line = name.text.get(from..end)?;
    let line = line.split(" #").next()?.trim_end();
    let pair = line.split_once(": ").or_else(|| {
        let pair = line.split_once('=').filter(|_| !line.starts_with("- "));
        pair.map(|(key, value)| (key.trim_end(), value))
    });
    let (key, value) = match (line.strip_prefix("- "), pair) {
        (Some(item), None) => (None, item.trim_start()),
        (None, Some((key, value))) => (Some(key), value.trim_start()),
        _ => return None,
    };
    // `chpasswd:`, `list: |`, and lines of a user and a password.
    if value.starts_with('|') && text::ends_with(name.as_str().as_bytes(), b"chpasswd") {
        let rest = name.text.get(end..)?.lines().skip(1).take(MOST);
        for line in rest.take_while(|line| line.starts_with("  ")) {
            if let Some((_, value)) = line.split_once(':') {
                let start = value.as_ptr().addr() - name.text.as_ptr().addr();
                name.hide(start, start + value.len(), Manner::TYPED, spans);
            }
        }
    }
    // References, tags, blocks, and what is written as in JSON.
    if value.starts_with(['*', '&', '!', '|', '>', '{', '[', '<']) {
        return None;
    }
    let key = key.map(|key| (from, from + key.len()));
    let at = from + line.len() - value.len();
    let is_word = |byte: u8| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-');
    // A list of names, as Docker's is.
    if key.is_none() && name.known.class != SecretClass::Password && value.bytes().all(is_word) {
        return None;
    }
    if let Some((quote, len)) = extent::quote_at(name.text.as_bytes(), at) {
        let end = extent::closing(name.text.as_bytes(), at + len, quote);
        return container::hide(name, key, at + len, end, Manner::TYPED, spans);
    }
    let prose = Manner {
        is_prose: true,
        ..Manner::default()
    };
    container::hide(name, key, at, at + value.len(), prose, spans)
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    let rest = &bytes[from..];
    let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
    from + end.unwrap_or(rest.len())
}

/// How far a line goes in before the place on it.
fn indent(bytes: &[u8], at: usize) -> usize {
    let line = text::run_before(&bytes[..at], |byte| *byte != b'\n');
    text::run(&bytes[at - line..at], |byte| matches!(byte, b' ' | b'\t'))
}

/// A block of lines: `|` or `>`, and what is deeper than the name.
pub(super) fn block(name: Name<'_>, at: usize, spans: &mut Spans) -> Option<usize> {
    let bytes = name.text.as_bytes();
    if !matches!(bytes.get(at), Some(b'|' | b'>')) {
        return None;
    }
    let mark = text::run(&bytes[at..], |byte| b"|>+-0123456789 ".contains(byte));
    let start = at + mark;
    let start = start + usize::from(bytes.get(start) == Some(&b'\r'));
    if bytes.get(start) != Some(&b'\n') {
        return None;
    }
    let depth = indent(bytes, name.start);
    let (mut line, mut end) = (start + 1, start);
    while line < bytes.len() {
        let len = bytes[line..]
            .iter()
            .position(|byte| *byte == b'\n')
            .unwrap_or(bytes.len() - line);
        let inner = text::run(&bytes[line..line + len], |byte| {
            matches!(byte, b' ' | b'\t')
        });
        if inner < len && inner <= depth {
            break;
        }
        end = line + len;
        line = end + 1;
    }
    let from = start + 1;
    let from = from + text::spaces(&bytes[from.min(bytes.len())..]);
    (from < end).then(|| {
        spans.push(Span::new(from, end, name.known.class));
        end
    })
}
