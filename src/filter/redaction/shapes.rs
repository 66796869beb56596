//! What is a secret by its looks, whatever it is called.

use super::class::SecretClass;
use super::span::Span;

/// The beginnings of tokens that some vendors mark.
pub(super) const VENDOR_PREFIXES: &[&str] = &[
    "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "xoxb-", "xoxa-", "xoxp-", "xoxr-", "xoxs-",
    "sk_live_", "rk_live_",
];

/// The secret that the prefilter's three letters at a place belong to.
pub(super) fn at(text: &str, at: usize, vendor_tokens: bool) -> Option<Span> {
    let bytes = text.as_bytes();
    match bytes.get(at..at + 3)? {
        b"KIA" | b"SIA" | b"BIA" | b"CCA" => access_key_id(bytes, at.checked_sub(1)?),
        b"A3T" => access_key_id(bytes, at),
        b"eyJ" => json_web_token(bytes, at),
        b"://" => url_user(bytes, at + 3),
        b"---" => pem(text, at),
        _ if vendor_tokens => vendor_token(text, at),
        _ => None,
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
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
        && !bytes[..start].last().is_some_and(|byte| is_word(*byte))
        && !bytes.get(start + LENGTH).is_some_and(|byte| is_word(*byte));
    is_one.then(|| Span::new(start, start + LENGTH, SecretClass::AccessKeyId))
}

/// `eyJ….eyJ….…`, the last part of which may be empty.
fn json_web_token(bytes: &[u8], start: usize) -> Option<Span> {
    const SHORTEST: usize = 8;
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'=');
    let part = |from: usize| {
        from + bytes[from..]
            .iter()
            .take_while(|byte| is_part(byte))
            .count()
    };
    if bytes[..start].last().is_some_and(|byte| is_word(*byte)) {
        return None;
    }
    let header = part(start);
    if header - start < SHORTEST || bytes.get(header) != Some(&b'.') {
        return None;
    }
    let payload = part(header + 1);
    if payload - header < SHORTEST || bytes.get(payload) != Some(&b'.') {
        return None;
    }
    Some(Span::new(start, part(payload + 1), SecretClass::Token))
}

/// `user:password@` behind `://`.
fn url_user(bytes: &[u8], start: usize) -> Option<Span> {
    const LONGEST: usize = 1024;
    let ends = |byte: &u8| {
        matches!(
            byte,
            b'/' | b'?' | b'#' | b' ' | b'"' | b'\'' | b'<' | b'>' | b'\n' | b'\\' | b','
        )
    };
    let rest = &bytes[start..bytes.len().min(start + LONGEST)];
    let authority = &rest[..rest.iter().position(ends).unwrap_or(rest.len())];
    let at = authority.iter().rposition(|byte| *byte == b'@')?;
    let colon = authority[..at].iter().position(|byte| *byte == b':')?;
    let is_hidden = authority[..at]
        .iter()
        .all(|byte| matches!(byte, b'*' | b':'));
    (colon + 1 < at && !is_hidden).then(|| Span::new(start, start + at, SecretClass::UrlUser))
}

/// `-----BEGIN … PRIVATE KEY-----` and all up to its end; without one, all there is.
fn pem(text: &str, at: usize) -> Option<Span> {
    const BEGIN: &str = "-----BEGIN ";
    let label = text.get(at..)?.strip_prefix(BEGIN)?;
    let length = label.bytes().take(64).position(|byte| byte == b'-')?;
    if !label[..length].ends_with("PRIVATE KEY") || !label[length..].starts_with("-----") {
        return None;
    }
    let start = at + BEGIN.len() + length + 5;
    let end = text[start..]
        .find("-----END ")
        .map_or(text.len(), |end| start + end);
    Some(Span::new(start, end, SecretClass::EncryptionKey))
}

fn vendor_token(text: &str, start: usize) -> Option<Span> {
    const SHORTEST: usize = 10;
    let rest = text.get(start..)?;
    let prefix = VENDOR_PREFIXES
        .iter()
        .find(|prefix| rest.starts_with(**prefix))?;
    if text.as_bytes()[..start]
        .last()
        .is_some_and(|byte| is_word(*byte))
    {
        return None;
    }
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let len = rest.bytes().take_while(|byte| is_part(byte)).count();
    (len >= prefix.len() + SHORTEST).then(|| Span::new(start, start + len, SecretClass::Token))
}
