//! Long lines, broken at words.

use crate::formatter::pretty::columns::columns;
use crate::text::line_buf::LineBuf;

/// Appends a text that begins at a column, with line breaks in place of the blanks where a word
/// would exceed the width. `hang` begins each further line and returns its column. Returns the
/// column of the end.
///
/// A word that is longer than a line is left to the terminal, so that it can be copied whole.
pub(super) fn push(
    out: &mut LineBuf,
    text: &str,
    column: usize,
    width: usize,
    mut hang: impl FnMut(&mut LineBuf) -> usize,
) -> usize {
    let mut column = column;
    let mut is_first = true;
    let mut rest = text;
    while !rest.is_empty() {
        let word = rest.trim_start_matches(' ');
        let blanks = rest.len() - word.len();
        let end = word.find(' ').unwrap_or(word.len());
        let word_columns = columns(&word[..end]);
        if !is_first && column + blanks + word_columns > width {
            out.push('\n');
            column = hang(out);
        } else {
            out.push_str(&rest[..blanks]);
            column += blanks;
        }
        out.push_str(&word[..end]);
        column += word_columns;
        is_first = false;
        rest = &word[end..];
    }
    column
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(text: &str, column: usize, width: usize) -> String {
        LineBuf::with(|out| {
            let end = push(out, text, column, width, |out| {
                out.push_str(">>");
                2
            });
            format!("{}|{end}", out.as_str())
        })
    }

    #[test]
    fn words_that_do_not_fit_begin_a_line() {
        assert_eq!(wrapped("a bc def", 0, 20), "a bc def|8");
        assert_eq!(wrapped("a bc def", 0, 8), "a bc def|8");
        assert_eq!(wrapped("a bc def", 0, 7), "a bc\n>>def|5");
        assert_eq!(wrapped("a bc def", 4, 7), "a\n>>bc\n>>def|5");
        assert_eq!(wrapped("long-word next", 0, 4), "long-word\n>>next|6");
        assert_eq!(wrapped("  indented", 0, 4), "  indented|10");
        assert_eq!(wrapped("日本 語", 0, 6), "日本\n>>語|4");
        let bold = "\x1b[1ma b\x1b[0m";
        assert_eq!(wrapped(bold, 0, 3), format!("{bold}|3"));
    }
}
