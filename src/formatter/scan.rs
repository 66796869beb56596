//! Whether a text needs escapes, eight bytes at a time: nearly none does, so this is what escaping costs.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Bytes of ASCII text that is no control: `' '..='~'`.
#[inline]
pub(super) fn is_printable_ascii(bytes: &[u8]) -> bool {
    all_words(bytes, |word| unprintable(word) == 0)
}

/// The same, without what a JSON string escapes.
#[inline]
pub(super) fn is_plain_json(text: &str) -> bool {
    all_words(text.as_bytes(), |word| {
        unprintable(word) | equal(word, b'"') | equal(word, b'\\') == 0
    })
}

/// Not zero if a byte of the word is below the space or above the tilde.
///
/// Carries between bytes can only mark a byte more, next to one that is marked already.
#[inline]
fn unprintable(word: u64) -> u64 {
    let below_space = word.wrapping_sub(ONES * 0x20) & !word;
    let above_tilde = word.wrapping_add(ONES) | word;
    (below_space | above_tilde) & HIGHS
}

/// Not zero if a byte of the word is this one.
#[inline]
fn equal(word: u64, byte: u8) -> u64 {
    let zero_where_equal = word ^ (ONES * u64::from(byte));
    zero_where_equal.wrapping_sub(ONES) & !zero_where_equal & HIGHS
}

/// Whether `test` passes all words of the text; those at its end overlap the ones before, or are filled up.
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
            test(first | middle << 8 | last << 16 | (ONES * 0x20) << 24)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each byte at each place of texts of each length, against the plain test.
    #[test]
    fn every_byte_at_every_place() {
        for len in 0..40 {
            for at in 0..len {
                for character in '\0'..='\u{ff}' {
                    let mut text = "a".repeat(len);
                    text.replace_range(at..=at, character.encode_utf8(&mut [0; 2]));
                    let printable = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
                    assert_eq!(is_printable_ascii(text.as_bytes()), printable, "{text:?}");
                    let plain = printable && !text.contains(['"', '\\']);
                    assert_eq!(is_plain_json(&text), plain, "{text:?}");
                }
            }
            assert!(is_plain_json(&"~".repeat(len)));
        }
    }
}
