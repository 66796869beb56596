//! The key-values on a line.

use std::fmt::Write as _;

use crate::formatter::escape;
use crate::formatter::pretty::below::{Below, Kind};
use crate::formatter::pretty::human::{self, Unit};
use crate::formatter::pretty::options::{Options, is_error};
use crate::formatter::pretty::pen::Pen;
use crate::formatter::scan::{special_in_logfmt, special_in_word};
use crate::formatter::template;
use crate::record::{Record, Scalar};
use crate::text::line_buf::LineBuf;

/// A list or a map with more columns stands below the line.
const LONGEST_NESTED: usize = 60;

/// Appends the key-values, each after a blank or on a line of its own. Those of several lines go
/// below.
pub(super) fn push_all(
    pen: &mut Pen<'_>,
    below: &mut Below,
    record: &Record<'_>,
    options: &Options,
) {
    let values = record.key_values();
    if !values.has_source() {
        return;
    }
    let start = pen.out.len();
    let has_lines = options.layout.has_lines_of_fields;
    if !has_lines {
        pen.own(" ");
    }
    let first = pen.out.len();
    let mut fields = Fields {
        errors_end: first,
        pen,
        below,
        options,
    };
    for first in &options.order {
        values.for_each_kept(|key, value| {
            let key = key.as_str();
            if *key == **first {
                value.read(|scalar| fields.push(key, scalar));
            }
        });
    }
    let is_left = |key: &str| {
        let mut done = options.order.iter().chain(&options.excluded);
        !done.any(|known| **known == *key)
    };
    values.for_each_kept(|key, value| {
        let key = key.as_str();
        if is_left(key) {
            value.read(|scalar| fields.push(key, scalar));
        }
    });
    if pen.out.len() == first {
        pen.out.truncate(start);
    }
}

struct Fields<'f, 'l> {
    pen: &'f mut Pen<'l>,
    below: &'f mut Below,
    options: &'f Options,
    /// Where the errors end, which come first.
    errors_end: usize,
}

impl Fields<'_, '_> {
    fn push(&mut self, key: &str, value: Scalar<'_>) {
        match value {
            Scalar::Text(text) => self.push_text(key, text),
            Scalar::Nested(_) | Scalar::Other(_) => self.push_other(key, value),
            Scalar::Bool(value) => {
                self.push_field(key, |pen| pen.own(if value { "true" } else { "false" }));
            }
            number => self.push_number(key, number),
        }
    }

    #[inline]
    fn push_number(&mut self, key: &str, number: Scalar<'_>) {
        if self.options.humanizes && key.contains('_') {
            if let Some((name, unit)) = human::unit_of(key) {
                return self.push_measured(key, name, unit, number);
            }
        }
        self.push_field(key, |pen| template::push_plain(number, pen.out));
    }

    /// Appends a number of a unit, by the name without it, or as it is.
    #[inline(never)]
    fn push_measured(&mut self, key: &str, name: &str, unit: Unit, number: Scalar<'_>) {
        LineBuf::with(|text| {
            if human::push(number, unit, text) {
                self.push_field(name, |pen| pen.shown(text.as_str()));
            } else {
                self.push_field(key, |pen| template::push_plain(number, pen.out));
            }
        });
    }

    /// Appends a key and a value.
    #[inline]
    fn push_field(&mut self, key: &str, push_value: impl FnOnce(&mut Pen<'_>)) {
        let start = self.pen.out.len();
        let pen = &mut *self.pen;
        let styles = &self.options.styles;
        let is_error = is_error(key);
        let own = styles.of_key(key);
        let style = match own {
            Some(style) => style,
            None if is_error => &styles.error,
            None => &styles.key,
        };
        let has_lines = self.options.layout.has_lines_of_fields;
        pen.own(if has_lines { "\n    " } else { " " });
        pen.start(style);
        push_key(pen, key);
        pen.own(if has_lines { ": " } else { "=" });
        // The value of an error is in its style as well.
        let is_whole = is_error || own.is_some();
        if !is_whole {
            pen.end(style);
        }
        push_value(pen);
        if is_whole {
            pen.end(style);
        }
        if is_error {
            self.put_first(start);
        }
    }

    /// Moves the last field, which begins at a position, to those that come first.
    #[cold]
    fn put_first(&mut self, start: usize) {
        let len = self.pen.out.len() - start;
        let fields = self.pen.out.bytes_mut_from(self.errors_end);
        fields.rotate_right(len);
        self.errors_end += len;
    }

    #[inline]
    fn push_text(&mut self, key: &str, text: &str) {
        let (start, unseen) = (self.pen.out.len(), self.pen.unseen());
        let mut is_plain = false;
        self.push_field(key, |pen| {
            is_plain = pen.out.push_if(text, special_in_logfmt) == Some(true) && !text.is_empty();
            if !is_plain {
                push_any_text(pen, text);
            }
        });
        if !is_plain && text.contains('\n') {
            self.put_below(key, text, start, unseen);
        }
    }

    /// Puts a text of several lines below, and not on the line, where it begins at a position.
    #[cold]
    fn put_below(&mut self, key: &str, text: &str, start: usize, unseen: usize) {
        if is_error(key) {
            // It is the last of the errors.
            let len = self.pen.out.len() - start;
            self.errors_end -= len;
            self.pen
                .out
                .bytes_mut_from(self.errors_end)
                .rotate_left(len);
        }
        if self.below.add(Kind::Value, key, text) {
            self.pen.truncate(start, unseen);
        } else if is_error(key) {
            self.put_first(start);
        }
    }

    /// Appends a value that has others inside, or is known by its text only.
    fn push_other(&mut self, key: &str, value: Scalar<'_>) {
        LineBuf::with(|text| {
            template::push_plain(value, text);
            if self.options.humanizes {
                let len = text.len();
                LineBuf::with(|duration| {
                    if human::push_debug(text.as_str(), duration) {
                        text.push_str(duration.as_str());
                    }
                });
                if text.len() > len {
                    return self.push_field(key, |pen| pen.shown(text.from(len)));
                }
            }
            if !matches!(text.as_bytes(), [b'[', .., b']'] | [b'{', .., b'}']) {
                return self.push_text(key, text.as_str());
            }
            if text.len() > LONGEST_NESTED {
                if let Scalar::Nested(nested) = value {
                    text.truncate(0);
                    let _ = write!(text, "{nested:#}");
                }
                if self.below.add(Kind::Value, key, text.as_str()) {
                    return;
                }
            }
            // Its brackets are its quotes.
            self.push_field(key, |pen| pen.shown(text.as_str()));
        });
    }
}

#[inline]
fn push_key(pen: &mut Pen<'_>, key: &str) {
    if key.is_empty() || pen.out.push_if(key, special_in_word) != Some(true) {
        pen.is_not_plain();
        escape::push_word(pen.out, key);
    }
}

/// Appends a value: as it is where no blank, quote or backslash is in it, and in quotes else.
#[inline(never)]
fn push_any_text(pen: &mut Pen<'_>, text: &str) {
    let needs_quotes =
        |character| matches!(character, ' ' | '"' | '\\' | '\t') || escape::is_special(character);
    pen.is_not_plain();
    if text.is_empty() || text.contains(needs_quotes) {
        escape::push_quoted(pen.out, text);
    } else {
        pen.out.push_str(text);
    }
}
