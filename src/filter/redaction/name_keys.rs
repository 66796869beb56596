//! Keys that say that their value is a name: `"name": "password"`.

use crate::filter::redaction::names;
use crate::filter::redaction::places::NAME_KEYS;
use crate::filter::redaction::text;

/// Where the key begins that says that its value is a name: `"name": `, `key=`.
pub(super) fn of_name(before: &[u8]) -> Option<usize> {
    of(before, NAME_KEYS)
}

/// The same of one that says what the value is: `"type": "password"`.
pub(super) fn of_kind(before: &[u8]) -> Option<usize> {
    of(before, &["type", "kind"])
}

fn of(before: &[u8], keys: &[&str]) -> Option<usize> {
    let trimmed = trim(before);
    let sign = trimmed
        .strip_suffix(b"=>")
        .or_else(|| trimmed.strip_suffix(b":"))
        .or_else(|| trimmed.strip_suffix(b"="))?;
    let key = trim(sign);
    let key = match key {
        [rest @ .., b'"' | b'\'' | b'`'] => {
            let depth = text::run_before(rest, |byte| *byte == b'\\');
            &rest[..rest.len() - depth]
        }
        _ => key,
    };
    let len = text::run_before_in(key, 24, |byte| text::is_name(*byte));
    let start = key.len() - len;
    let word = &key[start..];
    // `:name => `, `@name=`, and a list's mark before it; `settingName` is one as well.
    let is_one = keys
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
        || keys == NAME_KEYS && names::is_about(word, &["name"]);
    is_one.then_some(start)
}

fn trim(bytes: &[u8]) -> &[u8] {
    let spaces = text::run_before_in(bytes, 200, |byte| byte.is_ascii_whitespace());
    &bytes[..bytes.len() - spaces]
}

/// Without the wrapper that a name is in: `Concrete("`.
pub(super) fn unwrapped(before: &[u8]) -> &[u8] {
    let before = match before {
        [rest @ .., b'b' | b'u' | b'&']
            if rest.last().is_some_and(|last| !text::is_word(*last)) =>
        {
            rest
        }
        _ => before,
    };
    let Some(inner) = before.strip_suffix(b"(") else {
        return before;
    };
    let word = text::run_before_in(inner, 32, |byte| text::is_word(*byte) || *byte == b':');
    &inner[..inner.len() - word]
}

/// Without the path that a name is the last part of: `key=db.` of `key=db.password value=…`.
pub(super) fn before_path(before: &[u8]) -> &[u8] {
    let len = text::run_before_in(before, 64, |byte| text::is_name(*byte) || *byte == b'.');
    let path = &before[..before.len() - len];
    if path.ends_with(b"=") { path } else { before }
}
