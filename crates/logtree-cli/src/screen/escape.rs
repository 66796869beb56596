//! What a process sends cannot drive the terminal.

use logtree::formatter::Line;
use serde_json::Value;

/// Returns a string on one line, with controls and marks of direction escaped.
pub(crate) fn escaped(text: &str) -> String {
    let mut line = Line::new();
    line.push_escaped(text);
    line.as_str().replace('\t', "\\t")
}

/// Returns JSON on one line, without a character that drives a terminal.
pub(crate) fn json_line(value: &Value) -> String {
    harmless(&value.to_string())
}

/// Returns JSON as AWS's command line prints it, without a character that drives a terminal.
pub(crate) fn json_lines(value: &Value) -> String {
    let mut out = Vec::new();
    let format = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, format);
    // A value in memory can always be written to memory.
    let _ = serde::Serialize::serialize(value, &mut serializer);
    harmless(&String::from_utf8_lossy(&out))
}

/// Escapes what JSON may contain as it is: DEL, the controls of C1, marks of direction. They stand
/// inside strings alone.
fn harmless(json: &str) -> String {
    let is_harmful = |c: char| matches!(c, '\u{7f}'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut out = String::with_capacity(json.len());
    for character in json.chars() {
        match is_harmful(character) {
            true => out.push_str(&format!("\\u{:04x}", u32::from(character))),
            false => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nothing_drives_the_terminal() {
        let evil = "a\x1b[2J\x07\r\n\t\u{9b}31m\u{202e}\u{7f}ü";
        for shown in [
            escaped(evil),
            json_line(&json!({ evil: evil })),
            json_lines(&json!(evil)),
        ] {
            assert!(!shown.contains(char::is_control), "{shown:?}");
            assert!(
                !shown.contains('\u{202e}') && shown.contains('ü'),
                "{shown:?}"
            );
        }
        let again: Value = serde_json::from_str(&json_line(&json!(evil))).unwrap();
        assert_eq!(again, json!(evil));
    }
}
