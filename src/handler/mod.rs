//! Where records go: [`Handler`], the [`Sink`] behind it, and the handlers that come with the crate.

mod buffering;
mod counters;
pub(crate) mod directory;
mod exclusive;
mod failure;
mod fallback;
mod file;
mod handler_type;
mod ledger;
mod line_writer;
mod memory;
mod null;
mod outbox;
mod queue;
mod retry;
mod sink;
mod stream;
#[cfg(test)]
mod tests;
mod ticker;

use std::fmt::{self, Write};

use arc_swap::ArcSwap;

pub use self::buffering::BufferingHandler;
pub use self::counters::{Counters, DropReason};
pub use self::directory::{handler_by_name, handler_names, reopen_all};
pub use self::failure::HandlerError;
use self::failure::Hook;
pub use self::fallback::FallbackHandler;
pub use self::file::{
    FileHandler, FileMode, RotatingFileHandler, TimedRotatingFileHandler, WatchedFileHandler, When,
};
pub use self::ledger::Ledger;
pub use self::memory::MemoryHandler;
pub use self::null::NullHandler;
pub use self::queue::{DropCounts, Overflow, QueueHandler, QueueListener, RecordQueue};
pub use self::sink::{Sink, StreamId, formatted};
pub use self::stream::StreamHandler;
#[cfg_attr(
    not(all(unix, feature = "reload")),
    expect(unused_imports, reason = "for SIGHUP")
)]
pub(crate) use self::ticker::{Tick, every};

/// The builders of handlers.
pub mod builder {
    pub use super::file::{
        FileHandlerBuilder, RotatingFileHandlerBuilder, TimedRotatingFileHandlerBuilder,
        WatchedFileHandlerBuilder,
    };
    pub use super::queue::{QueueHandlerBuilder, RecordQueueBuilder};
}

use self::handler_type::handler_type;
use self::ledger::Loss;
use crate::error::{Error, ErrorKind};
use crate::filter::{Filter, SharedFilter};
use crate::formatter::{Format, Formatter};
use crate::level::Level;
use crate::record::Record;
use crate::sys::sync::{
    Arc, AtomicBool, AtomicU16, AtomicU64, Lazy, Mutex, OnceCell, Ordering, Weak,
};
use crate::sys::user_code::{self, Owned, Panic};

/// Takes records to one place: a level, filters and a formatter in front of a [`Sink`].
///
/// It is a handle: clones are the same handler. The handlers of the crate ([`StreamHandler`], …) convert into it, and
/// [`Handler::new`] makes one of any sink.
///
/// Defaults: level `NOTSET` (takes all), no filters, the message alone as the format.
///
/// A failure, or a panic of a filter, formatter or sink, never reaches whoever logs: the record is counted as dropped and
/// the error goes to the [error hook](Self::set_error_hook). After an outage of its device, the handler writes one line on how
/// many records were lost.
///
/// # Python
/// `logging.Handler`. Filters work on the handler's own copy of the record; the lock is the sink's and is not held while
/// filters and formatters run.
///
/// # Examples
/// ```
/// use logtree::{Formatter, Level, Registry};
/// use logtree::handler::StreamHandler;
///
/// let registry = Registry::new();
/// let handler = StreamHandler::stdout().with_level(Level::INFO).with_formatter(Formatter::new("%(message)s")?);
/// registry.root().add_handler(handler);
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone)]
pub struct Handler {
    core: Arc<Core>,
}

struct Core {
    name: Mutex<Option<Arc<str>>>,
    level: AtomicU16,
    once_per_stream: AtomicBool,
    /// Set where a one-line set-up made it.
    made_by: OnceCell<MadeBy>,
    /// What is read for each record, published as one.
    setup: ArcSwap<Setup>,
    /// Held while a new set-up is made of the old one.
    changing: Mutex<()>,
    sink: Owned<Box<dyn Sink>>,
    /// What the sink says of itself, asked once: where it is needed, the registry may be locked.
    is_null: bool,
    stream_id: Option<StreamId>,
    ledger: Ledger,
    /// Those who hold [`Bound`] handlers.
    observers: Mutex<Vec<Weak<dyn Observer>>>,
    /// In the order of making; shutdown goes backwards.
    serial: u64,
}

/// Which set-up made a handler, so that another call of it finds its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MadeBy {
    /// `set_stream_logger` and the other set-ups of standard error.
    StreamLogger,
    /// `set_file_logger`.
    FileLogger,
    /// A registry, for records that meet no other handler.
    LastResort,
}

/// What became of a record at a handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Handled {
    /// A filter did not pass it.
    Refused,
    /// The formatter or the sink failed; it is counted as dropped.
    Failed,
    /// The sink has it.
    Written,
}

/// Filters and formatter of a handler at one moment.
#[derive(Clone)]
pub(crate) struct Setup {
    filters: Vec<SharedFilter>,
    formatter: Owned<Arc<dyn Format>>,
    has_formatter: bool,
}

/// Somebody who holds [`Bound`] handlers, and must make them anew when a set-up changes.
pub(crate) trait Observer: Send + Sync {
    /// Called behind the change, on the thread that made it, with no lock held that this could need.
    fn handler_changed(&self);
}

/// A handler with its set-up at hand, as routes hold it: one look-up less for each record.
#[derive(Clone)]
pub(crate) struct Bound {
    handler: Handler,
    setup: Arc<Setup>,
    is_null: bool,
}

impl Bound {
    pub(crate) fn new(handler: &Handler) -> Self {
        Self {
            handler: handler.clone(),
            setup: handler.core.setup.load_full(),
            is_null: handler.core.is_null,
        }
    }

    pub(crate) fn handler(&self) -> &Handler {
        &self.handler
    }

    /// The lowest level that it takes.
    pub(crate) fn level(&self) -> Level {
        if self.is_null {
            Level::OFF
        } else {
            self.handler.level()
        }
    }

    /// The stream, where it writes a record only if nothing before it has written it there.
    #[inline]
    pub(crate) fn once_on(&self) -> Option<StreamId> {
        let core = &*self.handler.core;
        core.stream_id
            .filter(|_| core.once_per_stream.load(Ordering::Relaxed))
    }

    pub(crate) fn stream(&self) -> Option<StreamId> {
        self.handler.core.stream_id
    }

    /// Whether it takes a record of a logger: by its level, and unless it throws everything away.
    #[inline]
    pub(crate) fn takes(&self, level: Level) -> bool {
        level >= self.handler.level() && !self.is_null
    }

    /// Reports whether it was written.
    #[inline]
    pub(crate) fn handle(&self, record: &Record<'_>) -> bool {
        self.handler.handle_with(&self.setup, record) == Handled::Written
    }
}

impl fmt::Debug for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.handler.fmt(f)
    }
}

/// Most handlers get a formatter of their own, but few need a default of their own.
static MESSAGE_ALONE: Lazy<Arc<Setup>> = Lazy::new(|| {
    Arc::new(Setup {
        filters: Vec::new(),
        formatter: Owned::new(Arc::new(Formatter::default())),
        has_formatter: false,
    })
});

/// Whether a formatter is that of handlers which were given none.
fn is_default_format(formatter: &dyn Format) -> bool {
    std::ptr::addr_eq(formatter, Arc::as_ptr(&MESSAGE_ALONE.formatter))
}

impl Handler {
    /// A handler over a sink.
    #[must_use]
    pub fn new(sink: impl Sink + 'static) -> Self {
        Self::with_ledger(|_| sink)
    }

    /// A handler over a sink that keeps records, and notes in its [`Ledger`] what becomes of them.
    #[must_use]
    pub fn with_ledger<S: Sink + 'static>(make: impl FnOnce(Ledger) -> S) -> Self {
        let ledger = Ledger::new();
        Self::over(Box::new(make(ledger.clone())), ledger)
    }

    fn over(sink: Box<dyn Sink>, ledger: Ledger) -> Self {
        let handler = Self::of(sink, ledger);
        handler.core.ledger.0.belongs_to(&handler);
        directory::enter(&handler);
        handler
    }

    /// A handler over a sink that its own type shares.
    fn with_shared<S>(make: impl FnOnce(Ledger) -> S) -> (Self, Arc<S>)
    where
        Arc<S>: Sink + 'static,
    {
        let ledger = Ledger::new();
        let sink = Arc::new(make(ledger.clone()));
        (Self::over(Box::new(Arc::clone(&sink)), ledger), sink)
    }

    /// What stands for a handler that has ended where its sink reports a last failure.
    fn ended(description: String, ledger: Ledger) -> Self {
        Self::of(Box::new(Ended(description)), ledger)
    }

    fn of(sink: Box<dyn Sink>, ledger: Ledger) -> Self {
        static SERIAL: AtomicU64 = AtomicU64::new(0);
        let core = Core {
            name: Mutex::new(None),
            level: AtomicU16::new(Level::NOTSET.number()),
            once_per_stream: AtomicBool::new(false),
            made_by: OnceCell::new(),
            setup: ArcSwap::new(Arc::clone(&MESSAGE_ALONE)),
            changing: Mutex::new(()),
            // Caught, but no lock is looked for: the global registry is inside its own making when it makes its last resort.
            is_null: user_code::catch(|| sink.is_null()).unwrap_or(false),
            stream_id: user_code::catch(|| sink.stream_id()).unwrap_or(None),
            sink: Owned::new(sink),
            ledger,
            observers: Mutex::new(Vec::new()),
            serial: SERIAL.fetch_add(1, Ordering::Relaxed),
        };
        Self {
            core: Arc::new(core),
        }
    }

    /// Offers a record to the filters and, if they pass it, to the sink; the level is not tested.
    ///
    /// Answers whether the filters passed it. Never fails: see the type's own description.
    ///
    /// # Python
    /// `Handler.handle`.
    #[expect(clippy::must_use_candidate, reason = "it is called for what it does")]
    pub fn handle(&self, record: &Record<'_>) -> bool {
        self.handle_with(&self.core.setup.load(), record) != Handled::Refused
    }

    /// [`handle`](Self::handle) by a set-up that is at hand.
    #[inline]
    fn handle_with(&self, setup: &Setup, record: &Record<'_>) -> Handled {
        match user_code::call(|| self.handle_unguarded(setup, record)) {
            Ok(handled) => handled,
            Err(panic) => {
                self.fail_by_panic(record, panic);
                Handled::Refused
            }
        }
    }

    #[cold]
    fn fail_by_panic(&self, record: &Record<'_>, panic: Panic) {
        let message = format!("a filter, formatter or sink panicked: {panic}");
        self.fail(record, Error::new(ErrorKind::Panicked, message));
    }

    #[inline]
    fn handle_unguarded(&self, setup: &Setup, record: &Record<'_>) -> Handled {
        if setup.filters.is_empty() {
            return self.emit(record, &**setup.formatter);
        }
        self.handle_filtered(setup, record)
    }

    #[inline(never)]
    fn handle_filtered(&self, setup: &Setup, record: &Record<'_>) -> Handled {
        // The handler's own view: what its filters change, no other handler sees (statement 46 is a deviation).
        let mut view = record.clone();
        let ask = || setup.filters.iter().all(|filter| filter.filter(&mut view));
        match user_code::call(ask) {
            Ok(true) => self.emit(&view, &**setup.formatter),
            Ok(false) => Handled::Refused,
            Err(panic) => {
                self.core.ledger.0.tally.place().accepted();
                self.fail_by_panic(record, panic);
                Handled::Refused
            }
        }
    }

    /// [`handle`](Self::handle), but a failure is the caller's to act on: it is neither counted nor told.
    ///
    /// # Errors
    /// Those of the formatter and the sink; a panic counts as one.
    fn try_handle(&self, record: &Record<'_>) -> Result<bool, Error> {
        let mut passed = false;
        self.guard("write", || {
            let setup = self.core.setup.load();
            let mut view = record.clone();
            passed = setup.filters.iter().all(|filter| filter.filter(&mut view));
            if passed {
                self.core.sink.write(&view, &**setup.formatter)?;
                let place = self.core.ledger.0.tally.place();
                place.accepted();
                place.taken();
            }
            Ok(())
        })?;
        Ok(passed)
    }

    #[inline]
    fn emit(&self, record: &Record<'_>, formatter: &dyn Format) -> Handled {
        let core = &*self.core;
        let tally = &core.ledger.0.tally;
        let place = tally.place();
        place.accepted();
        if tally.owes_notice() {
            self.give_notice(record, formatter);
        }
        match core.sink.write(record, formatter) {
            Ok(()) => {
                place.taken();
                Handled::Written
            }
            Err(error) => {
                self.fail(record, error);
                Handled::Failed
            }
        }
    }

    /// Writes how many records an outage cost, before the first record after it, in the handler's own format.
    #[cold]
    fn give_notice(&self, record: &Record<'_>, formatter: &dyn Format) {
        let tally = &self.core.ledger.0.tally;
        let lost = tally.take_lost();
        if lost == 0 {
            return;
        }
        let plural = if lost == 1 { "" } else { "s" };
        let notice = Record::new(
            record.environment,
            "logtree",
            Level::WARNING,
            crate::record::Message::Text(
                format!("{lost} record{plural} dropped: the device failed").into(),
            ),
            &crate::record::Source::default(),
        );
        let written = user_code::call(|| self.core.sink.write_through(&notice, formatter));
        if !matches!(written, Ok(Ok(()))) {
            tally.give_back_lost(lost);
            user_code::drop_value(written);
        }
    }

    #[cold]
    fn fail(&self, record: &Record<'_>, error: Error) {
        let book = &self.core.ledger.0;
        book.tally.dropped(DropReason::of(error.kind()), 1);
        book.tell(self, record, Loss::OfTheRecord, error);
    }

    /// The level below which it takes nothing from loggers.
    #[inline]
    #[must_use]
    pub fn level(&self) -> Level {
        Level::new(self.core.level.load(Ordering::Relaxed))
    }

    /// Changes the level, for records logged from now on. `OFF` silences it.
    ///
    /// # Python
    /// `Handler.setLevel`.
    pub fn set_level(&self, level: impl Into<Level>) {
        self.core
            .level
            .store(level.into().number(), Ordering::Relaxed);
    }

    /// Changes the formatter. A record that is being written ends in the old one.
    ///
    /// # Python
    /// `Handler.setFormatter`.
    pub fn set_formatter(&self, formatter: impl Format + 'static) {
        self.change(|setup| {
            setup.formatter = Owned::new(Arc::new(formatter));
            setup.has_formatter = true;
        });
    }

    /// Goes back to the message alone. Python's `setFormatter(None)`.
    pub fn clear_formatter(&self) {
        self.change(|setup| {
            setup.formatter = Owned::clone(&MESSAGE_ALONE.formatter);
            setup.has_formatter = false;
        });
    }

    /// Whether it was given a formatter.
    #[must_use]
    pub fn has_formatter(&self) -> bool {
        self.core.setup.load().has_formatter
    }

    /// The formatter.
    #[must_use]
    pub fn formatter(&self) -> Arc<dyn Format> {
        Arc::clone(&self.core.setup.load().formatter)
    }

    /// Adds a filter behind the others; the same [`SharedFilter`] twice counts once.
    ///
    /// # Python
    /// `Handler.addFilter`.
    pub fn add_filter(&self, filter: impl Into<SharedFilter>) {
        let filter = filter.into();
        self.change(|setup| {
            if !setup.filters.contains(&filter) {
                setup.filters.push(filter);
            }
        });
    }

    /// Takes a filter away; answers whether it was there.
    ///
    /// # Python
    /// `Handler.removeFilter`.
    #[expect(
        clippy::must_use_candidate,
        reason = "whether it was there is often no question"
    )]
    pub fn remove_filter(&self, filter: &SharedFilter) -> bool {
        let mut removed = false;
        self.change(|setup| {
            let before = setup.filters.len();
            setup.filters.retain(|known| known != filter);
            removed = setup.filters.len() < before;
        });
        removed
    }

    /// The filters, in the order in which they are asked.
    #[must_use]
    pub fn filters(&self) -> Vec<SharedFilter> {
        self.core.setup.load().filters.clone()
    }

    /// The name it can be found by.
    ///
    /// # Python
    /// `Handler.name`.
    #[must_use]
    pub fn name(&self) -> Option<Arc<str>> {
        self.core.name.lock().clone()
    }

    /// Gives it a name, or takes it away. A name that another handler has goes over to this one; see [`handler_by_name`].
    ///
    /// # Python
    /// `Handler.set_name` (statement 73).
    pub fn set_name<'n>(&self, name: impl Into<Option<&'n str>>) {
        directory::rename(self, name.into());
    }

    /// Sets what is done when a record cannot be written, in place of the default: one line on standard error for each kind
    /// of failure, at most every 30 seconds, with the number of failures between.
    ///
    /// It is called on the thread that logs, with no lock held, and may log.
    ///
    /// # Python
    /// `Handler.handleError`.
    pub fn set_error_hook(&self, hook: impl Fn(&HandlerError<'_>) + Send + Sync + 'static) {
        let hook = Owned::new(Arc::new(hook) as Arc<Hook>);
        let old = self.core.ledger.0.hook.lock().replace(hook);
        // Out of the lock: its end is user code.
        drop(old);
    }

    /// Writes out what the sink holds back.
    ///
    /// # Errors
    /// Those of the sink, or else the first failure since the last flush, which the error hook was called for: of a record, or of a
    /// buffer that a thread of the sink wrote out. Records that were refused, as there was no room
    /// ([`ErrorKind::Full`]) or they came from the sink itself ([`ErrorKind::Reentrant`]), are no failure of it.
    pub fn flush(&self) -> Result<(), Error> {
        let flushed = self.guard("flush", || self.core.sink.flush());
        self.core.ledger.0.settle(flushed)
    }

    /// Writes out what the sink holds back and ends it; the handler's name is free again. What is logged afterwards depends on
    /// the sink: a stream goes on.
    ///
    /// # Errors
    /// As those of [`flush`](Self::flush).
    pub fn close(&self) -> Result<(), Error> {
        directory::rename(self, None);
        let closed = self.guard("close", || self.core.sink.close());
        self.core.ledger.0.settle(closed)
    }

    /// Opens the sink's file anew, where it has one.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn reopen(&self) -> Result<(), Error> {
        self.guard("reopen", || self.core.sink.reopen())
    }

    /// How many records were written and how many were lost, and why.
    #[must_use]
    pub fn counters(&self) -> Counters {
        let sink = &self.core.sink;
        // A sink that panics here is counted without what it keeps.
        let kept = user_code::call(|| (sink.queued(), sink.lost(), sink.written()));
        let (queued, lost, written) = kept.unwrap_or((0, (DropReason::Io, 0), None));
        self.core.ledger.0.tally.read(queued, lost, written)
    }

    /// Returns the stream that it writes to, where other handlers may write to the same one: a standard stream, a writer, or a
    /// file by its path.
    #[must_use]
    pub fn stream_id(&self) -> Option<StreamId> {
        self.core.stream_id
    }

    /// Returns the same handler, which leaves out a record that another handler before it on the record's way has written to the
    /// same [stream](Self::stream_id), or writes all; off by default.
    ///
    /// A record meets the handlers of its own logger first, then those of its ancestors, so it is written by the nearest one
    /// whose level and filters pass it and whose formatter and stream do not fail. What is kept in a queue or a buffer on its way to the
    /// stream is not seen here: a stream and a queue that ends in it both write. Of more than 64 handlers on one way, those from the
    /// 65th on are not compared with one another.
    #[must_use]
    pub fn with_once_per_stream(self, once: bool) -> Self {
        self.set_once_per_stream(once);
        self
    }

    fn set_once_per_stream(&self, once: bool) {
        self.core.once_per_stream.store(once, Ordering::Relaxed);
    }

    pub(crate) fn made_by(&self) -> Option<MadeBy> {
        self.core.made_by.get().copied()
    }

    /// Notes which set-up made it; the first one counts.
    pub(crate) fn note_maker(&self, maker: MadeBy) {
        let _ = self.core.made_by.set(maker);
    }

    /// Whether two handles are the same handler.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.core, &other.core)
    }

    /// The same, with a level. For chains like `StreamHandler::stderr().with_level(…)`.
    #[must_use]
    pub fn with_level(self, level: impl Into<Level>) -> Self {
        self.set_level(level);
        self
    }

    /// The same, with a formatter.
    #[must_use]
    pub fn with_formatter(self, formatter: impl Format + 'static) -> Self {
        self.set_formatter(formatter);
        self
    }

    /// The same, with one more filter.
    #[must_use]
    pub fn with_filter(self, filter: impl Filter + 'static) -> Self {
        self.add_filter(filter);
        self
    }

    /// The same, with a name.
    #[must_use]
    pub fn with_name(self, name: &str) -> Self {
        self.set_name(name);
        self
    }

    /// Tells the sink that many records follow, or that they have.
    fn set_corked(&self, corked: bool) {
        // A sink that panics here writes as it did before.
        let _ = self.guard("set_corked", || {
            self.core.sink.set_corked(corked);
            Ok(())
        });
    }

    /// The handlers that it hands records to.
    fn targets(&self) -> Vec<Self> {
        let mut targets = Vec::new();
        // A sink that panics here is one without targets.
        let _ = self.guard("targets", || {
            targets = self.core.sink.targets();
            Ok(())
        });
        targets
    }

    /// Has the sink forget what is its parent process's.
    fn begin_in_child(&self) {
        let _ = self.guard("in_child", || {
            self.core.sink.in_child();
            Ok(())
        });
    }

    fn guard(&self, doing: &str, call: impl FnOnce() -> Result<(), Error>) -> Result<(), Error> {
        user_code::call(call).unwrap_or_else(|panic| {
            let message = format!("the sink panicked in {doing}: {panic}");
            Err(Error::new(ErrorKind::Panicked, message))
        })
    }

    /// Gives it what a configuration says, in one step: a formatter, and filters in place of those that an earlier one made.
    /// `None` leaves things as they are.
    pub(crate) fn dress(
        &self,
        formatter: Option<Arc<dyn Format>>,
        filters: Option<Vec<SharedFilter>>,
    ) {
        self.change(|setup| {
            if let Some(formatter) = formatter {
                setup.formatter = Owned::new(formatter);
                setup.has_formatter = true;
            }
            if let Some(filters) = filters {
                setup.filters.retain(|filter| !filter.is_configured());
                setup.filters.extend(filters);
            }
        });
    }

    fn change(&self, change: impl FnOnce(&mut Setup)) {
        let one_at_a_time = self.core.changing.lock();
        let mut setup = Setup::clone(&self.core.setup.load());
        change(&mut setup);
        let old = self.core.setup.swap(Arc::new(setup));
        // Behind the swap: whoever binds the handler from now on finds the new set-up.
        let observers = {
            let mut observers = self.core.observers.lock();
            observers.retain(|observer| observer.strong_count() > 0);
            observers.clone()
        };
        for observer in observers.iter().filter_map(Weak::upgrade) {
            observer.handler_changed();
        }
        drop(one_at_a_time);
        // Kept until here: the end of a filter or formatter runs the user's code, so no lock may be held.
        drop(old);
    }

    /// Lets somebody know, from now on, when the set-up changes.
    pub(crate) fn tell(&self, observer: &Weak<dyn Observer>) {
        let mut observers = self.core.observers.lock();
        if !observers.iter().any(|known| known.ptr_eq(observer)) {
            observers.push(Weak::clone(observer));
        }
    }

    fn downgrade(&self) -> Weak<Core> {
        Arc::downgrade(&self.core)
    }

    fn upgrade(core: &Weak<Core>) -> Option<Self> {
        core.upgrade().map(|core| Self { core })
    }
}

impl Drop for Core {
    /// Notes how the sink describes itself: it ends now, and may have a last failure to report.
    fn drop(&mut self) {
        if self.ledger.0.is_shared() {
            self.ledger.0.ends(user_code::text(|out| {
                write!(out, "{}", Described(&**self.sink))
            }));
        }
    }
}

/// A sink as it describes itself.
struct Described<'s>(&'s dyn Sink);

impl fmt::Display for Described<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.describe(f)
    }
}

/// The sink of a handler that has ended.
struct Ended(String);

impl Sink for Ended {
    fn write(&self, _: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        Err(Error::new(ErrorKind::Closed, "the handler has ended"))
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Handler {
    /// `<StreamHandler <stderr> (NOTSET)>`, as Python prints it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<")?;
        user_code::write_to(f, |f| self.core.sink.describe(f));
        if let Some(name) = self.name() {
            write!(f, " {name:?}")?;
        }
        write!(f, " ({})>", self.level())
    }
}
