//! The value of a name: where it begins and ends.

use crate::filter::redaction::class::SecretClass;
use crate::filter::redaction::extent::{self, Around};
use crate::filter::redaction::innocent::{self, Manner};
use crate::filter::redaction::look;
use crate::filter::redaction::name::Name;
use crate::filter::redaction::places::SPOKEN;
use crate::filter::redaction::span::{Span, Spans};
use crate::filter::redaction::{container, header, placeholder, text};

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
    // `<b>Password:</b> …`
    if bytes[at..].starts_with(b"</") && manner.is_prose | !manner.is_quoted {
        let tag = bytes[at..].iter().take(12).position(|byte| *byte == b'>');
        at += tag.map_or(0, |tag| tag + 1);
        at += text::spaces(&bytes[at..]);
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
    // `PWD={…};`, as ODBC has values with signs.
    if bytes[at..].starts_with(b"{") && bytes[..at].ends_with(b"=") {
        let near = &bytes[at..bytes.len().min(at + 96)];
        let end = near.windows(2).position(|two| two == b"};");
        let end = at
            + end
                .or_else(|| near.ends_with(b"}").then(|| near.len() - 1))
                .unwrap_or(1);
        let is_field = bytes[..name.start].ends_with(b";") && end > at + 1;
        if is_field || text.get(at + 1..end).is_some_and(look::looks_secret) {
            return name.hide(at + 1, end, Manner::TYPED, spans);
        }
    }
    if let Some(len) = placeholder::bracketed(&bytes[at..]) {
        // `${DB_PASSWORD:-…}`: what it is without one.
        let whole = &name.text[at..at + len];
        let found = whole
            .strip_prefix("${")
            .and_then(|inner| inner.split_once(":-"));
        let default = found.map_or("", |(_, rest)| rest.trim_end_matches('}'));
        if look::looks_secret(default) {
            let end = at + whole.trim_end_matches('}').len();
            name.hide(end - default.len(), end, Manner::TYPED, spans);
        }
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
            return name.hide(from, from + len?, Manner::TYPED, spans);
        }
    }
    if let Some((quote, len)) = extent::quote_at(bytes, at) {
        let from = at + len;
        let end = extent::closing(bytes, from, quote);
        // A prompt: this quote closes the text that the name is in.
        let sent = sent(bytes, from);
        // `"" => "…"` is none.
        let is_new = from == end && {
            let rest = bytes.get(end + len..).unwrap_or_default();
            rest.starts_with(b" => ") || rest.starts_with(b" -> ")
        };
        if sent.is_some()
            || !is_new
                && bytes[from..end]
                    .first()
                    .is_none_or(|byte| b"),;]}".contains(byte))
        {
            let (value, end) = sent.unwrap_or((from, from));
            return name.hide(value, end, Manner::TYPED, spans).or(Some(from));
        }
        let manner = Manner {
            is_quoted: true,
            ..Manner::default()
        };
        // `…`: the output of a command.
        let is_command = bytes[from..end].contains(&b' ') && !bytes[from].is_ascii_uppercase();
        if bytes[at] == b'`' && is_command {
            return Some(end);
        }
        // What is no value may be a name.
        let has_letters = bytes[from..end].iter().any(u8::is_ascii_alphabetic);
        return name
            .hide_changed(from, end, len, manner, spans)
            .or((!has_letters).then_some(end));
    }
    if let Some(end) = container::at(name, at, spans) {
        return Some(end);
    }
    if let Some(end) = phrase(name, at, false) {
        return name.hide(at, end, Manner::TYPED, spans).or(Some(end));
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
    let is_changed = [" -> ", " → ", " => "]
        .iter()
        .any(|sign| bytes[end..].starts_with(sign.as_bytes()));
    let found = if is_changed {
        name.hide_changed(at, end, 0, manner, spans)
    } else {
        name.hide(at, end, manner, spans)
    };
    if known.is_plural && found.is_some() {
        return Some(several(name, end, manner, spans));
    }
    let further = further(name, end, manner, spans);
    if further > end { Some(further) } else { found }
}

/// What is sent after a prompt: `expect "password:" { send "…\\r" }`.
fn sent(bytes: &[u8], from: usize) -> Option<(usize, usize)> {
    let near = &bytes[from..bytes.len().min(from + 48)];
    let send = from + text::find(near, b"send")? + 4;
    let is_part = |byte: &u8| byte.is_ascii_alphabetic() || b" (-".contains(byte);
    let at = send + text::run_in(&bytes[send..], 16, is_part);
    let (quote, len) = extent::quote_at(bytes, at)?;
    let end = extent::closing(bytes, at + len, quote);
    let is_near = !bytes[from..at].contains(&b'\n') || near.starts_with(b")");
    (is_near || near.trim_ascii_start().starts_with(b"send")).then_some((at + len, end))
}

/// What is longer is no phrase.
const LONGEST_PHRASE: usize = 512;

/// Where a value ends that is a phrase of several words: of a name that says so, or of a password
/// that is spoken of.
pub(super) fn phrase(name: Name<'_>, at: usize, is_spoken: bool) -> Option<usize> {
    const NAMES: &[&str] = &["phrase", "mnemonic", "answer", "words", "seed"];
    let is_one = |end: &&str| text::ends_with(name.as_str().as_bytes(), end.as_bytes());
    let is_named = NAMES.iter().any(is_one);
    if !(is_named || is_spoken && name.known.class == SecretClass::Password) {
        return None;
    }
    let near = text::up_to(name.text, at + LONGEST_PHRASE);
    let line = near.get(at..)?.split(['\n', '\r', '"', ',', ';']).next()?;
    if at + line.len() == near.len() && near.len() < name.text.len() {
        return None;
    }
    let line = line.trim_end();
    // What a sentence has is in no phrase.
    let is_plain = |word: &str| {
        word.len() >= 3
            && word.bytes().all(|byte| byte.is_ascii_lowercase())
            && !placeholder::is_nothing(word)
            && !SPOKEN.contains(&word)
    };
    let is_word = |word: &str| {
        word.bytes().all(|byte| byte.is_ascii_alphabetic()) && (!is_spoken || is_plain(word))
    };
    let least = if is_named { 3 } else { 4 };
    let mut words = line.split(' ');
    // `correct horse …`
    let first = words.clone().next()?;
    let is_value = !placeholder::is_nothing(first) || line.starts_with("correct horse ");
    let count = words.clone().count();
    (is_value && (least..=24).contains(&count) && words.all(is_word)).then_some(at + line.len())
}

/// What follows one of several: `recovery codes: …, …`.
fn several(name: Name<'_>, end: usize, manner: Manner, spans: &mut Spans) -> usize {
    let mut end = end;
    while let Some(b", ") = name.text.as_bytes().get(end..end + 2) {
        let (from, to) = extent::argument(name.text.as_bytes(), end + 2);
        if text::starts_pair(&name.text.as_bytes()[from..])
            || name.hide(from, to, manner, spans).is_none()
        {
            break;
        }
        end = to;
    }
    end
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
        let is_part = look::looks_secret(word)
            && !look::is_id(word)
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
    // `[]string{"…"}`
    if rest.starts_with(b"[]") {
        let word = text::run_in(&rest[2..], 24, |byte| text::is_word(*byte));
        let open = 2 + word;
        let is_open = word > 0 && matches!(rest.get(open), Some(b'{' | b'('));
        let is_one = is_open && extent::quote_at(bytes, at + open + 1).is_some();
        return if is_one { open + 1 } else { 0 };
    }
    // `(string) (len=9) "…"`, `(char *) "…"`: what Go's and C's programs say of it.
    if let Some(cast) = rest.strip_prefix(b"(") {
        let len = text::run_in(cast, 24, |byte| {
            text::is_word(*byte) || b"*.[]= ".contains(byte)
        });
        if len > 0 && matches!(cast[len..], [b')', b' ', b'"' | b'\\' | b'(', ..]) {
            return len + 3;
        }
    }
    // `Just "…"`
    for word in [&b"Just "[..], b"Some ", b"Right ", b"Ok "] {
        if rest.starts_with(word) && rest.get(word.len()) == Some(&b'"') {
            return word.len();
        }
    }
    // `{str} '…'`, `0x55d0 "…"`, as debuggers have it.
    if let Some(word) = rest.strip_prefix(b"{") {
        let len = text::run_in(word, 16, |byte| text::is_word(*byte));
        let is_one = len > 0 && matches!(word[len..], [b'}', b' ', b'\'' | b'"', ..]);
        return if is_one { len + 3 } else { 0 };
    }
    if let Some(hex) = rest.strip_prefix(b"0x") {
        let digits = text::run_in(hex, 16, u8::is_ascii_hexdigit);
        let is_one = digits > 0 && hex[digits..].starts_with(b" \"");
        return if is_one { digits + 3 } else { 0 };
    }
    if rest.starts_with(b"new ") {
        return match wrapper(bytes, at + 4) {
            0 => 0,
            more => 4 + more,
        };
    }
    let is_part = |byte: &u8| {
        text::is_word(*byte)
            || matches!(byte, b':' | b'.' | b'<' | b'>' | b'&' | b'@' | b'$' | b'*')
    };
    let word = text::run_in(rest, 80, |byte| is_part(byte));
    match rest.get(word) {
        // `("…",)`
        Some(b'(') if word == 0 => usize::from(extent::quote_at(bytes, at + 1).is_some()),
        // What a parser found.
        Some(b'(') if innocent::is_grammar(&rest[..word]) => 0,
        // A user comes first: `new UsernamePasswordToken("ann", "…")`.
        Some(b'(')
            if text::find(&rest[..word], b"user").is_some() && has_second(&rest[word + 1..]) =>
        {
            0
        }
        // Where the value is read from.
        Some(b'(') if innocent::reads(&rest[..word]) => 0,
        Some(b'(') if word > 0 => {
            let inner = word + 1 + text::blank(&rest[word + 1..]);
            let is_value = extent::quote_at(bytes, at + inner).is_some();
            let is_nested = rest[inner..].first().is_some_and(u8::is_ascii_alphabetic)
                && wrapper(bytes, at + inner) > 0;
            let is_option = matches!(&rest[..word], b"Some" | b"Just" | b"Ok" | b"Right");
            // `string(7) "…"`
            let number = text::run(&rest[word + 1..], |byte| byte.is_ascii_digit());
            let counted = word + 1 + number;
            let close = rest[counted..].strip_prefix(b")").unwrap_or_default();
            let gap = text::blank(close);
            let is_counted = number > 0 && gap > 0 && close[gap..].starts_with(b"\"");
            // `Secret([REDACTED alloc::string::String])`
            let is_masked = placeholder::bracketed(&rest[inner..]).is_some();
            match (is_value || is_nested || is_option || is_masked, is_counted) {
                (_, true) => counted + 1 + gap,
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

/// Whether a quoted argument follows another one.
fn has_second(arguments: &[u8]) -> bool {
    let near = &arguments[..arguments.len().min(256)];
    let Some((quote, len)) = extent::quote_at(near, 0) else {
        return false;
    };
    let end = extent::closing(near, len, quote) + len;
    let next = near.get(end..).unwrap_or_default();
    let next = next.strip_prefix(b",").map(<[u8]>::trim_ascii_start);
    next.is_some_and(|next| extent::quote_at(next, 0).is_some())
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
    let mut len = text::run_in(rest, 48, |byte| is_part(byte));
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
    let is_value = || {
        let end = extent::bare(bytes, value, Around::default());
        look::looks_secret(&text[value..end])
    };
    let is_quoted = extent::quote_at(bytes, value).is_some() || wrapper(bytes, value) > 0;
    (len > 0 && (is_quoted || is_value())).then_some(value)
}
