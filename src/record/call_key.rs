//! The keys of key-values in a macro's call: [`CallKey`].

use crate::text::name_bits::{ends_bit, middle_bit};
use crate::text::short_str::ShortStr;

/// A key as a macro's call has it, with what is known of it at compile time.
#[derive(Debug)]
pub struct CallKey {
    pub(super) text: &'static str,
    ends_bit: u64,
    middle_bit: u64,
    /// `,"key":`, if it is short and needs no escape; otherwise empty.
    json: ShortStr<24>,
}

impl CallKey {
    /// Returns the key of this name.
    #[must_use]
    pub const fn new(text: &'static str) -> Self {
        Self {
            text,
            ends_bit: ends_bit(text),
            middle_bit: middle_bit(text),
            json: json(text),
        }
    }
}

/// A key as a record keeps it.
#[derive(Clone, Copy)]
pub(crate) enum KeptKey<'k> {
    Call(&'static CallKey),
    Text(&'k str),
}

impl<'k> KeptKey<'k> {
    #[inline]
    pub(crate) fn as_str(self) -> &'k str {
        match self {
            Self::Call(key) => key.text,
            Self::Text(text) => text,
        }
    }

    /// Returns its [bit](ends_bit).
    #[inline]
    pub(crate) fn ends_bit(self) -> u64 {
        match self {
            Self::Call(key) => key.ends_bit,
            Self::Text(text) => ends_bit(text),
        }
    }

    /// Returns its [other bit](middle_bit).
    #[inline]
    pub(crate) fn middle_bit(self) -> u64 {
        match self {
            Self::Call(key) => key.middle_bit,
            Self::Text(text) => middle_bit(text),
        }
    }

    /// Returns `,"key":`, if it is known.
    #[inline]
    pub(crate) fn json(self) -> Option<&'static ShortStr<24>> {
        match self {
            Self::Call(key) if !key.json.is_empty() => Some(&key.json),
            _ => None,
        }
    }
}

const fn json(key: &str) -> ShortStr<24> {
    let (key, mut member, mut at) = (key.as_bytes(), [0; 24], 0);
    if key.len() > member.len() - 4 {
        return ShortStr::EMPTY;
    }
    while at < key.len() {
        if !matches!(key[at], b' '..=b'~') || matches!(key[at], b'"' | b'\\') {
            return ShortStr::EMPTY;
        }
        member[at + 2] = key[at];
        at += 1;
    }
    (member[0], member[1]) = (b',', b'"');
    (member[at + 2], member[at + 3]) = (b'"', b':');
    ShortStr::of_ascii(member, at + 4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::line_buf::LineBuf;

    #[test]
    fn members_are_made_of_short_plain_keys() {
        let member = |key: &'static str| {
            let mut out = LineBuf::default();
            KeptKey::Call(Box::leak(Box::new(CallKey::new(key))))
                .json()
                .map(|json| {
                    out.push_short(json);
                    out.as_str().to_owned()
                })
        };
        for key in ["", "a", "user id", "twenty.characters..."] {
            assert_eq!(member(key), Some(format!(",\"{key}\":")));
        }
        for key in [
            "twenty-one.characters",
            "a\"b",
            "a\\b",
            "a\nb",
            "\u{7f}",
            "é",
        ] {
            assert_eq!(member(key), None, "{key}");
        }
    }
}
