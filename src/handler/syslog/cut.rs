//! Messages that are too long for their receiver.

/// Cuts a message to a length, on a character, with a mark of how much is missing: `…[+N]`.
pub(super) fn cut(message: &mut Vec<u8>, longest: usize) {
    let length = message.len();
    if length <= longest {
        return;
    }
    // The mark has no more digits than the length.
    let mark = "…[+]".len() + itoa::Buffer::new().format(length).len();
    let mut at = longest.saturating_sub(mark);
    // A byte of a character that has begun before.
    while at > 0 && message[at] & 0b1100_0000 == 0b1000_0000 {
        at -= 1;
    }
    message.truncate(at);
    message.extend_from_slice(format!("…[+{}]", length - at).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut_to(text: &str, longest: usize) -> String {
        let mut message = text.as_bytes().to_vec();
        cut(&mut message, longest);
        String::from_utf8(message).unwrap()
    }

    #[test]
    fn a_cut_is_on_a_character_and_says_how_much_is_missing() {
        for longest in [480, 8_192, 65_536] {
            for length in longest - 2..longest + 12 {
                for character in ["a", "ß", "€", "😀"] {
                    let mut text = "x".repeat(length % 5);
                    while text.len() + character.len() <= length {
                        text += character;
                    }
                    let cut = cut_to(&text, longest);
                    if text.len() <= longest {
                        assert_eq!(cut, text);
                        continue;
                    }
                    assert!(cut.len() <= longest);
                    let (kept, mark) = cut.rsplit_once("…[+").unwrap();
                    assert!(text.starts_with(kept));
                    let missing: usize = mark.strip_suffix(']').unwrap().parse().unwrap();
                    assert_eq!(kept.len() + missing, text.len());
                    // Not more than needed.
                    assert!(cut.len() + 8 > longest, "{}", cut.len());
                }
            }
        }
    }
}
