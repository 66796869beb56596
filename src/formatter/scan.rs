//! Tests whether a string needs escapes, eight bytes at a time. Nearly none does, so this is the
//! cost of escaping.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Reports whether all bytes are printable ASCII: `' '..='~'`.
#[inline]
pub(super) fn is_printable_ascii(bytes: &[u8]) -> bool {
    all_words(bytes, |word| unprintable(word) == 0)
}

/// Reports whether all bytes are printable ASCII that a JSON string does not escape.
#[inline]
pub(super) fn is_plain_json(text: &str) -> bool {
    all_words(text.as_bytes(), |word| special_in_json(word) == 0)
}

/// Reports whether a key or a value of ` key=value` needs no quotes.
#[inline]
pub(super) fn is_plain_word(text: &str) -> bool {
    !text.is_empty() && all_words(text.as_bytes(), |word| special_in_word(word) == 0)
}

/// Reports whether a value of logfmt needs no quotes.
#[inline]
pub(super) fn is_plain_logfmt(text: &str) -> bool {
    !text.is_empty() && all_words(text.as_bytes(), |word| special_in_logfmt(word) == 0)
}

/// Marks the highest bit of each byte below the space or above the tilde.
///
/// Here and in the other tests, a borrow or a carry can only mark a byte next to one that is
/// already marked, and what a subtraction marks wrongly is above the tilde, and marked anyway.
#[inline]
pub(super) fn unprintable(word: u64) -> u64 {
    (word.wrapping_sub(ONES * 0x20) | beyond_tilde(word)) & HIGHS
}

/// Marks what [`unprintable`] marks, the quote and the backslash.
#[inline]
pub(super) fn special_in_json(word: u64) -> u64 {
    // With this bit flipped the quote is among the controls; no other byte changes sides.
    let controls_and_quote = (word ^ (ONES * 0x02)).wrapping_sub(ONES * 0x21);
    let backslash = (word ^ (ONES * 0x5c)).wrapping_sub(ONES);
    (controls_and_quote | backslash | beyond_tilde(word)) & HIGHS
}

/// Marks what [`unprintable`] marks, the space, the quote and the equals sign.
#[inline]
pub(super) fn special_in_word(word: u64) -> u64 {
    let controls_and_space = word.wrapping_sub(ONES * 0x21);
    let quote = (word ^ (ONES * 0x22)).wrapping_sub(ONES);
    let equals = (word ^ (ONES * 0x3d)).wrapping_sub(ONES);
    (controls_and_space | quote | equals | beyond_tilde(word)) & HIGHS
}

/// Marks what [`special_in_word`] marks, and the backslash.
#[inline]
pub(super) fn special_in_logfmt(word: u64) -> u64 {
    let backslash = (word ^ (ONES * 0x5c)).wrapping_sub(ONES);
    special_in_word(word) | backslash & HIGHS
}

#[inline]
fn beyond_tilde(word: u64) -> u64 {
    word.wrapping_add(ONES) | word
}

/// Reports whether all words of a string pass `test`. The last word overlaps the one before, or is
/// padded.
#[inline]
fn all_words(bytes: &[u8], test: impl Fn(u64) -> bool) -> bool {
    let len = bytes.len();
    if let Some(end) = bytes.last_chunk::<8>() {
        let mut words = bytes
            .chunks_exact(8)
            .filter_map(|word| word.try_into().ok());
        return test(u64::from_le_bytes(*end)) && words.all(|word| test(u64::from_le_bytes(word)));
    }
    if let (Some(start), Some(end)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        return test(
            u64::from(u32::from_le_bytes(*start)) | u64::from(u32::from_le_bytes(*end)) << 32,
        );
    }
    match bytes {
        [] => true,
        // One to three: the first, the middle and the last are all.
        [first, ..] => {
            let [first, middle, last] = [*first, bytes[len / 2], bytes[len - 1]].map(u64::from);
            test(first | middle << 8 | last << 16 | (ONES * 0x30) << 24)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::line_buf::LineBuf;

    /// Appends a string by `push_if`, and checks that it arrives whole or not at all.
    fn is_pushed(text: &str, marks: fn(u64) -> u64) -> Option<bool> {
        let mut out = LineBuf::default();
        out.push('<');
        let pushed = out.push_if(text, marks);
        out.push('>');
        let whole = if pushed == Some(true) { text } else { "" };
        assert_eq!(out.as_str(), format!("<{whole}>"));
        pushed
    }

    /// Each byte at each place of strings of each length, against a test byte by byte.
    #[test]
    fn every_byte_at_every_place() {
        for len in 0..40 {
            for at in 0..len {
                for character in '\0'..='\u{ff}' {
                    let mut text = "a".repeat(len);
                    text.replace_range(at..=at, character.encode_utf8(&mut [0; 2]));
                    let printable = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
                    assert_eq!(is_printable_ascii(text.as_bytes()), printable, "{text:?}");
                    let pushed = is_pushed(&text, unprintable);
                    assert!(pushed.is_none_or(|pushed| pushed == printable), "{text:?}");
                    let plain = printable && !text.contains(['"', '\\']);
                    assert_eq!(is_plain_json(&text), plain, "{text:?}");
                    let pushed = is_pushed(&text, special_in_json);
                    assert!(pushed.is_none_or(|pushed| pushed == plain), "{text:?}");
                    let plain = printable && !text.contains([' ', '"', '=']);
                    assert_eq!(is_plain_word(&text), plain, "{text:?}");
                    let pushed = is_pushed(&text, special_in_word);
                    assert!(pushed.is_none_or(|pushed| pushed == plain), "{text:?}");
                    let plain = plain && !text.contains('\\');
                    assert_eq!(is_plain_logfmt(&text), plain, "{text:?}");
                    let pushed = is_pushed(&text, special_in_logfmt);
                    assert!(pushed.is_none_or(|pushed| pushed == plain), "{text:?}");
                }
            }
            let tildes = "~".repeat(len);
            assert!(is_plain_json(&tildes));
            assert_eq!(is_plain_word(&tildes), len > 0);
            assert_eq!(is_pushed(&tildes, special_in_json).is_some(), len <= 32);
        }
    }
}
