//! The looks of other loggers.

use crate::formatter::pretty::formatter::PrettyFormatter;
use crate::formatter::pretty::layout::{self, Layout};

impl PrettyFormatter {
    fn of(layout: &'static Layout) -> Self {
        let mut formatter = Self::new();
        formatter.options.set_layout(layout);
        formatter
    }

    /// Returns a formatter whose lines look like those of loguru.
    ///
    /// # Examples
    /// ```
    /// use logtree::Record;
    /// use logtree::formatter::PrettyFormatter;
    /// use logtree::record::Source;
    ///
    /// let source = Source::default().with_function("connect").with_line(41);
    /// let record = Record::builder().name("app").level(20).message("up").source(source).build();
    /// let line = PrettyFormatter::loguru().format_to_string(&record);
    /// assert!(line.ends_with(" | INFO     | app:connect:41 - up"));
    /// ```
    pub fn loguru() -> Self {
        Self::of(&layout::LOGURU)
    }

    /// Returns a formatter whose lines look like those of zerolog's `ConsoleWriter`.
    ///
    /// # Examples
    /// ```
    /// use logtree::Record;
    /// use logtree::formatter::PrettyFormatter;
    ///
    /// let record = Record::builder().name("app").level(20).message("up").key_value("n", 1);
    /// let line = PrettyFormatter::zerolog().format_to_string(&record.build());
    /// assert!(line.ends_with("M INF app > up  n=1"));
    /// ```
    pub fn zerolog() -> Self {
        Self::of(&layout::ZEROLOG)
    }

    /// Returns a formatter whose lines look like those of charm's `log`.
    ///
    /// # Examples
    /// ```
    /// use logtree::Record;
    /// use logtree::formatter::PrettyFormatter;
    ///
    /// let record = Record::builder().name("app").level(10).message("up").key_value("n", 1);
    /// let line = PrettyFormatter::charm().format_to_string(&record.build());
    /// assert!(line.ends_with(" DEBU app: up  n=1"));
    /// ```
    pub fn charm() -> Self {
        Self::of(&layout::CHARM)
    }

    /// Returns a formatter whose lines look like those of pino-pretty: each key-value has a line.
    ///
    /// # Examples
    /// ```
    /// use logtree::Record;
    /// use logtree::formatter::PrettyFormatter;
    ///
    /// let record = Record::builder().name("app").level(20).message("up").key_value("n", 1);
    /// let line = PrettyFormatter::pino().format_to_string(&record.build());
    /// assert!(line.ends_with("] INFO (app): up\n    n: 1"));
    /// ```
    pub fn pino() -> Self {
        Self::of(&layout::PINO)
    }
}
