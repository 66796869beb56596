//! Loggers that add something to each record: [`LoggerAdapter`].

use std::fmt;

use crate::level::Level;
use crate::logger::level_methods::level_methods;
use crate::logger::logger::Logger;
use crate::record::{CallValues, Context, OwnedValue, Record};
use crate::sys::sync::Arc;
use crate::sys::user_code;

/// A logger that adds key-values to each record and may change its message. Cheap to clone.
///
/// A key-value of the call replaces the adapter's with the same key. An adapter of an adapter adds
/// the key-values of both; those of the outer one take precedence.
///
/// # Python
/// `logging.LoggerAdapter` with `merge_extra=True`; [`replacing`](Self::replacing) is
/// Python's default, which drops the key-values of the call.
///
/// # Examples
/// ```
/// use logtree::Registry;
/// use logtree::test::Capture;
///
/// let registry = Registry::new();
/// let logger = registry.get_logger("app").with("request", 17);
/// let capture = Capture::new(logger.logger());
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
    /// From the outermost to the innermost.
    processes: Vec<Process>,
}

type Process = Arc<dyn Fn(&mut Record<'_>) + Send + Sync>;

impl LoggerAdapter {
    /// Returns an adapter that adds nothing yet.
    #[must_use]
    pub fn new(logger: Logger) -> Self {
        Self {
            logger,
            context: Arc::new([]),
            keeps_call: true,
            processes: Vec::new(),
        }
    }

    /// Adds a key-value, or replaces the one with the same key.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: impl Into<OwnedValue>) -> Self {
        let (key, value) = (key.into().into_boxed_str(), value.into());
        let mut context = self.context.to_vec();
        match context.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => *known = value,
            None => context.push((key, value)),
        }
        self.context = context.into();
        self
    }

    /// Replaces the adapter's key-values, and those of each call, by these.
    ///
    /// # Python
    /// `LoggerAdapter(logger, extra)` as it is by default.
    #[must_use]
    pub fn replacing<K: Into<String>, V: Into<OwnedValue>>(
        mut self,
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        if self.keeps_call {
            // The innermost adapter that replaces takes precedence, as with nested adapters in
            // Python.
            let pairs = pairs
                .into_iter()
                .map(|(key, value)| (key.into().into_boxed_str(), value.into()));
            let inner = std::mem::replace(&mut self.context, Arc::new([]));
            self.context = pairs.collect();
            for (key, value) in inner.iter() {
                if !self.context.iter().any(|(known, _)| known == key) {
                    self = self.with(&**key, value.clone());
                }
            }
            self.keeps_call = false;
        }
        self
    }

    /// Calls a function with each record that passed the level, which may change it.
    ///
    /// # Python
    /// `LoggerAdapter.process`.
    ///
    /// # Examples
    /// ```
    /// use logtree::Record;
    /// use logtree::logger::LoggerAdapter;
    ///
    /// let logger = LoggerAdapter::new(logtree::get_logger("jobs")).with_process(|record: &mut Record<'_>| {
    ///     let text = format!("[job 7] {}", record.message());
    ///     record.set_message(text);
    /// });
    /// logger.info("started");
    /// ```
    #[must_use]
    pub fn with_process(
        mut self,
        process: impl Fn(&mut Record<'_>) + Send + Sync + 'static,
    ) -> Self {
        self.processes.insert(0, Arc::new(process));
        self
    }

    /// Returns the logger.
    #[must_use]
    pub fn logger(&self) -> &Logger {
        &self.logger
    }

    /// Returns the name of the logger.
    #[must_use]
    pub fn name(&self) -> &str {
        self.logger.name()
    }

    /// Reports whether a record of this level would pass; see [`Logger::is_enabled_for`].
    #[inline]
    #[must_use]
    pub fn is_enabled_for(&self, level: impl Into<Level>) -> bool {
        self.logger.is_enabled_for(level)
    }

    /// Returns the logger's effective level.
    #[must_use]
    pub fn effective_level(&self) -> Level {
        self.logger.effective_level()
    }

    /// Sets the logger's level.
    pub fn set_level(&self, level: impl Into<Level>) {
        self.logger.set_level(level);
    }

    /// Reports whether the logger's records reach any handler.
    #[must_use]
    pub fn has_handlers(&self) -> bool {
        self.logger.has_handlers()
    }

    /// Adds the adapter's key-values to a record that was created elsewhere, and passes it to the
    /// logger.
    pub fn handle(&self, record: &Record<'_>) {
        let mut record = record.clone();
        self.add_to(&mut record);
        self.logger.handle(&record);
    }

    /// Called after the gate.
    pub(crate) fn submit<'r>(&'r self, record: &mut Record<'r>) {
        self.add_to(record);
        self.logger.submit(record);
    }

    fn add_to<'r>(&'r self, record: &mut Record<'r>) {
        record.context = &self.context;
        if !self.keeps_call {
            record.call = CallValues::None;
            if !record.rare_fields().set.is_empty() {
                record.rare_fields.get_mut().set.clear();
            }
        }
        for process in &self.processes {
            // Its panic must not reach the caller.
            user_code::call_ignoring_panic(|| process(record));
        }
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
