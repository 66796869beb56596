//! One thing that was logged: [`Record`].

use std::backtrace::Backtrace;
use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use log::kv;

use crate::context::RegistryContext;
use crate::error::Chain;
use crate::level::Level;
use crate::level::names::LevelName;
use crate::record::call_values::CallValues;
use crate::record::key_values::{Context, KeyValues};
use crate::record::message::Message;
use crate::record::rare_fields::{RareFields, RareFieldsRef};
use crate::record::source::Source;
use crate::record::source_ref::SourceRef;
use crate::record::thread::ThreadInfo;
use crate::record::value::OwnedValue;
#[cfg(feature = "tracing")]
use crate::sys::event_handling;
use crate::sys::sync::Arc;
use crate::sys::user_code;
use crate::text::line_buf::LineBuf;
use crate::text::short_str::ShortStr;
use crate::time::Timestamp;

/// One thing that was logged, on its way from the logger to the handlers.
///
/// A record borrows from the logging call, so creating one allocates nothing. What costs (the text
/// of the message, the name of the thread, the id of the process) is determined on first use, the
/// text at most once. [`to_owned_record`](Self::to_owned_record) makes a copy that outlives the
/// call.
///
/// Filters may change a record. The filters of a handler work on that handler's own copy, which is
/// shallow: references are copied, not what they refer to.
///
/// # Python
/// `logging.LogRecord`. Key-values are separate from the fields, so no name can clash.
///
/// # Examples
/// ```
/// use logtree::{Level, Record};
///
/// let record = Record::builder().level(Level::INFO).message("up").key_value("pool", 4).build();
/// assert_eq!(record.message(), "up");
/// assert_eq!(record.key_values().get("pool").unwrap().to_string(), "4");
/// ```
#[derive(Clone)]
pub struct Record<'a> {
    pub(crate) environment: &'a Arc<RegistryContext>,
    pub(crate) name: &'a str,
    pub(crate) level: Level,
    /// Only one handler receives it, so a formatter that needs the text once need not keep it.
    pub(crate) is_for_one: bool,
    /// Below the levels in effect: only what looks below them receives it.
    pub(crate) is_hidden: bool,
    pub(crate) message: Message<'a>,
    pub(crate) time: Timestamp,
    pub(crate) source: SourceRef<'a>,
    pub(crate) thread: ThreadInfo<'a>,
    /// Key-values of the scope and of an adapter.
    pub(crate) context: &'a Context,
    /// Key-values of the logging call, which hide those of the context.
    pub(crate) call: CallValues<'a>,
    pub(crate) error: Option<&'a (dyn StdError + 'a)>,
    pub(crate) backtrace: Option<&'a Backtrace>,
    pub(crate) rare_fields: RareFieldsRef<'a>,
}

impl<'a> Record<'a> {
    // Always: it is generic, and made once for a call of a macro.
    #[inline(always)]
    pub(crate) fn new(
        environment: &'a Arc<RegistryContext>,
        name: &'a str,
        level: Level,
        message: Message<'a>,
        source: impl Into<SourceRef<'a>>,
    ) -> Self {
        Self {
            environment,
            name,
            level,
            is_for_one: false,
            is_hidden: false,
            message,
            time: environment.now(),
            source: source.into(),
            thread: ThreadInfo::Current,
            context: &[],
            call: CallValues::None,
            error: None,
            backtrace: None,
            rare_fields: RareFieldsRef::None,
        }
    }

    /// Returns the record with another context. What it owns is lent, so nothing is copied that
    /// allocates.
    #[inline]
    pub(crate) fn within(&'a self, context: &'a Context) -> Self {
        Self {
            message: self.message.lent(),
            rare_fields: self.rare_fields.lent(),
            context,
            ..*self
        }
    }

    /// Reports whether it has neither key-values nor an error nor a stack, as most records.
    #[inline]
    pub(crate) fn is_bare(&self) -> bool {
        self.call.is_none()
            && self.context.is_empty()
            && self.error.is_none()
            && self.backtrace.is_none()
            && self.rare_fields.is_none()
    }

    /// Reports whether it has an error or a stack.
    #[inline]
    pub(crate) fn has_failure(&self) -> bool {
        self.error.is_some()
            || self.backtrace.is_some()
            || !self.rare_fields.is_none()
                && (self.rare_fields().error.is_some() || self.rare_fields().stack.is_some())
    }

    #[inline]
    pub(crate) fn rare_fields(&self) -> &RareFields<'a> {
        self.rare_fields.get()
    }

    /// Returns the name of the logger; for a record of the `log` facade, its target with `::` as
    /// `.`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name
    }

    /// Returns the level.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// Returns the name of the level: `WARNING`, `Level 15`.
    #[must_use]
    pub fn level_name(&self) -> Cow<'_, str> {
        match &self.rare_fields().level_name {
            Some(name) => Cow::Borrowed(name),
            None => match self.environment.level_names.name(self.level) {
                LevelName::Builtin(name) => Cow::Borrowed(name),
                name => Cow::Owned(name.to_string()),
            },
        }
    }

    /// Reports whether the name of its level is the one that all registries show for that level.
    #[inline]
    pub(crate) fn has_builtin_level_name(&self) -> bool {
        !self.has_own_level_name() && self.environment.level_names.are_builtin()
    }

    #[inline]
    fn has_own_level_name(&self) -> bool {
        !self.rare_fields.is_none() && self.rare_fields().level_name.is_some()
    }

    /// Returns the name of a built-in level that still has it.
    #[inline]
    pub(crate) fn builtin_level_name(&self) -> Option<&'static ShortStr<16>> {
        if !self.has_own_level_name() {
            self.environment.level_names.builtin_short(self.level)
        } else {
            None
        }
    }

    /// Lends the name of the level, without an allocation.
    #[inline]
    pub(crate) fn with_level_name<R>(&self, read: impl FnOnce(&str) -> R) -> R {
        if let Some(name) = &self.rare_fields().level_name {
            return read(name);
        }
        match self.environment.level_names.builtin(self.level) {
            Some(name) => read(name),
            None => read(&self.environment.level_names.name(self.level)),
        }
    }

    /// Returns the text. The arguments are formatted by the first call; later ones, and all
    /// handlers, share the result.
    ///
    /// A `Display` that panics or returns an error does not reach the caller: what it wrote is
    /// kept, followed by `<panic while formatting: …>` or `<fmt error>`.
    #[must_use]
    pub fn message(&self) -> &str {
        self.message.text()
    }

    /// Appends the text; where only one handler receives it, it is written there and not kept.
    #[inline]
    pub(crate) fn push_message(&self, out: &mut LineBuf) {
        if self.is_for_one {
            self.message.push_once(out);
        } else {
            out.push_str(self.message());
        }
    }

    /// Returns the time of the logging call.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        self.time
    }

    /// Returns the nanoseconds from the creation of the registry to the record.
    ///
    /// # Python
    /// `relativeCreated`, in milliseconds there.
    #[must_use]
    pub fn nanos_since_start(&self) -> i64 {
        self.time.nanos_since(self.environment.start)
    }

    /// Returns the place in the program.
    #[must_use]
    pub fn source(&self) -> &Source<'a> {
        self.source.get()
    }

    /// Returns std's number of the thread, 1 for the first; 0 late in the end of a thread, when it
    /// is no longer known.
    ///
    /// # Python
    /// `thread`, which is the system's identifier there.
    #[must_use]
    pub fn thread_id(&self) -> u64 {
        self.thread.id()
    }

    /// Returns the name of the thread, if it has one.
    ///
    /// # Python
    /// `threadName`. Rust names the first thread `main` and no other, unless its builder does.
    #[must_use]
    pub fn thread_name(&self) -> Option<Cow<'_, str>> {
        self.thread.name()
    }

    /// Returns the id of the process.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        match &self.rare_fields().process {
            Some((id, _)) => *id,
            None => self.environment.process_id(),
        }
    }

    /// Returns `MainProcess`, or the name given to the registry by
    /// [`RegistryBuilder::process_name`](crate::registry::RegistryBuilder::process_name).
    #[must_use]
    pub fn process_name(&self) -> &str {
        match &self.rare_fields().process {
            Some((_, name)) => name,
            None => &self.environment.process_name,
        }
    }

    /// Returns the key-values: those of the scope, of the adapter, of the call, and those set by
    /// filters.
    #[must_use]
    pub fn key_values(&self) -> KeyValues<'_> {
        KeyValues {
            context: self.context,
            call: self.call,
            set: &self.rare_fields().set,
        }
    }

    /// Returns the error given with the call. A record that was kept, as by a queue, has only its
    /// [text](Self::error_text).
    #[must_use]
    pub fn error(&self) -> Option<&(dyn StdError + 'a)> {
        self.error
    }

    /// Returns the error and its causes as text, `None` without an error.
    ///
    /// # Python
    /// `exc_text`. The causes follow as lines `caused by: …`, as Rust errors carry no traceback.
    #[must_use]
    pub fn error_text(&self) -> Option<Cow<'_, str>> {
        match (&self.rare_fields().error, self.error) {
            (Some(text), _) => Some(Cow::Borrowed(text)),
            (None, Some(_)) => {
                let mut text = String::new();
                self.write_error(&mut text);
                Some(Cow::Owned(text))
            }
            (None, None) => None,
        }
    }

    /// Writes the error given with the call, and its causes.
    #[cold]
    pub(crate) fn write_error<W: fmt::Write>(&self, out: &mut W) {
        let Some(error) = self.error else {
            return;
        };
        let write = |out: &mut W| {
            user_code::write_to(out, |out| write!(out, "{}", Chain::lines(error)));
        };
        #[cfg(feature = "tracing")]
        event_handling::in_values(|| write(out));
        #[cfg(not(feature = "tracing"))]
        write(out);
    }

    /// Returns the stack trace given with the call, as text.
    ///
    /// # Python
    /// `stack_info`.
    #[must_use]
    pub fn stack(&self) -> Option<Cow<'_, str>> {
        match (&self.rare_fields().stack, self.backtrace) {
            (Some(text), _) => Some(Cow::Borrowed(text)),
            (None, Some(backtrace)) => Some(Cow::Owned(backtrace.to_string())),
            (None, None) => None,
        }
    }

    /// Replaces the text, for a filter.
    pub fn set_message(&mut self, message: impl Into<Cow<'a, str>>) {
        self.message = Message::Text(message.into());
    }

    /// Replaces the level, for a filter: the handlers of the logger then test the new one.
    ///
    /// # Python
    /// As an assignment to `levelno`.
    pub fn set_level(&mut self, level: impl Into<Level>) {
        self.level = level.into();
        if self.rare_fields().level_name.is_some() {
            self.rare_fields.get_mut().level_name = None;
        }
    }

    /// Sets a key-value, replacing one with the same key.
    pub fn set_key_value(&mut self, key: impl Into<Cow<'a, str>>, value: impl Into<OwnedValue>) {
        self.rare_fields
            .get_mut()
            .set_value(key.into(), value.into());
    }

    /// Replaces the texts of the error and of the stack.
    pub(crate) fn replace_failure(&mut self, error: Option<String>, stack: Option<String>) {
        if let Some(error) = error {
            self.rare_fields.get_mut().error = Some(error.into());
        }
        if let Some(stack) = stack {
            self.rare_fields.get_mut().stack = Some(stack.into());
        }
    }

    /// Replaces the key-values of the call by those of a [`log::kv`] source.
    pub(crate) fn set_source_of_key_values(&mut self, source: &'a dyn kv::Source) {
        self.call = CallValues::Source(source);
    }
}

impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("name", &self.name())
            .field("level", &format_args!("{}", self.level_name()))
            .field("message", &self.message())
            .field("source", self.source())
            .field("key_values", &self.key_values())
            .finish_non_exhaustive()
    }
}
