//! What writes a line and counts its columns: [`Pen`].

use crate::formatter::colors::RESET;
use crate::formatter::escape;
use crate::formatter::pretty::columns::columns;
use crate::formatter::scan::unprintable;
use crate::text::line_buf::LineBuf;

/// Writes a line and knows its column.
pub(super) struct Pen<'l> {
    pub(super) out: &'l mut LineBuf,
    /// Whether the stream shows colours.
    pub(super) color: bool,
    /// Where the text begins whose columns are counted, and the column there.
    from: usize,
    column: usize,
    /// How many bytes since then take no column.
    unseen: usize,
    /// Whether all others since then take one.
    is_plain: bool,
}

/// A tab's columns: where its stop would be depends on what the terminal makes of the line.
const TAB: &str = "    ";

impl<'l> Pen<'l> {
    pub(super) fn new(out: &'l mut LineBuf, color: bool) -> Self {
        Self {
            from: out.len(),
            out,
            color,
            column: 0,
            unseen: 0,
            is_plain: true,
        }
    }

    /// Starts a style; an empty one changes nothing.
    #[inline]
    pub(super) fn start(&mut self, style: &str) {
        if self.color && !style.is_empty() {
            self.out.push_str(style);
            self.unseen += style.len();
        }
    }

    /// Ends a style.
    #[inline]
    pub(super) fn end(&mut self, style: &str) {
        if self.color && !style.is_empty() {
            self.out.push_str(RESET);
            self.unseen += RESET.len();
        }
    }

    /// Appends a text of the crate's own in a style.
    #[inline]
    pub(super) fn styled(&mut self, style: &str, text: &str) {
        self.start(style);
        self.own(text);
        self.end(style);
    }

    /// Appends a text of the crate's own, in ASCII.
    #[inline]
    pub(super) fn own(&mut self, text: &str) {
        debug_assert!(text.is_ascii());
        self.out.push_str(text);
    }

    /// Appends a mark of the crate's own in a style.
    pub(super) fn mark(&mut self, style: &str, mark: &str) {
        self.is_plain &= mark.is_ascii();
        self.start(style);
        self.out.push_str(mark);
        self.end(style);
    }

    /// Appends a text that takes no column.
    pub(super) fn unseen_text(&mut self, text: &str) {
        self.out.push_str(text);
        self.unseen += text.len();
    }

    #[inline]
    pub(super) fn blanks(&mut self, count: usize) {
        push_blanks(self.out, count);
    }

    /// Appends a string of a record: on one line, and harmless to the terminal.
    #[inline]
    pub(super) fn shown(&mut self, text: &str) {
        if self.out.push_if(text, unprintable) != Some(true) {
            self.shown_slowly(text);
        }
    }

    #[inline(never)]
    fn shown_slowly(&mut self, text: &str) {
        self.is_plain &= text.is_ascii();
        push_shown(self.out, text);
    }

    /// Notes that the bytes appended since may take any number of columns.
    pub(super) fn is_not_plain(&mut self) {
        self.is_plain = false;
    }

    /// Returns the column, from 0 on.
    #[inline]
    pub(super) fn column(&self) -> usize {
        if self.is_plain {
            self.column + self.out.len() - self.from - self.unseen
        } else {
            self.column + columns(self.out.from(self.from))
        }
    }

    /// Removes what was appended since the text had this length, of which so many bytes take no
    /// column.
    pub(super) fn truncate(&mut self, len: usize, unseen: usize) {
        self.out.truncate(len);
        self.unseen = unseen;
    }

    /// Returns how many bytes so far take no column.
    #[inline]
    pub(super) fn unseen(&self) -> usize {
        self.unseen
    }

    /// Notes which column this is.
    pub(super) fn is_at(&mut self, column: usize) {
        self.from = self.out.len();
        self.column = column;
        self.unseen = 0;
        self.is_plain = true;
    }

    /// Begins another line of the record.
    pub(super) fn new_line(&mut self) {
        self.out.push('\n');
        self.is_at(0);
    }
}

#[inline]
pub(super) fn push_blanks(out: &mut LineBuf, count: usize) {
    const BLANKS: &str = "                                ";
    let mut missing = count;
    while missing > 0 {
        let now = missing.min(BLANKS.len());
        out.push_str(&BLANKS[..now]);
        missing -= now;
    }
}

/// Appends a string on one line, with what drives a terminal escaped, and blanks for tabs.
pub(super) fn push_shown(out: &mut LineBuf, text: &str) {
    let is_hidden = |character| character == '\t' || escape::is_special(character);
    let mut rest = text;
    while let Some(at) = rest.find(is_hidden) {
        out.push_str(&rest[..at]);
        let mut characters = rest[at..].chars();
        match characters.next() {
            Some('\t') => out.push_str(TAB),
            character => escape::push_escape(out, character.unwrap_or_default()),
        }
        rest = characters.as_str();
    }
    out.push_str(rest);
}
