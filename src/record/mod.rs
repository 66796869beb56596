//! What was logged: [`Record`], borrowed for the length of a call, and [`OwnedRecord`], which outlives it.

mod builder;
pub(crate) mod call_values;
mod details;
mod error_chain;
mod fields;
pub(crate) mod message;
mod owned;
pub(crate) mod parts;
mod source;
mod thread;
mod value;

use std::backtrace::Backtrace;
use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use log::kv;

pub use self::builder::RecordBuilder;
pub use self::fields::KeyValues;
pub use self::owned::OwnedRecord;
pub use self::source::Source;
pub use self::value::OwnedValue;

pub(crate) use self::call_values::CallValues;
pub(crate) use self::details::{Details, Extra};
pub(crate) use self::error_chain::write_error_chain;
pub(crate) use self::fields::Context;
pub(crate) use self::message::{LazyText, Message};
pub(crate) use self::thread::ThreadInfo;
pub(crate) use self::value::Scalar;

use crate::context::Environment;
use crate::level::Level;
use crate::level::names::LevelName;
use crate::sys::sync::Arc;
use crate::sys::user_code;
use crate::text::{Piece, Text};
use crate::time::Timestamp;

/// One thing that was logged, on its way from the logger to the handlers.
///
/// It borrows from the logging call, so it is made without an allocation, and what costs (the message's text, the thread's
/// name, the process id) is worked out when somebody asks for it, at most once for the text. What is to live longer is made
/// with [`to_owned`](Self::to_owned).
///
/// Filters may change it; a handler's filters work on that handler's own copy (a shallow one: references are copied).
///
/// # Python
/// `logging.LogRecord`. Key-values live beside the fields, not among them, so no name can clash.
///
/// # Examples
/// ```
/// use logtree::{Level, Record};
///
/// let record = Record::builder().name("app.db").level(Level::INFO).message("connected").key_value("pool", 4).build();
/// assert_eq!(record.message(), "connected");
/// assert_eq!(record.key_values().get("pool").unwrap().to_string(), "4");
/// ```
#[derive(Clone)]
pub struct Record<'a> {
    pub(crate) environment: &'a Arc<Environment>,
    pub(crate) name: &'a str,
    pub(crate) level: Level,
    /// Only one handler gets it, so a formatter that needs the text once need not keep it for others.
    pub(crate) is_for_one: bool,
    /// The levels hide it: it is there for those who see what they hide.
    pub(crate) is_hidden: bool,
    pub(crate) message: Message<'a>,
    pub(crate) time: Timestamp,
    pub(crate) source: Source<'a>,
    pub(crate) thread: ThreadInfo<'a>,
    /// Key-values of the scope and of an adapter.
    pub(crate) context: &'a Context,
    /// Those of the logging call, which hide an adapter's.
    pub(crate) call: CallValues<'a>,
    pub(crate) error: Option<&'a (dyn StdError + 'a)>,
    pub(crate) backtrace: Option<&'a Backtrace>,
    pub(crate) extra: Extra<'a>,
}

impl<'a> Record<'a> {
    /// Starts a record made by hand; it belongs to the global registry.
    ///
    /// [`Logger::make_record`](crate::Logger::make_record) starts one for a logger.
    ///
    /// # Python
    /// `logging.makeLogRecord`, with `name` empty, `message` empty and level `NOTSET` until they are given.
    pub fn builder() -> RecordBuilder<'a> {
        RecordBuilder::new(Environment::global())
    }

    #[inline]
    pub(crate) fn new(
        environment: &'a Arc<Environment>,
        name: &'a str,
        level: Level,
        message: Message<'a>,
        source: &Source<'a>,
    ) -> Self {
        Self {
            environment,
            name,
            level,
            is_for_one: false,
            is_hidden: false,
            message,
            time: environment.now(),
            source: *source,
            thread: ThreadInfo::Current,
            context: &[],
            call: CallValues::None,
            error: None,
            backtrace: None,
            extra: Extra::None,
        }
    }

    /// The same record with other key-values around it. What it owns is lent, so nothing is copied that allocates.
    #[inline]
    pub(crate) fn within(&'a self, context: &'a Context) -> Self {
        Self {
            message: self.message.lent(),
            extra: self.extra.lent(),
            context,
            ..*self
        }
    }

    /// Whether it has neither key-values nor anything that went wrong, as most have not.
    #[inline]
    pub(crate) fn is_bare(&self) -> bool {
        self.call.is_none()
            && self.context.is_empty()
            && self.error.is_none()
            && self.backtrace.is_none()
            && self.extra.is_none()
    }

    /// Whether something went wrong, beside the message.
    #[inline]
    pub(crate) fn has_failure(&self) -> bool {
        self.error.is_some()
            || self.backtrace.is_some()
            || !self.extra.is_none()
                && (self.details().error.is_some() || self.details().stack.is_some())
    }

    #[inline]
    pub(crate) fn details(&self) -> &Details<'a> {
        self.extra.get()
    }

    /// The name of the logger, or for a record of the `log` facade the target, with `::` as `.`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name
    }

    /// How severe it is.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// The name the level had when the record was made: `WARNING`, `Level 15`.
    #[must_use]
    pub fn level_name(&self) -> Cow<'_, str> {
        match &self.details().level_name {
            Some(name) => Cow::Borrowed(name),
            None => match self.environment.level_names.name(self.level) {
                LevelName::Builtin(name) => Cow::Borrowed(name),
                name => Cow::Owned(name.to_string()),
            },
        }
    }

    /// Whether its level's name is what all registries show for the level.
    #[inline]
    pub(crate) fn has_builtin_level_name(&self) -> bool {
        self.extra.is_none() && self.environment.level_names.are_builtin()
    }

    /// The level's name where it is a built-in one.
    #[inline]
    pub(crate) fn builtin_level_name(&self) -> Option<&'static Piece<16>> {
        if self.extra.is_none() {
            self.environment.level_names.builtin_piece(self.level)
        } else {
            None
        }
    }

    /// The level's name, without an allocation.
    #[inline]
    pub(crate) fn with_level_name<R>(&self, read: impl FnOnce(&str) -> R) -> R {
        if let Some(name) = &self.details().level_name {
            return read(name);
        }
        match self.environment.level_names.builtin(self.level) {
            Some(name) => read(name),
            None => read(&self.environment.level_names.name(self.level)),
        }
    }

    /// The text: the arguments are formatted at the first call and shared by all handlers after it.
    ///
    /// A `Display` that panics, or returns an error, does not disturb the caller: what it wrote until then is kept and
    /// a mark is appended, `<panic while formatting: …>` or `<fmt error>`.
    #[must_use]
    pub fn message(&self) -> &str {
        self.message.text()
    }

    /// Appends the text; where only one handler gets it, it is written there and not kept.
    #[inline]
    pub(crate) fn push_message(&self, out: &mut Text) {
        if self.is_for_one {
            self.message.push_once(out);
        } else {
            out.push_str(self.message());
        }
    }

    /// When it was made.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        self.time
    }

    /// Nanoseconds from the start of the registry to the record. Python's `relativeCreated` is this in milliseconds.
    #[must_use]
    pub fn nanos_since_start(&self) -> i64 {
        self.time.nanos_since(self.environment.start)
    }

    /// Where in the program it was made.
    #[must_use]
    pub fn source(&self) -> &Source<'a> {
        &self.source
    }

    /// The number that std gives the thread, 1 for the first; 0 where it is not known any more, as late in a thread's end.
    ///
    /// # Python
    /// `thread`, which is the system's identifier there.
    #[must_use]
    pub fn thread_id(&self) -> u64 {
        self.thread.id()
    }

    /// The name of the thread, if it has one.
    ///
    /// # Python
    /// `threadName`. Rust calls the first thread `main`, and leaves the others unnamed unless told.
    #[must_use]
    pub fn thread_name(&self) -> Option<Cow<'_, str>> {
        self.thread.name()
    }

    /// The number of the process.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        match &self.details().process {
            Some((id, _)) => *id,
            None => self.environment.process_id(),
        }
    }

    /// `MainProcess`, or the name given to the registry ([`RegistryBuilder::process_name`](crate::registry::RegistryBuilder::process_name)).
    #[must_use]
    pub fn process_name(&self) -> &str {
        match &self.details().process {
            Some((_, name)) => name,
            None => &self.environment.process_name,
        }
    }

    /// Its key-values: those of the scope, of the adapter, of the call, and those that filters set.
    #[must_use]
    pub fn key_values(&self) -> KeyValues<'_> {
        KeyValues {
            context: self.context,
            call: self.call,
            set: &self.details().set,
        }
    }

    /// The error given with it, if it is still at hand; one that was kept has only its [text](Self::error_text).
    #[must_use]
    pub fn error(&self) -> Option<&(dyn StdError + 'a)> {
        self.error
    }

    /// The error and its causes as text, `None` without an error.
    ///
    /// # Python
    /// `exc_text`. The causes follow as `caused by:` lines, as Rust errors carry no traceback.
    #[must_use]
    pub fn error_text(&self) -> Option<Cow<'_, str>> {
        match (&self.details().error, self.error) {
            (Some(text), _) => Some(Cow::Borrowed(text)),
            (None, Some(error)) => Some(Cow::Owned(user_code::text(|out| {
                write_error_chain(error, out)
            }))),
            (None, None) => None,
        }
    }

    /// The stack of calls given with it, as text.
    ///
    /// # Python
    /// `stack_info`.
    #[must_use]
    pub fn stack(&self) -> Option<Cow<'_, str>> {
        match (&self.details().stack, self.backtrace) {
            (Some(text), _) => Some(Cow::Borrowed(text)),
            (None, Some(backtrace)) => Some(Cow::Owned(backtrace.to_string())),
            (None, None) => None,
        }
    }

    /// Replaces the text, for a filter.
    pub fn set_message(&mut self, message: impl Into<Cow<'a, str>>) {
        self.message = Message::Text(message.into());
    }

    /// Replaces the level, for a filter: handlers of the logger then test the new one (statement 45).
    pub fn set_level(&mut self, level: Level) {
        self.level = level;
        if self.details().level_name.is_some() {
            self.extra.get_mut().level_name = None;
        }
    }

    /// Sets a key-value, in place of one of the same key.
    pub fn set_key_value(&mut self, key: impl Into<Cow<'a, str>>, value: impl Into<OwnedValue>) {
        self.extra.get_mut().set_value(key.into(), value.into());
    }

    /// Puts other texts in place of those of its error and stack.
    pub(crate) fn replace_failure(&mut self, error: Option<String>, stack: Option<String>) {
        if let Some(error) = error {
            self.extra.get_mut().error = Some(error.into());
        }
        if let Some(stack) = stack {
            self.extra.get_mut().stack = Some(stack.into());
        }
    }

    /// Adds the key-values of a source, as [`log::kv`] has them, in place of those given with the call.
    pub(crate) fn set_source_of_key_values(&mut self, source: &'a dyn kv::Source) {
        self.call = CallValues::Source(source);
    }

    /// A copy that keeps all of it: texts are written, the thread and the level's name are noted.
    ///
    /// # Python
    /// `QueueHandler.prepare`, except that message, error and stack stay apart.
    #[must_use]
    pub fn to_owned(&self) -> OwnedRecord {
        OwnedRecord::new(self)
    }
}

impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("name", &self.name())
            .field("level", &format_args!("{}", self.level_name()))
            .field("message", &self.message())
            .field("source", &self.source)
            .field("key_values", &self.key_values())
            .finish_non_exhaustive()
    }
}
