//! Where the value of a name begins.

use crate::filter::redaction::class::SecretClass;
use crate::filter::redaction::extent::{self, Around, Quote};
use crate::filter::redaction::innocent::{self, Manner};
use crate::filter::redaction::names::Known;
use crate::filter::redaction::rules::Need;
use crate::filter::redaction::span::{Span, Spans};
use crate::filter::redaction::{apart, container, header, lines, pairs, text};

/// A name in a text.
#[derive(Clone, Copy)]
pub(super) struct Name<'t> {
    pub(super) text: &'t str,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) known: Known,
}

impl Name<'_> {
    pub(super) fn as_str(&self) -> &str {
        &self.text[self.start..self.end]
    }
}

/// What is between a name and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Equals,
    Colon,
    /// Something that seldom is a separator.
    Doubtful,
}

/// Finds the value of a name. Returns where to look on, if it is not behind the name.
pub(super) fn after(name: Name<'_>, spans: &mut Spans) -> Option<usize> {
    let bytes = name.text.as_bytes();
    let mut at = name.end;
    let begin = qualified(bytes, name.start);
    let opened = extent::quote_before(bytes, begin);
    let closed = opened.filter(|opened| match extent::quote_at(bytes, at) {
        Some((quote, len)) if quote == *opened => {
            at += len;
            true
        }
        _ => false,
    });
    if is_element(bytes, name.start) {
        return pairs::element(name, spans);
    }
    // `user[password]=`, `environ['PASSWORD'] =`, `password[0]=`, `**password**:`
    at += match &bytes[at..] {
        [b']', b')', ..] => 2,
        [b']', ..] => 1,
        [b'[', b']', ..] => 2,
        [b'[', digit, b']', ..] if digit.is_ascii_digit() => 3,
        [b'*', b'*', ..] => 2,
        _ => 0,
    };
    let tight = at;
    at += match closed {
        Some(_) => text::blank(&bytes[at..]),
        None => text::spaces(&bytes[at..]),
    };
    if let Some(rest) = bytes[at..].strip_prefix(b"\\t") {
        // A tab that is written out, if a sign follows it.
        at += if sign(&rest[text::spaces(rest)..]).is_some() {
            2 + text::spaces(rest)
        } else {
            0
        };
    }
    at += noted(&bytes[at..], at > tight);
    if let Some((sign, len)) = sign(&bytes[at..]) {
        return separated(name, closed, sign, at + len, spans);
    }
    pairs::after(name, begin, closed, tight, spans)
        .or_else(|| apart::after(name, closed, tight, at, spans))
}

/// How much may stand between a name and its sign: `password (input): …`, `Unseal Key 1: …`,
/// `Password .....: …`.
fn noted(rest: &[u8], is_spaced: bool) -> usize {
    let len = match rest.first() {
        Some(b'(') => rest
            .iter()
            .take(32)
            .position(|byte| *byte == b')')
            .map_or(0, |at| at + 1),
        Some(b'0'..=b'9') => rest
            .iter()
            .take(3)
            .take_while(|byte| byte.is_ascii_digit())
            .count(),
        Some(b'.') => rest.iter().take_while(|byte| **byte == b'.').count(),
        _ => 0,
    };
    let spaces = text::spaces(&rest[len..]);
    let is_one = is_spaced || rest.starts_with(b"...");
    if is_one && sign(&rest[len + spaces..]).is_some() {
        len + spaces
    } else {
        0
    }
}

/// Whether the quote that a name has before it ends after one more plain word.
fn is_word_in_quotes(name: Name<'_>, at: usize) -> bool {
    let bytes = name.text.as_bytes();
    let Some(opened) = extent::quote_before(bytes, name.start) else {
        return false;
    };
    let word = bytes[at..]
        .iter()
        .take_while(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'*' | b':'))
        .count();
    extent::quote_at(bytes, at + word).is_some_and(|(quote, _)| quote == opened)
}

/// Where a name begins that has others before it: `db.password`.
fn qualified(bytes: &[u8], start: usize) -> usize {
    let is_part = |byte: &u8| text::is_name(*byte) || b".:/$@#".contains(byte);
    let len = bytes[..start]
        .iter()
        .rev()
        .take(64)
        .take_while(|byte| is_part(byte))
        .count();
    let begin = start - len;
    if extent::quote_before(bytes, begin).is_some() {
        begin
    } else {
        start
    }
}

fn sign(rest: &[u8]) -> Option<(Sign, usize)> {
    let sign = match rest {
        [b'=', b'=', b'=', ..] => (Sign::Doubtful, 3),
        [b'.', b'.', b'.', rest @ ..] => {
            let more = rest.iter().take_while(|byte| **byte == b'.').count();
            (Sign::Doubtful, 3 + more)
        }
        [b'=', b'=', ..] => (Sign::Doubtful, 2),
        [b'=', b'>', ..] | [b':' | b'?' | b'+', b'=', ..] => (Sign::Equals, 2),
        [b'-' | b'~', b'>', ..] | [b'<', b'-', ..] => (Sign::Equals, 2),
        [b'=', ..] => (Sign::Equals, 1),
        [b':', b':', ..] => return None,
        [b':', b'*', b'*', ..] => (Sign::Colon, 3),
        [b':', ..] => (Sign::Colon, 1),
        [0xef, 0xbc, 0x9a, ..] => (Sign::Colon, 3),
        [0xef, 0xbc, 0x9d, ..] | [0xe2, 0x86, 0x90 | 0x92, ..] | [0xe2, 0x87, 0x92, ..] => {
            (Sign::Equals, 3)
        }
        _ => return None,
    };
    Some(sign)
}

/// The value after a separator.
fn separated(
    name: Name<'_>,
    closed: Option<Quote>,
    sign: Sign,
    from: usize,
    spans: &mut Spans,
) -> Option<usize> {
    let (bytes, known) = (name.text.as_bytes(), name.known);
    let mut at = from + text::spaces(&bytes[from..]);
    if bytes[at..].starts_with(b"\\t") {
        at += 2;
    }
    let is_spaced = at > from;
    // One of many: `arn:aws:secretsmanager:eu-west-1:123456789012:secret:name`.
    if sign == Sign::Colon && !is_spaced && closed.is_none() && bytes[..name.start].ends_with(b":")
    {
        return None;
    }
    if known.class == SecretClass::Signature && matches!(bytes.get(at), Some(b'\n' | b'\r' | b'\\'))
    {
        // botocore writes it on a line of its own.
        at += text::blank(&bytes[at..]);
    }
    // `!!str`, `&anchor`: what YAML says of a value. `!Ref` says that it is elsewhere.
    if sign == Sign::Colon && matches!(bytes.get(at), Some(b'!' | b'&')) {
        let tag = bytes[at..]
            .iter()
            .take(24)
            .take_while(|byte| !byte.is_ascii_whitespace())
            .count();
        let space = text::spaces(&bytes[at + tag..]);
        if space > 0
            && matches!(
                &bytes[at..at + tag],
                b"!Ref" | b"!Sub" | b"!GetAtt" | b"!ImportValue" | b"!env" | b"!ENV" | b"!secret"
            )
        {
            return Some(at + tag);
        }
        let is_tag = space > 0
            && bytes[at + 1..at + tag]
                .iter()
                .all(|byte| text::is_name(*byte) || *byte == b'!')
            && !innocent::is_type(&name.text[at..at + tag]);
        at += if is_tag { tag + space } else { 0 };
    }
    // `"token:read"`: a word in quotes.
    if sign == Sign::Colon && !is_spaced && closed.is_none() && is_word_in_quotes(name, at) {
        return None;
    }
    // What tests write: `PASS: name`.
    if sign == Sign::Colon && is_spaced && name.as_str() == "PASS" {
        return None;
    }
    if sign == Sign::Colon {
        if let Some(end) = lines::block(name, at, spans) {
            return Some(end);
        }
    }
    let blank = text::blank(&bytes[at..]);
    if blank > 0 {
        // On the next line, where it is plain that it is one.
        let next = at + blank;
        if extent::quote_at(bytes, next).is_some() || wrapper(bytes, next) > 0 {
            at = next;
        } else {
            return lines::after(name, sign == Sign::Colon, at, next, spans);
        }
    }
    let manner = Manner {
        is_quoted: false,
        is_prose: sign == Sign::Colon && closed.is_none() && is_spaced,
        // `pam_unix(passwd:auth)` are modules.
        is_doubtful: sign == Sign::Doubtful
            || sign == Sign::Colon
                && !is_spaced
                && closed.is_none()
                && matches!(bytes[..name.start], [.., before, b'('] if text::is_word(before)),
    };
    let around = Around {
        is_query: sign == Sign::Equals && matches!(bytes[..name.start].last(), Some(b'?' | b'&')),
        is_element: false,
    };
    at_place(name, at, manner, around, spans)
}

/// The value that begins at a place. Returns where to look on.
pub(super) fn at_place(
    name: Name<'_>,
    at: usize,
    manner: Manner,
    around: Around,
    spans: &mut Spans,
) -> Option<usize> {
    let (text, bytes, known) = (name.text, name.text.as_bytes(), name.known);
    let mut at = at;
    // A type, and the value after it: `password: &str = "…"`.
    if let Some(value) = typed(text, at) {
        at = value;
    }
    let mut is_wrapped = false;
    for _ in 0..6 {
        let len = wrapper(bytes, at);
        if len == 0 {
            break;
        }
        at += len;
        is_wrapped = true;
    }
    if let Some(len) = innocent::bracketed(&bytes[at..]) {
        return Some(at + len);
    }
    if matches!(
        known.class,
        SecretClass::Authorization | SecretClass::Cookie
    ) {
        if let Some(end) = header::at(name, at, manner, spans) {
            return Some(end);
        }
    }
    for mark in [&b"\"\"\""[..], b"'''"] {
        if let Some(rest) = bytes[at..].strip_prefix(mark) {
            let from = at + mark.len();
            let len = rest.windows(mark.len()).position(|window| window == mark);
            return push(name, from, from + len?, Manner::TYPED, spans);
        }
    }
    if let Some((quote, len)) = extent::quote_at(bytes, at) {
        let from = at + len;
        let end = extent::closing(bytes, from, quote);
        // A prompt: this quote closes the text that the name is in.
        if bytes[from..end]
            .first()
            .is_none_or(|byte| b"),;]}".contains(byte))
        {
            return Some(from);
        }
        let manner = Manner {
            is_quoted: true,
            ..Manner::default()
        };
        // What is no value may be a name.
        let has_letters = bytes[from..end].iter().any(u8::is_ascii_alphabetic);
        return push_quoted(name, from, end, len, manner, spans).or((!has_letters).then_some(end));
    }
    if let Some(end) = container::at(name, at, spans) {
        return Some(end);
    }
    let mut end = extent::bare(bytes, at, around);
    if known.class == SecretClass::Signature && bytes.get(end) == Some(&b',') {
        // `t=…,v1=…`
        let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'');
        end += bytes[end..]
            .iter()
            .position(ends)
            .unwrap_or(bytes.len() - end);
    }
    if is_wrapped && bytes.get(end) != Some(&b')') {
        // `Some(value` goes on to its bracket.
        let close = bytes[at..]
            .iter()
            .take(256)
            .position(|byte| matches!(byte, b')' | b'\n'));
        end = close.map_or(end, |close| at + close);
    }
    let found = push(name, at, end, manner, spans);
    let further = further(name, end, manner, spans);
    if further > end { Some(further) } else { found }
}

/// Takes a value for a secret if it is one. Returns where to look on.
pub(super) fn push(
    name: Name<'_>,
    from: usize,
    end: usize,
    manner: Manner,
    spans: &mut Spans,
) -> Option<usize> {
    let (bytes, mut known) = (name.text.as_bytes(), name.known);
    let value = name.text.get(from..end)?;
    if known.class == SecretClass::AccessKeyId {
        let id = value.split(['/', '%']).next().unwrap_or_default();
        let is_id = id.len() >= 16
            && id
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        if is_id || id.contains('@') {
            spans.push(Span::new(from, from + id.len(), known.class));
            return Some(from + id.len());
        }
        if id.contains("****") {
            return Some(from + id.len());
        }
        if manner.is_prose {
            known.need = Need::Random;
        }
        known.class = SecretClass::SecretKey;
    }
    // `--password=name   what it is for`: help.
    let is_help = name.as_str().starts_with('-')
        && bytes[end..].starts_with(b"  ")
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    if is_help || !innocent::hides(value, &bytes[end..], known, manner) {
        return None;
    }
    // Spaces at its ends are no part of it.
    let start = from + value.len() - value.trim_start().len();
    let stop = from + value.trim_end().len();
    spans.push(Span::new(start, stop, name.known.class));
    Some(end)
}

/// The same of a value in quotes, whose marks are so long, and of the one that it became:
/// `from '…' to '…'`, `"…" -> "…"`.
pub(super) fn push_quoted(
    name: Name<'_>,
    from: usize,
    end: usize,
    len: usize,
    manner: Manner,
    spans: &mut Spans,
) -> Option<usize> {
    let bytes = name.text.as_bytes();
    let found = push(name, from, end, manner, spans)?;
    let after = end + len;
    let rest = bytes.get(after..).unwrap_or_default();
    let Some(word) = [" to ", " -> "]
        .iter()
        .find(|word| rest.starts_with(word.as_bytes()))
    else {
        return Some(found);
    };
    let next = after + word.len();
    let Some((quote, len)) = extent::quote_at(bytes, next) else {
        return Some(found);
    };
    let end = extent::closing(bytes, next + len, quote);
    push(name, next + len, end, manner, spans).or(Some(found))
}

/// Words after a password without quotes that look like a part of it.
fn further(name: Name<'_>, end: usize, manner: Manner, spans: &mut Spans) -> usize {
    let bytes = name.text.as_bytes();
    if name.known.class != SecretClass::Password || manner.is_prose || manner.is_doubtful {
        return end;
    }
    let mut end = end;
    for _ in 0..4 {
        let Some(b' ') = bytes.get(end) else {
            break;
        };
        let from = end + 1;
        let to = extent::bare(bytes, from, Around::default());
        let word = &name.text[from..to];
        let is_part = innocent::looks_secret(word)
            && !innocent::is_id(word)
            && word.len() >= 8
            && !word.contains(['=', ':', '/', '.', '(', '['])
            && !text::starts_pair(&bytes[from..]);
        if !is_part {
            break;
        }
        spans.push(Span::new(from, to, name.known.class));
        end = to;
    }
    end
}

/// `Some("…")`, `b"…"`, `Secret::new("…")`, `[b'…'`: how much there is before the value itself.
pub(super) fn wrapper(bytes: &[u8], at: usize) -> usize {
    let rest = &bytes[at..];
    let is_part = |byte: &u8| {
        text::is_word(*byte)
            || matches!(byte, b':' | b'.' | b'<' | b'>' | b'&' | b'@' | b'$' | b'*')
    };
    let word = rest
        .iter()
        .take(80)
        .take_while(|byte| is_part(byte))
        .count();
    match rest.get(word) {
        Some(b'(') if word > 0 => {
            let inner = word + 1 + text::blank(&rest[word + 1..]);
            let is_value = extent::quote_at(bytes, at + inner).is_some();
            let is_nested = rest[inner..].first().is_some_and(u8::is_ascii_alphabetic)
                && wrapper(bytes, at + inner) > 0;
            let is_option = matches!(&rest[..word], b"Some" | b"Just" | b"Ok" | b"Right");
            // `string(7) "…"`
            let number = rest[word + 1..]
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count();
            let counted = word + 1 + number;
            let is_counted = number > 0 && rest[counted..].starts_with(b") \"");
            match (is_value || is_nested || is_option, is_counted) {
                (_, true) => counted + 2,
                (true, _) => inner,
                _ => 0,
            }
        }
        // A letter or a sign that belongs to the quotes.
        Some(b'"' | b'\'') if (1..=2).contains(&word) => {
            let is_prefix = rest[..word]
                .iter()
                .all(|byte| b"bBrRuUfFnNeE&@$*".contains(byte))
                && !rest.starts_with(b"&'");
            if is_prefix { word } else { 0 }
        }
        Some(b'[')
            if word == 0
                && rest.get(1) == Some(&b'b')
                && matches!(rest.get(2), Some(b'"' | b'\'')) =>
        {
            1
        }
        _ => 0,
    }
}

/// Where the value is, if there is a type here, and a value for it.
fn typed(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let rest = &bytes[at..];
    if !rest
        .first()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'&')
    {
        return None;
    }
    let is_part = |byte: &u8| text::is_word(*byte) || b"&'<>[]:?*".contains(byte);
    let mut len = rest
        .iter()
        .take(48)
        .take_while(|byte| is_part(byte))
        .count();
    len += if rest[len..].starts_with(b" str ") {
        4
    } else {
        0
    };
    let sign = rest[len..]
        .strip_prefix(b" = ")
        .or_else(|| rest[len..].strip_prefix(b"="));
    let value = bytes.len() - sign?.len();
    if !innocent::is_type(&text[at..at + len]) {
        return None;
    }
    let is_quoted = extent::quote_at(bytes, value).is_some() || wrapper(bytes, value) > 0;
    (is_quoted && len > 0).then_some(value)
}

/// Whether a name is that of an element: `<name`, `<ns:name`.
fn is_element(bytes: &[u8], start: usize) -> bool {
    let before = &bytes[..start];
    let before = match before.strip_suffix(b":") {
        Some(prefix) => {
            let len = prefix
                .iter()
                .rev()
                .take(32)
                .take_while(|byte| text::is_name(**byte))
                .count();
            &prefix[..prefix.len() - len]
        }
        None => before,
    };
    before.ends_with(b"<")
}
