//! A record in the journal's own protocol: [`Fields`].

use std::collections::HashSet;

use crate::text::boundary::floor_char_boundary;

/// How long the name of a field may be.
const LONGEST_NAME: usize = 64;

/// How long a value may be: the journal drops entries of some hundred megabytes without a word.
const LONGEST_VALUE: usize = 16 * 1024 * 1024;

/// The names that a record's own fields have, so that no key-value takes them.
const OWN: [&str; 15] = [
    "MESSAGE",
    "PRIORITY",
    "SYSLOG_IDENTIFIER",
    "SYSLOG_FACILITY",
    "SYSLOG_PID",
    "CODE_FILE",
    "CODE_LINE",
    "CODE_FUNC",
    "TID",
    "LOGGER",
    "LEVEL",
    "THREAD_NAME",
    "EXCEPTION",
    "STACK",
    "MESSAGE_ID",
];

/// Writes the fields of one entry.
pub(super) struct Fields<'o> {
    out: &'o mut Vec<u8>,
    /// The names of key-values so far.
    names: HashSet<String>,
}

impl<'o> Fields<'o> {
    pub(super) fn new(out: &'o mut Vec<u8>) -> Self {
        Self {
            out,
            names: HashSet::new(),
        }
    }

    /// Writes a field of the record's own.
    pub(super) fn own(&mut self, name: &'static str, value: &str) {
        debug_assert!(OWN.contains(&name), "{name} could be a key-value's");
        self.write(name, value);
    }

    /// Writes a key-value, under a name that the journal accepts and no other field of this entry
    /// has.
    pub(super) fn key_value(&mut self, key: &str, value: &str) {
        let name = field_name(key);
        let is_free = |name: &str| !OWN.contains(&name) && !self.names.contains(name);
        let name = if is_free(&name) {
            name
        } else {
            let numbered = (2..).map(|number| with_number(&name, number));
            let free = numbered.into_iter().find(|name| is_free(name));
            free.unwrap_or(name)
        };
        self.write(&name, value);
        self.names.insert(name);
    }

    fn write(&mut self, name: &str, value: &str) {
        let cut = floor_char_boundary(value, LONGEST_VALUE);
        let (value, left) = value.split_at(cut);
        let mark = match left.len() {
            0 => String::new(),
            more => format!("…[+{more}]"),
        };
        self.out.extend_from_slice(name.as_bytes());
        // One that holds a newline has its length in front.
        if value.contains('\n') {
            let length = (value.len() + mark.len()) as u64;
            self.out.push(b'\n');
            self.out.extend_from_slice(&length.to_le_bytes());
        } else {
            self.out.push(b'=');
        }
        self.out.extend_from_slice(value.as_bytes());
        self.out.extend_from_slice(mark.as_bytes());
        self.out.push(b'\n');
    }
}

/// Returns a name as the journal accepts it: capital letters, digits and underscores, neither an
/// underscore nor a digit at the beginning.
fn field_name(key: &str) -> String {
    let mut name: String = key
        .chars()
        .map(|character| match character.to_ascii_uppercase() {
            valid @ ('A'..='Z' | '0'..='9') => valid,
            _ => '_',
        })
        .collect();
    if !name.starts_with(|first: char| first.is_ascii_uppercase()) {
        name.insert_str(0, "F_");
    }
    name.truncate(LONGEST_NAME);
    name
}

fn with_number(name: &str, number: usize) -> String {
    let suffix = format!("_{number}");
    let length = name.len().min(LONGEST_NAME - suffix.len());
    format!("{}{suffix}", &name[..length])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_the_journal_wants_them() {
        for (key, expected) in [
            ("user", "USER"),
            ("user.id", "USER_ID"),
            ("größe", "GR__E"),
            ("_private", "F__PRIVATE"),
            ("1st", "F_1ST"),
            ("", "F_"),
            ("a=b\n", "A_B_"),
        ] {
            assert_eq!(field_name(key), expected);
        }
        for length in [63, 64, 65, 1000] {
            assert_eq!(field_name(&"a".repeat(length)).len(), length.min(64));
            assert_eq!(field_name(&"_".repeat(length)).len(), (length + 2).min(64));
        }
    }

    #[test]
    fn no_two_fields_have_the_same_name() {
        let mut out = Vec::new();
        let mut fields = Fields::new(&mut out);
        fields.own("MESSAGE", "m");
        for key in ["message", "a b", "a.b", "A_B"] {
            fields.key_value(key, "x");
        }
        fields.key_value(&"k".repeat(64), "x");
        fields.key_value(&"k".repeat(70), "x");
        let text = String::from_utf8(out).unwrap();
        let names: Vec<_> = text
            .lines()
            .filter_map(|line| line.split('=').next())
            .collect();
        assert_eq!(
            names[..5],
            ["MESSAGE", "MESSAGE_2", "A_B", "A_B_2", "A_B_3"]
        );
        assert_eq!(names[6], format!("{}_2", "K".repeat(62)));
    }

    #[test]
    fn a_value_with_newlines_has_its_length_in_front() {
        let mut out = Vec::new();
        let mut fields = Fields::new(&mut out);
        fields.own("MESSAGE", "one\ntwo=ß\n");
        fields.own("LEVEL", "a=b");
        let mut expected = b"MESSAGE\n\x0b\0\0\0\0\0\0\0one\ntwo=".to_vec();
        expected.extend_from_slice("ß\n\nLEVEL=a=b\n".as_bytes());
        assert_eq!(out, expected);
    }

    #[test]
    fn a_value_is_cut_on_a_character() {
        for (length, cut) in [(LONGEST_VALUE, 0), (LONGEST_VALUE + 1, 2)] {
            let mut value = "a".repeat(length - 2);
            value.push('ß');
            let mut out = Vec::new();
            Fields::new(&mut out).own("MESSAGE", &value);
            let text = String::from_utf8(out).unwrap();
            let value = text.strip_prefix("MESSAGE=").unwrap().trim_end();
            match cut {
                0 => assert_eq!(value.len(), LONGEST_VALUE),
                _ => assert!(value.ends_with(&format!("a…[+{cut}]"))),
            }
        }
    }
}
