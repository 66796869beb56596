//! Records as Python's `urlencode` writes them.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::formatter::{for_each_field, plain};
use crate::handler::delivery::halved;
use crate::record::Record;

/// What `quote_plus` encodes: all but letters, digits and these.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'_')
    .remove(b'.')
    .remove(b'-')
    .remove(b'~');

/// Appends the dictionary of a record.
pub(super) fn push_record(record: &Record<'_>, out: &mut Vec<u8>) {
    for_each_field(record, |name, value| {
        if !out.is_empty() {
            out.push(b'&');
        }
        push(name, out);
        out.push(b'=');
        match name {
            // As Python writes a message without arguments.
            "args" => push("()", out),
            _ => push(&plain(value), out),
        }
    });
}

fn push(text: &str, out: &mut Vec<u8>) {
    for (at, word) in text.split(' ').enumerate() {
        if at > 0 {
            out.push(b'+');
        }
        for part in utf8_percent_encode(word, ENCODED) {
            out.extend_from_slice(part.as_bytes());
        }
    }
}

/// Returns a form whose longest value is cut in half.
pub(super) fn shorten(form: &[u8]) -> Option<Vec<u8>> {
    let form = std::str::from_utf8(form).ok()?;
    let mut pairs: Vec<Cow<'_, str>> = form.split('&').map(Cow::Borrowed).collect();
    let longest = pairs.iter_mut().max_by_key(|pair| pair.len())?;
    let (name, value) = longest.split_once('=')?;
    let value = value.replace('+', " ");
    let value = percent_decode_str(&value).decode_utf8_lossy();
    let mut shorter = format!("{name}=").into_bytes();
    push(&halved(&value)?, &mut shorter);
    *longest = String::from_utf8(shorter).ok()?.into();
    Some(pairs.join("&").into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(text: &str) -> String {
        let mut out = Vec::new();
        push(text, &mut out);
        String::from_utf8(out).unwrap()
    }

    /// The right side is what CPython's `quote_plus` returns.
    #[test]
    fn texts_are_quoted_as_in_python() {
        let punctuation = " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
        let quoted = "+%21%22%23%24%25%26%27%28%29%2A%2B%2C-.%2F%3A%3B%3C%3D%3E%3F%40%5B%5C%5D%5E_%60%7B%7C%7D~";
        assert_eq!(encoded(punctuation), quoted);
        assert_eq!(encoded("a\n\0é€🦀"), "a%0A%00%C3%A9%E2%82%AC%F0%9F%A6%80");
        assert_eq!(encoded("  "), "++");
    }

    #[test]
    fn the_longest_value_is_cut() {
        let long = "ä b".repeat(100);
        let form = format!("name=n&msg={}&x=1", encoded(&long));
        let shorter = String::from_utf8(shorten(form.as_bytes()).unwrap()).unwrap();
        assert!(shorter.starts_with("name=n&msg=%C3%A4+b") && shorter.ends_with("%5D&x=1"));
        assert!(shorter.len() < form.len() * 2 / 3);
        assert_eq!(shorten(b"a=1&b=2"), None);
    }
}
