//! Records made by hand.

use std::borrow::Cow;

use crate::context::Environment;
use crate::level::Level;
use crate::record::Record;
use crate::record::message::Message;
use crate::record::source::Source;
use crate::record::thread::ThreadInfo;
use crate::record::value::OwnedValue;
use crate::sys::sync::Arc;
use crate::time::Timestamp;

/// Makes a [`Record`] part by part: for replays, receivers and tests.
///
/// What is not given: the name and the message are empty, the level is `NOTSET`, the time is now, the thread and the
/// process are the current ones.
#[derive(Debug)]
#[must_use]
pub struct RecordBuilder<'a> {
    record: Record<'a>,
}

impl<'a> RecordBuilder<'a> {
    pub(crate) fn new(environment: &'a Arc<Environment>) -> Self {
        let message = Message::Text(Cow::Borrowed(""));
        let record = Record::new(environment, "", Level::NOTSET, message, &Source::default());
        Self { record }
    }

    /// The logger's name.
    pub fn name(mut self, name: &'a str) -> Self {
        self.record.name = name;
        self
    }

    /// The level.
    pub fn level(mut self, level: impl Into<Level>) -> Self {
        self.record.level = level.into();
        self
    }

    /// A name for the level that holds for this record only, as one that came over the network has.
    pub fn level_name(mut self, name: impl Into<Cow<'a, str>>) -> Self {
        self.record.extra.get_mut().level_name = Some(name.into());
        self
    }

    /// The text.
    pub fn message(mut self, message: impl Into<Cow<'a, str>>) -> Self {
        self.record.message = Message::Text(message.into());
        self
    }

    /// The time.
    pub fn time(mut self, time: impl Into<Timestamp>) -> Self {
        self.record.time = time.into();
        self
    }

    /// Where in the program it was made.
    pub fn source(mut self, source: Source<'a>) -> Self {
        self.record.source = source;
        self
    }

    /// The thread's number and name.
    pub fn thread(mut self, id: u64, name: impl Into<Option<&'a str>>) -> Self {
        self.record.thread = ThreadInfo::Given {
            id,
            name: name.into(),
        };
        self
    }

    /// The process's number and name.
    pub fn process(mut self, id: u32, name: &'a str) -> Self {
        self.record.extra.get_mut().process = Some((id, name.into()));
        self
    }

    /// One more key-value.
    pub fn key_value(mut self, key: impl Into<Cow<'a, str>>, value: impl Into<OwnedValue>) -> Self {
        self.record.set_key_value(key, value);
        self
    }

    /// An error, whose causes are shown as well.
    pub fn error(mut self, error: &'a (dyn std::error::Error + 'a)) -> Self {
        self.record.error = Some(error);
        self
    }

    /// The ready text of an error. Python's `exc_text`.
    pub fn error_text(mut self, text: impl Into<Cow<'a, str>>) -> Self {
        self.record.extra.get_mut().error = Some(text.into());
        self
    }

    /// The ready text of a stack of calls. Python's `stack_info`.
    pub fn stack(mut self, text: impl Into<Cow<'a, str>>) -> Self {
        self.record.extra.get_mut().stack = Some(text.into());
        self
    }

    /// The record.
    #[must_use]
    pub fn build(self) -> Record<'a> {
        self.record
    }
}
