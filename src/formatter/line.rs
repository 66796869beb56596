//! The line that a formatter writes to: [`Line`].

use std::fmt;

use crate::error::Error;
use crate::formatter::escape::{self, Multiline};
#[cfg(feature = "pretty")]
use crate::formatter::shared::{Screen, Shared};
use crate::record::Record;
use crate::text::line_buf::LineBuf;
use crate::text::pool::Pooled;

/// A line being written: a string that only grows, and whether its stream shows colours.
///
/// `write!` to a line returns the crate's [`Error`], so that `?` works in
/// [`Format::format`](crate::formatter::Format::format).
///
/// # Examples
/// ```
/// use logtree::formatter::Line;
///
/// let mut line = Line::new();
/// write!(line, "{} of {}", 1, 2)?;
/// assert_eq!(line.as_str(), "1 of 2");
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Debug)]
pub struct Line {
    text: Pooled<LineBuf>,
    color: bool,
    message: Message,
    #[cfg(feature = "pretty")]
    pub(super) screen: Option<Screen>,
    #[cfg(feature = "pretty")]
    pub(super) shared: Option<Shared>,
}

/// Where the text of a record's message is, as it is.
#[derive(Debug)]
struct Message {
    /// The address of the record; 0 where none is noted.
    record: usize,
    from: usize,
    to: usize,
}

impl Line {
    /// Returns an empty line without colours.
    #[inline]
    #[must_use]
    pub fn new() -> Self {
        Self {
            text: Pooled::take(),
            color: false,
            message: Message {
                record: 0,
                from: 0,
                to: 0,
            },
            #[cfg(feature = "pretty")]
            screen: None,
            #[cfg(feature = "pretty")]
            shared: None,
        }
    }

    /// Sets what is known of the stream, which leaves out what the line above has as well.
    #[cfg(feature = "pretty")]
    pub(crate) fn on_screen(mut self, screen: Screen) -> Self {
        self.screen = Some(screen);
        self
    }

    /// Sets whether the stream shows colours; `false` unless set.
    #[must_use]
    pub fn with_color(mut self, color: bool) -> Self {
        self.color = color;
        self
    }

    /// Reports whether the stream shows colours.
    #[must_use]
    pub fn color(&self) -> bool {
        self.color
    }

    /// Appends a string as it is.
    #[inline]
    pub fn push_str(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Appends a character as it is.
    #[inline]
    pub fn push(&mut self, character: char) {
        self.text.push(character);
    }

    /// Appends a string with its newlines and other control characters escaped, so that it can
    /// neither forge a second line nor drive a terminal. Plain strings are appended as they are.
    ///
    /// # Examples
    /// ```
    /// let mut line = logtree::formatter::Line::new();
    /// line.push_escaped("a\nb");
    /// assert_eq!(line.as_str(), r"a\nb");
    /// ```
    pub fn push_escaped(&mut self, text: &str) {
        escape::push(&mut self.text, text, Multiline::Escape);
    }

    /// Appends formatted arguments; `write!` calls it.
    ///
    /// # Errors
    /// If a `Display` returns an error; what it wrote stays.
    #[inline]
    pub fn write_fmt(&mut self, arguments: fmt::Arguments<'_>) -> Result<(), Error> {
        fmt::Write::write_fmt(&mut *self.text, arguments).map_err(Error::from)
    }

    /// Returns the line so far. It validates the bytes each time; sinks use
    /// [`as_bytes`](Self::as_bytes).
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.text.as_str()
    }

    /// Returns the line so far, in UTF-8.
    #[inline]
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// Returns the length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Reports whether the line is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Notes that the text from a position on is a record's message, as it is.
    #[inline]
    pub(super) fn note_message(&mut self, record: &Record<'_>, from: usize) {
        self.message = Message {
            record: address(record),
            from,
            to: self.text.len(),
        };
    }

    /// Returns a record's message, where a formatter has noted it.
    #[inline]
    pub(crate) fn message_of(&self, record: &Record<'_>) -> Option<&[u8]> {
        let message = &self.message;
        if message.record != address(record) {
            return None;
        }
        self.as_bytes().get(message.from..message.to)
    }

    /// Removes what was appended since the line had this length.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.text.truncate(len);
        self.message.record = 0;
    }

    #[inline]
    pub(super) fn give_back(self) {
        self.text.give_back();
    }

    #[inline]
    pub(crate) fn text_mut(&mut self) -> &mut LineBuf {
        &mut self.text
    }
}

/// Identifies a record as long as it is borrowed.
#[inline]
fn address(record: &Record<'_>) -> usize {
    std::ptr::from_ref(record).addr()
}

impl Default for Line {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push_str(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    struct Fails;

    impl fmt::Display for Fails {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("half")?;
            Err(fmt::Error)
        }
    }

    #[test]
    fn write_returns_the_error_of_the_crate() {
        let mut line = Line::new();
        let error = write!(line, "<{Fails}>").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::FieldType);
        assert_eq!(line.as_str(), "<half");
    }
}
