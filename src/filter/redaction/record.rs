//! Records and paths: a name and its value beside the same sign.

use crate::filter::redaction::class::SecretClass;
use crate::filter::redaction::extent::{self, Around};
use crate::filter::redaction::innocent::Manner;
use crate::filter::redaction::name::Name;
use crate::filter::redaction::rules::Need;
use crate::filter::redaction::span::Spans;
use crate::filter::redaction::text;

const DOUBTFUL: Manner = Manner {
    is_doubtful: true,
    is_quoted: false,
    is_prose: false,
};

/// How much of a path before a name is looked at.
const NEAR: usize = 96;

/// Reports whether a string starts with a separator of records or paths.
pub(super) fn is_sign(rest: &[u8]) -> bool {
    rest.first().is_some_and(|sign| b"/,;|#~^".contains(sign))
}

/// The value after a name and a sign: `user;ann;password;…`, `token/…`, `password,…`.
pub(super) fn after(name: Name<'_>, at: usize, spans: &mut Spans) -> Option<usize> {
    let (bytes, text, known) = (name.text.as_bytes(), name.text, name.known);
    let (sign, is_password) = (bytes[at], known.class == SecretClass::Password);
    // `passwd#…#user#ann`: the sign is on both sides of one.
    if b"#;~^".contains(&sign) && is_password {
        let is_part =
            |byte: &u8| *byte != sign && !byte.is_ascii_whitespace() && !b"\"'".contains(byte);
        let end = at + 1 + text::run_in(&bytes[at + 1..], extent::LONGEST_ARGUMENT, is_part);
        if bytes[..name.start].last() == Some(&sign) || bytes.get(end) == Some(&sign) {
            return name.hide(at + 1, end, DOUBTFUL, spans);
        }
    }
    if b"#~^".contains(&sign) || known.need != Need::Any || is_stored(name) {
        return None;
    }
    let (few, short) = if is_password { (2, 8) } else { (3, 10) };
    let near = &bytes[..bytes.len().min(at + 256)];
    let end = extent::bare(near, at + 1, Around::default());
    let parts = text.get(at + 1..end)?;
    let mut from = at + 1;
    if let Some(cell) = parts.split('|').next().filter(|_| sign == b'|') {
        return name.hide(from, from + cell.len(), DOUBTFUL, spans);
    }
    for part in parts.split(['/', '?', '&', ',', ';']).take(3) {
        let digits = part.bytes().filter(u8::is_ascii_digit).count();
        if digits >= few && part.len() >= short && part.bytes().all(text::is_name) {
            return name.hide(from, from + part.len(), DOUBTFUL, spans);
        }
        if !part
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'-')
        {
            break;
        }
        from += part.len() + 1;
    }
    None
}

/// Whether the path of a name is that of a store, which has the version of a secret after its name:
/// `…/secrets/db-password/0a1b…`.
fn is_stored(name: Name<'_>) -> bool {
    let before = &name.text.as_bytes()[..name.start];
    let path = text::run_before_in(before, NEAR, |byte| !byte.is_ascii_whitespace());
    text::find(&before[before.len() - path..], b"/secrets/").is_some()
}
