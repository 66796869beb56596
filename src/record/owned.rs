//! Records that outlive the logging call: [`OwnedRecord`].

use std::fmt;

use crate::context::RegistryContext;
use crate::level::Level;
use crate::record::call_values::CallValues;
use crate::record::key_values::ContextKey;
use crate::record::message::Message;
use crate::record::rare_fields::{RareFields, RareFieldsRef};
use crate::record::record::Record;
use crate::record::sending_mark::SendingMark;
use crate::record::source::Source;
use crate::record::source_ref::SourceRef;
use crate::record::span::SpanPath;
use crate::record::thread::ThreadInfo;
use crate::record::value::OwnedValue;
use crate::sys::sync::Arc;
use crate::time::Timestamp;

impl Record<'_> {
    /// Returns a copy that owns all it shows: the text is formatted, the thread, the process and
    /// the name of the level are those of now.
    ///
    /// # Python
    /// `QueueHandler.prepare`, except that message, error and stack stay apart.
    #[must_use]
    pub fn to_owned_record(&self) -> OwnedRecord {
        OwnedRecord::new(self)
    }
}

/// A record that owns all it shows, as buffers, queues and test captures keep it.
///
/// [`Record::to_owned_record`] makes one; [`as_record`](Self::as_record), or `Record::from`, lends
/// it to handlers and formatters again.
///
/// # Examples
/// ```
/// use logtree::{Formatter, Level, Record};
///
/// let kept = Record::builder().level(Level::INFO).message("hi").build().to_owned_record();
/// let formatter = Formatter::new("%(levelname)s %(message)s")?;
/// assert_eq!(formatter.format_to_string(&kept.as_record())?, "INFO hi");
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone)]
pub struct OwnedRecord {
    environment: Arc<RegistryContext>,
    name: Box<str>,
    level: Level,
    message: Box<str>,
    time: Timestamp,
    module_path: Box<str>,
    file: Box<str>,
    line: u32,
    function: Box<str>,
    thread_id: u64,
    thread_name: Option<Box<str>>,
    mark: SendingMark,
    key_values: Vec<(ContextKey, OwnedValue)>,
    rare_fields: RareFields<'static>,
}

impl OwnedRecord {
    pub(crate) fn new(record: &Record<'_>) -> Self {
        let mut rare_fields = RareFields::none();
        rare_fields.level_name = Some(record.level_name().into_owned().into());
        rare_fields.process = Some((record.process_id(), record.process_name().to_owned().into()));
        rare_fields.error = record.error_text().map(|text| text.into_owned().into());
        rare_fields.stack = record.stack().map(|text| text.into_owned().into());
        let spans = record.rare_fields().spans.as_ref();
        rare_fields.spans = spans.map(|spans| SpanPath::Kept(spans.kept().into_owned().into()));
        rare_fields.closes_span = record.rare_fields().closes_span;
        let owner = record.rare_fields().owner.as_deref();
        rare_fields.owner = owner.map(|name| name.to_owned().into());
        let source = record.source();
        Self {
            environment: Arc::clone(record.environment),
            name: record.name().into(),
            level: record.level(),
            message: record.message().into(),
            time: record.time(),
            module_path: source.module_path().into(),
            file: source.file().into(),
            line: source.line(),
            function: source.function().into(),
            thread_id: record.thread_id(),
            thread_name: record.thread_name().map(Into::into),
            mark: record.thread.mark(),
            key_values: record.key_values().to_owned(),
            rare_fields,
        }
    }

    /// Lends the record as handlers, filters and formatters take it.
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
            is_for_one: false,
            is_hidden: false,
            message: Message::Text((&*self.message).into()),
            time: self.time,
            source: SourceRef::Own(source),
            thread: ThreadInfo::Given {
                id: self.thread_id,
                name: self.thread_name.as_deref(),
                mark: self.mark,
            },
            context: &self.key_values,
            call: CallValues::None,
            error: None,
            backtrace: None,
            rare_fields: RareFieldsRef::Lent(&self.rare_fields),
        }
    }

    /// Returns about how many bytes it takes.
    #[cfg(feature = "control")]
    pub(crate) fn bytes(&self) -> usize {
        let key_values = self.key_values.iter().map(|(key, value)| {
            size_of::<(ContextKey, OwnedValue)>() + key.len() + value.heap_bytes()
        });
        let rare = &self.rare_fields;
        let texts = [&rare.level_name, &rare.error, &rare.stack, &rare.owner];
        let texts = texts.into_iter().flatten().map(|text| text.len());
        let process = rare.process.iter().map(|(_, name)| name.len());
        let spans = rare.spans.iter().map(SpanPath::heap_bytes);
        let rare = texts.chain(process).chain(spans);
        size_of::<Self>()
            + self.name.len()
            + self.message.len()
            + self.module_path.len()
            + self.file.len()
            + self.function.len()
            + self.thread_name.as_ref().map_or(0, |name| name.len())
            + key_values.chain(rare).sum::<usize>()
    }

    /// Returns the name of the logger.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the level.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// Returns the text.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the time of the logging call.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        self.time
    }

    /// Returns the value of a key.
    #[must_use]
    pub fn key_value(&self, key: &str) -> Option<&OwnedValue> {
        self.key_values
            .iter()
            .find(|(known, _)| **known == *key)
            .map(|(_, value)| value)
    }

    /// Returns the key-values, in order.
    pub fn key_values(&self) -> impl Iterator<Item = (&str, &OwnedValue)> {
        self.key_values.iter().map(|(key, value)| (&**key, value))
    }

    /// Returns the error and its causes as text.
    #[must_use]
    pub fn error_text(&self) -> Option<&str> {
        self.rare_fields.error.as_deref()
    }
}

impl<'r> From<&'r OwnedRecord> for Record<'r> {
    fn from(record: &'r OwnedRecord) -> Self {
        record.as_record()
    }
}

impl fmt::Debug for OwnedRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.as_record(), f)
    }
}

#[cfg(all(test, feature = "control"))]
mod tests {
    use super::*;

    #[test]
    fn names_of_spans_and_owners_take_room() {
        let mut kept = Record::builder().build().to_owned_record();
        let before = kept.bytes();
        kept.rare_fields.spans = Some(SpanPath::Kept("outer\0inner".into()));
        assert_eq!(kept.bytes(), before + 11);
        kept.rare_fields.owner = Some("service".into());
        assert_eq!(kept.bytes(), before + 18);
    }
}
