//! A message taken apart at compile time, which is formatted without `core::fmt`: [`SplitMessage`].

use std::borrow::Cow;
use std::fmt::{self, Display, Write};

use crate::sys::user_code;
use crate::text::line_buf::LineBuf;
use crate::text::run::Run;
use crate::text::short_str::ShortStr;

/// The literal pieces of a message, and the arguments between them.
#[derive(Clone, Copy, Debug)]
pub struct SplitMessage<'a> {
    /// One more than the arguments.
    pub pieces: &'a [MessagePiece],
    /// The arguments, in order.
    pub arguments: &'a [Argument<'a>],
}

impl SplitMessage<'_> {
    /// Appends the text. A failure of user code is noted in it.
    #[inline]
    pub(super) fn write_to(&self, out: &mut LineBuf) {
        let Some((first, rest)) = self.pieces.split_first() else {
            return;
        };
        out.run(|run| {
            first.write_to(run);
            for (argument, piece) in self.arguments.iter().zip(rest) {
                argument.write_to(run);
                piece.write_to(run);
            }
        });
    }
}

/// A literal piece of a message.
#[derive(Clone, Copy, Debug)]
pub struct MessagePiece {
    /// The same for nearly all pieces, as they are short.
    short: Option<ShortStr<16>>,
    text: &'static str,
}

impl MessagePiece {
    #[inline(always)]
    fn write_to(&self, run: &mut Run<'_>) {
        match &self.short {
            Some(short) => run.push_short(short),
            None => run.slowly(|out| out.push_str(self.text)),
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

/// A value that is formatted without `core::fmt`.
pub trait Plain {
    /// Returns the value as an argument.
    fn argument(&self) -> Argument<'_>;
}

macro_rules! plain {
    ($($variant:ident: $($type:ty)+;)+) => {
        $($(impl Plain for $type {
            #[inline]
            fn argument(&self) -> Argument<'_> {
                Argument::$variant((*self).into())
            }
        })+)+
    };
}

plain! {
    Signed: i8 i16 i32 i64;
    Unsigned: u8 u16 u32 u64;
}

impl Plain for usize {
    #[inline]
    fn argument(&self) -> Argument<'_> {
        Argument::Unsigned(*self as u64)
    }
}

impl Plain for isize {
    #[inline]
    fn argument(&self) -> Argument<'_> {
        Argument::Signed(*self as i64)
    }
}

impl Plain for bool {
    #[inline]
    fn argument(&self) -> Argument<'_> {
        Argument::Text(if *self { "true" } else { "false" })
    }
}

impl Plain for str {
    #[inline]
    fn argument(&self) -> Argument<'_> {
        Argument::Text(self)
    }
}

impl Plain for String {
    #[inline]
    fn argument(&self) -> Argument<'_> {
        Argument::Text(self)
    }
}

impl Plain for Cow<'_, str> {
    #[inline]
    fn argument(&self) -> Argument<'_> {
        Argument::Text(self)
    }
}

impl<T: Plain + ?Sized> Plain for &T {
    #[inline]
    fn argument(&self) -> Argument<'_> {
        (**self).argument()
    }
}

/// Selects how a value is formatted: method resolution on a `&&&Probe` finds [`ByPlain`] first, then
/// [`ByDisplay`], then [`ByNothing`].
#[derive(Debug)]
pub struct Probe<'a, T: ?Sized>(pub &'a T);

impl<T: Display + ?Sized> Display for Probe<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// For values that are formatted without `core::fmt`.
pub trait ByPlain<'a> {
    /// Returns the value as an argument.
    fn to_argument(&self) -> Argument<'a>;
}

impl<'a, T: Plain + ?Sized> ByPlain<'a> for &&Probe<'a, T> {
    #[inline]
    fn to_argument(&self) -> Argument<'a> {
        self.0.argument()
    }
}

/// For all others with a `Display`.
pub trait ByDisplay<'p> {
    /// Returns the value as an argument.
    fn to_argument(&self) -> Argument<'p>;
}

impl<'p, T: Display + ?Sized> ByDisplay<'p> for &'p Probe<'_, T> {
    #[inline]
    fn to_argument(&self) -> Argument<'p> {
        Argument::Other(*self)
    }
}

/// For values without a `Display`, such as those for `{:?}`: a branch that is compiled but never
/// reached calls it.
pub trait ByNothing {
    /// Returns a placeholder.
    fn to_argument(&self) -> Argument<'static>;
}

impl<T: ?Sized> ByNothing for Probe<'_, T> {
    #[inline]
    fn to_argument(&self) -> Argument<'static> {
        Argument::Text("")
    }
}

/// Returns the number of pieces of a format string whose only placeholders are `{}`; 0 for any other,
/// which `core::fmt` formats.
#[must_use]
pub const fn count_pieces(format: &str) -> usize {
    let bytes = format.as_bytes();
    let (mut at, mut count) = (0, 1);
    while at < bytes.len() {
        match bytes[at] {
            b'{' if at + 1 < bytes.len() && bytes[at + 1] == b'}' => {
                count += 1;
                at += 2;
            }
            b'{' | b'}' => return 0,
            _ => at += 1,
        }
    }
    count
}

/// Returns the pieces of a format string, as many as [`count_pieces`] found.
#[must_use]
pub const fn pieces<const N: usize>(format: &'static str) -> [MessagePiece; N] {
    let mut pieces = [MessagePiece {
        short: None,
        text: "",
    }; N];
    let mut rest = format.as_bytes();
    let mut found = 0;
    while found < N {
        let mut end = 0;
        while end < rest.len() && rest[end] != b'{' {
            end += 1;
        }
        let (piece, after) = rest.split_at(end);
        // Cut at an ASCII character, so it is valid.
        if let Ok(piece) = std::str::from_utf8(piece) {
            pieces[found] = MessagePiece {
                short: ShortStr::new(piece),
                text: piece,
            };
        }
        rest = if after.len() > 2 {
            after.split_at(2).1
        } else {
            &[]
        };
        found += 1;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_empty_placeholders_count() {
        for (format, count) in [
            ("", 1),
            ("a", 1),
            ("{}", 2),
            ("é{}{} {}", 4),
            ("{n}", 0),
            ("{:?}", 0),
            ("{{}}", 0),
            ("{} {0}", 0),
        ] {
            assert_eq!(count_pieces(format), count, "{format}");
        }
        assert_eq!(
            pieces::<4>("é{}{} {}").map(|piece| piece.text),
            ["é", "", " ", ""]
        );
        assert_eq!(pieces::<2>("{} end").map(|piece| piece.text), ["", " end"]);
    }
}
