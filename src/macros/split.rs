//! How the argument of a message that was taken apart is formatted.

#![expect(unnameable_types, reason = "their methods are all that the macros use")]

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::ops::Deref;

use crate::record::split_message::Argument;

/// Wraps an argument in the ways to format it, of which the first that can is taken, as for
/// [`value`](super::values::value).
#[inline(always)]
#[must_use]
pub fn argument<T: ?Sized>(argument: &T) -> ByKind<'_, T> {
    ByKind(ByDisplay(Unused(argument)))
}

/// An integer or a string, which needs no `core::fmt`.
#[derive(Debug)]
pub struct ByKind<'a, T: ?Sized>(ByDisplay<'a, T>);

/// Any other type with a `Display`.
#[derive(Debug)]
pub struct ByDisplay<'a, T: ?Sized>(Unused<'a, T>);

/// A type without one, as for `{:?}`. The branch that has such an argument is compiled, but never
/// reached.
#[derive(Debug)]
pub struct Unused<'a, T: ?Sized>(&'a T);

impl<'a, T: Plain + ?Sized> ByKind<'a, T> {
    /// Returns the number or the string.
    #[inline]
    #[must_use]
    pub fn __argument(&self) -> Argument<'a> {
        self.0.0.0.argument()
    }
}

impl<T: Display + ?Sized> ByDisplay<'_, T> {
    /// Returns the value itself.
    #[inline]
    #[must_use]
    pub fn __argument(&self) -> Argument<'_> {
        Argument::Other(self)
    }
}

impl<T: ?Sized> Unused<'_, T> {
    /// Returns a placeholder.
    #[inline]
    #[must_use]
    pub fn __argument(&self) -> Argument<'static> {
        Argument::Text("")
    }
}

// The wrapper is `Sized` where the value may not be.
impl<T: Display + ?Sized> Display for ByDisplay<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.0.fmt(f)
    }
}

impl<'a, T: ?Sized> Deref for ByKind<'a, T> {
    type Target = ByDisplay<'a, T>;

    #[inline(always)]
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<'a, T: ?Sized> Deref for ByDisplay<'a, T> {
    type Target = Unused<'a, T>;

    #[inline(always)]
    fn deref(&self) -> &Self::Target {
        &self.0
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
