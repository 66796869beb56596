//! Loggers that add something to each record: [`LoggerAdapter`].

use std::fmt;
use std::ops::Deref;

use crate::filter::{Filter, SharedFilter};
use crate::logger::dispatch;
use crate::logger::level_methods::level_methods;
use crate::logger::logger::Logger;
use crate::record::{CallValues, Context, OwnedValue, Record, set_value};
use crate::sys::sync::Arc;

/// A logger that adds key-values to each record and may change its message. Cheap to clone.
///
/// A key-value of the call replaces the adapter's with the same key. It dereferences to its logger,
/// whose methods that log are replaced by its own.
///
/// # Python
/// `logging.LoggerAdapter` with `merge_extra=True`. Python's default drops the key-values of the
/// call: [`with_call_values(false)`](Self::with_call_values). `LoggerAdapter.process` is a
/// [filter](Self::with_filter).
///
/// # Examples
/// ```
/// use logtree::Registry;
/// use logtree::test::Capture;
///
/// let registry = Registry::new();
/// let logger = registry.get_logger("app").with("request", 17);
/// let capture = Capture::new(&*logger);
/// logtree::warn!(logger, user = "ann"; "slow");
/// assert_eq!(capture.records()[0].key_value("request"), Some(&17.into()));
/// ```
#[derive(Clone)]
pub struct LoggerAdapter {
    logger: Logger,
    /// Of this adapter and those inside it, flattened.
    context: Arc<Context>,
    /// Whether the key-values of the call are kept.
    keeps_call: bool,
    /// The newest first.
    filters: Vec<SharedFilter>,
}

impl LoggerAdapter {
    /// Returns an adapter that adds nothing yet.
    #[must_use]
    pub fn new(logger: Logger) -> Self {
        Self {
            logger,
            context: Arc::new([]),
            keeps_call: true,
            filters: Vec::new(),
        }
    }

    /// Adds a key-value, or replaces the one with the same key.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: impl Into<OwnedValue>) -> Self {
        let mut context = self.context.to_vec();
        set_value(&mut context, key.into().into(), value.into());
        self.context = context.into();
        self
    }

    /// Sets whether the key-values of calls are kept, which is the default.
    ///
    /// # Python
    /// The argument `merge_extra`, whose default is `False`.
    #[must_use]
    pub fn with_call_values(mut self, keep: bool) -> Self {
        self.keeps_call = keep;
        self
    }

    /// Adds a filter for the records of the adapter that passed the level, which it may change. The
    /// filter added last is the first one asked; all of them are asked before the logger's.
    ///
    /// # Python
    /// `LoggerAdapter.process`.
    ///
    /// # Examples
    /// ```
    /// use logtree::filter::filter_fn;
    ///
    /// let logger = logtree::get_logger("jobs").with("job", 7).with_filter(filter_fn(|record| {
    ///     let text = format!("[job 7] {}", record.message());
    ///     record.set_message(text);
    ///     true
    /// }));
    /// logger.info("started");
    /// ```
    #[must_use]
    pub fn with_filter(mut self, filter: impl Filter + 'static) -> Self {
        self.filters.insert(0, filter.into());
        self
    }

    /// Returns the logger.
    #[must_use]
    pub fn logger(&self) -> &Logger {
        &self.logger
    }

    /// Adds the adapter's key-values to a record that was created elsewhere, and passes it to the
    /// logger.
    pub fn handle(&self, record: &Record<'_>) {
        let mut record = record.clone();
        if self.complete(&mut record) {
            self.logger.handle(&record);
        }
    }

    /// Called after the gate.
    pub(crate) fn submit<'r>(&'r self, record: &mut Record<'r>) {
        if self.complete(record) {
            self.logger.submit(record);
        }
    }

    /// Adds the key-values. Reports whether the filters accept the record.
    fn complete<'r>(&'r self, record: &mut Record<'r>) -> bool {
        record.context = &self.context;
        if !self.keeps_call {
            record.call = CallValues::None;
            if !record.rare_fields().set.is_empty() {
                record.rare_fields.get_mut().set.clear();
            }
        }
        self.filters.is_empty() || dispatch::passes(&self.filters, record)
    }
}

impl Deref for LoggerAdapter {
    type Target = Logger;

    fn deref(&self) -> &Logger {
        &self.logger
    }
}

level_methods!(LoggerAdapter, is_enabled_for, |adapter| adapter.logger);

impl Logger {
    /// Returns an adapter that adds a key-value to each record; more can be added.
    ///
    /// # Python
    /// `logging.LoggerAdapter`; Go's `WithContext`.
    ///
    /// # Examples
    /// ```
    /// let logger = logtree::get_logger("app").with("request", 17).with("user", "ann");
    /// logtree::info!(logger, "accepted"); // accepted request=17 user=ann
    /// ```
    #[must_use]
    pub fn with(&self, key: impl Into<String>, value: impl Into<OwnedValue>) -> LoggerAdapter {
        LoggerAdapter::new(self.clone()).with(key, value)
    }
}

impl From<Logger> for LoggerAdapter {
    fn from(logger: Logger) -> Self {
        Self::new(logger)
    }
}

impl fmt::Debug for LoggerAdapter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoggerAdapter")
            .field("logger", &self.logger)
            .field("context", &self.context)
            .finish_non_exhaustive()
    }
}
