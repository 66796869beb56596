//! Secrets that are recognized by their shape, whatever their names.

use crate::filter::redaction::class::SecretClass;
use crate::filter::redaction::rules::{Alphabet, SHAPES, Shape};
use crate::filter::redaction::span::{Span, Spans};
use crate::filter::redaction::text::{self, is_word};
use crate::sys::sync::Lazy;

/// How far before a place a token may begin.
const BEFORE: usize = 24;

/// Finds the token around a place. Returns where to look on.
pub(super) fn at(text: &str, at: usize, vendors: bool, spans: &mut Spans) -> Option<usize> {
    let bytes = text.as_bytes();
    // The place is that of the first letters, or of the sign before short ones.
    let sign = usize::from(at + 1 < bytes.len() && is_start(bytes, at + 1));
    let place = at;
    let at = at + sign;
    let span = access_key_id(bytes, at)
        .or_else(|| json_web_token(bytes, at))
        .or_else(|| vendor_token(bytes, place).filter(|_| vendors))
        .or_else(|| vendor_token(bytes, at).filter(|_| vendors && sign > 0))
        .or_else(|| bot_token(bytes, place + usize::from(bytes[place] != b'%')).filter(|_| vendors))
        .or_else(|| client_secret(bytes, at).filter(|_| vendors))
        .or_else(|| discord_token(bytes, at).filter(|_| vendors))?;
    let mut end = span.resume;
    spans.push(span);
    if span.class == SecretClass::AccessKeyId {
        if let Some(secret) = secret_beside(bytes, end) {
            end = secret.end;
            spans.push(secret);
        }
    }
    Some(end)
}

/// Whether a word can begin here: after an escape as well, whose last letters look like a word's.
fn is_start(bytes: &[u8], start: usize) -> bool {
    let Some(before) = start.checked_sub(1).map(|before| bytes[before]) else {
        return true;
    };
    !is_word(before) || text::ends_escape(&bytes[..start])
}

/// `AKIA` and 16 more, as a word.
fn access_key_id(bytes: &[u8], start: usize) -> Option<Span> {
    const LENGTH: usize = 20;
    let id = bytes.get(start..start + LENGTH)?;
    let known = matches!(&id[..4], b"AKIA" | b"ASIA" | b"ABIA" | b"ACCA") || &id[..3] == b"A3T";
    let is_one = known
        // The ids of Amazon's documentation.
        && !id.ends_with(b"EXAMPLE")
        && id
            .iter()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && is_start(bytes, start)
        && !bytes.get(start + LENGTH).is_some_and(|byte| is_word(*byte));
    is_one.then(|| Span::new(start, start + LENGTH, SecretClass::AccessKeyId))
}

/// The 40 characters that belong to an access key, next to its id.
fn secret_beside(bytes: &[u8], end: usize) -> Option<Span> {
    const LENGTH: usize = 40;
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+');
    let between = text::run_in(&bytes[end..], 6, |byte| b" :,;|\t\"'\n".contains(byte));
    let start = end + between;
    let len = text::run_in(&bytes[start..], LENGTH + 1, |byte| is_part(byte));
    let is_one = between > 0 && len == LENGTH && text::is_mixed(&bytes[start..start + len]);
    is_one.then(|| Span::new(start, start + len, SecretClass::SecretKey))
}

/// `eyJ….eyJ….…`, the last part of which may be empty, or five parts, the second of which may be.
fn json_web_token(bytes: &[u8], start: usize) -> Option<Span> {
    const SHORTEST: usize = 8;
    if !bytes.get(start..)?.starts_with(b"eyJ") || !is_start(bytes, start) {
        return None;
    }
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'=');
    let (mut at, mut parts) = (start, [0; 5]);
    let mut count = 0;
    while count < 5 {
        parts[count] = text::run(&bytes[at..], |byte| is_part(byte));
        at += parts[count];
        count += 1;
        if bytes.get(at) != Some(&b'.') {
            break;
        }
        at += 1;
    }
    let is_signed = count >= 3 && parts[1] >= SHORTEST;
    let is_encrypted = count == 5 && parts[2..].iter().all(|len| *len >= SHORTEST);
    if parts[0] < SHORTEST || !(is_signed || is_encrypted) {
        return None;
    }
    let shown = if is_encrypted { 5 } else { 3 };
    let end = start + parts[..shown].iter().sum::<usize>() + shown - 1;
    Some(Span::new(start, end, SecretClass::Token))
}

/// A token of the [rules](super::rules), the [letters](anchor) of whose beginning are at a place.
fn vendor_token(bytes: &[u8], at: usize) -> Option<Span> {
    /// Shapes by the letter that the place has.
    static BY_ANCHOR: Lazy<Vec<Vec<&Shape>>> = Lazy::new(|| {
        let mut by_anchor = vec![Vec::new(); 256];
        for shape in SHAPES {
            by_anchor[usize::from(shape.prefix.as_bytes()[anchor(shape)])].push(shape);
        }
        by_anchor
    });
    let first = *bytes.get(at)?;
    BY_ANCHOR[usize::from(first)].iter().find_map(|shape| {
        let start = at.checked_sub(anchor(shape))?;
        let rest = bytes[start..].strip_prefix(shape.prefix.as_bytes())?;
        let len = is_start(bytes, start).then(|| fits(shape, rest))??;
        let end = start + shape.prefix.len() + len;
        Some(Span::new(start, end, SecretClass::Token))
    })
}

/// Where the four letters of a prefix begin by which it is found: such as few words have. They have
/// a digit and a sign after it, or else a sign or a digit inside, or a digit, or they are the
/// first.
pub(super) fn anchor(shape: &Shape) -> usize {
    let fours = || shape.prefix.as_bytes().windows(4);
    let has_sign = |four: &[u8]| four[1..3].iter().any(|byte| !byte.is_ascii_alphabetic());
    let has_digit = |four: &[u8]| four.iter().any(u8::is_ascii_digit);
    let ends_with_sign = |four: &[u8]| has_digit(four) && !four[3].is_ascii_alphanumeric();
    let found = fours().position(ends_with_sign);
    let found = found.or_else(|| fours().position(has_sign));
    found.or_else(|| fours().position(has_digit)).unwrap_or(0)
}

/// How long the rest of a token is, where it is one.
fn fits(shape: &Shape, rest: &[u8]) -> Option<usize> {
    let is_part = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            && shape.alphabet != Alphabet::Hex
            && (shape.alphabet != Alphabet::Upper || !byte.is_ascii_lowercase())
            || match shape.alphabet {
                Alphabet::Alnum | Alphabet::Upper => false,
                Alphabet::Hex => byte.is_ascii_hexdigit(),
                Alphabet::Word => matches!(byte, b'_' | b'-'),
                Alphabet::Dotted => matches!(byte, b'_' | b'-' | b'.' | b'='),
                Alphabet::Crypt => matches!(byte, b'.' | b'/' | b'$' | b'+' | b'=' | b','),
                Alphabet::Base64 => matches!(byte, b'_' | b'-' | b'+' | b'/' | b'='),
            }
    };
    // What is longer is none, however long it is.
    let mut len = text::run_in(rest, shape.most.saturating_add(1), |byte| is_part(byte));
    while len > 0 && rest[len - 1] == b'.' {
        len -= 1;
    }
    let part = &rest[..len];
    let ends = !rest
        .get(len)
        .is_some_and(|byte| byte.is_ascii_alphanumeric());
    let fits = (shape.least..=shape.most).contains(&len)
        && ends
        && (text::is_mixed(part) || len >= 20 && part.iter().any(u8::is_ascii_digit))
        && !text::is_repeated(part);
    fits.then_some(len)
}

/// `123456789:AA…`, a bot's of Telegram, by its colon.
fn bot_token(bytes: &[u8], at: usize) -> Option<Span> {
    let colon = match bytes.get(at..)? {
        [b':', ..] => 1,
        [b'%', b'3', b'a' | b'A', ..] => 3,
        _ => return None,
    };
    let before = bytes[..at].iter().rev();
    let number = before.take_while(|byte| byte.is_ascii_digit()).count();
    let start = at - number;
    let token = at + colon;
    let rest = bytes[token..].iter();
    let len = rest
        .take_while(|byte| is_word(**byte) || **byte == b'-')
        .count();
    let is_marked = bytes[..start].ends_with(b"bot") || bytes[token..].starts_with(b"AA");
    let is_one = (6..=12).contains(&number) && len >= 30 && is_marked;
    is_one.then(|| Span::new(start, token + len, SecretClass::Token))
}

/// `MTE3….G….…`: a number in Base64, a time, and a code, as a bot of Discord has them.
fn discord_token(bytes: &[u8], start: usize) -> Option<Span> {
    const LENGTHS: [std::ops::RangeInclusive<usize>; 3] = [23..=28, 6..=7, 27..=45];
    if !matches!(bytes.get(start), Some(b'M' | b'N' | b'O')) || !is_start(bytes, start) {
        return None;
    }
    let mut end = start;
    for (part, lengths) in LENGTHS.iter().enumerate() {
        let dot = usize::from(part > 0);
        let is_next = dot == 0 || bytes.get(end) == Some(&b'.');
        let len = text::run_in(bytes.get(end + dot..)?, 64, |byte| text::is_name(*byte));
        (is_next && lengths.contains(&len)).then_some(())?;
        end += dot + len;
    }
    Some(Span::new(start, end, SecretClass::Token))
}

/// A client's secret of Azure: `…8Q~…`, whose third letter from the start of the mark a digit is.
fn client_secret(bytes: &[u8], at: usize) -> Option<Span> {
    let is_part = |byte: &u8| is_word(*byte) || matches!(byte, b'.' | b'~' | b'-');
    let mark = bytes.get(at..at + 3)?;
    if !mark[0].is_ascii_digit() || &mark[1..] != b"Q~" {
        return None;
    }
    let start = at.checked_sub(3)?;
    let len = text::run(&bytes[start..], |byte| is_part(byte));
    ((37..=41).contains(&len) && is_start(bytes, start))
        .then(|| Span::new(start, start + len, SecretClass::SecretKey))
}

/// `-----BEGIN … PRIVATE KEY-----` and all up to its end; without one, all there is. Returns where
/// to look on.
pub(super) fn pem(text: &str, at: usize, spans: &mut Spans) -> usize {
    let bytes = text.as_bytes();
    if let Some((from, end)) = putty(text, at) {
        spans.push(Span::new(from, end, SecretClass::EncryptionKey));
        return end;
    }
    let dashes = text::run(&bytes[at..], |byte| *byte == b'-');
    let end = (at + dashes).max(at + 1);
    if dashes == 0 {
        return end;
    }
    let label = &text[end..];
    let Some(label) = label
        .strip_prefix("BEGIN ")
        .or_else(|| label.strip_prefix(" BEGIN "))
    else {
        return end;
    };
    let label_at = text.len() - label.len();
    let Some(length) = label.bytes().take(BEFORE * 3).position(|byte| byte == b'-') else {
        return end;
    };
    let is_private = [
        "PRIVATE KEY",
        "SECRET KEY",
        "Static key",
        "NKEY SEED",
        "USER JWT",
    ]
    .iter()
    .any(|kind| label[..length].contains(kind));
    if !is_private || !label[length..].starts_with("---") {
        return end;
    }
    let closing = label[length..]
        .bytes()
        .take_while(|byte| *byte == b'-')
        .count();
    let start = label_at + length + closing;
    if matches!(bytes.get(start), Some(b'"' | b'\'' | b'`')) {
        // The line is all that is quoted.
        return start;
    }
    // The first of both, so that nothing is searched again and again for one that it does not have.
    let ends = text[start..].match_indices("END ");
    let dashes = |end: usize| {
        let before = &text[start..start + end];
        ["-----", "---- "]
            .into_iter()
            .find(|dashes| before.ends_with(dashes))
    };
    let end = ends
        .map(|(end, _)| end)
        .find_map(|end| Some(end - dashes(end)?.len()));
    let body_end = end.map_or(text.len(), |end| start + end);
    spans.push(Span::new(start, body_end, SecretClass::EncryptionKey));
    body_end
}

/// `Private-Lines: 8` and all up to the end of its hash, as `PuTTY` writes keys down.
fn putty(text: &str, at: usize) -> Option<(usize, usize)> {
    let rest = text.get(at..)?.strip_prefix("uTTY-User-Key-File")?;
    let (_, lines) = rest.split_once("Private-Lines: ")?;
    let len = lines.find("Private-MAC: ").map_or(lines.len(), |mac| {
        let rest = &lines[mac..];
        mac + rest.find('\n').unwrap_or(rest.len())
    });
    let from = text.len() - lines.len();
    Some((from, from + len))
}
