//! Key-values in a message of RFC 5424: [`StructuredData`].

use std::io::Write;

/// How long the name of a parameter may be.
const LONGEST_NAME: usize = 32;

/// Writes one element of structured data.
pub(super) struct StructuredData<'o> {
    out: &'o mut Vec<u8>,
    /// Where the data must end.
    limit: usize,
    left_out: usize,
}

/// The room for the note of what was left out.
const NOTE: usize = r#" left_out="18446744073709551615"]"#.len();

impl<'o> StructuredData<'o> {
    /// Begins an element that will be `longest` bytes long at most.
    pub(super) fn begin(out: &'o mut Vec<u8>, enterprise: &str, longest: usize) -> Self {
        let limit = out.len() + longest.saturating_sub(NOTE);
        out.extend_from_slice(b"[logtree@");
        out.extend_from_slice(enterprise.as_bytes());
        Self {
            out,
            limit,
            left_out: 0,
        }
    }

    /// Writes a parameter of the record's own.
    pub(super) fn own(&mut self, name: &'static str, value: &str) {
        self.write(name, value);
    }

    /// Writes a key-value. One that has the name of a parameter of the record's own gets another.
    pub(super) fn key_value(&mut self, key: &str, value: &str) {
        match key {
            "logger" | "thread" | "left_out" => self.write(&format!("kv_{key}"), value),
            _ => self.write(&name_of(key), value),
        }
    }

    /// Writes a parameter, unless the data become too long.
    fn write(&mut self, name: &str, value: &str) {
        let start = self.out.len();
        self.out.push(b' ');
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"=\"");
        for byte in value.bytes() {
            if matches!(byte, b'"' | b'\\' | b']') {
                self.out.push(b'\\');
            }
            self.out.push(byte);
            if self.out.len() > self.limit {
                break;
            }
        }
        self.out.push(b'"');
        if self.out.len() > self.limit {
            self.out.truncate(start);
            self.left_out += 1;
        }
    }

    pub(super) fn end(self) {
        if self.left_out > 0 {
            let _ = write!(self.out, " left_out=\"{}\"", self.left_out);
        }
        self.out.push(b']');
    }
}

/// Returns a key as the name of a parameter: printable ASCII without what ends a name.
fn name_of(key: &str) -> String {
    if key.is_empty() {
        return "_".to_owned();
    }
    let valid = key.chars().map(|character| match character {
        '=' | ']' | '"' => '_',
        '!'..='~' => character,
        _ => '_',
    });
    valid.take(LONGEST_NAME).collect()
}

/// Returns where the structured data of a message begin and end. `None` for a message that is not
/// of this form.
pub(super) fn place(message: &[u8]) -> Option<(usize, usize)> {
    // PRI and version, time, host, program, process, kind.
    let spaces = message
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b' ');
    let start = spaces.map(|(at, _)| at).nth(5)? + 1;
    if message.get(start) == Some(&b'-') {
        return Some((start, start + 1));
    }
    let (mut at, mut quoted) = (start, false);
    loop {
        match (*message.get(at)?, quoted) {
            (b'\\', true) => at += 1,
            (b'"', _) => quoted = !quoted,
            (b']', false) if message.get(at + 1) != Some(&b'[') => return Some((start, at + 1)),
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(longest: usize, fill: impl FnOnce(&mut StructuredData<'_>)) -> String {
        let mut out = b"<".to_vec();
        let mut data = StructuredData::begin(&mut out, "32473", longest);
        fill(&mut data);
        data.end();
        String::from_utf8(out).unwrap().split_off(1)
    }

    #[test]
    fn what_would_end_a_value_is_escaped_and_what_would_end_a_name_is_replaced() {
        let data = data(1_000, |data| {
            data.own("logger", "a.b");
            data.key_value("quote", "say \"hi\" \\ [x] = ß\n");
            data.key_value("a b=c]d\"eß", "1");
            data.key_value("", "2");
            data.key_value("logger", "3");
            data.key_value(&"k".repeat(33), "4");
        });
        let expected = "[logtree@32473 logger=\"a.b\" quote=\"say \\\"hi\\\" \\\\ [x\\] = ß\n\" \
                        a_b_c_d_e_=\"1\" _=\"2\" kv_logger=\"3\" KEY=\"4\"]";
        assert_eq!(data, expected.replace("KEY", &"k".repeat(32)));
    }

    #[test]
    fn what_does_not_fit_is_left_out_whole() {
        let limit = 200;
        for length in 0..300 {
            let data = data(limit, |data| {
                data.key_value("a", &"]".repeat(length));
                data.key_value("b", "1");
            });
            assert!(data.len() <= limit, "{length}");
            let is_whole = data.contains(&format!("a=\"{}\"", "\\]".repeat(length)));
            let is_noted = data.ends_with("b=\"1\" left_out=\"1\"]");
            assert!(is_whole != is_noted, "{length}: {data}");
        }
    }

    #[test]
    fn the_place_of_the_data_is_found() {
        for (data, rest) in [
            ("-", " message [x] \"y"),
            ("-", ""),
            ("[a@1 k=\"v\"]", " message"),
            ("[a@1 k=\"\\]\\\"\\\\\"][b]", " [c]"),
            ("[a@1 k=\"] x [\"]", ""),
            ("[a@1 k=\"\n ß\"]", ""),
        ] {
            let message = format!("<14>1 - host app 1 id {data}{rest}");
            let (start, end) = place(message.as_bytes()).unwrap();
            assert_eq!(&message[start..end], data);
        }
        for wrong in [
            "",
            "<14>1 - - - -",
            "<14>1 - - - - -",
            "<14>1 - - - - - [a k=\"",
        ] {
            assert_eq!(place(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
