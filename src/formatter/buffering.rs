//! Several records as one text: [`BufferingFormatter`].

use crate::error::Error;
use crate::formatter::format::Format;
use crate::formatter::line::Line;
use crate::formatter::text::Formatter;
use crate::record::Record;

/// Writes several records as one text, between a header and a footer; nothing for no record.
///
/// It writes no separators: those are up to the formatter, the header and the footer.
///
/// # Python
/// `logging.BufferingFormatter`.
///
/// # Examples
/// ```
/// use logtree::{Formatter, Record};
/// use logtree::formatter::BufferingFormatter;
///
/// let formatter = BufferingFormatter::new(Formatter::new("<%(message)s>")?);
/// let formatter = formatter.with_header(|n| format!("{n}:"));
/// let records = ["a", "b"].map(|text| Record::builder().message(text).build());
/// assert_eq!(formatter.format(&records)?, "2:<a><b>");
/// assert_eq!(formatter.format(&[])?, "");
/// # Ok::<(), logtree::Error>(())
/// ```
pub struct BufferingFormatter {
    formatter: Box<dyn Format>,
    header: Frame,
    footer: Frame,
}

type Frame = Box<dyn Fn(usize) -> String + Send + Sync>;

impl BufferingFormatter {
    /// Returns a formatter that writes each record by another one.
    #[must_use]
    pub fn new(formatter: impl Format + 'static) -> Self {
        let nothing = |_| String::new();
        Self {
            formatter: Box::new(formatter),
            header: Box::new(nothing),
            footer: Box::new(nothing),
        }
    }

    /// Sets the text before the records, made from their number.
    #[must_use]
    pub fn with_header(mut self, header: impl Fn(usize) -> String + Send + Sync + 'static) -> Self {
        self.header = Box::new(header);
        self
    }

    /// Sets the text after the records, made from their number.
    #[must_use]
    pub fn with_footer(mut self, footer: impl Fn(usize) -> String + Send + Sync + 'static) -> Self {
        self.footer = Box::new(footer);
        self
    }

    /// Returns the text of the records, empty for none.
    ///
    /// # Errors
    /// The first error of the formatter.
    pub fn format(&self, records: &[Record<'_>]) -> Result<String, Error> {
        if records.is_empty() {
            return Ok(String::new());
        }
        let mut line = Line::new();
        line.push_str(&(self.header)(records.len()));
        for record in records {
            self.formatter.format(record, &mut line)?;
        }
        line.push_str(&(self.footer)(records.len()));
        Ok(line.as_str().to_owned())
    }
}

impl Default for BufferingFormatter {
    /// Writes the message of each record, and nothing between.
    fn default() -> Self {
        Self::new(Formatter::default())
    }
}

impl std::fmt::Debug for BufferingFormatter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BufferingFormatter").finish_non_exhaustive()
    }
}
