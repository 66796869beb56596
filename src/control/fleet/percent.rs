//! Names in keys: [`encode`], [`decode`].

/// Returns a name with all bytes percent-encoded, except printable ASCII without `%`, `/`, `,` and
/// `=`.
///
/// The set is fixed, and not what some version of Unicode calls printable: two programs must never
/// have two keys for one name.
pub(super) fn encode(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for byte in name.bytes() {
        if (b' '..=b'~').contains(&byte) && !b"%/,=".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

/// Returns the name that is encoded so; `None` for what [`encode`] does not return.
pub(super) fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut pieces = text.split('%');
    bytes.extend_from_slice(pieces.next()?.as_bytes());
    for piece in pieces {
        let (hex, rest) = piece.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(hex, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    let name = String::from_utf8(bytes).ok()?;
    (encode(&name) == text).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_form() {
        for (name, text) in [
            ("botocore.client", "botocore.client"),
            ("a/b %c", "a%2Fb %25c"),
            ("é\n", "%C3%A9%0A"),
            ("x=1,y", "x%3D1%2Cy"),
        ] {
            assert_eq!(encode(name), text);
            assert_eq!(decode(text).as_deref(), Some(name));
        }
        for wrong in ["%", "%4", "%41", "%2f", "%zz", "%+1", "é", "a/b", "%FF"] {
            assert_eq!(decode(wrong), None, "{wrong}");
        }
    }
}
