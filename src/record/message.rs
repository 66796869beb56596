//! The text of a record, written once.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::fmt::{self, Write};

use crate::record::parts::Parts;
use crate::sys::user_code;
use crate::text::Text;
use crate::text::buffer::Buffer;

/// A text that may still have to be written.
#[derive(Clone)]
pub(crate) enum Message<'a> {
    Lazy(&'a LazyText<'a>),
    Text(Cow<'a, str>),
}

impl Message<'_> {
    #[inline]
    pub(super) fn lent(&self) -> Message<'_> {
        match self {
            Self::Lazy(text) => Message::Lazy(text),
            Self::Text(text) => Message::Text(Cow::Borrowed(text)),
        }
    }

    /// Appends the text to its only place: if it is not written yet it is written there, and not kept.
    #[inline(always)]
    pub(crate) fn push_once(&self, out: &mut Text) {
        match self {
            Self::Lazy(text) if text.text.get().is_none() => text.unwritten.write_to(out),
            _ => out.push_str(self.text()),
        }
    }

    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Lazy(text) => text.get(),
            Self::Text(text) => text,
        }
    }
}

/// What a text is written from.
#[derive(Clone, Copy, Debug)]
pub enum Unwritten<'a> {
    /// What `format_args!` made.
    Arguments(fmt::Arguments<'a>),
    /// What our macros could take apart.
    Parts(Parts<'a>),
}

impl Unwritten<'_> {
    /// The text, where it needs no writing.
    #[inline]
    fn as_str(&self) -> Option<&'static str> {
        match self {
            Self::Arguments(arguments) => arguments.as_str(),
            Self::Parts(_) => None,
        }
    }

    // Apart from what calls it, whose registers it would have put aside; nothing is in it that the usual messages need no call for.
    #[inline(never)]
    fn write_to(&self, out: &mut Text) {
        match self {
            Self::Parts(parts) => parts.write_to(out),
            Self::Arguments(arguments) => match arguments.as_str() {
                Some(text) => out.push_str(text),
                None => user_code::write_to(out, |out| out.write_fmt(*arguments)),
            },
        }
    }
}

/// What a message is written from, and its text once it was asked for. It lies on the stack beside the record.
pub(crate) struct LazyText<'a> {
    unwritten: Unwritten<'a>,
    text: OnceCell<Buffer>,
}

impl<'a> LazyText<'a> {
    #[inline]
    pub(crate) fn new(unwritten: Unwritten<'a>) -> Self {
        Self {
            unwritten,
            text: OnceCell::new(),
        }
    }

    #[inline]
    pub(crate) fn of_arguments(arguments: fmt::Arguments<'a>) -> Self {
        Self::new(Unwritten::Arguments(arguments))
    }

    fn get(&self) -> &str {
        // A text without arguments needs no copy.
        if let Some(text) = self.unwritten.as_str() {
            return text;
        }
        self.text.get_or_init(|| {
            Text::with(|written| {
                self.unwritten.write_to(written);
                let mut text = Buffer::take();
                text.push_str(written.as_str());
                text
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Bad(bool);

    impl fmt::Display for Bad {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("half")?;
            assert!(!self.0, "boom");
            Err(fmt::Error)
        }
    }

    /// Faults 28 and 29 of the reliability catalogue.
    #[test]
    fn a_display_that_fails_or_panics_leaves_a_mark() {
        let text = |bad: Bad| {
            LazyText::of_arguments(format_args!("<{bad}>"))
                .get()
                .to_owned()
        };
        assert_eq!(text(Bad(false)), "<half<fmt error>");
        let panicked = text(Bad(true));
        assert_eq!(panicked, "<half<panic while formatting: boom>");
    }

    #[test]
    fn arguments_are_formatted_once() {
        struct Counted<'a>(&'a std::cell::Cell<u32>);
        impl fmt::Display for Counted<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.set(self.0.get() + 1);
                write!(f, "{}", self.0.get())
            }
        }
        let calls = std::cell::Cell::new(0);
        let counted = Counted(&calls);
        // In a function's argument, as older compilers end a `let`'s temporaries.
        let twice = |arguments: fmt::Arguments<'_>| {
            let text = LazyText::of_arguments(arguments);
            assert_eq!((text.get(), text.get()), ("1", "1"));
        };
        twice(format_args!("{counted}"));
        assert_eq!(calls.get(), 1);
    }
}
