//! Personal data: what identifies a person.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::filter::redaction::class::SecretClass;
use crate::filter::redaction::span::{Span, Spans};

/// Finds personal data. Apart from credentials, as it looks at every digit, and not everybody wants
/// its cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Personal;

impl Personal {
    pub(super) fn find(self, text: &str, spans: &mut Spans) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let found = match bytes[at] {
                b'@' => email(bytes, at),
                b'+' => phone(bytes, at),
                b':' => address_v6(text, at),
                byte if byte.is_ascii_digit() && is_start(bytes, at) => address_v4(text, at)
                    .or_else(|| social_security(bytes, at))
                    .or_else(|| card(bytes, at)),
                byte if byte.is_ascii_uppercase() && is_start(bytes, at) => bank_account(bytes, at),
                _ => None,
            };
            at = match found {
                Some(span) => {
                    let end = span.end;
                    spans.push(span);
                    end.max(at + 1)
                }
                None => at + 1,
            };
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether no word goes on here, nor a number with a point.
fn is_start(bytes: &[u8], at: usize) -> bool {
    match bytes[..at].last() {
        Some(b'.' | b'-') => !bytes[..at - 1].last().is_some_and(|byte| is_word(*byte)),
        Some(before) => !is_word(*before),
        None => true,
    }
}

/// Whether no word goes on there, nor a number with a point.
fn is_end(bytes: &[u8], at: usize) -> bool {
    match bytes.get(at) {
        Some(b'.' | b'-') => !bytes.get(at + 1).is_some_and(|byte| is_word(*byte)),
        Some(after) => !is_word(*after),
        None => true,
    }
}

fn email(bytes: &[u8], at: usize) -> Option<Span> {
    let is_user = |byte: &u8| byte.is_ascii_alphanumeric() || b".!#$%&*+-/=?^_{|}~".contains(byte);
    let is_host = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let user = bytes[..at]
        .iter()
        .rev()
        .take(64)
        .take_while(|byte| is_user(byte))
        .count();
    let mut start = at - user;
    // `key=ann@…`, `(mail: ann@…`: what stands before is no part of it.
    if let Some(last) = bytes[start..at]
        .iter()
        .rposition(|byte| b"=/&?{|}".contains(byte))
    {
        start += last + 1;
    }
    let host = bytes[at + 1..]
        .iter()
        .take(253)
        .take_while(|byte| is_host(byte))
        .count();
    let mut end = at + 1 + host;
    while end > at && matches!(bytes[end - 1], b'.' | b'-') {
        end -= 1;
    }
    let host = bytes.get(at + 1..end)?;
    let top = host.rsplit(|byte| *byte == b'.').next()?;
    let is_one = start < at
        && host.contains(&b'.')
        && top.len() >= 2
        && top.iter().all(u8::is_ascii_alphabetic);
    is_one.then(|| Span::new(start, end, SecretClass::Email))
}

/// The digits from a place on, how many, and where they end: in one row, or in groups as on a card,
/// the first of which has four.
fn digits(bytes: &[u8], start: usize) -> Option<([u8; 19], usize, usize)> {
    let (mut found, mut count, mut group, mut is_grouped) = ([0; 19], 0, 0, false);
    let mut at = start;
    loop {
        match bytes.get(at) {
            Some(byte @ b'0'..=b'9') => {
                *found.get_mut(count)? = byte - b'0';
                count += 1;
                group += 1;
            }
            Some(b' ' | b'-') if bytes.get(at + 1).is_some_and(u8::is_ascii_digit) => {
                let fits = if is_grouped {
                    (3..=6).contains(&group)
                } else {
                    group == 4
                };
                if !fits {
                    return None;
                }
                (group, is_grouped) = (0, true);
            }
            _ => return (!is_grouped || (3..=6).contains(&group)).then_some((found, count, at)),
        }
        at += 1;
    }
}

/// 13 to 19 digits with a right check digit, by Luhn, of a range that cards have.
fn card(bytes: &[u8], start: usize) -> Option<Span> {
    let (digits, count, end) = digits(bytes, start)?;
    if !(13..=19).contains(&count) || !is_end(bytes, end) || !matches!(digits[0], 2..=6) {
        return None;
    }
    let sum: u32 = digits[..count]
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, u32::from(*digit)) {
            (0, digit) => digit,
            (_, digit @ 5..) => digit * 2 - 9,
            (_, digit) => digit * 2,
        })
        .sum();
    (sum % 10 == 0).then(|| Span::new(start, end, SecretClass::Card))
}

/// `+` and 8 to 15 digits, with spaces, hyphens or brackets between.
fn phone(bytes: &[u8], start: usize) -> Option<Span> {
    if bytes[..start]
        .last()
        .is_some_and(|byte| is_word(*byte) || b"/+=".contains(byte))
    {
        return None;
    }
    let (mut count, mut end, mut groups) = (0, start + 1, 0);
    for (at, byte) in bytes.iter().enumerate().skip(start + 1).take(24) {
        match byte {
            b'0'..=b'9' => {
                count += 1;
                end = at + 1;
            }
            b' ' | b'-' | b'(' | b')' if count > 0 => groups += 1,
            _ => break,
        }
    }
    let is_one = bytes
        .get(start + 1)
        .is_some_and(|byte| matches!(byte, b'1'..=b'9'))
        && (8..=15).contains(&count)
        && groups <= 8
        && is_end(bytes, end);
    is_one.then(|| Span::new(start, end, SecretClass::Phone))
}

/// `123-45-6789`, but not of the ranges that are never given.
fn social_security(bytes: &[u8], start: usize) -> Option<Span> {
    let text = bytes.get(start..start + 11)?;
    let fits = text.iter().enumerate().all(|(place, byte)| match place {
        3 | 6 => *byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    let is_given = &text[..3] != b"000"
        && &text[..3] != b"666"
        && text[0] != b'9'
        && &text[4..6] != b"00"
        && &text[7..] != b"0000";
    (fits && is_given && is_end(bytes, start + 11))
        .then(|| Span::new(start, start + 11, SecretClass::SocialSecurity))
}

/// Two letters, two check digits, up to 30 letters and digits; the check is that of ISO 7064.
fn bank_account(bytes: &[u8], start: usize) -> Option<Span> {
    let head = bytes.get(start..start + 4)?;
    if !(head[..2].iter().all(u8::is_ascii_uppercase) && head[2..].iter().all(u8::is_ascii_digit)) {
        return None;
    }
    let (mut account, mut count, mut end) = ([0; 34], 0, start);
    for (at, byte) in bytes.iter().enumerate().skip(start) {
        match byte {
            b'A'..=b'Z' | b'0'..=b'9' if count < 34 => {
                account[count] = *byte;
                count += 1;
                end = at + 1;
            }
            b' ' if at == end => {}
            _ => break,
        }
    }
    if !(15..=34).contains(&count) || !is_end(bytes, end) {
        return None;
    }
    let rotated = account[4..count].iter().chain(&account[..4]);
    let rest = rotated.fold(0_u32, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte - b'A') + 10) % 97,
    });
    (rest == 1).then(|| Span::new(start, end, SecretClass::BankAccount))
}

fn address_v4(text: &str, start: usize) -> Option<Span> {
    let bytes = text.as_bytes();
    let len = bytes[start..]
        .iter()
        .take(16)
        .take_while(|byte| byte.is_ascii_digit() || **byte == b'.')
        .count();
    let end = start + len;
    let address: Ipv4Addr = text[start..end].trim_end_matches('.').parse().ok()?;
    let end = start + text[start..end].trim_end_matches('.').len();
    // The machine itself, and what is next to it, identifies no person.
    let is_own = address.is_loopback() || address.is_unspecified() || address.is_link_local();
    let is_one = !is_own && is_end(bytes, end);
    is_one.then(|| Span::new(start, end, SecretClass::Address))
}

/// Around the first colon of it.
fn address_v6(text: &str, at: usize) -> Option<Span> {
    let bytes = text.as_bytes();
    let is_part = |byte: &u8| byte.is_ascii_hexdigit() || *byte == b':';
    let start = at
        - bytes[..at]
            .iter()
            .rev()
            .take(4)
            .take_while(|byte| byte.is_ascii_hexdigit())
            .count();
    let len = bytes[start..]
        .iter()
        .take(40)
        .take_while(|byte| is_part(byte))
        .count();
    let end = start + len;
    if bytes[..start].last().is_some_and(|byte| is_word(*byte))
        || bytes.get(end).is_some_and(|byte| is_word(*byte))
    {
        return None;
    }
    let candidate = &text[start..end];
    // A time of day has two colons, an address at least as many.
    let colons = candidate.bytes().filter(|byte| *byte == b':').count();
    let address: Ipv6Addr = candidate.parse().ok()?;
    let is_own =
        address.is_loopback() || address.is_unspecified() || address.is_unicast_link_local();
    let is_one = colons >= 2 && !is_own && candidate.len() > 4;
    is_one.then(|| Span::new(start, end, SecretClass::Address))
}
