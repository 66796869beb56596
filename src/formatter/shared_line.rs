//! The line of a record that several handlers write alike: [`SharedLine`].

use std::any::Any;

use crate::formatter::format::Format;
use crate::formatter::json::JsonFormatter;
use crate::formatter::line::Line;
use crate::formatter::logfmt::LogfmtFormatter;
use crate::formatter::text::Formatter;
use crate::record::Record;

/// Reports whether two formatters write the same line of each record.
pub(crate) fn are_alike(one: &dyn Format, other: &dyn Format) -> bool {
    let (Some(one), Some(other)) = (one.as_pure(), other.as_pure()) else {
        return false;
    };
    are_equal(one, other, Formatter::writes_as)
        || are_equal(one, other, JsonFormatter::writes_as)
        || are_equal(one, other, LogfmtFormatter::writes_as)
}

fn are_equal<F: 'static>(one: &dyn Any, other: &dyn Any, equal: fn(&F, &F) -> bool) -> bool {
    let both = one.downcast_ref().zip(other.downcast_ref());
    both.is_some_and(|(one, other)| equal(one, other))
}

/// The line of one record, without colours, for all handlers whose formatters are alike.
///
/// Its formatter has noted the message in it, so the text is at hand for a handler that needs
/// another line. Records whose message was escaped or redacted have none.
pub(crate) struct SharedLine {
    line: Line,
    len: usize,
}

impl SharedLine {
    /// Formats a record; `None` if its line cannot be shared, as its message is not `clean`.
    pub(crate) fn new(
        formatter: &dyn Format,
        record: &Record<'_>,
        is_clean: impl FnOnce(&[u8]) -> bool,
    ) -> Option<Self> {
        let mut line = Line::new();
        let formatted = formatter.format(record, &mut line);
        let message = line.message_of(record)?;
        if formatted.is_ok() && is_clean(message) {
            let len = line.len();
            return Some(Self { line, len });
        }
        // Its arguments are formatted once.
        record.message.keep(message);
        None
    }

    /// Lends the line to a sink, which may append what ends it.
    #[inline]
    pub(crate) fn lend(&mut self) -> &mut Line {
        self.line.text_mut().truncate(self.len);
        &mut self.line
    }

    /// Keeps the text of the message, for what needs it besides the line.
    #[cold]
    pub(crate) fn keep_message(&self, record: &Record<'_>) {
        if let Some(message) = self.line.message_of(record) {
            record.message.keep(message);
        }
    }

    #[inline]
    pub(crate) fn give_back(self) {
        self.line.give_back();
    }
}
