//! Records built by hand: [`RecordBuilder`].

use std::borrow::Cow;

use crate::context::RegistryContext;
use crate::level::Level;
use crate::record::message::Message;
use crate::record::record::Record;
use crate::record::sending_mark::SendingMark;
use crate::record::source::Source;
use crate::record::source_ref::SourceRef;
use crate::record::thread::ThreadInfo;
use crate::record::value::OwnedValue;
use crate::sys::sync::Arc;
use crate::time::Timestamp;

impl<'a> Record<'a> {
    /// Returns a builder for a record of the global registry.
    ///
    /// [`Logger::record_builder`](crate::Logger::record_builder) builds one for a logger.
    ///
    /// # Python
    /// `logging.makeLogRecord`.
    pub fn builder() -> RecordBuilder<'a> {
        RecordBuilder::new(RegistryContext::global())
    }
}

/// Builds a [`Record`] field by field: for replays, receivers and tests.
///
/// The defaults: an empty name and message, the level `NOTSET`, the time of the clock, the current
/// thread and process.
#[derive(Debug)]
#[must_use]
pub struct RecordBuilder<'a> {
    record: Record<'a>,
}

impl<'a> RecordBuilder<'a> {
    pub(crate) fn new(environment: &'a Arc<RegistryContext>) -> Self {
        let message = Message::Text(Cow::Borrowed(""));
        let record = Record::new(environment, "", Level::NOTSET, message, &Source::default());
        Self { record }
    }

    /// Sets the name of the logger.
    pub fn name(mut self, name: &'a str) -> Self {
        self.record.name = name;
        self
    }

    /// Sets the level.
    pub fn level(mut self, level: impl Into<Level>) -> Self {
        self.record.level = level.into();
        self
    }

    /// Sets a name for the level that holds for this record only, as for one received over the
    /// network.
    pub fn level_name(mut self, name: impl Into<Cow<'a, str>>) -> Self {
        self.record.rare_fields.get_mut().level_name = Some(name.into());
        self
    }

    /// Sets the text.
    pub fn message(mut self, message: impl Into<Cow<'a, str>>) -> Self {
        self.record.message = Message::Text(message.into());
        self
    }

    /// Sets the time.
    pub fn time(mut self, time: impl Into<Timestamp>) -> Self {
        self.record.time = time.into();
        self
    }

    /// Sets the place in the program.
    pub fn source(mut self, source: Source<'a>) -> Self {
        self.record.source = SourceRef::Own(source);
        self
    }

    /// Sets the number and the name of the thread.
    pub fn thread(mut self, id: u64, name: impl Into<Option<&'a str>>) -> Self {
        self.record.thread = ThreadInfo::Given {
            id,
            name: name.into(),
            mark: SendingMark::current(),
        };
        self
    }

    /// Sets the id and the name of the process.
    pub fn process(mut self, id: u32, name: &'a str) -> Self {
        self.record.rare_fields.get_mut().process = Some((id, name.into()));
        self
    }

    /// Adds a key-value, replacing one with the same key.
    pub fn key_value(mut self, key: impl Into<Cow<'a, str>>, value: impl Into<OwnedValue>) -> Self {
        self.record.set_key_value(key, value);
        self
    }

    /// Sets the error; its causes are shown as well.
    pub fn error(mut self, error: &'a (dyn std::error::Error + 'a)) -> Self {
        self.record.error = Some(error);
        self
    }

    /// Sets the text of an error.
    ///
    /// # Python
    /// `exc_text`.
    pub fn error_text(mut self, text: impl Into<Cow<'a, str>>) -> Self {
        self.record.rare_fields.get_mut().error = Some(text.into());
        self
    }

    /// Sets the text of a stack trace.
    ///
    /// # Python
    /// `stack_info`.
    pub fn stack(mut self, text: impl Into<Cow<'a, str>>) -> Self {
        self.record.rare_fields.get_mut().stack = Some(text.into());
        self
    }

    /// Returns the record.
    #[must_use]
    pub fn build(self) -> Record<'a> {
        self.record
    }
}
