//! The text of a record, formatted once: [`Message`].

use std::borrow::Cow;
use std::cell::OnceCell;
use std::fmt::{self, Write};

use crate::record::site::Site;
use crate::record::split_message::{Argument, SplitMessage, Template};
use crate::sys::user_code;
use crate::text::line_buf::LineBuf;
use crate::text::pool::Pooled;

/// A text that may not be formatted yet.
// With a tag of its own: the one that the compiler hides in the text takes more steps to test.
#[derive(Clone)]
#[repr(u8)]
pub(crate) enum Message<'a> {
    Lazy(&'a LazyMessage<'a>),
    Text(Cow<'a, str>),
}

impl Message<'_> {
    #[inline]
    pub(super) fn lent(&self) -> Message<'_> {
        match self {
            Self::Lazy(lazy) => Message::Lazy(lazy),
            Self::Text(text) => Message::Text(Cow::Borrowed(text)),
        }
    }

    /// Appends the text where it is needed once: if it is not formatted yet, it is formatted there
    /// and not kept.
    #[inline(always)]
    pub(crate) fn push_once(&self, out: &mut LineBuf) {
        match self {
            Self::Lazy(lazy) if lazy.text.get().is_none() => lazy.source.write_to(out),
            _ => out.push_str(self.text()),
        }
    }

    /// Keeps the text, for a caller that has it already.
    #[cold]
    pub(crate) fn keep(&self, text: &[u8]) {
        if let (Self::Lazy(lazy), Ok(text)) = (self, std::str::from_utf8(text)) {
            lazy.text.get_or_init(|| {
                let mut kept = Pooled::<LineBuf>::take();
                kept.push_str(text);
                kept
            });
        }
    }

    /// Returns the parts of a message that a macro took apart.
    #[inline]
    pub(crate) fn split(&self) -> Option<&SplitMessage<'_>> {
        match self {
            Self::Lazy(LazyMessage {
                source: MessageSource::Split(split),
                ..
            }) => Some(split),
            _ => None,
        }
    }

    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Lazy(lazy) => lazy.text(),
            Self::Text(text) => text,
        }
    }
}

/// A text whose parts live only while they are written.
#[cfg(feature = "tracing")]
pub(crate) trait LentText {
    fn write_to(&self, out: &mut dyn Write) -> fmt::Result;
}

/// What a text is formatted from.
#[derive(Clone, Copy)]
pub(crate) enum MessageSource<'a> {
    /// The result of `format_args!`.
    Arguments(fmt::Arguments<'a>),
    /// A message that a macro could take apart.
    Split(SplitMessage<'a>),
    /// An event of `tracing`.
    #[cfg(feature = "tracing")]
    Lent(&'a dyn LentText),
}

impl<'a> MessageSource<'a> {
    /// Returns the message of a call that a macro took apart.
    #[inline(always)]
    pub(crate) fn of_site(site: &'static Site, arguments: &'a [Argument<'a>]) -> Self {
        let template = site.template().unwrap_or(&Template::NONE);
        Self::Split(SplitMessage {
            template,
            arguments,
        })
    }

    /// Returns the text, if it has no arguments.
    #[inline]
    fn as_str(&self) -> Option<&'static str> {
        match self {
            Self::Arguments(arguments) => arguments.as_str(),
            _ => None,
        }
    }

    // Apart from its callers, whose registers it would have to save; what it inlines is all that
    // the usual messages need.
    #[inline(never)]
    fn write_to(&self, out: &mut LineBuf) {
        match self {
            Self::Split(message) => message.write_to(out),
            Self::Arguments(arguments) => match arguments.as_str() {
                Some(text) => out.push_str(text),
                None => user_code::write_to(out, |out| out.write_fmt(*arguments)),
            },
            #[cfg(feature = "tracing")]
            Self::Lent(text) => user_code::write_to(out, |out| text.write_to(out)),
        }
    }
}

/// The source of a message, and its text once that was needed. It is on the stack of the logging
/// call, beside the record.
pub(crate) struct LazyMessage<'a> {
    source: MessageSource<'a>,
    text: OnceCell<Pooled<LineBuf>>,
}

impl<'a> LazyMessage<'a> {
    #[inline]
    pub(crate) fn new(source: MessageSource<'a>) -> Self {
        Self {
            source,
            text: OnceCell::new(),
        }
    }

    #[inline]
    pub(crate) fn of_arguments(arguments: fmt::Arguments<'a>) -> Self {
        Self::new(MessageSource::Arguments(arguments))
    }

    fn text(&self) -> &str {
        // A text without arguments needs no copy.
        if let Some(text) = self.source.as_str() {
            return text;
        }
        let text = self.text.get_or_init(|| {
            let mut text = Pooled::take();
            self.source.write_to(&mut text);
            text
        });
        text.as_str()
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

    #[test]
    fn a_display_that_fails_or_panics_leaves_a_mark() {
        let text = |bad: Bad| {
            LazyMessage::of_arguments(format_args!("<{bad}>"))
                .text()
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
            let text = LazyMessage::of_arguments(arguments);
            assert_eq!((text.text(), text.text()), ("1", "1"));
        };
        twice(format_args!("{counted}"));
        assert_eq!(calls.get(), 1);
    }
}
