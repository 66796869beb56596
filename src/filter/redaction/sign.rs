//! The sign between a name and its value: [`Sign`].

use crate::filter::redaction::extent::{self, Around};
use crate::filter::redaction::text;

/// What is between a name and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Equals,
    Colon,
    /// Something that seldom is a separator.
    Doubtful,
}

/// The sign at a place, and how long it is.
#[inline]
pub(super) fn at(rest: &[u8]) -> Option<(Sign, usize)> {
    let sign = match rest {
        [b'=' | b'-', b'&', b'g', b't', b';', ..] => (Sign::Equals, 5),
        [b'=', b'=', b'=', ..] => (Sign::Doubtful, 3),
        [b'.', b'.', b'.', rest @ ..] => {
            // Many lead to a value: `password.......…`.
            let more = text::run(rest, |byte| *byte == b'.');
            let sign = if more > 2 {
                Sign::Equals
            } else {
                Sign::Doubtful
            };
            (sign, 3 + more)
        }
        [b'=', b'=', b'>', ..] => (Sign::Equals, 3),
        [b'-', b'-', b'-', b'>', ..] => (Sign::Equals, 4),
        // `<!-- password -->` ends there.
        [b'-', b'-', b'>', ..] => (Sign::Doubtful, 3),
        [b'=', b'=', ..] | [b'>', b'>', ..] => (Sign::Doubtful, 2),
        [b'|', b'|', b'=', ..] | [b'?', b'?', b'=', ..] => (Sign::Equals, 3),
        [b'#', b'=', b'>', ..] => (Sign::Equals, 3),
        [b'=', b'>', ..] | [b':' | b'?' | b'+', b'=', ..] => (Sign::Equals, 2),
        [b'-' | b'~', b'>', ..] | [b'<', b'-', ..] => (Sign::Equals, 2),
        [b'=', ..] => (Sign::Equals, 1),
        // Paths of types go on at once; values in Base64 (LDIF) do not.
        [b':', b':', b'=' | b':', ..] => (Sign::Doubtful, 3),
        [b':', b':', b' ', ..] => (Sign::Doubtful, 2),
        // `password::…`, but no path.
        [b':', b':', value @ ..] if is_no_path(value) => (Sign::Doubtful, 2),
        [b':', b':', ..] => return None,
        // Dashes of print.
        [0xe2, 0x80, 0x93 | 0x94, ..] => (Sign::Doubtful, 3),
        [b':', b'*', b'*', ..] => (Sign::Colon, 3),
        [b'?', b':', ..] => (Sign::Colon, 2),
        [b'|', b'|', ..] | [b'?', b'?', ..] => (Sign::Doubtful, 2),
        [b':', ..] => (Sign::Colon, 1),
        [0xef, 0xbc, 0x9a, ..] => (Sign::Colon, 3),
        [0xef, 0xbc, 0x9d, ..] | [0xe2, 0x86, 0x90 | 0x92, ..] | [0xe2, 0x87, 0x92, ..] => {
            (Sign::Equals, 3)
        }
        // Other arrows, lines and signs, and an ellipsis.
        [0xe2, 0x86..=0x9e, _, ..] | [0xe2, 0x80, 0xa6, ..] => (Sign::Doubtful, 3),
        [0xc2, 0xa6 | 0xac | 0xb7, ..] => (Sign::Doubtful, 2),
        _ => return None,
    };
    Some(sign)
}

/// How much of a value is looked at for digits.
const LONGEST: usize = 128;

/// Whether what follows `::` has digits or signs, as few names of types and functions have them.
fn is_no_path(value: &[u8]) -> bool {
    let value = &value[..value.len().min(LONGEST)];
    let end = extent::bare(value, 0, Around::default());
    let digits = value[..end].iter().filter(|byte| byte.is_ascii_digit());
    let has = |signs: &[u8]| value[..end].iter().any(|byte| signs.contains(byte));
    !has(b":(") && (digits.count() >= 2 && !has(b"_") || has(b"!@#$%^~"))
}
