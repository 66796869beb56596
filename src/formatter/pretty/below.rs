//! What stands below a line: texts of several lines, the error and the stack trace.

use crate::formatter::pretty::columns::columns;
use crate::formatter::pretty::frames;
use crate::formatter::pretty::options::{Options, is_error};
use crate::formatter::pretty::pen::{Pen, push_blanks, push_shown};
use crate::formatter::pretty::wrap;
use crate::record::Record;
use crate::text::line_buf::LineBuf;
use crate::text::pool::Pooled;

/// The texts that go below a line, collected while the line is written, so that the code of the
/// user writes each of them once.
#[derive(Default)]
pub(super) struct Below {
    /// Keys and texts, one after the other.
    text: Option<Pooled<LineBuf>>,
    entries: [Entry; MOST],
    len: usize,
}

/// Further texts of several lines stay on the line, with their newlines escaped.
const MOST: usize = 8;

/// Where the bars are, so that no further line of a record looks like another record.
pub(super) const INDENT: usize = 4;

/// A text: from where its key begins to where it ends.
#[derive(Clone, Copy, Default)]
struct Entry {
    kind: Kind,
    start: usize,
    between: usize,
    end: usize,
}

/// What a text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    /// The lines of the message after the first.
    #[default]
    Message,
    /// The value of a key.
    Value,
    /// An error and its causes.
    Error,
    Stack,
}

/// How a cause begins in the text of an error.
const CAUSE: &str = "caused by: ";

impl Below {
    /// Adds a text. Returns `false` where there is no room for it.
    #[cold]
    pub(super) fn add(&mut self, kind: Kind, key: &str, text: &str) -> bool {
        let Some(entry) = self.entries.get_mut(self.len) else {
            return false;
        };
        let buffer = self.text.get_or_insert_with(Pooled::take);
        let start = buffer.len();
        buffer.push_str(key);
        let between = buffer.len();
        buffer.push_str(text);
        *entry = Entry {
            kind,
            start,
            between,
            end: buffer.len(),
        };
        self.len += 1;
        true
    }

    /// Returns the first line of a record's message; its others are added.
    pub(super) fn first_line_of<'r>(&mut self, record: &'r Record<'_>) -> &'r str {
        let message = record.message();
        match message.split_once('\n') {
            Some((first, rest)) if !rest.is_empty() && self.add(Kind::Message, "", rest) => {
                first.strip_suffix('\r').unwrap_or(first)
            }
            _ => message.strip_suffix('\n').unwrap_or(message),
        }
    }

    /// Adds the error and the stack trace of a record.
    #[cold]
    pub(super) fn add_failure(&mut self, record: &Record<'_>) {
        let fields = record.rare_fields();
        if let Some(text) = &fields.error {
            self.add(Kind::Error, "error", text);
        } else if record.error.is_some() {
            LineBuf::with(|text| {
                record.write_error(text);
                self.add(Kind::Error, "error", text.as_str());
            });
        }
        if let Some(stack) = record.stack() {
            self.add(Kind::Stack, "stack", &stack);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Appends the texts, each on lines of its own.
    #[cold]
    pub(super) fn push(&self, pen: &mut Pen<'_>, options: &Options, width: Option<usize>) {
        let Some(buffer) = &self.text else { return };
        let all = buffer.as_str();
        let entries = &self.entries[..self.len];
        let keys = entries
            .iter()
            .map(|entry| shown_columns(&all[entry.start..entry.between]));
        let key_columns = keys.max().unwrap_or(0);
        for (at, entry) in entries.iter().enumerate() {
            let block = Block {
                options,
                width,
                key: &all[entry.start..entry.between],
                key_columns,
                kind: entry.kind,
                is_last: at + 1 == entries.len() && entry.kind != Kind::Message,
            };
            block.push(pen, &all[entry.between..entry.end]);
        }
    }
}

/// One text, with its key and its bar.
struct Block<'b> {
    options: &'b Options,
    width: Option<usize>,
    key: &'b str,
    key_columns: usize,
    kind: Kind,
    is_last: bool,
}

impl Block<'_> {
    fn push(&self, pen: &mut Pen<'_>, text: &str) {
        let text = text.strip_suffix('\n').unwrap_or(text);
        let mut is_first = true;
        let mut push = |line: &str| {
            self.push_line(pen, line, is_first);
            is_first = false;
        };
        if self.kind == Kind::Stack && !self.options.has_all_frames {
            frames::for_each(text, self.options.glyphs.ellipsis, &mut push);
        } else {
            text.split('\n').for_each(&mut push);
        }
    }

    fn push_line(&self, pen: &mut Pen<'_>, line: &str, is_first: bool) {
        let (styles, glyphs) = (&self.options.styles, self.options.glyphs);
        let is_error = self.kind == Kind::Error || is_error(self.key);
        pen.new_line();
        pen.blanks(INDENT);
        self.push_bar(pen, is_first);
        if self.kind != Kind::Message {
            if is_first {
                let style = if is_error { &styles.error } else { &styles.key };
                pen.start(style);
                pen.is_not_plain();
                push_shown(pen.out, self.key);
                pen.end(style);
                pen.blanks(self.key_columns - shown_columns(self.key));
                pen.own(if self.kind == Kind::Value {
                    " = "
                } else {
                    "   "
                });
            } else {
                pen.blanks(self.key_columns + 3);
            }
        }
        let line = line.strip_suffix('\r').unwrap_or(line);
        let (mark, line) = match line.strip_prefix(CAUSE) {
            Some(cause) if self.kind == Kind::Error && !is_first => (glyphs.cause, cause),
            _ => ("", line),
        };
        if !mark.is_empty() {
            pen.mark(&styles.dim, mark);
            pen.own(" ");
        }
        let style = if is_error && is_first {
            &*styles.error
        } else {
            ""
        };
        pen.start(style);
        self.push_wrapped(pen, line);
        pen.end(style);
    }

    /// Appends the bar, or the end of it, and a blank.
    fn push_bar(&self, pen: &mut Pen<'_>, is_first: bool) {
        let glyphs = self.options.glyphs;
        match (self.is_last, is_first) {
            (true, true) => pen.mark(&self.options.styles.dim, glyphs.corner),
            (true, false) => pen.own(" "),
            (false, _) => pen.mark(&self.options.styles.dim, glyphs.bar),
        }
        pen.own(" ");
    }

    fn push_wrapped(&self, pen: &mut Pen<'_>, line: &str) {
        let column = pen.column();
        let Some(width) = self.width else {
            pen.shown(line);
            return;
        };
        LineBuf::with(|shown| {
            push_shown(shown, line);
            let color = pen.color;
            wrap::push(pen.out, shown.as_str(), column, width, |out| {
                push_blanks(out, INDENT);
                self.push_bar(&mut Pen::new(out, color), false);
                push_blanks(out, column - INDENT - 2);
                column
            });
        });
    }
}

fn shown_columns(text: &str) -> usize {
    LineBuf::with(|shown| {
        push_shown(shown, text);
        columns(shown.as_str())
    })
}
