//! Columns of a statement, and their values: in its rows, or in the list of parameters beside it.

use crate::filter::redaction::innocent::Manner;
use crate::filter::redaction::name::Name;
use crate::filter::redaction::span::Spans;
use crate::filter::redaction::{extent, text};

/// How far a value may be from its column, or from the place that it is bound to.
const NEAR: usize = 1200;

/// How many values a list may have.
const MOST: usize = 64;

/// How many rows a statement may have.
const MOST_ROWS: usize = 4096;

/// How many lists are looked at for the one with the values of a statement.
const MOST_LISTS: usize = 16;

/// Hides the values of a column: `(name, password) VALUES ('ann', '…')`, `password = ?`. Reports
/// whether more than the next few signs was looked at for them.
pub(super) fn of(name: Name<'_>, spans: &mut Spans) -> bool {
    let bytes = name.text.as_bytes();
    let signs = text::run_in(&bytes[name.end..], 5, |byte| b"`\"' ]=".contains(byte));
    let at = name.end + signs;
    if bytes[name.end..at].contains(&b'=') {
        let found = mark(&bytes[at..]);
        if let Some(len) = found {
            bound(name, at, len, spans);
        }
        return found.is_some();
    }
    // `parameter [password] as [VARCHAR] - [...]`
    if matches!(bytes[name.end..], [b']', b' ', ..] | [b':', _, ..]) {
        let near = &bytes[name.end..bytes.len().min(name.end + 40)];
        let sign = [&b"] - ["[..], b") <- ["].into_iter();
        if let Some(found) = sign
            .filter_map(|sign| Some(text::find(near, sign)? + sign.len()))
            .next()
        {
            let from = name.end + found;
            let end = from + text::run_in(&bytes[from..], NEAR, |byte| !b"\n]".contains(byte));
            name.hide(from, end, Manner::TYPED, spans);
        }
        return false;
    }
    matches!(bytes.get(at), Some(b',' | b')')) && columns(name, at, spans)
}

/// The names of a list of columns, and the values of as many.
fn columns(name: Name<'_>, end: usize, spans: &mut Spans) -> bool {
    let bytes = name.text.as_bytes();
    let from = name.start.saturating_sub(NEAR / 2);
    let is_bracket = |byte: &u8| matches!(byte, b'(' | b')');
    let Some(open) = bytes[from..name.start].iter().rposition(is_bracket) else {
        return false;
    };
    let before = &bytes[from + open..name.start];
    let limit = bytes.len().min(end + NEAR);
    let close = bytes[end.min(limit)..limit].iter().position(is_bracket);
    let Some(close) = close.filter(|_| before[0] == b'(').map(|len| end + len) else {
        return false;
    };
    let column = before.iter().filter(|byte| **byte == b',').count();
    let rest = &bytes[close + 1..limit.max(close + 1)];
    // `Key (name, token)=(3, …) already exists.`
    let values = if rest.starts_with(b"=") {
        Some(1)
    } else {
        text::find(&rest[..rest.len().min(40)], b"values").map(|found| found + 6)
    };
    let Some(values) = values else {
        return false;
    };
    let mut at = close + 1 + values;
    // One or more rows.
    let mut rows = 0;
    while let Some(row) = bytes[at..]
        .iter()
        .take(8)
        .position(|byte| *byte == b'(')
        .filter(|_| rows < MOST_ROWS)
    {
        let (items, next) = list(name.text, at + row + 1, b')');
        if let Some((from, stop)) = items.get(column).copied() {
            match mark(&bytes[from..stop]) {
                // Rows of places have their values together.
                Some(len) if from + len == stop => {
                    if rows < MOST_LISTS {
                        bound(name, from, len, spans);
                    }
                }
                _ => {
                    name.hide(from, stop, Manner::TYPED, spans);
                }
            }
        }
        at = next;
        rows += 1;
    }
    true
}

/// How long a place is that a value is bound to: `?`, `%s`, `$2`, `@p1`, `:2`.
fn mark(rest: &[u8]) -> Option<usize> {
    let len = match rest {
        [b'%', b's', ..] => 2,
        [b'?', more @ ..] => 1 + text::run_in(more, 3, u8::is_ascii_digit),
        [b'$' | b':' | b'@', more @ ..] => {
            let letters = text::run_in(more, 3, u8::is_ascii_lowercase);
            let digits = text::run_in(&more[letters..], 3, u8::is_ascii_digit);
            (digits > 0).then_some(1 + letters + digits)?
        }
        _ => return None,
    };
    let ends = !rest.get(len).is_some_and(|byte| text::is_word(*byte));
    ends.then_some(len)
}

/// The places of a statement that values are bound to.
fn marks(statement: &[u8]) -> usize {
    let is_one = |at: &usize| mark(&statement[*at..]).is_some();
    (0..statement.len()).filter(is_one).count()
}

/// Hides the value that is bound to a place of a statement.
fn bound(name: Name<'_>, at: usize, len: usize, spans: &mut Spans) {
    let bytes = name.text.as_bytes();
    let place = &bytes[at..at + len];
    // `$2 = '…'`, `@p1='…'`, before the statement or after it.
    if len > 2 || place[0] == b'$' {
        let (first, end) = (at.saturating_sub(NEAR), bytes.len().min(at + NEAR));
        let is_place = |start: &usize| bytes[*start..].starts_with(place);
        for found in (first..end).filter(is_place) {
            let from = found + len;
            let signs = text::run_in(&bytes[from..], 3, |byte| b" =:".contains(byte));
            if bytes[from..from + signs].contains(&b'=')
                && extent::quote_at(bytes, from + signs).is_some()
            {
                let (start, end) = extent::argument(bytes, from + signs);
                name.hide(start, end, Manner::TYPED, spans);
                return;
            }
        }
    }
    let from = at.saturating_sub(NEAR);
    let verbs = [
        &b"insert "[..],
        b"update ",
        b"select ",
        b"delete ",
        b"replace ",
        b"merge ",
    ];
    let verb = |verb: &&[u8]| text::find(&bytes[from..at], verb);
    let Some(start) = verbs
        .iter()
        .filter_map(verb)
        .min()
        .map(|found| from + found)
    else {
        return;
    };
    let number = match std::str::from_utf8(&place[1..]).map(str::parse::<usize>) {
        Ok(Ok(number)) => number.saturating_sub(1),
        _ => marks(&bytes[start..at]),
    };
    let limit = bytes.len().min(at + NEAR);
    // `parameter (2:VARCHAR) <- [...]`, `parameter [2] as [VARCHAR] - [...]`
    for open in [format!("({}:", number + 1), format!("[{}] as ", number + 1)] {
        let found = text::find(&bytes[at..limit], open.as_bytes()).map(|found| at + found);
        // They may be before their statement.
        let before = || Some(from + text::find(&bytes[from..start], open.as_bytes())?);
        if let Some(found) = found.or_else(before) {
            let line = &bytes[found..limit];
            let line = &line[..text::run(line, |byte| *byte != b'\n')];
            let from = text::find(line, b"- [").map(|sign| sign + 3);
            let end = line.iter().rposition(|byte| *byte == b']');
            if let (Some(from), Some(end)) = (from, end) {
                name.hide(found + from, found + end, Manner::TYPED, spans);
                return;
            }
        }
    }
    let line = start + text::run(&bytes[start..limit], |byte| *byte != b'\n');
    let opens = (at + len..limit)
        .chain(from..start)
        .filter_map(|open| match bytes[open..] {
            [b'(', ..] => Some((open, open + 1, b')')),
            [b'[', ..] => Some((open, open + 1, b']')),
            [b's', b':', b' ', next, ..] if !b"([".contains(&next) => Some((open, open + 3, b'\n')),
            _ => None,
        });
    for (open, begin, close) in opens.take(MOST_LISTS) {
        let (items, next) = list(name.text, begin, close);
        let count = items.len();
        let is_whole = count > number
            && (open > start || is_list_before(bytes, open, begin, next))
            && count == marks(&bytes[start..if open < start { line } else { open }])
            && items
                .iter()
                .all(|(from, end)| mark(&bytes[*from..*end]).is_none());
        if is_whole {
            let (from, end) = items[number];
            name.hide(from, end, Manner::TYPED, spans);
            return;
        }
    }
}

/// Whether the list at a place may be that of the statement after it: it is called so, or is a line
/// by itself. Others are what loggers put before a message, `[main]`.
fn is_list_before(bytes: &[u8], open: usize, begin: usize, next: usize) -> bool {
    const NAMES: [&[u8]; 6] = [
        b"args",
        b"params",
        b"parameters",
        b"bindings",
        b"binds",
        b"bind",
    ];
    let signs = |byte: &u8| b" :=\"'([".contains(byte);
    let named = &bytes[..begin - text::run_before_in(&bytes[..begin], 5, signs)];
    let is_line = text::line_before(bytes, open).trim_ascii().is_empty()
        && matches!(bytes.get(next), None | Some(b'\n' | b'\r'));
    is_line || NAMES.iter().any(|name| text::ends_with(named, name))
}

/// The items of a list, without their quotes and types, and where it ends.
pub(super) fn list(text: &str, from: usize, close: u8) -> (Vec<(usize, usize)>, usize) {
    let bytes = text.as_bytes();
    let limit = bytes.len().min(from + NEAR);
    let (mut items, mut at) = (Vec::new(), from);
    while at < limit && items.len() < MOST {
        at += text::blank(&bytes[at..limit]);
        let prefix = usize::from(matches!(
            bytes[at..],
            [b'N' | b'E' | b'b' | b'u', b'\'' | b'"', ..]
        ));
        if let Some((quote, len)) = extent::quote_at(bytes, at + prefix) {
            let start = at + prefix + len;
            let end = extent::closing(bytes, start, quote);
            items.push((start, end));
            at = end + len;
        } else {
            let len = text::run(&bytes[at..limit], |byte| {
                !b",()[]\n".contains(byte) && *byte != close
            });
            if len > 0 {
                let spaces = text::run_before(&bytes[at..at + len], |byte| *byte == b' ');
                items.push((at, at + len - spaces));
            }
            at += len;
        }
        // `::text`, `(String)`
        let rest = bytes.get(at..limit).unwrap_or_default();
        at += match rest {
            [b'(', ..] => rest
                .iter()
                .position(|byte| *byte == b')')
                .map_or(0, |end| end + 1),
            [b':', b':', ..] => text::run(rest, |byte| text::is_word(*byte) || *byte == b':'),
            _ => 0,
        };
        match bytes.get(at) {
            Some(b',') => at += 1,
            _ => break,
        }
    }
    let is_closed = bytes.get(at) == Some(&close);
    let at = at.min(bytes.len());
    (items, at + usize::from(is_closed))
}
