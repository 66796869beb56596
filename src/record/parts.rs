//! A message as its pieces and arguments, which the usual ones are written from without `core::fmt`.

use std::borrow::Cow;
use std::fmt::{self, Display, Write};

use crate::sys::user_code;
use crate::text::{Piece, Run, Text};

/// The texts between a message's arguments, and the arguments.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// One more than there are arguments.
    pub pieces: &'a [MessagePiece],
    /// In order.
    pub arguments: &'a [Argument<'a>],
}

impl Parts<'_> {
    /// Appends the text, whatever user code does.
    #[inline]
    pub(super) fn write_to(&self, out: &mut Text) {
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

/// A text between arguments.
#[derive(Clone, Copy, Debug)]
pub struct MessagePiece {
    /// Nearly all are short, and then ready to be copied.
    short: Option<Piece<16>>,
    text: &'static str,
}

impl MessagePiece {
    #[inline(always)]
    fn write_to(&self, run: &mut Run<'_>) {
        match &self.short {
            Some(piece) => run.push_piece(piece),
            None => run.slowly(|text| text.push_str(self.text)),
        }
    }
}

/// One argument of a message.
#[derive(Clone, Copy)]
pub enum Argument<'a> {
    /// A whole number.
    Signed(i64),
    /// A whole number that has no sign.
    Unsigned(u64),
    /// A text.
    Text(&'a str),
    /// Anything else, by the user's code.
    Other(&'a dyn Display),
}

impl Argument<'_> {
    #[inline(always)]
    fn write_to(&self, run: &mut Run<'_>) {
        match self {
            Self::Unsigned(number) => run.push_unsigned(*number),
            Self::Signed(number @ 0..) => run.push_unsigned(number.unsigned_abs()),
            _ => run.slowly(|text| self.write_any(text)),
        }
    }

    #[inline(never)]
    fn write_any(&self, out: &mut Text) {
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

/// A value whose text needs no `core::fmt`.
pub trait Plain {
    /// The value as an argument.
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

/// Finds out how a value is written: the look for a method of a `&&&Probe` meets [`ByPlain`] first, then [`ByDisplay`], then
/// [`ByNothing`].
#[derive(Debug)]
pub struct Probe<'a, T: ?Sized>(pub &'a T);

impl<T: Display + ?Sized> Display for Probe<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// For values that need no `core::fmt`.
pub trait ByPlain<'a> {
    /// The value as an argument.
    fn to_argument(&self) -> Argument<'a>;
}

impl<'a, T: Plain + ?Sized> ByPlain<'a> for &&Probe<'a, T> {
    #[inline]
    fn to_argument(&self) -> Argument<'a> {
        self.0.argument()
    }
}

/// For all others that can be written by `{}`.
pub trait ByDisplay<'p> {
    /// The value as an argument.
    fn to_argument(&self) -> Argument<'p>;
}

impl<'p, T: Display + ?Sized> ByDisplay<'p> for &'p Probe<'_, T> {
    #[inline]
    fn to_argument(&self) -> Argument<'p> {
        Argument::Other(*self)
    }
}

/// For what can only be written in another way, `{:?}` for one: it is asked for in a branch that is compiled and never reached.
pub trait ByNothing {
    /// No argument.
    fn to_argument(&self) -> Argument<'static>;
}

impl<T: ?Sized> ByNothing for Probe<'_, T> {
    #[inline]
    fn to_argument(&self) -> Argument<'static> {
        Argument::Text("")
    }
}

/// How many pieces a format has that asks for nothing but `{}`; 0 for any other, which `core::fmt` writes.
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

/// The pieces of a format, as many as [`count_pieces`] found.
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
        let (piece, behind) = rest.split_at(end);
        // Cut at an ASCII character, so it is valid.
        if let Ok(piece) = std::str::from_utf8(piece) {
            pieces[found] = MessagePiece {
                short: Piece::new(piece),
                text: piece,
            };
        }
        rest = if behind.len() > 2 {
            behind.split_at(2).1
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
    fn only_bare_holes_count() {
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
