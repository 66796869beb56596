//! Closures as formatters: [`format_fn`].

use std::fmt;

use crate::error::Error;
use crate::formatter::format::Format;
use crate::formatter::line::Line;
use crate::record::Record;

/// A formatter made of a closure; see [`format_fn`].
#[derive(Clone, Copy)]
pub struct FormatFn<F>(F);

/// Returns a formatter that calls a closure for each record.
///
/// # Examples
/// ```
/// use logtree::formatter::format_fn;
/// use logtree::handler::StreamHandler;
///
/// let handler = StreamHandler::stdout()
///     .with_formatter(format_fn(|record, line| write!(line, "<{}>", record.message())));
/// # let _ = handler;
/// ```
pub fn format_fn<F>(format: F) -> FormatFn<F>
where
    F: Fn(&Record<'_>, &mut Line) -> Result<(), Error> + Send + Sync,
{
    FormatFn(format)
}

impl<F> Format for FormatFn<F>
where
    F: Fn(&Record<'_>, &mut Line) -> Result<(), Error> + Send + Sync,
{
    fn format(&self, record: &Record<'_>, line: &mut Line) -> Result<(), Error> {
        (self.0)(record, line)
    }
}

impl<F> fmt::Debug for FormatFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FormatFn").finish_non_exhaustive()
    }
}
