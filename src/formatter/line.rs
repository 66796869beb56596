//! The line that formatters write to.

use std::fmt;

use crate::error::Error;
use crate::formatter::Format;
use crate::record::Record;
use crate::text::Text;

/// A line being written: a text that only grows, and whether its stream shows colours.
///
/// # Examples
/// ```
/// use logtree::formatter::Line;
/// use std::fmt::Write;
///
/// let mut line = Line::new();
/// write!(line, "{} of {}", 1, 2)?;
/// assert_eq!(line.as_str(), "1 of 2");
/// # Ok::<(), std::fmt::Error>(())
/// ```
#[derive(Debug)]
pub struct Line {
    text: Text,
    color: bool,
}

impl Line {
    /// An empty line without colours.
    #[must_use]
    pub fn new() -> Self {
        Self {
            text: Text::take(),
            color: false,
        }
    }

    /// The same line, for a stream that shows colours or does not.
    #[must_use]
    pub fn with_color(mut self, color: bool) -> Self {
        self.color = color;
        self
    }

    /// Whether the stream shows colours.
    #[must_use]
    pub fn color(&self) -> bool {
        self.color
    }

    /// Appends a text as it is.
    #[inline]
    pub fn push_str(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Appends a character as it is.
    #[inline]
    pub fn push(&mut self, character: char) {
        self.text.push(character);
    }

    /// What stands in it so far. Its bytes are checked each time: writers want [`as_bytes`](Self::as_bytes).
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.text.as_str()
    }

    /// What stands in it so far, in UTF-8.
    #[inline]
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// How many bytes stand in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Whether nothing stands in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Gives its buffer back to the thread.
    #[inline]
    pub(crate) fn give_back(self) {
        self.text.give_back();
    }

    #[inline]
    pub(crate) fn text_mut(&mut self) -> &mut Text {
        &mut self.text
    }
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

/// Formats a record into the thread's own buffer and lends the line out: what sinks do.
pub(crate) fn with_line<R>(
    formatter: &dyn Format,
    record: &Record<'_>,
    color: bool,
    write: impl FnOnce(&mut Line) -> Result<R, Error>,
) -> Result<R, Error> {
    let mut line = Line::new().with_color(color);
    formatter.format(record, &mut line)?;
    let written = write(&mut line);
    line.give_back();
    written
}
