//! Secrets of URLs that have no name: users, and parts of the path.

use crate::filter::redaction::class::SecretClass;
use crate::filter::redaction::rules::WEBHOOKS;
use crate::filter::redaction::span::{Span, Spans};
use crate::filter::redaction::{look, placeholder, text};

/// How long an authority may be.
const LONGEST: usize = 1024;

/// How long a path may be before the word that says what it is for.
const LONGEST_PATH: usize = 80;

fn ends_url(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'"' | b'\'' | b'<' | b'>' | b'\n' | b'\r' | b'\t' | b'`' | b'|'
    )
}

/// Looks at the URL whose `//` is near a place. Returns where to look on, which is no further than
/// its authority: names may be in its path.
pub(super) fn at(text: &str, at: usize, spans: &mut Spans) -> Option<usize> {
    let bytes = text.as_bytes();
    let slashes = (at..at + 2).find(|place| {
        let rest = &bytes[*place..];
        rest.starts_with(b"//") || rest.starts_with(b"\\/\\/")
    });
    let Some(slashes) = slashes else {
        link(text, at, spans);
        return None;
    };
    let has_scheme = bytes[..slashes].ends_with(b":");
    let start = slashes + if bytes[slashes] == b'/' { 2 } else { 4 };
    let rest = &bytes[start..bytes.len().min(start + LONGEST)];
    let authority = authority(rest);
    if let Some(end) = authority.iter().rposition(|byte| *byte == b'@') {
        let user = text.get(start..start + end)?;
        let is_web = has_scheme && is_web(&bytes[..slashes - 1]);
        if let Some(class) = user_class(user, is_web) {
            spans.push(Span::new(start, start + end, class));
        }
        return Some(start + end + 1);
    }
    if has_scheme && rest.get(authority.len()) == Some(&b'/') {
        let len = rest.iter().position(|byte| ends_url(*byte));
        webhook(text, start, &rest[..len.unwrap_or(rest.len())], spans);
    }
    let is_host = |byte: &u8| text::is_name(*byte) || matches!(byte, b'.' | b':');
    let host = text::run(authority, |byte| is_host(byte));
    Some(start + host.max(1))
}

/// What is before the path: up to a slash, which a password may have as well.
fn authority(rest: &[u8]) -> &[u8] {
    let ends = |byte: &u8| matches!(byte, b'/' | b'?' | b'#' | b'\\') || ends_url(*byte);
    let end = rest.iter().position(ends).unwrap_or(rest.len());
    let plain = &rest[..end];
    let at = plain.iter().position(|byte| *byte == b'@');
    // A comma may be in a password, or between the hosts that follow; after a host it ends the URL.
    // After a host and a port, a semicolon does, as JDBC has it.
    let comma = plain.iter().position(|byte| matches!(byte, b',' | b';'));
    if let Some(comma) = comma.filter(|comma| at.is_none_or(|at| *comma < at)) {
        let host = plain[..comma].split(|byte| *byte == b':').nth(1);
        let is_host = host.map_or(plain[comma] == b',', |port| {
            port.iter().all(u8::is_ascii_digit)
        });
        if is_host && !plain[..comma].contains(&b'=') {
            return &plain[..comma];
        }
    }
    if at.is_some() || rest.get(end).is_none_or(|byte| ends_url(*byte)) {
        return plain;
    }
    // What follows the colon is no port, so it is a password with a slash, or the like, in it.
    let Some(colon) = plain.iter().position(|byte| *byte == b':') else {
        return plain;
    };
    let port = &plain[colon + 1..];
    let is_host = port.iter().all(u8::is_ascii_digit) || plain.first() == Some(&b'[');
    if is_host {
        return plain;
    }
    let more = rest[end..]
        .iter()
        .position(|byte| ends_url(*byte) || *byte == b'@');
    match more {
        Some(more) if rest[end + more] == b'@' && !rest[..end + more].ends_with(b"/") => {
            &rest[..=end + more]
        }
        _ => plain,
    }
}

fn is_web(before: &[u8]) -> bool {
    let is_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'+';
    let len = text::run_before_in(before, 16, |byte| is_scheme(byte));
    let scheme = &before[before.len() - len..];
    text::find(scheme, b"http").is_some()
}

/// `user:password`, `:password`, or a token alone.
fn user_class(user: &str, is_web: bool) -> Option<SecretClass> {
    match user.split_once(':') {
        Some((user, "")) | Some((user, "x-oauth-basic")) => {
            look::looks_secret(user).then_some(SecretClass::UrlUser)
        }
        Some((_, password)) => {
            // A word is a weak password here, and says nothing of one.
            let is_word = [
                "pass", "password", "secret", "token", "default", "public", "key",
            ]
            .contains(&password)
                && user != "username:password";
            let hides = (is_word || !placeholder::is_nothing(password)) && !user.contains("***");
            hides.then_some(SecretClass::UrlUser)
        }
        None => {
            let is_token = look::looks_secret(user)
                && !user.contains('%')
                && (user.bytes().any(|byte| byte.is_ascii_uppercase()) || user.len() >= 16);
            let is_sure = user.len() >= 12 && user.bytes().any(|byte| byte.is_ascii_digit());
            (is_token && (is_web || is_sure)).then_some(SecretClass::Token)
        }
    }
}

/// What opens an account in the query of such a link, whatever it is called: `/verify?t=…`.
fn query(text: &str, from: usize, path: &[u8], spans: &mut Spans) {
    const WORDS: [&[u8]; 7] = [
        b"reset",
        b"activate",
        b"magic",
        b"verify",
        b"invite",
        b"confirm",
        b"login",
    ];
    let Some(mark) = path.iter().position(|byte| *byte == b'?') else {
        return;
    };
    if !WORDS
        .iter()
        .any(|word| text::find(&path[..mark], word).is_some())
    {
        return;
    }
    let mut at = mark + 1;
    for pair in path[mark + 1..].split(|byte| b"&#".contains(byte)) {
        let sign = pair
            .iter()
            .position(|byte| *byte == b'=')
            .map_or(0, |sign| sign + 1);
        let value = text
            .get(from + at + sign..from + at + pair.len())
            .unwrap_or_default();
        let is_one = value.len() >= 20
            && value.bytes().all(text::is_name)
            && look::looks_secret(value)
            && (look::is_material(value) || text::is_random(value));
        if is_one {
            spans.push(Span::new(
                from + at + sign,
                from + at + pair.len(),
                SecretClass::Token,
            ));
        }
        at += pair.len() + 1;
    }
}

/// A path of that kind without a host: `GET /reset/…`.
fn link(text: &str, at: usize, spans: &mut Spans) {
    let bytes = text.as_bytes();
    let is_part = |byte: &u8| text::is_name(*byte) || b"/.".contains(byte);
    let start = at - text::run_before_in(&bytes[..at], LONGEST_PATH, is_part);
    let rest = &bytes[start..bytes.len().min(at + LONGEST)];
    let len = rest.iter().position(|byte| ends_url(*byte));
    if rest.starts_with(b"/") {
        webhook(text, start, &rest[..len.unwrap_or(rest.len())], spans);
    }
}

/// A path that is known only to those who may send there.
fn webhook(text: &str, start: usize, rest: &[u8], spans: &mut Spans) {
    let Some(slash) = rest.iter().position(|byte| *byte == b'/') else {
        return;
    };
    let (host, path) = rest.split_at(slash);
    let is_secret = |part: &[u8]| part.len() >= 16 && text::is_mixed(part);
    query(text, start + slash, path, spans);
    if !path.split(|byte| *byte == b'/').any(is_secret) {
        return;
    }
    let path = &path[..path
        .iter()
        .position(|byte| b"?#),;".contains(byte))
        .unwrap_or(path.len())];
    for (known, before) in WEBHOOKS {
        let suffix = &host[host.len().saturating_sub(known.len())..];
        if !suffix.eq_ignore_ascii_case(known.as_bytes()) {
            continue;
        }
        let Some(found) = text::find(path, before.as_bytes()) else {
            continue;
        };
        let from = start + slash + found + before.len();
        let end = start + slash + path.len();
        let Some(secret) = text.get(from..end) else {
            continue;
        };
        // `/services/T0…/B0…/…`, as Slack has them; others have services as well.
        let is_slack = || {
            let mut parts = secret.split('/');
            let is_id = |part: Option<&str>| {
                part.is_some_and(|id| id.len() >= 8 && id.bytes().all(|b| !b.is_ascii_lowercase()))
            };
            is_id(parts.next()) && is_id(parts.next())
        };
        if before.ends_with("/t") && !is_slack() {
            continue;
        }
        let is_one = secret.split('/').any(|part| is_secret(part.as_bytes()));
        if is_one {
            spans.push(Span::new(from, end, SecretClass::Token));
            return;
        }
    }
}
