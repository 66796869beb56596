//! Records to text: [`Format`], and the formatters that come with the crate.

mod buffering;
mod color;
mod escape;
pub(crate) mod go_sdk;
mod head;
mod iot_json;
mod json;
mod line;
mod missing;
mod scan;
mod step;
mod template;
pub(crate) mod text;
mod text_builder;
mod time;
mod zone;

pub use self::buffering::BufferingFormatter;
pub use self::color::{ColorChoice, Colors};
pub use self::escape::Multiline;
pub use self::iot_json::IotJsonFormatter;
pub use self::json::{JsonFormatter, JsonFormatterBuilder, JsonTime};
pub use self::line::Line;
pub use self::missing::MissingFields;
pub use self::template::Style;
pub(crate) use self::text::Formatter;
pub use self::text_builder::FormatterBuilder;
pub use self::zone::TimeZone;

pub(crate) use self::line::with_line;

use crate::error::Error;
use crate::record::Record;
use crate::sys::sync::Arc;

/// Writes a record as text.
///
/// A handler calls it on the thread that logs (or that drains a queue), from many threads at once, with no lock of ours held.
/// It appends to the line and must leave alone what stands there; it writes no final newline, which is the sink's. It may
/// log. An `Err` makes the handler give the record up: what was appended is thrown away, the loss is counted and the error
/// goes to the handler's error hook. A panic is handled likewise.
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
/// struct Shout;
/// impl Format for Shout {
///     fn format(&self, record: &Record<'_>, line: &mut Line) -> Result<(), Error> {
///         line.push_str(&record.message().to_uppercase());
///         Ok(())
///     }
/// }
/// let handler = StreamHandler::stdout().with_formatter(Shout);
/// # let _ = handler;
/// ```
pub trait Format: Send + Sync {
    /// Appends the record to the line.
    ///
    /// # Errors
    /// When the record cannot be written; the handler then counts it as dropped.
    fn format(&self, record: &Record<'_>, line: &mut Line) -> Result<(), Error>;
}

impl<F: Format + ?Sized> Format for Arc<F> {
    fn format(&self, record: &Record<'_>, line: &mut Line) -> Result<(), Error> {
        (**self).format(record, line)
    }
}
