//! Values that are no secrets by what they are, whatever their names: algorithms, times, versions,
//! files, regions, classes and errors.

use crate::filter::redaction::innocents::{
    ALGORITHM_PARTS, ALGORITHM_WORDS, ALGORITHMS, CLASSES, CONTINENTS, COUNTED, DIRECTIONS, FAULTS,
    FILE_NAMES, FILES, ROOTS, SHORT_UNITS, SIZES, UNITS,
};
use crate::filter::redaction::text;

/// What is longer is none of these.
const LONGEST: usize = 128;

/// Whether a value is plainly something else than a secret.
pub(super) fn is_known(value: &str) -> bool {
    (2..=LONGEST).contains(&value.len())
        && (is_algorithm(value)
            || is_time(value)
            || is_duration(value)
            || is_version(value)
            || is_file(value)
            || is_region(value)
            || is_class(value, 3)
            || is_qualified(value))
}

/// `sha256`, `AES-256-GCM`, `RSA-2048`, `TLSv1.3`: words and sizes that algorithms have.
pub(super) fn is_algorithm(value: &str) -> bool {
    if ALGORITHM_WORDS
        .iter()
        .any(|known| value.eq_ignore_ascii_case(known))
    {
        return true;
    }
    // `ECDSA_P256_SHA256`, and others in capitals.
    let is_shouted = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let has_hash = || {
        let mut parts = value.split(['_', '-']);
        value
            .bytes()
            .all(|byte| is_shouted(byte) || b"_-".contains(&byte))
            && parts.any(|part| ["SHA1", "SHA256", "SHA384", "SHA512"].contains(&part))
    };
    let (mut runs, mut has_digits, mut is_sure, mut has_letter) = (0, false, false, false);
    let mut is_named = false;
    let mut rest = value;
    while let Some(first) = rest.bytes().next() {
        let is_digit = first.is_ascii_digit();
        let same = |byte: &u8| {
            if is_digit {
                byte.is_ascii_digit()
            } else {
                byte.is_ascii_alphabetic()
            }
        };
        let len = text::run(rest.as_bytes(), same);
        if len == 0 {
            if !b"-_./+".contains(&first) || runs == 0 {
                return has_hash();
            }
            rest = &rest[1..];
            continue;
        }
        let run = &rest[..len];
        let is_in = |known: &[&str]| known.iter().any(|known| run.eq_ignore_ascii_case(known));
        let is_name = !is_digit && is_in(ALGORITHMS);
        if !is_name && !is_in(if is_digit { SIZES } else { ALGORITHM_PARTS }) {
            return has_hash();
        }
        // The curves `P-256`, `X25519`, `K-233`.
        is_named |= is_name || len == 1 && b"pkx".contains(&first.to_ascii_lowercase());
        runs += 1;
        has_digits |= is_digit;
        is_sure |= is_digit && len >= 3;
        has_letter |= !is_digit && len == 1;
        rest = &rest[len..];
    }
    // Single letters need a size: `P-256`, but no `es-p1`.
    (is_sure || !has_letter)
        && is_named
        && runs > 1
        && (has_digits || value.contains(['-', '_', '+']))
        && !value.starts_with(|c: char| c.is_ascii_digit())
}

/// A point in time: `2026-11-21T01:58:11.123Z`, `20261121T015811Z`.
pub(super) fn is_time(value: &str) -> bool {
    let date = value.as_bytes();
    let is_part = |byte: &u8| byte.is_ascii_digit() || b"-:.+TZ".contains(byte);
    date.len() >= 15
        && date.starts_with(b"20")
        && date.iter().all(is_part)
        && date.iter().filter(|byte| **byte == b'T').count() == 1
}

/// `30m`, `1h0m0s`, `15 minutes`, `2048 bits`, `PT15M`.
fn is_duration(value: &str) -> bool {
    if let Some(period) = value.strip_prefix('P') {
        let is_part = |byte: u8| byte.is_ascii_digit() || b"TYMWDHS".contains(&byte);
        return period.bytes().all(is_part)
            && period.bytes().any(|byte| byte.is_ascii_digit())
            && period.ends_with(|c: char| c.is_ascii_uppercase());
    }
    let mut rest = value;
    let mut parts = 0;
    while !rest.is_empty() {
        let digits = text::run(rest.as_bytes(), |byte| {
            byte.is_ascii_digit() || b"._,".contains(byte)
        });
        if digits == 0 {
            return false;
        }
        rest = &rest[digits..];
        let space = usize::from(rest.starts_with(' '));
        let is_letter = |c: char| c.is_ascii_alphabetic() || matches!(c, 'µ' | '%');
        let unit = rest[space..]
            .split(|c| !is_letter(c))
            .next()
            .unwrap_or_default();
        let is_short = SHORT_UNITS
            .iter()
            .any(|known| unit.eq_ignore_ascii_case(known));
        let is_close = is_short || is_of(UNITS, unit);
        let most = if space == 0 && unit.len() == 1 { 5 } else { 9 };
        if digits > most || !(is_close || space == 1 && is_of(COUNTED, unit)) {
            return false;
        }
        parts += 1;
        rest = rest[space + unit.len()..].trim_start_matches([' ', ',']);
    }
    (1..=5).contains(&parts)
}

/// Whether a word is a unit, or several: `characters`.
pub(super) fn is_unit(word: &str) -> bool {
    is_of(UNITS, word) || is_of(COUNTED, word)
}

/// Whether a word is one of a table's, or several of one.
fn is_of(table: &[&str], word: &str) -> bool {
    let is = |word: &str| table.iter().any(|known| word.eq_ignore_ascii_case(known));
    is(word) || word.strip_suffix(['s', 'S']).is_some_and(is)
}

/// `v2`, `1.2.3`, `v1.2.3-beta.4`.
fn is_version(value: &str) -> bool {
    let number = value.trim_start_matches(['v', 'V']);
    let digits = text::run(number.as_bytes(), |byte| {
        byte.is_ascii_digit() || *byte == b'.'
    });
    let (number, more) = (&number[..digits], &number[digits..]);
    let parts = number.split('.');
    let is_short = |part: &str| (1..=4).contains(&part.len());
    let is_marked = number.len() + more.len() + 1 == value.len() && digits <= 2;
    let count = parts.clone().count();
    let is_suffix = more.is_empty()
        || more.len() <= 12
            && more.starts_with('-')
            && more
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || b"-.0123456789".contains(&byte));
    parts.clone().all(is_short)
        && is_suffix
        && ((3..=4).contains(&count) || is_marked && more.is_empty())
}

/// `tls.key`, `client-key.pem`, `id_rsa`, `secrets/app.yaml`.
pub(super) fn is_file(value: &str) -> bool {
    let name = value.rsplit(['/', '\\']).next().unwrap_or_default();
    if FILE_NAMES.contains(&name) {
        return true;
    }
    let Some((stem, end)) = value.rsplit_once('.') else {
        return false;
    };
    let is_part = |byte: u8| text::is_name(byte) || b"./\\~*@:".contains(&byte);
    let capitals = stem.bytes().filter(u8::is_ascii_uppercase).count();
    let digits = stem.bytes().filter(u8::is_ascii_digit).count();
    FILES.contains(&end)
        && !stem.is_empty()
        && stem.bytes().all(is_part)
        && !stem.contains("::")
        && !(stem.contains(':') && stem.contains('@'))
        && (digits * 3 <= stem.len() && capitals * 3 <= stem.len().max(3))
}

/// `eu-west-1`, `us-central1`.
fn is_region(value: &str) -> bool {
    let letters = |part: &str| text::run(part.as_bytes(), u8::is_ascii_lowercase);
    let is_end = |part: &str| part.len() <= 2 && part.starts_with(|c: char| c.is_ascii_digit());
    let is_part = |part: &str| {
        let (word, end) = part.split_at(letters(part));
        (CONTINENTS.contains(&word) || DIRECTIONS.contains(&word))
            && (end.is_empty() || is_end(end))
            || is_end(part)
    };
    let has_direction = |part: &str| DIRECTIONS.contains(&&part[..letters(part)]);
    let parts = value.split('-');
    (2..=4).contains(&parts.clone().count())
        && value.len() <= 24
        && !value.starts_with(|c: char| c.is_ascii_digit())
        && parts.clone().any(has_direction)
        && parts.clone().all(is_part)
}

/// `JwtAuthenticationFilter`, `InvalidClientTokenId`, `secretKeyRef`: names of classes, errors and
/// fields.
pub(super) fn is_class(value: &str, words: usize) -> bool {
    let ends_with = |end: &&str| {
        let before = value.strip_suffix(*end);
        before.is_some_and(|before| before.ends_with(|c: char| c.is_ascii_lowercase()))
    };
    let begins_with = |begin: &&str| {
        let after = value.strip_prefix(*begin);
        after.is_some_and(|after| after.starts_with(|c: char| c.is_ascii_uppercase()))
    };
    value.bytes().all(|byte| byte.is_ascii_alphabetic())
        && value.bytes().skip(1).filter(u8::is_ascii_uppercase).count() + 1 >= words
        && !has_many_capitals(value)
        && (CLASSES.iter().any(ends_with) || FAULTS.iter().any(begins_with))
}

/// Whether a value has more capitals than the words of a name.
fn has_many_capitals(value: &str) -> bool {
    value.bytes().filter(u8::is_ascii_uppercase).count() * 3 > value.len()
}

/// `java.lang.String`, `DataTypes.STRING`, `data.aws_secretsmanager_secret.db.arn`.
fn is_qualified(value: &str) -> bool {
    let is_part = |part: &str| {
        part.len() > 1
            && part.len() < 48
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
    };
    let first = value.split(['.', '_']).next().unwrap_or_default();
    let root = value.split('.').next().unwrap_or_default();
    let is_root = |root: &str| ROOTS.iter().any(|known| root.eq_ignore_ascii_case(known));
    let last = value.rsplit('.').next().unwrap_or_default();
    let is_camel = last.starts_with(|c: char| c.is_ascii_uppercase()) && is_class(last, 1);
    value.contains('.')
        && value.split('.').all(is_part)
        && (is_root(root) || is_root(first) && value.contains('_') || is_camel)
}

/// An object of Java: `android.os.BinderProxy@4af1c2`
pub(super) fn is_instance(value: &str) -> bool {
    value.split_once('@').is_some_and(|(class, hash)| {
        let begins_with_capital = |name: &str| name.starts_with(|c: char| c.is_ascii_uppercase());
        class.split('.').count() >= 3
            && class.rsplit('.').next().is_some_and(begins_with_capital)
            && class
                .bytes()
                .all(|byte| text::is_word(byte) || b".$".contains(&byte))
            && (1..=8).contains(&hash.len())
            && hash
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// A line of a source file: `Login.java:42`.
pub(super) fn is_position(value: &str) -> bool {
    const ENDS: &[&str] = &[
        "java", "kt", "scala", "py", "js", "ts", "rb", "go", "rs", "cs", "cpp", "php", "swift",
        "ex",
    ];
    let mut parts = value.split(':');
    let file = parts.next().unwrap_or_default();
    let is_file = file
        .rsplit_once('.')
        .is_some_and(|(_, end)| ENDS.contains(&end));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    is_file && parts.clone().count() > 0 && parts.all(is_number)
}

/// An account: `S-1-5-21-…` of Windows, `root:x:0:0:root:/root:/bin/bash` of Unix.
pub(super) fn is_account(value: &str) -> bool {
    let is_number = |byte: u8| byte.is_ascii_digit() || byte == b'-';
    let number = value.strip_prefix("S-1-");
    number.is_some_and(|rest| rest.bytes().all(is_number))
        || value.split(':').count() == 7 && value.contains(":x:")
}
