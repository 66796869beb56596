//! A message taken apart at compile time, which is formatted without `core::fmt`: [`SplitMessage`].

use std::fmt::{self, Display, Write};

use crate::sys::user_code;
use crate::text::line_buf::LineBuf;
use crate::text::run::Run;
use crate::text::short_str::ShortStr;

/// A template, and the arguments for its placeholders.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SplitMessage<'a> {
    pub(crate) template: &'a Template,
    /// As many as the template has placeholders.
    pub(crate) arguments: &'a [Argument<'a>],
}

impl SplitMessage<'_> {
    /// Appends the text. A failure of user code is noted in it.
    #[inline]
    pub(super) fn write_to(&self, out: &mut LineBuf) {
        let [first, rest @ ..] = &self.template.pieces;
        out.run(|run| {
            first.write_to(run);
            for (argument, piece) in self.arguments.iter().zip(rest) {
                argument.write_to(run);
                piece.write_to(run);
            }
        });
    }
}

/// The most placeholders that a template has.
pub(crate) const MOST: usize = 6;

/// The literal pieces of a format string whose only placeholders are `{}`.
#[derive(Clone, Copy, Debug)]
pub struct Template {
    /// One before each placeholder, and one after the last; the others are empty.
    pieces: [MessagePiece; MOST + 1],
    is_plain: bool,
}

impl Template {
    /// That of an empty message.
    pub(crate) const NONE: Self = Self::new("");

    /// Splits a format string at its placeholders.
    #[must_use]
    pub const fn new(format: &'static str) -> Self {
        let mut template = Self {
            pieces: [MessagePiece::EMPTY; MOST + 1],
            is_plain: false,
        };
        let mut rest = format.as_bytes();
        let (mut at, mut count) = (0, 0);
        while at < rest.len() {
            match rest[at] {
                b'{' => {
                    if count == MOST || at + 1 == rest.len() || rest[at + 1] != b'}' {
                        return template;
                    }
                    let (piece, after) = rest.split_at(at);
                    template.pieces[count] = MessagePiece::new(piece);
                    rest = after.split_at(2).1;
                    at = 0;
                    count += 1;
                }
                b'}' => return template,
                _ => at += 1,
            }
        }
        template.pieces[count] = MessagePiece::new(rest);
        template.is_plain = true;
        template
    }

    /// Reports whether the format string could be split; `core::fmt` formats any other.
    #[inline(always)]
    #[must_use]
    pub const fn is_plain(&self) -> bool {
        self.is_plain
    }
}

/// A literal piece of a message. Nearly all are short.
#[derive(Clone, Copy, Debug)]
enum MessagePiece {
    Short(ShortStr<16>),
    Long(&'static str),
}

impl MessagePiece {
    const EMPTY: Self = Self::Long("");

    /// Takes a part of a string that was cut at ASCII characters, and so is valid.
    const fn new(bytes: &'static [u8]) -> Self {
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Self::EMPTY;
        };
        match ShortStr::new(text) {
            Some(short) => Self::Short(short),
            None => Self::Long(text),
        }
    }

    #[inline(always)]
    fn write_to(&self, run: &mut Run<'_>) {
        match self {
            Self::Short(short) => run.push_short(short),
            Self::Long(text) => run.slowly(|out| out.push_str(text)),
        }
    }
}

/// One argument of a message.
#[derive(Clone, Copy)]
pub enum Argument<'a> {
    /// A signed integer.
    Signed(i64),
    /// An unsigned integer.
    Unsigned(u64),
    /// A string.
    Text(&'a str),
    /// Anything else, by its `Display`.
    Other(&'a dyn Display),
}

impl Argument<'_> {
    #[inline(always)]
    fn write_to(&self, run: &mut Run<'_>) {
        match self {
            Self::Unsigned(number) => run.push_unsigned(*number),
            Self::Signed(number @ 0..) => run.push_unsigned(number.unsigned_abs()),
            _ => run.slowly(|out| self.write_any(out)),
        }
    }

    #[inline(never)]
    fn write_any(&self, out: &mut LineBuf) {
        match self {
            Self::Signed(number) => out.push_signed(*number),
            Self::Unsigned(number) => out.push_unsigned(*number),
            Self::Text(text) => out.push_str(text),
            Self::Other(value) => user_code::write_to(out, |out| write!(out, "{value}")),
        }
    }
}

impl fmt::Debug for Argument<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Argument")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_empty_placeholders_are_plain() {
        let plain = |format| Template::new(format).is_plain();
        for format in ["", "a", "{}", "é{}{} {}", "{} {} {} {} {} {}"] {
            assert!(plain(format), "{format}");
        }
        for format in ["{n}", "{:?}", "{{}}", "{} {0}", "{", "}", "{}{}{}{}{}{}{}"] {
            assert!(!plain(format), "{format}");
        }
    }

    #[test]
    fn pieces_and_arguments_alternate() {
        for (format, expected) in [
            ("é{}{} {}", "é12 3"),
            (
                "{} and a piece of more than 16 bytes",
                "1 and a piece of more than 16 bytes",
            ),
            ("{}{}{}{}{}{}.", "123456."),
        ] {
            let arguments = [1, 2, 3, 4, 5, 6].map(Argument::Unsigned);
            let template = Template::new(format);
            let mut out = LineBuf::default();
            SplitMessage {
                template: &template,
                arguments: &arguments[..format.matches("{}").count()],
            }
            .write_to(&mut out);
            assert_eq!(out.as_str(), expected);
        }
    }
}
