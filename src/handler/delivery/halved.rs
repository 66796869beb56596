//! Shorter forms of what a receiver finds too large: [`halved`].

/// Returns the first half of a text, with a mark of how many bytes are missing: `…[+N]`. `None` for
/// a text that is too short to become shorter.
pub(in crate::handler) fn halved(text: &str) -> Option<String> {
    const SHORTEST: usize = 32;
    let marked = text.strip_suffix(']');
    let marked = marked.and_then(|text| text.rsplit_once("…[+"));
    let marked = marked.and_then(|(text, missing)| Some((text, missing.parse().ok()?)));
    let (text, missing) = marked.unwrap_or((text, 0_usize));
    if text.len() < SHORTEST {
        return None;
    }
    let mut end = text.len() / 2;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let missing = missing.saturating_add(text.len() - end);
    Some(format!("{}…[+{missing}]", &text[..end]))
}

/// Returns a JSON object whose longest string is [halved].
#[cfg(any(feature = "http-handler", feature = "gelf", feature = "socket"))]
pub(in crate::handler) fn halved_json(json: &[u8]) -> Option<Vec<u8>> {
    let mut object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(json).ok()?;
    let strings = object.values_mut().filter(|value| value.is_string());
    let longest = strings.max_by_key(|value| value.as_str().map_or(0, str::len))?;
    *longest = halved(longest.as_str()?)?.into();
    serde_json::to_vec(&object).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_halved_until_they_are_short() {
        let text = "äbc".repeat(1000);
        let mut shorter = text.clone();
        let mut steps = 0;
        while let Some(next) = halved(&shorter) {
            let (kept, missing) = next.rsplit_once("…[+").unwrap();
            let missing: usize = missing.trim_end_matches(']').parse().unwrap();
            assert!(text.starts_with(kept) && next.len() < shorter.len());
            assert_eq!(kept.len() + missing, text.len());
            shorter = next;
            steps += 1;
        }
        assert!((5..10).contains(&steps), "{steps}: {shorter}");
    }

    #[cfg(any(feature = "http-handler", feature = "gelf", feature = "socket"))]
    #[test]
    fn of_an_object_the_longest_string_is_cut() {
        let json = format!(r#"{{"a":"{}","b":7,"c":"short"}}"#, "x".repeat(100));
        let shorter = String::from_utf8(halved_json(json.as_bytes()).unwrap()).unwrap();
        let expected = format!(r#"{{"a":"{}…[+50]","b":7,"c":"short"}}"#, "x".repeat(50));
        assert_eq!(shorter, expected);
        for json in ["[]", "{}", "text", r#"{"a":"short"}"#, r#"{"a":1}"#] {
            assert_eq!(halved_json(json.as_bytes()), None, "{json}");
        }
    }
}
