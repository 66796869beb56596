//! Values of `Authorization` and `Cookie`, which have a structure.

use crate::filter::redaction::class::SecretClass;
use crate::filter::redaction::extent::{self, Around};
use crate::filter::redaction::innocent::{self, Manner};
use crate::filter::redaction::innocents::MECHANISMS;
use crate::filter::redaction::look;
use crate::filter::redaction::name::Name;
use crate::filter::redaction::span::{Span, Spans};
use crate::filter::redaction::{placeholder, text};

/// How long a header without quotes may be.
const LONGEST: usize = 16 * 1024;

/// How far a cookie's value may have blanks in it.
const NEAR: usize = 200;

/// Hides the value of a header at a place. Returns where to look on; `None` where it is an object
/// or a list, or has nothing of a header.
pub(super) fn at(name: Name<'_>, at: usize, manner: Manner, spans: &mut Spans) -> Option<usize> {
    let bytes = name.text.as_bytes();
    let quoted = extent::quote_at(bytes, at);
    if quoted.is_none() && matches!(bytes.get(at), None | Some(b'{' | b'[' | b'(')) {
        return None;
    }
    let (from, limit) = match quoted {
        Some((quote, len)) => (at + len, extent::closing(bytes, at + len, quote)),
        None => (at, bytes.len().min(at + LONGEST)),
    };
    if let Some((quote, len)) = quoted {
        let is_closed = extent::quote_at(bytes, name.end).is_some();
        if !is_closed && extent::quote_before(bytes, name.start) == Some(quote) {
            // It closes a text that has the name alone: `Cookie:`.
            return Some(at + len);
        }
        let after = bytes.get(limit + len..).unwrap_or_default();
        if after.trim_ascii_start().starts_with(b":") {
            // The name of a pair on the next line: the header is empty.
            return Some(at);
        }
    }
    let is_signed = bytes[from..limit].starts_with(b"AWS4-");
    if is_signed && name.known.class == SecretClass::Authorization {
        // AWS's keep all but key and signature, which have names of their own.
        return Some(from);
    }
    let end = match (quoted, name.known.class) {
        (Some(_), _) => limit,
        (None, SecretClass::Cookie) => cookie_end(bytes, from, limit),
        (None, _) => authorization_end(bytes, from, limit),
    };
    let value = name.text.get(from..end)?;
    if placeholder::is_nothing(value) || value.starts_with("** ") {
        return Some(end);
    }
    let manner = Manner {
        is_quoted: quoted.is_some(),
        ..manner
    };
    if name.known.class == SecretClass::Cookie {
        return cookie(name, from, end, manner, spans);
    }
    authorization(name, from, end, manner, spans)
}

/// `Bearer …`: the scheme stays, where it is a known one; else it may be the secret itself.
fn authorization(
    name: Name<'_>,
    from: usize,
    end: usize,
    manner: Manner,
    spans: &mut Spans,
) -> Option<usize> {
    let value = name.text.get(from..end)?;
    let scheme = value.split([' ', '\t']).next().unwrap_or_default();
    let rest = value[scheme.len()..].trim_start();
    let is_known = MECHANISMS
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known));
    let secret = if is_known { rest } else { value };
    if secret.is_empty() || placeholder::is_nothing(secret) {
        return Some(end);
    }
    if !is_known && !manner.is_quoted {
        let is_one = look::looks_secret(secret.split([' ', ',']).next().unwrap_or_default())
            || look::looks_secret(rest)
            || secret.len() >= 16 && !secret.contains(' ');
        if !is_one {
            return Some(from + scheme.len());
        }
    }
    if !innocent::hides(
        secret,
        &[],
        name.known,
        Manner {
            is_quoted: true,
            ..Manner::default()
        },
    ) {
        return Some(from);
    }
    spans.push(Span::new(
        end - secret.len(),
        end,
        SecretClass::Authorization,
    ));
    Some(end)
}

/// Where an authorization without quotes ends: after the word that follows the scheme, or the last
/// of its parameters.
fn authorization_end(bytes: &[u8], from: usize, limit: usize) -> usize {
    let word = |at: usize| {
        extent::bare(bytes, at, Around::default())
            .min(limit)
            .max(at)
    };
    let scheme = word(from);
    let known = MECHANISMS
        .iter()
        .any(|known| bytes[from..scheme].eq_ignore_ascii_case(known.as_bytes()));
    let gap = match &bytes[scheme..limit] {
        // Folded.
        [b'\r', b'\n', b' ' | b'\t', ..] | [b'\n', b' ' | b'\t', ..] if known => {
            text::blank(&bytes[scheme..limit])
        }
        // A command goes on after a backslash.
        [b' ', b'\\', b'\n', ..] if known => 3 + text::spaces(&bytes[scheme + 3..limit]),
        rest => text::spaces(rest),
    };
    if gap == 0 || bytes[..scheme].ends_with(b",") {
        return scheme;
    }
    let mut at = scheme + gap;
    if let Some(len) = placeholder::bracketed(&bytes[at..limit]) {
        return at + len;
    }
    if !is_parameter(&bytes[at..limit]) {
        let next = word(at);
        let is_secret = std::str::from_utf8(&bytes[at..next]).is_ok_and(look::looks_secret);
        return if known || is_secret { next } else { scheme };
    }
    loop {
        at = parameter_end(bytes, at, limit);
        let gap = text::spaces(&bytes[at..limit]);
        let next = &bytes[at + gap..limit];
        let comma = match next.first() {
            Some(b',') => 1 + text::spaces(&next[1..]),
            _ => return at,
        };
        let following = at + gap + comma;
        if !is_parameter(&bytes[following..limit]) {
            return at;
        }
        at = following;
    }
}

/// Whether a parameter begins: `name=`.
fn is_parameter(bytes: &[u8]) -> bool {
    let name = text::run(bytes, |byte| text::is_name(*byte) || *byte == b'.');
    name > 0
        && bytes.get(name) == Some(&b'=')
        && bytes.get(name + 1).is_some_and(|next| *next != b'=')
}

fn parameter_end(bytes: &[u8], at: usize, limit: usize) -> usize {
    let sign = at
        + bytes[at..limit]
            .iter()
            .position(|byte| *byte == b'=')
            .unwrap_or(limit - at);
    let value = (sign + 1).min(limit);
    match extent::quote_at(bytes, value) {
        Some((quote, len)) => (extent::closing(bytes, value + len, quote) + len).min(limit),
        None => {
            let ends =
                |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b'"' | b'\'');
            value
                + bytes[value..limit]
                    .iter()
                    .position(ends)
                    .unwrap_or(limit - value)
        }
    }
}

fn cookie(
    name: Name<'_>,
    from: usize,
    end: usize,
    manner: Manner,
    spans: &mut Spans,
) -> Option<usize> {
    let value = name.text.get(from..end)?;
    let has_pair = value.contains('=');
    let hides = if has_pair {
        !value.split(';').all(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or(("", pair));
            placeholder::is_nothing(value) && !look::looks_secret(name)
        })
    } else {
        innocent::hides(value, &name.text.as_bytes()[end..], name.known, manner)
            && (manner.is_quoted || look::looks_secret(value))
    };
    if !hides {
        // What has no cookie may have a name of its own.
        return Some(from);
    }
    spans.push(Span::new(from, end, SecretClass::Cookie));
    Some(end)
}

/// Where cookies without quotes around them end: pairs and words with `;` between.
fn cookie_end(bytes: &[u8], from: usize, limit: usize) -> usize {
    let mut at = from;
    while at < limit {
        let rest = &bytes[at + 1..limit];
        match bytes[at] {
            b'"' if at > from && bytes[at - 1] == b'=' => {
                // A value without its closing quote ends with its line.
                let close = rest
                    .iter()
                    .position(|byte| matches!(byte, b'"' | b'\n' | b'\r'));
                match close {
                    Some(close) if rest[close] == b'"' => at += close + 1,
                    Some(end) => return at + 1 + end,
                    None => return at,
                }
            }
            b'"' | b'`' | b'\n' | b'\r' => return at,
            b'\\' if matches!(rest.first(), Some(b'n' | b'r')) => return at,
            b'\'' if !rest.first().is_some_and(u8::is_ascii_alphanumeric) => return at,
            b'\\' if matches!(rest.first(), Some(b'"' | b'\'')) => return at,
            b',' if text::starts_pair(rest) => return at,
            b')' | b']' | b'}'
                if !rest
                    .first()
                    .is_some_and(|byte| text::is_word(*byte) || *byte == b';') =>
            {
                return at;
            }
            b' ' | b'\t' if at > from && !matches!(bytes[at - 1], b';' | b',') => {
                // A blank in a value, or the end of all cookies.
                let next = rest
                    .iter()
                    .take(NEAR)
                    .position(|byte| matches!(byte, b';' | b'=' | b':'));
                let goes_on = next.is_some_and(|next| rest[next] == b';' || is_date(&rest[..next]));
                if !goes_on {
                    return at;
                }
            }
            _ => {}
        }
        at += 1;
    }
    limit
}

/// `21 Oct 2026 07:`, as in `Expires`.
fn is_date(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(u8::is_ascii_digit) && bytes.last().is_some_and(u8::is_ascii_digit)
}
