//! Command lines, statements and lines of protocols, where a secret has no name but its place.

use crate::filter::redaction::class::SecretClass;
use crate::filter::redaction::extent::{self, Around};
use crate::filter::redaction::innocent::{self, Manner};
use crate::filter::redaction::rules::{MECHANISMS, PROGRAMS};
use crate::filter::redaction::span::{Span, Spans};
use crate::filter::redaction::text::{self, is_word};

/// How much of a line is looked at.
const LINE: usize = 300;

/// Looks at the option or statement at a place.
pub(super) fn at(text: &str, at: usize, spans: &mut Spans) {
    let bytes = text.as_bytes();
    for place in at..at + 2 {
        if bytes.get(place) == Some(&b'-') && place > 0 {
            option(text, place, spans);
        }
    }
    let near = bytes[at.saturating_sub(12)..]
        .get(..40)
        .unwrap_or(&bytes[at.saturating_sub(12)..]);
    if bytes[at] == b'@' {
        data_source(text, at, spans);
    }
    for option in [&b"--user"[..], b"--proxy-user"] {
        if bytes[at..].starts_with(option) {
            user(text, at + option.len(), spans);
        }
    }
    let is = |word: &[u8]| text::find(near, word).map(|found| at.saturating_sub(12) + found);
    if let Some(place) = is(b"identified") {
        identified(text, place + 10, spans);
    }
    for word in ["LOGIN ", "AUTHENTICATE ", "XOAUTH2 "] {
        let found = near
            .windows(word.len())
            .position(|window| window == word.as_bytes());
        if let Some(found) = found {
            let start = at.saturating_sub(12) + found;
            protocol(text, start, start + word.len() - 1, spans);
        }
    }
}

fn line_before(bytes: &[u8], at: usize) -> &[u8] {
    let before = &bytes[at.saturating_sub(LINE)..at];
    match before.iter().rposition(|byte| *byte == b'\n') {
        Some(newline) => &before[newline + 1..],
        None => before,
    }
}

/// `-p…`, `-u user:…`, of a program that takes them.
fn option(text: &str, dash: usize, spans: &mut Spans) {
    let bytes = text.as_bytes();
    let Some(letter) = bytes.get(dash + 1).copied() else {
        return;
    };
    if is_word(bytes[dash - 1]) || bytes[dash - 1] == b'-' {
        return;
    }
    let line: Vec<u8> = line_before(bytes, dash)
        .iter()
        .map(|byte| {
            if b"\"',[]".contains(byte) {
                b' '
            } else {
                *byte
            }
        })
        .collect();
    let words: Vec<&[u8]> = line
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty())
        .collect();
    let runs = |program: &str| {
        let parts: Vec<&[u8]> = program.split(' ').map(str::as_bytes).collect();
        let is_part = |word: &[u8], part: &[u8]| {
            word == part || word.rsplit(|byte| *byte == b'/').next() == Some(part)
        };
        words.windows(parts.len()).any(|window| {
            window
                .iter()
                .zip(&parts)
                .all(|(word, part)| is_part(word, part))
        })
    };
    let Some(user) = PROGRAMS.iter().find_map(|(program, options)| {
        let place = options.bytes().position(|option| option == letter)?;
        runs(program).then(|| {
            options
                .as_bytes()
                .get(place + 1)
                .copied()
                .filter(|after| b":%,".contains(after))
        })
    }) else {
        return;
    };
    let mut at = dash + 2;
    let is_argument =
        matches!(bytes.get(at), Some(b'"' | b'\'')) && bytes.get(dash - 1) == bytes.get(at);
    at += if is_argument {
        1 + bytes[at + 1..]
            .iter()
            .take_while(|byte| b", \n".contains(byte))
            .count()
    } else {
        bytes[at..]
            .iter()
            .take_while(|byte| b" =".contains(byte))
            .count()
    };
    let (from, end) = argument(bytes, at);
    let from = match user {
        Some(sign) => match bytes[from..end].iter().position(|byte| *byte == sign) {
            Some(found) => from + found + 1,
            None => return,
        },
        None => from,
    };
    let Some(value) = text.get(from..end) else {
        return;
    };
    if !innocent::is_nothing(value) && !value.starts_with('-') && !innocent::is_path(value) {
        spans.push(Span::new(from, end, SecretClass::Password));
    }
}

fn argument(bytes: &[u8], at: usize) -> (usize, usize) {
    match extent::quote_at(bytes, at) {
        Some((quote, len)) => (at + len, extent::closing(bytes, at + len, quote)),
        None => (at, extent::bare(bytes, at, Around::default())),
    }
}

/// `--user name:password`, as text or as arguments.
fn user(text: &str, end: usize, spans: &mut Spans) {
    let bytes = text.as_bytes();
    let between = bytes[end..]
        .iter()
        .take(8)
        .take_while(|byte| b" =\"',".contains(byte))
        .count();
    let at = end + between.saturating_sub(1);
    if between == 0 {
        return;
    }
    let at = if extent::quote_at(bytes, at).is_some() {
        at
    } else {
        at + 1
    };
    let (from, stop) = argument(bytes, at);
    let Some((_, password)) = text.get(from..stop).and_then(|value| value.split_once(':')) else {
        return;
    };
    // `1000:1000` are ids.
    let is_id = password.bytes().all(|byte| byte.is_ascii_digit());
    if !is_id && !innocent::is_nothing(password) && !password.starts_with('/') {
        spans.push(Span::new(
            stop - password.len(),
            stop,
            SecretClass::Password,
        ));
    }
}

/// `user:password@tcp(host)`, `user/password@//host`
fn data_source(text: &str, sign: usize, spans: &mut Spans) {
    let bytes = text.as_bytes();
    let is_net = [&b"tcp("[..], b"tcp6(", b"unix(", b"udp(", b"//"]
        .iter()
        .any(|net| bytes[sign + 1..].starts_with(net));
    let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b'=');
    let len = bytes[..sign]
        .iter()
        .rev()
        .take(256)
        .position(ends)
        .unwrap_or(sign.min(256));
    let start = sign - len;
    let start = start
        + bytes[start..sign]
            .windows(2)
            .rposition(|two| two == b"//")
            .map_or(0, |found| found + 2);
    let Some(user) = text.get(start..sign).filter(|_| is_net) else {
        return;
    };
    let sign_of_user = if bytes[sign + 1..].starts_with(b"//") {
        '/'
    } else {
        ':'
    };
    if let Some((_, password)) = user.split_once(sign_of_user) {
        if !innocent::is_nothing(password) {
            spans.push(Span::new(
                sign - password.len(),
                sign,
                SecretClass::Password,
            ));
        }
    }
}

/// `IDENTIFIED BY '…'`, `IDENTIFIED WITH … BY '…'`
fn identified(text: &str, from: usize, spans: &mut Spans) {
    let bytes = text.as_bytes();
    let rest = &bytes[from..bytes.len().min(from + 80)];
    let by = text::find(rest, b" by ")
        .map(|found| found + 4)
        .or_else(|| text::find(rest, b" as ").map(|found| found + 4));
    let Some(by) = by else {
        return;
    };
    let is_statement = by == 4 || text::starts_with(rest, b" with ");
    let mut at = from + by + text::spaces(&bytes[from + by..]);
    for word in [&b"password "[..], b"values "] {
        at += if text::starts_with(&bytes[at..], word) {
            word.len()
        } else {
            0
        };
    }
    let is_quoted = extent::quote_at(bytes, at).is_some();
    if innocent::bracketed(&bytes[at..]).is_some() {
        return;
    }
    let (start, end) = argument(bytes, at);
    let end = if is_quoted {
        end
    } else {
        start
            + bytes[start..end]
                .iter()
                .take_while(|byte| **byte != b';')
                .count()
    };
    let Some(value) = text.get(start..end).filter(|_| is_statement) else {
        return;
    };
    let is_shouted = bytes[from - 10..from].iter().all(u8::is_ascii_uppercase);
    let is_word = is_quoted && !value.contains(' ');
    if !innocent::is_nothing(value) && (is_word || is_shouted) {
        spans.push(Span::new(start, end, SecretClass::Password));
    }
}

/// A line of a protocol: `PASS …`, `AUTH PLAIN …`, `LOGIN user …`. Reports whether it is one.
pub(super) fn protocol(text: &str, start: usize, end: usize, spans: &mut Spans) -> bool {
    let bytes = text.as_bytes();
    let Some(word) = text.get(start..end) else {
        return false;
    };
    let quotes = if bytes.get(end) == Some(&b'"') && bytes[..start].ends_with(b"\"") {
        1
    } else {
        0
    };
    if !matches!(word, "PASS" | "AUTH" | "LOGIN" | "AUTHENTICATE" | "XOAUTH2")
        || bytes.get(end + quotes) != Some(&b' ')
    {
        return false;
    }
    let mut rest = &bytes[end + quotes + 1..bytes.len().min(end + LINE)];
    rest = &rest[..rest
        .iter()
        .position(|byte| matches!(byte, b'\n' | b'\r'))
        .unwrap_or(rest.len())];
    for mark in [&b"\\r"[..], b"\\n", b"<CR", b"\" (", b"\"}"] {
        if let Some(found) = rest.windows(mark.len()).position(|window| window == mark) {
            rest = &rest[..found];
        }
    }
    let words: Vec<(usize, &[u8])> = words(rest);
    let is_mechanism = |word: &[u8]| {
        MECHANISMS
            .iter()
            .any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
            || word.contains(&b'-')
                && word
                    .iter()
                    .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'-')
    };
    let before = line_before(bytes, start - quotes);
    let tag = before
        .iter()
        .rev()
        .position(|byte| *byte != b' ')
        .map(|blank| before[before.len() - 1 - blank]);
    let is_line = tag.is_none_or(|last| b">:\"'|]".contains(&last)) || before.ends_with(b"\\n");
    let secret = match (word, &words[..]) {
        ("XOAUTH2", [one]) => Some(*one),
        ("PASS", [one]) if is_line && !is_file(one.1) => Some(*one),
        ("AUTH" | "AUTHENTICATE", [first, second]) if is_mechanism(first.1) => {
            (!is_mechanism(second.1)).then_some(*second)
        }
        ("AUTH", [one]) if is_line && !is_mechanism(one.1) => Some(*one),
        ("AUTH", [_, second]) if is_line || text::find(before, b"hello ").is_some() => {
            (!is_mechanism(second.1)).then_some(*second)
        }
        // A tag is before the command.
        ("LOGIN", [_, second]) if before.len() < 60 => Some(*second),
        _ => None,
    };
    let Some((offset, value)) = secret else {
        return false;
    };
    let from = end + quotes + 1 + offset;
    let len = value
        .iter()
        .rev()
        .skip_while(|byte| b"\"'>]),".contains(byte))
        .count();
    let inner = value[..len]
        .iter()
        .take_while(|byte| b"\"'".contains(byte))
        .count();
    let Some(shown) = text.get(from + inner..from + len) else {
        return false;
    };
    let is_one = !innocent::is_nothing(shown)
        && !is_mechanism(shown.as_bytes())
        && (shown.len() >= 8 || word != "AUTHENTICATE");
    if is_one {
        spans.push(Span::new(from + inner, from + len, SecretClass::Password));
    }
    is_one
}

/// The words of a line, and where they are; what is quoted is one.
fn words(line: &[u8]) -> Vec<(usize, &[u8])> {
    let (mut words, mut at) = (Vec::new(), 0);
    while at < line.len() && words.len() < 4 {
        if line[at] == b' ' {
            at += 1;
            continue;
        }
        let len = match line[at] {
            b'"' => line[at + 1..]
                .iter()
                .position(|byte| *byte == b'"')
                .map_or(line.len() - at, |close| close + 2),
            _ => line[at..]
                .iter()
                .position(|byte| *byte == b' ')
                .unwrap_or(line.len() - at),
        };
        words.push((at, &line[at..at + len]));
        at += len;
    }
    words
}

/// A test's file, as some runners of tests write it after `PASS`.
fn is_file(word: &[u8]) -> bool {
    word.contains(&b'/')
        || word.contains(&b':')
        || word.rsplit(|byte| *byte == b'.').next().is_some_and(|end| {
            matches!(
                end,
                b"js" | b"ts" | b"py" | b"tsx" | b"jsx" | b"rb" | b"go" | b"sh" | b"c" | b"rs"
            )
        })
        || text::starts_with(word, b"test")
}

/// The names of a list of columns, and the values of as many: `(name, password) VALUES ('ann', '…')`.
pub(super) fn columns(
    text: &str,
    start: usize,
    end: usize,
    class: SecretClass,
    spans: &mut Spans,
) -> bool {
    const NEAR: usize = 600;
    let bytes = text.as_bytes();
    let Some(open) = bytes[start.saturating_sub(NEAR)..start]
        .iter()
        .rposition(|byte| matches!(byte, b'(' | b')'))
    else {
        return false;
    };
    let open = start.saturating_sub(NEAR) + open;
    if bytes[open] != b'(' {
        return false;
    }
    let column = bytes[open..start]
        .iter()
        .filter(|byte| **byte == b',')
        .count();
    let limit = bytes.len().min(end + NEAR);
    let Some(close) = bytes[end..limit].iter().position(|byte| *byte == b')') else {
        return false;
    };
    let rest = &bytes[end + close + 1..limit];
    let Some(values) = text::find(&rest[..rest.len().min(40)], b"values") else {
        return false;
    };
    let mut at = end + close + 1 + values + 6;
    let mut found = false;
    // One or more rows.
    while let Some(row) = bytes[at..].iter().take(8).position(|byte| *byte == b'(') {
        at += row + 1;
        let mut number = 0;
        loop {
            at += text::blank(&bytes[at..]);
            let prefix = usize::from(matches!(&bytes[at..], [b'N' | b'E', b'\'', ..]));
            let (from, stop) = match extent::quote_at(bytes, at + prefix) {
                Some((quote, len)) => {
                    let stop = extent::closing(bytes, at + prefix + len, quote);
                    let inner = (at + prefix + len, stop);
                    at = stop + len;
                    inner
                }
                None => {
                    let ends = |byte: &u8| matches!(byte, b',' | b')');
                    let len = bytes[at..].iter().take(NEAR).position(ends).unwrap_or(0);
                    at += len;
                    (at - len, at)
                }
            };
            if number == column {
                if let Some(value) = text.get(from..stop.max(from)) {
                    let known = super::names::Known {
                        class,
                        need: super::rules::Need::Any,
                        is_plural: false,
                    };
                    let manner = Manner {
                        is_quoted: true,
                        ..Manner::default()
                    };
                    if innocent::hides(value, &[], known, manner) {
                        spans.push(Span::new(from, stop, class));
                        found = true;
                    }
                }
            }
            number += 1;
            match bytes.get(at.min(bytes.len())) {
                Some(b',') => at += 1,
                Some(b')') => {
                    at += 1;
                    break;
                }
                _ => return found,
            }
        }
    }
    found
}
