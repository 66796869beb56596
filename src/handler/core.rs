//! What the clones of a handler share: [`HandlerCore`], and [`Book`], which its sink shares as
//! well.

use std::{fmt, mem};

use arc_swap::ArcSwap;

use crate::context::RegistryContext;
use crate::error::{Chain, Error, ErrorKind};
use crate::filter::SharedFilter;
use crate::formatter::{Format, KnownFormat};
use crate::handler::any_sink::AnySink;
use crate::handler::config::HandlerConfig;
use crate::handler::counters::{Counters, DropReason, Tally};
use crate::handler::failure::{self, Failure, Loss, Reports};
use crate::handler::handled::Handled;
use crate::handler::handler_id::HandlerId;
use crate::handler::in_place::InPlace;
use crate::handler::sink::{Batch, Sink, SinkFacts, SinkStatus};
use crate::level::Level;
use crate::record::{Message, Record, Source};
use crate::sys::sync::{Arc, AtomicBool, AtomicU16, AtomicUsize, Mutex, OnceCell, Ordering, Weak};
use crate::sys::user_code::{self, Owned, Panic};
use crate::time::{Clock, SystemClock, Timestamp};

pub(super) struct HandlerCore {
    pub(super) id: HandlerId,
    pub(super) name: Mutex<Option<Arc<str>>>,
    pub(super) level: AtomicU16,
    pub(super) once_per_stream: AtomicBool,
    /// Set by the one-line set-up that made it.
    pub(super) made_by: OnceCell<MadeBy>,
    /// What is read for each record, published as one.
    pub(super) config: ArcSwap<HandlerConfig>,
    /// Held while a new configuration is made of the old one.
    changing: Mutex<()>,
    pub(super) sink: AnySink,
    /// Asked once: where they are needed, the registry may be locked.
    pub(super) facts: SinkFacts,
    pub(super) book: Arc<Book>,
    /// Those that hold [bound](crate::handler::bound::BoundHandler) handlers.
    observers: Mutex<Vec<Weak<dyn Observer>>>,
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

/// Holds bound handlers, and replaces them when a configuration changes.
pub(crate) trait Observer: Send + Sync {
    /// Called after the change, on the thread that made it, with no lock held that this could need.
    fn handler_changed(&self, handler: HandlerId);
}

impl HandlerCore {
    pub(super) fn new(sink: AnySink, book: Arc<Book>) -> Self {
        // Caught, but no lock is looked for: the global registry makes its last resort while it is
        // being made itself.
        let facts = user_code::catch(|| sink.facts());
        let facts =
            facts.unwrap_or_else(|panic| SinkFacts::new(format!("panic in facts: {panic}")));
        Self {
            id: HandlerId::next(),
            name: Mutex::new(None),
            level: AtomicU16::new(Level::NOTSET.number()),
            once_per_stream: AtomicBool::new(false),
            made_by: OnceCell::new(),
            config: ArcSwap::new(HandlerConfig::message_only()),
            changing: Mutex::new(()),
            sink,
            facts,
            book,
            observers: Mutex::new(Vec::new()),
        }
    }

    /// Offers a record to the filters and, if they pass it, to the sink.
    #[inline]
    pub(super) fn handle(self: &Arc<Self>, config: &HandlerConfig, record: &Record<'_>) -> Handled {
        match user_code::call(|| self.handle_unguarded(config, record)) {
            Ok(handled) => handled,
            Err(panic) => {
                self.fail_by_panic(record, panic);
                Handled::Refused
            }
        }
    }

    #[inline]
    fn handle_unguarded(self: &Arc<Self>, config: &HandlerConfig, record: &Record<'_>) -> Handled {
        if !config.filters.is_empty() {
            return match &config.in_place {
                Some(in_place) if record.is_bare() => self.emit_known(record, in_place),
                _ => self.handle_filtered(config, record),
            };
        }
        match &config.known {
            Some(KnownFormat::Text(text)) => self.emit_known(record, text),
            Some(KnownFormat::Json(json)) => self.emit_known(record, json),
            None => self.emit(record, &**config.formatter),
        }
    }

    #[inline(never)]
    fn handle_filtered(self: &Arc<Self>, config: &HandlerConfig, record: &Record<'_>) -> Handled {
        // The handler's own view: unlike in Python, no other handler sees what its filters change.
        let mut view = record.clone();
        match user_code::call(|| self.passes(config, &mut view)) {
            Ok(true) => self.emit(&view, &**config.formatter),
            Ok(false) => Handled::Refused,
            Err(panic) => {
                self.book.tally.place().accepted();
                self.fail_by_panic(record, panic);
                Handled::Refused
            }
        }
    }

    /// Handles a record, but leaves a failure to the caller: it is neither counted nor reported.
    /// `formatter` serves a handler that was given none.
    ///
    /// # Errors
    /// Those of the formatter and the sink; a panic counts as one.
    pub(super) fn try_handle(
        &self,
        record: &Record<'_>,
        formatter: Option<&dyn Format>,
    ) -> Result<bool, Error> {
        let mut passed = false;
        Self::guard("write", || {
            let config = self.config.load();
            let mut view = record.clone();
            passed = self.passes(&config, &mut view);
            if passed {
                let formatter = formatter.filter(|_| !config.has_formatter);
                self.sink
                    .write(&view, formatter.unwrap_or(&**config.formatter))?;
                let place = self.book.tally.place();
                place.accepted();
                place.taken();
            }
            Ok(())
        })?;
        Ok(passed)
    }

    #[cold]
    pub(super) fn fail_by_panic(self: &Arc<Self>, record: &Record<'_>, panic: Panic) {
        let message = format!("a filter, formatter or sink panicked: {panic}");
        self.fail(record, Error::new(ErrorKind::Panicked, message));
    }

    #[cold]
    pub(super) fn fail(self: &Arc<Self>, record: &Record<'_>, error: Error) {
        let book = &self.book;
        book.tally.dropped(DropReason::of(error.kind()), 1);
        // The hook gets no secrets: what failed may have come before the filters, or without them.
        let redacted = user_code::call(|| self.config.load().redacted(record));
        let redacted = redacted.unwrap_or_else(|_| {
            let message = Message::Text("a record that could not be redacted".into());
            let Record {
                environment,
                name,
                level,
                ..
            } = record;
            let source = record.source();
            Some(Record::new(environment, name, *level, message, source))
        });
        let shown = redacted.as_ref().unwrap_or(record);
        book.notify(self, shown, Loss::Record, error);
    }

    pub(super) fn flush(&self) -> Result<(), Error> {
        self.settle_limits();
        let flushed = Self::guard("flush", || self.sink.flush());
        self.book.settle(flushed)
    }

    pub(super) fn close(&self) -> Result<(), Error> {
        self.settle_limits();
        let closed = Self::guard("close", || self.sink.close());
        self.book.settle(closed)
    }

    pub(super) fn reopen(&self) -> Result<(), Error> {
        Self::guard("reopen", || self.sink.reopen())
    }

    pub(super) fn last_error(&self) -> Option<(Timestamp, String)> {
        self.book.last_error()
    }

    pub(super) fn counters(&self) -> Counters {
        let status = self.status();
        let lost = status.lost.unwrap_or((DropReason::Io, 0));
        self.book.tally.read(status.queued, lost, status.written)
    }

    pub(super) fn status(&self) -> SinkStatus {
        // A sink that panics here is counted without what it keeps.
        user_code::call(|| self.sink.status()).unwrap_or_default()
    }

    pub(super) fn batch(&self, batch: Batch) {
        // A sink that panics here writes as it did before.
        user_code::call_ignoring_panic(|| self.sink.batch(batch));
    }

    pub(super) fn reset_after_fork(&self) {
        user_code::call_ignoring_panic(|| self.sink.reset_after_fork());
    }

    fn guard(doing: &str, call: impl FnOnce() -> Result<(), Error>) -> Result<(), Error> {
        user_code::call(call).unwrap_or_else(|panic| {
            let message = format!("the sink panicked in {doing}: {panic}");
            Err(Error::new(ErrorKind::Panicked, message))
        })
    }

    /// Changes the configuration, and notifies the observers.
    pub(super) fn change(&self, change: impl FnOnce(&mut HandlerConfig)) {
        let one_at_a_time = self.changing.lock();
        let mut config = HandlerConfig::clone(&self.config.load());
        change(&mut config);
        config
            .filters
            .iter_mut()
            .for_each(SharedFilter::enter_handler);
        let is_stream = matches!(self.sink, AnySink::Stream(_));
        config.known = KnownFormat::of(&**config.formatter).filter(|_| is_stream);
        config.in_place =
            InPlace::new(&config.filters, &config.formatter).filter(|_| self.facts.writes_lines);
        let old = self.config.swap(Arc::new(config));
        // After the swap: what binds the handler from now on finds the new configuration.
        let observers = {
            let mut observers = self.observers.lock();
            observers.retain(|observer| observer.strong_count() > 0);
            observers.clone()
        };
        for observer in observers.iter().filter_map(Weak::upgrade) {
            observer.handler_changed(self.id);
        }
        drop(one_at_a_time);
        self.attach_limits();
        self.leave_limits(&old);
        // Kept until here: dropping a filter or formatter is user code, so no lock may be held.
        drop(old);
    }

    pub(super) fn observe(&self, observer: &Weak<dyn Observer>) {
        let mut observers = self.observers.lock();
        if !observers.iter().any(|known| known.ptr_eq(observer)) {
            observers.push(Weak::clone(observer));
        }
    }

    #[cfg(test)]
    pub(super) fn observer_count(&self) -> usize {
        self.observers.lock().len()
    }
}

impl Drop for HandlerCore {
    /// Notes the description: the sink ends now, and may have a last failure to report.
    fn drop(&mut self) {
        if Arc::strong_count(&self.book) > 1 {
            let _ = self
                .book
                .epitaph
                .set(mem::take(&mut self.facts.description));
        }
    }
}

impl fmt::Debug for HandlerCore {
    /// `<StreamHandler <stderr> (NOTSET)>`, as Python prints it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}", self.facts.description)?;
        let name = self.name.lock().clone();
        if let Some(name) = name {
            write!(f, " {name:?}")?;
        }
        let level = Level::new(self.level.load(Ordering::Relaxed));
        write!(f, " ({level})>")
    }
}

/// The sink of a handler that has ended.
struct Ended(String);

impl Sink for Ended {
    fn write(&self, _: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        Err(Error::new(ErrorKind::Closed, "the handler has ended"))
    }

    fn facts(&self) -> SinkFacts {
        SinkFacts::new(self.0.clone())
    }
}

pub(super) type Hook = dyn Fn(&Arc<HandlerCore>, &Failure<'_>) + Send + Sync;

/// The part of a handler that its sink may use, also after the handler itself has ended.
#[derive(Default)]
pub(super) struct Book {
    pub(super) tally: Tally,
    hook: Mutex<Option<Owned<Arc<Hook>>>>,
    reports: Reports,
    /// The first failure since the last flush.
    failure: Mutex<Option<Error>>,
    /// The last failure, for those that look at it.
    last_error: Mutex<Option<(Timestamp, String)>>,
    /// The registry of the last record that was kept, whose diagnostics get what is reported
    /// without a record.
    environment: Mutex<Option<Arc<RegistryContext>>>,
    environment_at: AtomicUsize,
    pub(super) handler: OnceCell<Weak<HandlerCore>>,
    /// How the handler described itself when it ended.
    epitaph: OnceCell<String>,
}

impl Book {
    pub(super) fn set_handler(&self, handler: &Arc<HandlerCore>) {
        let _ = self.handler.set(Arc::downgrade(handler));
    }

    pub(super) fn set_hook(&self, hook: Arc<Hook>) {
        let old = self.hook.lock().replace(Owned::new(hook));
        // Out of the lock: dropping it is user code.
        drop(old);
    }

    /// Notes whose diagnostics get what is reported without a record.
    #[inline]
    pub(super) fn remember(&self, record: &Record<'_>) {
        let address = Arc::as_ptr(record.environment) as usize;
        if self.environment_at.load(Ordering::Relaxed) != address {
            self.remember_another(record.environment);
        }
    }

    #[cold]
    fn remember_another(&self, environment: &Arc<RegistryContext>) {
        let mut kept = self.environment.lock();
        let old = kept.replace(Arc::clone(environment));
        // Under the lock, so that it is the address of what is kept, and of nothing that came to
        // the same place later.
        let address = Arc::as_ptr(environment) as usize;
        self.environment_at.store(address, Ordering::Relaxed);
        drop(kept);
        // Out of the lock: dropping a clock is user code.
        drop(old);
    }

    /// Reports the loss of records that are no longer at hand.
    #[cold]
    pub(super) fn report(self: &Arc<Self>, loss: Loss, error: Error) {
        let environment = self.environment.lock().clone();
        let environment = environment
            .as_ref()
            .unwrap_or_else(|| RegistryContext::global());
        let lost = loss.records();
        let plural = if lost == 1 { "" } else { "s" };
        let text = format!("{lost} buffered record{plural} dropped");
        let source = Source::default();
        let message = Message::Text(text.into());
        let record = Record::new(
            environment,
            failure::NOTICES,
            Level::ERROR,
            message,
            &source,
        );
        let handler = self.handler.get().and_then(Weak::upgrade);
        let handler = handler.unwrap_or_else(|| {
            let description = self.epitaph.get().cloned().unwrap_or_default();
            Arc::new(HandlerCore::new(
                AnySink::from(Box::new(Ended(description))),
                Arc::clone(self),
            ))
        });
        self.notify(&handler, &record, loss, error);
    }

    /// Calls a function with a record of the handler's own, and the handler's formatter.
    #[cfg(feature = "delivery")]
    pub(super) fn notice(
        &self,
        level: Level,
        text: &str,
        write: &mut dyn FnMut(&Record<'_>, &dyn Format),
    ) {
        let Some(handler) = self.handler.get().and_then(Weak::upgrade) else {
            return;
        };
        let environment = self.environment.lock().clone();
        let environment = environment
            .as_ref()
            .unwrap_or_else(|| RegistryContext::global());
        let (message, source) = (Message::Text(text.into()), Source::default());
        let record = Record::new(environment, failure::NOTICES, level, message, &source);
        write(&record, &**handler.config.load().formatter);
    }

    /// Calls the hook or writes the default report, and keeps the error for the next flush.
    #[cold]
    fn notify(&self, handler: &Arc<HandlerCore>, record: &Record<'_>, loss: Loss, error: Error) {
        let hook = self.hook.lock().clone();
        let failure = Failure {
            error: &error,
            record,
            loss,
        };
        match hook {
            // A panic of the hook has nowhere left to go.
            Some(hook) => user_code::call_ignoring_panic(|| hook(handler, &failure)),
            None => {
                let handler = (handler.id, handler as &dyn fmt::Debug);
                self.reports.report(handler, &failure, record.environment);
            }
        }
        // The cause of an error may be the user's type.
        let shown = user_code::display(&Chain::one_line(&error));
        *self.last_error.lock() = Some((SystemClock.now(), shown));
        let is_refused = matches!(error.kind(), ErrorKind::Full | ErrorKind::Reentrant);
        let mut first = self.failure.lock();
        let unused = if first.is_none() && !is_refused && loss.is_lasting() {
            first.replace(error)
        } else {
            Some(error)
        };
        drop(first);
        // Its cause may be the user's type.
        user_code::drop_value(unused);
    }

    pub(super) fn last_error(&self) -> Option<(Timestamp, String)> {
        self.last_error.lock().clone()
    }

    /// Returns what failed in a flush, or else the first failure since the last one.
    fn settle(&self, flushed: Result<(), Error>) -> Result<(), Error> {
        let earlier = self.failure.lock().take();
        match (flushed, earlier) {
            (Err(error), earlier) => {
                user_code::drop_value(earlier);
                Err(error)
            }
            (Ok(()), Some(earlier)) => Err(earlier),
            (Ok(()), None) => Ok(()),
        }
    }
}
