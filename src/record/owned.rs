//! Records that outlive the logging call.

use std::fmt;

use super::{Failure, Fields, Message, OwnedValue, Record, Source, ThreadInfo};
use crate::Level;
use crate::clock::Timestamp;
use crate::environment::Environment;
use crate::sync::Arc;

/// A record that owns all it shows: what buffers, queues and test captures keep.
///
/// Made by [`Record::to_owned`]; [`as_record`](Self::as_record) lends it to handlers and formatters again.
///
/// # Examples
/// ```
/// use logtree::{Formatter, Level, Record};
///
/// let kept = Record::builder().name("app").level(Level::INFO).message("hi").build().to_owned();
/// let formatter = Formatter::new("%(levelname)s %(message)s")?;
/// assert_eq!(formatter.format_to_string(&kept.as_record())?, "INFO hi");
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone)]
pub struct OwnedRecord {
    environment: Arc<Environment>,
    name: Box<str>,
    level: Level,
    level_name: Box<str>,
    message: Box<str>,
    time: Timestamp,
    module_path: Box<str>,
    file: Box<str>,
    line: u32,
    function: Box<str>,
    thread_id: u64,
    thread_name: Option<Box<str>>,
    process_id: u32,
    process_name: Box<str>,
    key_values: Vec<(Box<str>, OwnedValue)>,
    error_text: Option<Box<str>>,
    stack: Option<Box<str>>,
}

impl OwnedRecord {
    pub(crate) fn new(record: &Record<'_>) -> Self {
        Self {
            environment: Arc::clone(record.environment),
            name: record.name().into(),
            level: record.level(),
            level_name: record.level_name().into(),
            message: record.message().into(),
            time: record.time(),
            module_path: record.source.module_path().into(),
            file: record.source.file().into(),
            line: record.source.line(),
            function: record.source.function().into(),
            thread_id: record.thread_id(),
            thread_name: record.thread_name().map(Into::into),
            process_id: record.process_id(),
            process_name: record.process_name().into(),
            key_values: record.key_values().to_owned(),
            error_text: record.error_text().map(Into::into),
            stack: record.stack().map(Into::into),
        }
    }

    /// The record as handlers, filters and formatters take it.
    #[must_use]
    pub fn as_record(&self) -> Record<'_> {
        let source = Source::default()
            .with_module_path(&self.module_path)
            .with_file(&self.file)
            .with_line(self.line)
            .with_function(&self.function);
        Record {
            environment: &self.environment,
            name: &self.name,
            level: self.level,
            level_name: Some((&*self.level_name).into()),
            message: Message::Text((&*self.message).into()),
            time: self.time,
            source,
            thread: ThreadInfo::Given {
                id: self.thread_id,
                name: self.thread_name.as_deref(),
            },
            process: Some((self.process_id, &self.process_name)),
            fields: Fields::of_context(&self.key_values),
            failure: Failure {
                text: self.error_text.as_deref().map(Into::into),
                stack: self.stack.as_deref().map(Into::into),
                ..Failure::default()
            },
            is_for_one: false,
        }
    }

    /// The logger's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The level.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// The text.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// When it was made.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        self.time
    }

    /// The value of a key.
    #[must_use]
    pub fn key_value(&self, key: &str) -> Option<&OwnedValue> {
        self.key_values
            .iter()
            .find(|(known, _)| **known == *key)
            .map(|(_, value)| value)
    }

    /// All key-values, in order.
    pub fn key_values(&self) -> impl Iterator<Item = (&str, &OwnedValue)> {
        self.key_values.iter().map(|(key, value)| (&**key, value))
    }

    /// The error and its causes as text.
    #[must_use]
    pub fn error_text(&self) -> Option<&str> {
        self.error_text.as_deref()
    }
}

impl fmt::Debug for OwnedRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.as_record(), f)
    }
}
