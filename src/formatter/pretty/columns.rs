//! The columns that a text takes on a terminal.

use unicode_width::UnicodeWidthStr;

/// Returns the columns of a text, which may have escape sequences of this crate: they take none.
pub(super) fn columns(text: &str) -> usize {
    let mut rest = text;
    let mut columns = 0;
    while let Some((shown, after)) = rest.split_once('\x1b') {
        columns += shown.width();
        rest = match after.strip_prefix(']') {
            // A link, up to the string terminator.
            Some(link) => link.split_once("\x1b\\").map_or("", |(_, after)| after),
            None => after.split_once('m').map_or("", |(_, after)| after),
        };
    }
    columns + rest.width()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_take_no_columns_and_wide_characters_two() {
        for (text, expected) in [
            ("", 0),
            ("plain", 5),
            ("日本語", 6),
            ("e\u{301}", 1),
            ("\x1b[1mbold\x1b[0m, \x1b[2;31mred", 9),
            ("\x1b]8;;file://host/a\x1b\\a.rs\x1b]8;;\x1b\\!", 5),
            ("cut \x1b[", 4),
        ] {
            assert_eq!(columns(text), expected, "{text:?}");
        }
    }
}
