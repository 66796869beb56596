//! Statements and calls, where a secret is known by what is before it: `IDENTIFIED BY '…'`,
//! `aes_encrypt(data, '…')`.

use crate::filter::redaction::class::SecretClass;
use crate::filter::redaction::extent::{self, argument, argument_near};
use crate::filter::redaction::look;
use crate::filter::redaction::places::{CALLS, Call, LAST};
use crate::filter::redaction::span::{Span, Spans};
use crate::filter::redaction::text::{self, line_before};
use crate::filter::redaction::{bindings, placeholder};
use crate::sys::sync::Lazy;

/// How far the end of a call is looked for.
const LONGEST: usize = 4096;

/// Hides a secret that the word at a place has after it. Reports whether the word is one of those.
pub(super) fn word(text: &str, start: usize, end: usize, spans: &mut Spans) -> bool {
    let bytes = text.as_bytes();
    let word = &bytes[start..end];
    // `"method": "login", "params": ["ann", "…"]`
    let end = match bytes.get(end) {
        Some(b'"') => end + parameters(&bytes[end..]),
        _ => end,
    };
    if !matches!(bytes.get(end), Some(b'(' | b' ' | b'=' | b':' | b'[')) {
        return false;
    }
    let is = |known: &str| word.eq_ignore_ascii_case(known.as_bytes());
    if ["key", "rekey", "hexkey"].into_iter().any(is) {
        return key(text, start, end, spans);
    }
    /// Calls by their last letter: most names have none of them, which has to be known fast.
    static BY_LAST: Lazy<Vec<Vec<Call>>> = Lazy::new(|| {
        let mut by_last = vec![Vec::new(); 256];
        for call in CALLS {
            let last = call.1.bytes().last();
            by_last[usize::from(last.unwrap_or_default())].push(*call);
        }
        by_last
    });
    // A class may be before it.
    let before = &bytes[..start + word.len()];
    let calls = |name: &str| name.len() >= word.len() && text::ends_with(before, name.as_bytes());
    let letter = usize::from(word.last().map_or(0, u8::to_ascii_lowercase));
    match BY_LAST[letter].iter().find(|(_, name, _)| calls(name)) {
        Some((_, name, LAST)) => last(text, end, name, spans),
        // `jwt.verify(token, "HS256")`
        Some((_, name, number)) => {
            let is_doubtful = ["jwt.verify", "jwt.decode"].contains(name);
            call(text, end, *number, is_doubtful, spans)
        }
        None => false,
    }
}

/// How much is between the name of a method and the list of its parameters, as JSON-RPC has them.
fn parameters(rest: &[u8]) -> usize {
    let mut at = 0;
    for part in [&b"\","[..], b"\"params\":"] {
        if !rest[at..].starts_with(part) {
            return 0;
        }
        at += part.len();
        at += text::spaces(&rest[at..]);
    }
    if rest.get(at) == Some(&b'[') { at } else { 0 }
}

/// `ATTACH … KEY '…'`, `PRAGMA key = '…'`, as encrypted files of `SQLite` have them.
fn key(text: &str, start: usize, end: usize, spans: &mut Spans) -> bool {
    let bytes = text.as_bytes();
    let line = line_before(bytes, start);
    let is_statement = [&b"attach "[..], b"pragma "]
        .iter()
        .any(|word| text::find(line, word).is_some());
    let signs = bytes[end..].iter().take(4);
    let at = end + signs.take_while(|byte| b" =(".contains(byte)).count();
    let at = at + usize::from(bytes[at..].starts_with(b"x'"));
    if !is_statement || extent::quote_at(bytes, at).is_none() {
        return false;
    }
    let (from, stop) = argument_near(text, at);
    push(text, from, stop, spans)
}

/// The last argument of a call, after a user or more: `FTP('host', 'ann', '…')`.
fn last(text: &str, end: usize, call: &str, spans: &mut Spans) -> bool {
    let bytes = text.as_bytes();
    let close = match bytes.get(end) {
        Some(b'(') => b')',
        Some(b'[') => b']',
        _ => return false,
    };
    let near = text::up_to(text, end + LONGEST);
    let (items, _) = bindings::list(near, end + 1, close);
    if items.len() < 2 {
        return false;
    }
    // `pool.connect("db1", "replica2")`: a word of many calls, which has a host as well.
    if call == "connect" && items.len() < 3 {
        return false;
    }
    // A database, a mailbox, a tenant or a flag may be last.
    let looks_secret = |(from, stop): &&(usize, usize)| {
        // A list ends somewhere, which may be inside a character.
        text.get(*from..*stop).is_some_and(|item| {
            let is_sure = extent::quote_before(bytes, *from).is_some()
                || item.bytes().any(|byte| byte.is_ascii_digit());
            is_sure && look::looks_secret(item) && !item.contains(['/', '@'])
        })
    };
    let mut found = items[1..].iter().filter(looks_secret);
    let is_name = |(from, stop): &(usize, usize)| {
        let item = &text[*from..*stop];
        look::is_label(item) || look::is_constant(item)
    };
    // `addUser("ann", "room-101")`: other calls have nothing but a password there.
    let is_common = ["user", "sign", "log"]
        .iter()
        .any(|word| call.contains(word));
    let last = found.clone().next_back().filter(|_| !is_common);
    let found = found.rfind(|item| !is_name(item)).or(last);
    found.is_some_and(|(from, stop)| push(text, *from, *stop, spans))
}

/// The argument of a call that is secret, counted from zero: `pgp_sym_encrypt(data, '…')`. Where
/// that is doubtful, it has to look like a secret.
pub(super) fn call(
    text: &str,
    end: usize,
    number: usize,
    is_doubtful: bool,
    spans: &mut Spans,
) -> bool {
    const NEAR: usize = 400;
    let bytes = text.as_bytes();
    let signs = bytes[end..].iter().take(8);
    let mut at = end + signs.take_while(|byte| b" =:([".contains(byte)).count();
    let is_open = bytes[end..at]
        .iter()
        .any(|byte| matches!(byte, b'(' | b'['));
    // A command of PowerShell has no brackets around what it is given.
    let is_procedure = extent::quote_at(bytes, at).is_some();
    if at == end || (number > 0 || bytes[..end].ends_with(b"_hash")) && !is_open && !is_procedure {
        return false;
    }
    // Neither the call nor an argument of it is looked for far away.
    let limit = text::up_to(text, at + NEAR).len();
    let bytes = text::up_to(text, at + LONGEST).as_bytes();
    let (mut depth, mut passed) = (0_usize, 0);
    let looks_secret = |from, stop| look::looks_secret(text.get(from..stop).unwrap_or_default());
    while at < limit {
        if let Some((quote, len)) = extent::quote_at(bytes, at) {
            let stop = extent::closing(bytes, at + len, quote);
            if passed == number && depth <= 1 {
                return (!is_doubtful || looks_secret(at + len, stop))
                    && push(text, at + len, stop, spans);
            }
            at = (stop + len).max(at + 1);
            continue;
        }
        match bytes[at] {
            b'(' | b'[' => depth += 1,
            b')' | b']' if depth == 0 => return false,
            b')' | b']' => depth -= 1,
            b',' if depth == 0 => passed += 1,
            b'\n' | b';' => return false,
            byte if passed == number && number > 0 && depth == 0 && text::is_word(byte) => {
                let (from, stop) = argument(&bytes[..limit], at);
                if looks_secret(from, stop) {
                    let (from, stop) = argument(bytes, at);
                    return push(text, from, stop, spans);
                }
                // Another call is looked into.
                at += text::run(&bytes[at..stop], |byte| !b"\"'`([".contains(byte)).max(1);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    false
}

fn push(text: &str, from: usize, end: usize, spans: &mut Spans) -> bool {
    let value = text.get(from..end).unwrap_or_default();
    let is_one = !placeholder::is_nothing(value) && !look::is_path(value);
    if is_one {
        spans.push(Span::new(from, end, SecretClass::Password));
    }
    is_one
}

/// `IDENTIFIED BY '…'`, `IDENTIFIED WITH … BY '…'`
pub(super) fn identified(text: &str, from: usize, spans: &mut Spans) {
    let bytes = text.as_bytes();
    let rest = &bytes[from..bytes.len().min(from + 80)];
    // The value may be on the next line.
    let links = [&b" by "[..], b" by\n", b" by\\n", b"\nby ", b" as "];
    let by = links
        .iter()
        .find_map(|link| Some(text::find(rest, link)? + 4));
    let Some(by) = by else {
        return;
    };
    let is_statement = by == 4 || text::starts_with(rest, b" with ");
    let mut at = from + by;
    at += usize::from(bytes[..at].ends_with(b"\\"));
    at += text::blank(&bytes[at..]);
    for word in [&b"password "[..], b"values "] {
        at += if text::starts_with(&bytes[at..], word) {
            word.len()
        } else {
            0
        };
    }
    let is_quoted = extent::quote_at(bytes, at).is_some();
    if placeholder::bracketed(&bytes[at..]).is_some() {
        return;
    }
    let (start, end) = argument(bytes, at);
    let end = if is_quoted {
        end
    } else {
        start + text::run(&bytes[start..end], |byte| *byte != b';')
    };
    let Some(value) = text.get(start..end).filter(|_| is_statement) else {
        return;
    };
    let is_shouted = bytes[from - 10..from].iter().all(u8::is_ascii_uppercase);
    // `addr` is a word of documentation.
    let is_word = is_quoted && !value.contains(' ') && bytes[at] != b'`';
    if !placeholder::is_nothing(value) && (is_word || is_shouted) {
        spans.push(Span::new(start, end, SecretClass::Password));
        // The old one, as Oracle's has it.
        let after = end + usize::from(is_quoted);
        let replaced = &bytes[after.min(bytes.len())..];
        if text::starts_with(replaced, b" replace ") {
            let (from, stop) = argument(bytes, after + 9);
            let stop = from + text::run(&bytes[from..stop], |byte| *byte != b';');
            push(text, from, stop, spans);
        }
    }
}
