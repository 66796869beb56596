//! What writes records as text: [`Format`].

use std::any::Any;

use crate::error::Error;
use crate::formatter::line::Line;
use crate::record::Record;
use crate::sys::sync::Arc;

/// Writes a record as text.
///
/// A handler calls it on the thread that logs, or on the worker thread of a queue, from many
/// threads at once and with none of the crate's locks held. It appends to the line and must leave
/// what is already there; the final newline is the sink's. It may log. If it returns an error or
/// panics, the handler drops the record, counts it and passes the error to its error hook.
///
/// [`format_fn`](crate::formatter::format_fn) makes one of a closure.
///
/// # Python
/// `logging.Formatter.format`.
///
/// # Examples
/// ```
/// use logtree::{Error, Record};
/// use logtree::formatter::{Format, Line};
/// use logtree::handler::StreamHandler;
///
/// struct Logfmt;
/// impl Format for Logfmt {
///     fn format(&self, record: &Record<'_>, line: &mut Line) -> Result<(), Error> {
///         write!(line, "time={} level={} msg=", record.time(), record.level())?;
///         line.push_escaped(record.message());
///         record.key_values().try_for_each(|key, value| write!(line, " {key}={value}"))
///     }
/// }
/// let handler = StreamHandler::stdout().with_formatter(Logfmt);
/// # let _ = handler;
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a record format",
    label = "expected a formatter",
    note = "`format_fn(|record, line| …)` makes one of a closure"
)]
pub trait Format: Send + Sync {
    /// Appends a record to a line.
    ///
    /// # Errors
    /// If the record cannot be written; the handler then drops it and counts it.
    fn format(&self, record: &Record<'_>, line: &mut Line) -> Result<(), Error>;

    /// Reports whether it notes where messages are in its lines, and passes them to no other code,
    /// as the crate's own do.
    #[doc(hidden)]
    fn notes_messages(&self) -> bool {
        false
    }

    /// Returns itself, if its lines depend on its value and the record alone, and writing one has
    /// no other effect: then a line may be shared by handlers with equal formatters.
    #[doc(hidden)]
    fn as_pure(&self) -> Option<&dyn Any> {
        None
    }
}

impl<F: Format + ?Sized> Format for Arc<F> {
    fn notes_messages(&self) -> bool {
        (**self).notes_messages()
    }

    fn as_pure(&self) -> Option<&dyn Any> {
        (**self).as_pure()
    }

    fn format(&self, record: &Record<'_>, line: &mut Line) -> Result<(), Error> {
        (**self).format(record, line)
    }
}

impl<F: Format + ?Sized> Format for Box<F> {
    fn notes_messages(&self) -> bool {
        (**self).notes_messages()
    }

    fn as_pure(&self) -> Option<&dyn Any> {
        (**self).as_pure()
    }

    fn format(&self, record: &Record<'_>, line: &mut Line) -> Result<(), Error> {
        (**self).format(record, line)
    }
}

/// Formats a record into a buffer of the thread and lends the line to `write`, for sinks.
pub(crate) fn with_line<R>(
    formatter: &dyn Format,
    record: &Record<'_>,
    color: bool,
    write: impl FnOnce(&mut Line) -> Result<R, Error>,
) -> Result<R, Error> {
    with_line_of(Line::new().with_color(color), formatter, record, write)
}

/// [`with_line`], for a line that its sink has made.
#[inline(always)]
pub(crate) fn with_line_of<R>(
    mut line: Line,
    formatter: &(impl Format + ?Sized),
    record: &Record<'_>,
    write: impl FnOnce(&mut Line) -> Result<R, Error>,
) -> Result<R, Error> {
    formatter.format(record, &mut line)?;
    let written = write(&mut line);
    line.give_back();
    written
}
