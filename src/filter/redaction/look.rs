//! How a value looks: like a secret, or like a path, a hash, a label or a number.

use crate::filter::redaction::placeholder::is_nothing;
use crate::filter::redaction::{plain, text};

/// What a server gives for a token: `4/0AX4XfWh…`, and no constant, time or hash.
pub(super) fn is_long_code(value: &str) -> bool {
    let has = |is: fn(&u8) -> bool| value.bytes().any(|byte| is(&byte));
    value.len() >= 16
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_digit)
        && looks_secret(value)
        && !value.contains([':', ' ', '('])
}

/// A key written out, as long as keys are, or the words of a wallet's.
pub(super) fn is_material(value: &str) -> bool {
    let digits = value.strip_prefix("0x").unwrap_or(value);
    let is_key = matches!(digits.len(), 32 | 48 | 64 | 96 | 128)
        && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        && !text::is_repeated(digits.as_bytes());
    let is_word = |word: &str| {
        (3..=8).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase())
    };
    let words = value.split(' ');
    is_key || matches!(words.clone().count(), 12 | 15 | 18 | 21 | 24) && words.clone().all(is_word)
}

/// A few digits.
pub(super) fn is_code(value: &str) -> bool {
    (3..=10).contains(&value.len())
        && value
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-')
        && value.bytes().filter(u8::is_ascii_digit).count() >= 3
}

/// `GPIO_17`: capitals and a number.
pub(super) fn is_constant(value: &str) -> bool {
    let letters = text::run(value.as_bytes(), |byte| {
        byte.is_ascii_uppercase() || *byte == b'_'
    });
    letters >= 2
        && value.len() <= letters + 2
        && value[letters..].bytes().all(|b| b.is_ascii_digit())
}

/// `kubernetes2`: a word with a number.
pub(super) fn is_numbered(value: &[u8]) -> bool {
    let letters = text::run(value, u8::is_ascii_lowercase);
    letters > 0 && value.len() <= letters + 2 && value[letters..].iter().all(u8::is_ascii_digit)
}

/// A path of a file: lower case, or of words.
pub(super) fn is_path(value: &str) -> bool {
    let is_start = value.starts_with('/')
        || value.starts_with("~/")
        || value.starts_with("./")
        || value.starts_with("../")
        || value
            .as_bytes()
            .get(1..3)
            .is_some_and(|two| two == b":\\" || two == b":/");
    let parts = value.split(['/', '\\']).filter(|part| !part.is_empty());
    let is_plain = |part: &str| {
        part.bytes()
            .all(|byte| text::is_name(byte) || b".@:~".contains(&byte))
            && (part.len() < 16
                || !text::is_mixed(part.as_bytes())
                || part.contains(['-', '_', '.']))
    };
    // `/hunter22`
    let is_secret = |part: &str| {
        part.len() >= 8
            && text::is_mixed(part.as_bytes())
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let is_one = value.starts_with('/')
        && parts.clone().count() == 1
        && parts.clone().all(is_secret)
        && value.bytes().any(|byte| byte.is_ascii_digit());
    is_start
        && !is_one
        && parts.clone().count() >= 1
        && parts.clone().all(is_plain)
        && value.bytes().filter(u8::is_ascii_uppercase).count() * 4 <= value.len()
}

/// `app-tls-7d9f8c`: words in lower case, with `-` or `.` between.
pub(super) fn is_label(value: &str) -> bool {
    let is_uuid = value.len() == 36 && is_id(value);
    !is_uuid
        && value.contains(['-', '.'])
        && value.starts_with(|c: char| c.is_ascii_lowercase())
        && value.split(['-', '.']).all(|part| part.len() <= 12)
        && value
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte))
}

/// A hash, a UUID, or the like: what distinguishes things and opens none.
pub(super) fn is_id(value: &str) -> bool {
    value.len() >= 7
        && value
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// Whether a word is more likely a secret than a word, whatever it is called.
pub(super) fn looks_secret(value: &str) -> bool {
    let bytes = value.as_bytes();
    if bytes.len() < 6
        || is_path(value)
        || value.contains("://")
        || value.starts_with("HTTP/")
        || value.contains('(') && !value.contains(')')
        || plain::is_known(value)
        || [" != ", " == ", " > ", " < "]
            .iter()
            .any(|sign| value.contains(sign))
        || is_nothing(value)
    {
        return false;
    }
    let has = |is: fn(&u8) -> bool| bytes.iter().any(is);
    let (lower, upper, digit) = (
        has(u8::is_ascii_lowercase),
        has(u8::is_ascii_uppercase),
        has(u8::is_ascii_digit),
    );
    let is_letters = bytes.iter().all(u8::is_ascii_alphabetic);
    if digit && (lower || upper) {
        // `127.0.0.1:80`, `2026-11-21T01:58:11Z`, `v1.2.3-beta`
        let is_time = bytes[0].is_ascii_digit()
            && value.contains(':')
            && bytes.iter().filter(|b| b.is_ascii_alphabetic()).count() <= 2;
        let is_version = value.trim_start_matches('v').split('.').count() >= 3
            && value
                .trim_start_matches('v')
                .bytes()
                .next()
                .is_some_and(|b| b.is_ascii_digit());
        return !is_time && !is_version;
    }
    if lower && upper && is_letters {
        // `PutObject` has few capitals, `wJalrXUtnFEMI` many.
        let humps = bytes
            .windows(2)
            .filter(|two| two[0].is_ascii_lowercase() && two[1].is_ascii_uppercase())
            .count()
            + usize::from(bytes[0].is_ascii_uppercase());
        let capitals = bytes.iter().filter(|b| b.is_ascii_uppercase()).count();
        return bytes.len() >= 8
            && (humps * 4 > bytes.len() || capitals * 3 > bytes.len() && capitals < bytes.len());
    }
    if lower && upper && bytes.len() >= 20 && !value.contains([' ', ':', '.', '(', '\\']) {
        return true;
    }
    let is_special = |byte: &u8| b"!@#$%^&*+=~".contains(byte);
    if bytes.iter().any(is_special) && (lower || upper || digit) {
        return bytes.len() >= 6
            && !value.contains(' ')
            && !value.contains('=') | value.ends_with('=');
    }
    lower && upper && bytes.len() >= 16 && !value.contains([' ', '/', '.', ':'])
        || is_letters && bytes.len() >= 24
}
