//! Names that need a look around: `key`, `p`, and `pass word`.

use crate::filter::redaction::class::SecretClass;
use crate::filter::redaction::names::{self, Known};
use crate::filter::redaction::places::CIPHERS;
use crate::filter::redaction::rules::Need;
use crate::filter::redaction::text::{self, is_name};
use crate::filter::redaction::{apart, extent, look};

/// `u=ann&p=…`: a password beside a user.
pub(super) fn short(text: &str, start: usize, end: usize) -> Option<Known> {
    let bytes = text.as_bytes();
    let is_query = matches!(bytes[..start].last(), Some(b'?' | b'&'));
    if !is_query || !bytes[start..].starts_with(b"p=") {
        return None;
    }
    let line = text::line_before(bytes, start);
    let after = &bytes[end..bytes.len().min(end + 80)];
    let is_user = |part: &[u8]| {
        let users = [
            &b"u="[..],
            b"user=",
            b"username=",
            b"login=",
            b"email=",
            b"uid=",
        ];
        users.iter().any(|user| {
            let found = text::find(part, user);
            found.is_some_and(|at| !part[..at].last().is_some_and(|byte| is_name(*byte)))
        })
    };
    (is_user(line) || is_user(after)).then_some(Known {
        class: SecretClass::Password,
        need: Need::Any,
        is_plural: false,
    })
}

/// What is known of a key of some kind: of a query, or with a value that looks like one.
pub(super) fn key(text: &str, start: usize, end: usize, known: Known) -> Option<Known> {
    let bytes = text.as_bytes();
    let rest = &bytes[end..];
    if rest.starts_with(b"=") && matches!(bytes[..start].last(), Some(b'?' | b'&')) {
        return Some(known);
    }
    // `the key for staging is …`
    let is_spoken = rest.starts_with(b" for ") || rest.starts_with(b" is ");
    let linked = if is_spoken {
        1 + apart::linking(&rest[1..])
    } else {
        0
    };
    let signs = text::run_in(&rest[linked..], 8, |byte| b" =:\"'".contains(byte)) + linked;
    let signs = signs
        + if rest[signs..].starts_with(b"b'") {
            2
        } else {
            0
        };
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/".contains(byte);
    let len = text::run(&rest[signs..], is_part);
    let value = &rest[signs..signs + len];
    // `key = QUJD…=`, `CF_Key="…"`
    let is_base64 = len >= 22 && rest.get(signs + len) == Some(&b'=');
    let is_variable = bytes[start..end].contains(&b'_') && rest.starts_with(b"=") && len >= 12;
    // `"openai_key": "…"`, `--sdk-key …`: letters of both cases, and digits.
    let word = &rest[signs..];
    let word = &word[..text::run(word, |byte| is_name(*byte))];
    // Most keys have a word there, which is known fast.
    if signs == 0 || len.max(word.len()) < 12 {
        return None;
    }
    let has = |is: fn(&u8) -> bool| word.iter().any(is);
    let digits = |word: &[u8]| word.iter().filter(|byte| byte.is_ascii_digit()).count();
    // `"key": "…"` has other meanings, unless letters and digits are mixed as in no name.
    let is_key = || word.len() >= 20 && std::str::from_utf8(word).is_ok_and(text::is_random);
    let is_sure = (end - start > 4 || linked > 1 || is_key())
        && word.len() >= 16
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && (digits(word) >= 2 || std::str::from_utf8(word).is_ok_and(text::is_random));
    // `aes key=…`, `keytab: … key …`, `key=… iv=…`
    if text
        .get(end + signs..end + signs + len)
        .is_some_and(look::is_material)
    {
        let before = text::line_before(bytes, start);
        let after = &rest[signs + len..rest.len().min(signs + len + 8)];
        let is_in = |part: &[u8], word: &str| text::find(part, word.as_bytes()).is_some();
        let has = |part: &[u8]| CIPHERS.iter().any(|word| is_in(part, word));
        return (has(before) || has(after)).then_some(Known {
            class: SecretClass::EncryptionKey,
            need: Need::Material,
            ..known
        });
    }
    let is_random =
        digits(value) >= 2 && text::is_mixed(value) && !value.iter().all(u8::is_ascii_hexdigit);
    // `"Jwt": {"Issuer": …, "Key": "…"}`
    let is_jwt = || {
        rest.starts_with(b"\"")
            && text::find(text::line_before(bytes, start), b"jwt").is_some()
            && word_of_key(rest, signs).is_some_and(look::is_long_code)
    };
    let is_one = signs > 0
        && (is_jwt() || is_base64 || is_sure || is_variable && is_random && !value.contains(&b'/'));
    // `public key`
    let before = usize::from(bytes[..start].ends_with(b" "));
    let two = text::name_start(text, start - before, 16);
    (is_one && !names::is_open(&bytes[two..end])).then_some(Known {
        need: Need::Random,
        ..known
    })
}

/// Where a name ends that is written as two words: `Pass Word`.
pub(super) fn pass_word(bytes: &[u8], start: usize, end: usize) -> Option<usize> {
    if !bytes[start..end].eq_ignore_ascii_case(b"pass") {
        return None;
    }
    // On the same line.
    let rest = bytes[end..].strip_prefix(b" ")?;
    let parts = [&b"word"[..], b"phrase", b"code"];
    let part = parts.iter().find(|part| text::starts_with(rest, part))?;
    let is_whole = !rest.get(part.len()).is_some_and(|byte| is_name(*byte));
    is_whole.then_some(end + 1 + part.len())
}

/// The value of a key, if it is in quotes.
fn word_of_key(rest: &[u8], signs: usize) -> Option<&str> {
    let (quote, len) = extent::quote_at(rest, signs.checked_sub(1)?)?;
    let from = signs - 1 + len;
    let end = extent::closing(&rest[..rest.len().min(512)], from, quote);
    std::str::from_utf8(&rest[from..end]).ok()
}
