//! The public [`Handler`].

use std::fmt;
use std::hash::{Hash, Hasher};

use crate::error::Error;
use crate::filter::{Filter, SharedFilter};
use crate::formatter::Format;
use crate::handler::any_sink::AnySink;
use crate::handler::config::HandlerConfig;
use crate::handler::core::{HandlerCore, MadeBy, Observer};
use crate::handler::counters::Counters;
use crate::handler::handled::Handled;
use crate::handler::handler_id::HandlerId;
use crate::handler::ledger::Ledger;
use crate::handler::live;
use crate::handler::sink::Sink;
use crate::handler::stream_id::StreamId;
use crate::handler::stream_sink::StreamSink;
use crate::level::Level;
use crate::record::Record;
use crate::sys::sync::{Arc, Ordering, Weak};
use crate::time::Timestamp;

/// Takes records to one place: a level, filters and a formatter in front of a [`Sink`].
///
/// It is a handle: clones are the same handler. The handlers of the crate
/// ([`StreamHandler`](crate::handler::StreamHandler), …) convert into it, and [`Handler::new`]
/// makes one of any sink.
///
/// Defaults: level `NOTSET` (takes all), no filters, the message alone as the format.
///
/// A failure, or a panic of a filter, formatter or sink, never reaches the caller: the record is
/// counted as dropped and the error goes to the [error hook](Self::set_error_hook). After an outage
/// of its device, the handler writes one line on how many records were lost.
///
/// # Python
/// `logging.Handler`. Filters work on the handler's own copy of the record; the lock is the sink's
/// and is not held while filters and formatters run.
///
/// # Examples
/// ```
/// use logtree::{Formatter, Level, Registry};
/// use logtree::handler::StreamHandler;
///
/// let registry = Registry::new();
/// let formatter = Formatter::new("%(message)s")?;
/// let handler = StreamHandler::stdout().with_level(Level::INFO).with_formatter(formatter);
/// registry.root().add_handler(handler);
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone)]
pub struct Handler {
    pub(super) core: Arc<HandlerCore>,
}

impl Handler {
    /// Returns a handler over a sink.
    #[must_use]
    pub fn new(sink: impl Sink + 'static) -> Self {
        Self::with_ledger(|_| sink)
    }

    /// Returns a handler over a sink that keeps records, and notes in its [`Ledger`] what becomes
    /// of them.
    #[must_use]
    pub fn with_ledger<S: Sink + 'static>(make: impl FnOnce(Ledger) -> S) -> Self {
        let ledger = Ledger::new();
        Self::over(Box::new(make(ledger.clone())), &ledger)
    }

    /// Returns a handler over a sink that has its ledger already.
    pub(super) fn over(sink: impl Into<AnySink>, ledger: &Ledger) -> Self {
        let core = Arc::new(HandlerCore::new(sink.into(), Arc::clone(&ledger.0)));
        core.book.set_handler(&core);
        live::enter(&core);
        Self { core }
    }

    /// Returns a handler over a sink that the handler's own type shares.
    pub(super) fn with_shared<S: Sink + 'static>(make: impl FnOnce(Ledger) -> S) -> (Self, Arc<S>) {
        let ledger = Ledger::new();
        let sink = Arc::new(make(ledger.clone()));
        (Self::over(Box::new(Arc::clone(&sink)), &ledger), sink)
    }

    /// Returns a handler over a stream.
    pub(super) fn over_stream(sink: &Arc<StreamSink>) -> Self {
        Self::over(sink, &Ledger::new())
    }

    pub(super) fn from_core(core: &Arc<HandlerCore>) -> Self {
        let core = Arc::clone(core);
        Self { core }
    }

    /// Offers a record to the filters and, if they pass it, to the sink; the level is not tested.
    ///
    /// Reports whether the filters passed it. Never fails: see the description of the type.
    ///
    /// # Python
    /// `Handler.handle`.
    #[expect(clippy::must_use_candidate, reason = "it is called for what it does")]
    pub fn handle(&self, record: &Record<'_>) -> bool {
        self.core.handle(&self.core.config.load(), record) != Handled::Refused
    }

    /// Returns the level below which it takes nothing from loggers.
    #[inline]
    #[must_use]
    pub fn level(&self) -> Level {
        Level::new(self.core.level.load(Ordering::Relaxed))
    }

    /// Sets the level, for records logged from now on. `OFF` silences it.
    ///
    /// # Python
    /// `Handler.setLevel`.
    pub fn set_level(&self, level: impl Into<Level>) {
        self.core
            .level
            .store(level.into().number(), Ordering::Relaxed);
    }

    /// Sets the formatter. A record that is being written ends in the old one.
    ///
    /// # Python
    /// `Handler.setFormatter`.
    pub fn set_formatter(&self, formatter: impl Format + 'static) {
        self.core
            .change(|config| config.set_formatter(Arc::new(formatter)));
    }

    /// Removes the formatter: the message alone is written.
    ///
    /// # Python
    /// `setFormatter(None)`.
    pub fn clear_formatter(&self) {
        self.core.change(HandlerConfig::clear_formatter);
    }

    /// Reports whether it was given a formatter.
    #[must_use]
    pub fn has_formatter(&self) -> bool {
        self.core.config.load().has_formatter
    }

    /// Returns the formatter.
    #[must_use]
    pub fn formatter(&self) -> Arc<dyn Format> {
        Arc::clone(&self.core.config.load().formatter)
    }

    /// Adds a filter after the others; the same [`SharedFilter`] twice counts once.
    ///
    /// # Python
    /// `Handler.addFilter`.
    pub fn add_filter(&self, filter: impl Into<SharedFilter>) {
        let filter = filter.into();
        self.core.change(|config| {
            if !config.filters.contains(&filter) {
                config.filters.push(filter);
            }
        });
    }

    /// Removes a filter. Returns `true` if it was registered.
    ///
    /// # Python
    /// `Handler.removeFilter`.
    #[expect(
        clippy::must_use_candidate,
        reason = "whether it was there is often no question"
    )]
    pub fn remove_filter(&self, filter: &SharedFilter) -> bool {
        let mut removed = false;
        self.core.change(|config| {
            let before = config.filters.len();
            config.filters.retain(|known| known != filter);
            removed = config.filters.len() < before;
        });
        removed
    }

    /// Returns the filters, in the order in which they are asked.
    #[must_use]
    pub fn filters(&self) -> Vec<SharedFilter> {
        let config = self.core.config.load();
        let filters = config.filters.iter();
        filters.map(SharedFilter::without_handler).collect()
    }

    /// Returns the name it can be found by.
    ///
    /// # Python
    /// `Handler.name`.
    #[must_use]
    pub fn name(&self) -> Option<Arc<str>> {
        self.core.name.lock().clone()
    }

    /// Sets its name, or removes it. A name that another handler has passes to this one; see
    /// [`handler_by_name`].
    ///
    /// # Python
    /// `Handler.set_name`.
    pub fn set_name<'n>(&self, name: impl Into<Option<&'n str>>) {
        live::rename(&self.core, name.into());
    }

    /// Writes out what the sink holds back.
    ///
    /// # Errors
    /// Those of the sink, or else the first failure since the last flush, which the error hook was
    /// called for: of a record, or of a buffer that a thread of the sink wrote out. Records
    /// that were refused, as there was no room ([`ErrorKind::Full`](crate::ErrorKind::Full)) or
    /// they came from the sink itself ([`ErrorKind::Reentrant`](crate::ErrorKind::Reentrant)),
    /// are no failure of it.
    pub fn flush(&self) -> Result<(), Error> {
        self.core.flush()
    }

    /// Writes out what the sink holds back and ends it; the handler's name is free again. What is
    /// logged afterwards depends on the sink: a stream goes on.
    ///
    /// # Errors
    /// As those of [`flush`](Self::flush).
    pub fn close(&self) -> Result<(), Error> {
        live::close(&self.core)
    }

    /// Reopens the sink's file, where it has one.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn reopen(&self) -> Result<(), Error> {
        self.core.reopen()
    }

    /// Returns how many records were written and how many were lost, and why.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.core.counters()
    }

    /// Returns the last failure to format or write records, with its causes on one line and the
    /// time by the system clock; `None` if there was none.
    #[must_use]
    pub fn last_error(&self) -> Option<(Timestamp, String)> {
        self.core.last_error()
    }

    /// Returns the stream that it writes to, where other handlers may write to the same one: a
    /// standard stream, a writer, or a file by its path.
    #[must_use]
    pub fn stream_id(&self) -> Option<StreamId> {
        self.core.facts.stream
    }

    /// Sets whether it leaves out a record that an earlier handler on the record's way has written
    /// to the same [stream](Self::stream_id); off by default.
    ///
    /// A record meets the handlers of its own logger first, then those of its ancestors, so it is
    /// written by the nearest one whose level and filters pass it and whose formatter and
    /// stream do not fail. What is kept in a queue or a buffer on its way to the stream is not
    /// seen here: a stream and a queue that ends in it both write. Of more than 64 handlers on one
    /// way, those from the 65th on are not compared with one another.
    #[must_use]
    pub fn with_once_per_stream(self, once: bool) -> Self {
        self.set_once_per_stream(once);
        self
    }

    pub(super) fn set_once_per_stream(&self, once: bool) {
        self.core.once_per_stream.store(once, Ordering::Relaxed);
    }

    pub(crate) fn made_by(&self) -> Option<MadeBy> {
        self.core.made_by.get().copied()
    }

    /// Notes which set-up made it; the first one counts.
    pub(crate) fn note_maker(&self, maker: MadeBy) {
        let _ = self.core.made_by.set(maker);
    }

    /// Returns what identifies it in this process.
    #[must_use]
    pub fn id(&self) -> HandlerId {
        self.core.id
    }

    /// Sets the level, in a chain such as `StreamHandler::stderr().with_level(…)`.
    #[must_use]
    pub fn with_level(self, level: impl Into<Level>) -> Self {
        self.set_level(level);
        self
    }

    /// Sets the formatter.
    #[must_use]
    pub fn with_formatter(self, formatter: impl Format + 'static) -> Self {
        self.set_formatter(formatter);
        self
    }

    /// Adds a filter.
    #[must_use]
    pub fn with_filter(self, filter: impl Filter + 'static) -> Self {
        self.add_filter(filter);
        self
    }

    /// Sets the name.
    #[must_use]
    pub fn with_name(self, name: &str) -> Self {
        self.set_name(name);
        self
    }

    /// Gives it what a configuration says, in one step: a formatter, and filters in place of those
    /// that an earlier configuration made. `None` leaves things as they are.
    pub(crate) fn configure(
        &self,
        formatter: Option<Arc<dyn Format>>,
        filters: Option<Vec<SharedFilter>>,
    ) {
        self.core.change(|config| {
            if let Some(formatter) = formatter {
                config.set_formatter(formatter);
            }
            if let Some(filters) = filters {
                config.filters.retain(|filter| !filter.is_configured());
                config.filters.extend(filters);
            }
        });
    }

    /// Registers an observer of changes of the configuration.
    pub(crate) fn observe(&self, observer: &Weak<dyn Observer>) {
        self.core.observe(observer);
    }
}

impl PartialEq for Handler {
    /// Reports whether both are the same handler.
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }
}

impl Eq for Handler {}

impl Hash for Handler {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id().hash(state);
    }
}

impl AsRef<Self> for Handler {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl fmt::Debug for Handler {
    /// `<StreamHandler <stderr> (NOTSET)>`, as Python prints it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.core.fmt(f)
    }
}

/// Returns the living handler of a name.
///
/// # Python
/// `logging.getHandlerByName`.
#[must_use]
pub fn handler_by_name(name: &str) -> Option<Handler> {
    live::by_name(name).map(|core| Handler { core })
}
