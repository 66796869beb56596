//! Places in the program that a terminal opens: [`Links`].

use std::env;

use crate::formatter::pretty::pen::Pen;
use crate::sys::host_name::host_name;
use crate::text::line_buf::LineBuf;

/// Links to files, by OSC 8.
#[derive(Clone, Debug)]
pub(super) struct Links {
    /// `file://HOST`
    host: Box<str>,
    /// The directory that files are relative to, with its last slash.
    base: Box<str>,
}

const END: &str = "\x1b\\";

impl Links {
    pub(super) fn new() -> Self {
        let directory = env::current_dir().unwrap_or_default();
        Self {
            host: format!("file://{}", host_name()).into(),
            base: format!("{}/", directory.display()).into(),
        }
    }

    /// Appends the start of a link to a line of a file.
    pub(super) fn start(&self, pen: &mut Pen<'_>, file: &str, line: u32) {
        LineBuf::with(|link| {
            link.push_str("\x1b]8;;");
            push_encoded(link, &self.host);
            if !file.starts_with('/') && file.as_bytes().get(1) != Some(&b':') {
                push_encoded(link, &self.base);
            } else if !file.starts_with('/') {
                link.push('/');
            }
            push_encoded(link, file);
            link.push('#');
            link.push_unsigned(line.into());
            link.push_str(END);
            pen.unseen_text(link.as_str());
        });
    }

    pub(super) fn end(pen: &mut Pen<'_>) {
        pen.unseen_text("\x1b]8;;\x1b\\");
    }
}

/// Appends a path as part of a URL.
fn push_encoded(out: &mut LineBuf, path: &str) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in path.bytes() {
        match byte {
            b'\\' => out.push('/'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' | b':' => {
                out.push(char::from(byte));
            }
            _ => {
                out.push('%');
                out.push(char::from(DIGITS[usize::from(byte >> 4)]));
                out.push(char::from(DIGITS[usize::from(byte & 15)]));
            }
        }
    }
}

/// Reports whether the terminal is known to take links, and whether it is asked for at any rate.
pub(super) fn are_known(variable: impl Fn(&str) -> Option<String>) -> (bool, bool) {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    if let Some(force) = set("FORCE_HYPERLINK") {
        let forces = force != "0";
        return (forces, forces);
    }
    let program = set("TERM_PROGRAM").unwrap_or_default();
    let known = ["iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper"];
    let vte = set("VTE_VERSION").and_then(|version| version.parse::<u32>().ok());
    let is_known = known.contains(&&*program)
        // Since 0.50; 0.50.0 crashes.
        || vte.is_some_and(|version| version > 5000)
        || set("TERM").is_some_and(|term| term.contains("kitty"))
        || set("WT_SESSION").is_some();
    (is_known, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminals_are_known_by_their_variables() {
        let known = |set: &[(&str, &str)]| {
            are_known(|name| {
                let found = set.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        for (set, expected) in [
            (&[][..], (false, false)),
            (&[("TERM", "xterm-256color")], (false, false)),
            (&[("TERM_PROGRAM", "Apple_Terminal")], (false, false)),
            (&[("VTE_VERSION", "5000")], (false, false)),
            (&[("VTE_VERSION", "6003")], (true, false)),
            (&[("TERM", "xterm-kitty")], (true, false)),
            (&[("TERM_PROGRAM", "WezTerm")], (true, false)),
            (&[("TERM_PROGRAM", "iTerm.app")], (true, false)),
            (&[("FORCE_HYPERLINK", "1")], (true, true)),
            (
                &[("FORCE_HYPERLINK", "0"), ("TERM_PROGRAM", "WezTerm")],
                (false, false),
            ),
        ] {
            assert_eq!(known(set), expected, "{set:?}");
        }
    }

    #[test]
    fn files_are_whole_and_encoded() {
        let links = Links {
            host: "file://host".into(),
            base: "/home/a b/".into(),
        };
        let link = |file: &str| {
            LineBuf::with(|out| {
                let mut pen = Pen::new(out, true);
                links.start(&mut pen, file, 7);
                assert_eq!(pen.column(), 0);
                let text = out.as_str().strip_prefix("\x1b]8;;file://host").unwrap();
                text.strip_suffix(END).unwrap().to_owned()
            })
        };
        assert_eq!(link("src/größe.rs"), "/home/a%20b/src/gr%C3%B6%C3%9Fe.rs#7");
        assert_eq!(link("/a/b.rs"), "/a/b.rs#7");
        assert_eq!(link("C:\\a\\b.rs"), "/C:/a/b.rs#7");
        assert_eq!(link("a\x1b\n#.rs"), "/home/a%20b/a%1B%0A%23.rs#7");
    }
}
