//! What became of a handler's records, and where failures go: [`Ledger`].

use std::fmt;

use crate::context::Environment;
use crate::error::{Error, ErrorKind};
use crate::handler::counters::{DropReason, Tally};
use crate::handler::failure::{HandlerError, Hook, Reports};
use crate::handler::{Core, Handler};
use crate::level::Level;
use crate::record::{Message, Record, Source};
use crate::sys::sync::{Arc, AtomicUsize, Mutex, OnceCell, Ordering, Weak};
use crate::sys::user_code::{self, Owned};

/// The account of a handler's records, for a [`Sink`](super::Sink) that keeps records and writes them later.
///
/// A handler counts a record as written when [`Sink::write`](super::Sink::write) returns `Ok`. A sink that has only put it into a
/// buffer calls [`kept`](Self::kept) during `write`, and later [`written`](Self::written) or [`dropped`](Self::dropped), so that each
/// record is counted once, when it is known what became of it. Until then, [`Sink::queued`](super::Sink::queued) has it.
///
/// `dropped` and [`failed`](Self::failed) call the handler's error hook, or report to standard error, and the handler's next
/// [`flush`](Handler::flush) or [`close`](Handler::close) returns the error: also where the failure happened on a thread of the
/// sink, or in its destructor. (Records refused as `Full` or `Reentrant` are counted and reported, but are no failure of a flush.) The hook is user code, so neither may be called with a lock held.
///
/// A sink gets its ledger by [`Handler::with_ledger`]. Clones are the same ledger.
///
/// # Examples
/// ```
/// use logtree::{Error, ErrorKind, Handler, Record};
/// use logtree::formatter::Format;
/// use logtree::handler::{Ledger, Sink};
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// struct Counting(AtomicU64, Ledger);
/// impl Sink for Counting {
///     fn write(&self, record: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
///         self.0.fetch_add(1, Ordering::Relaxed);
///         self.1.kept(record);
///         Ok(())
///     }
///     fn flush(&self) -> Result<(), Error> {
///         let lost = self.0.swap(0, Ordering::Relaxed);
///         self.1.dropped(lost, Error::new(ErrorKind::Io, "cannot deliver"));
///         Ok(())
///     }
///     fn queued(&self) -> u64 {
///         self.0.load(Ordering::Relaxed)
///     }
/// }
///
/// let handler = Handler::with_ledger(|ledger| Counting(AtomicU64::new(0), ledger));
/// handler.set_error_hook(|failure| assert_eq!(failure.lost, 1));
/// handler.handle(&Record::builder().message("hello").build());
/// assert_eq!(handler.counters().queued(), 1);
/// assert!(handler.flush().is_err());
/// assert_eq!((handler.counters().written(), handler.counters().dropped()), (0, 1));
/// ```
#[derive(Clone)]
pub struct Ledger(pub(super) Arc<Book>);

impl Ledger {
    pub(super) fn new() -> Self {
        Self(Arc::default())
    }

    /// Notes that the sink has put a record into its buffer. Called inside [`Sink::write`](super::Sink::write), which then returns `Ok`.
    #[inline]
    pub fn kept(&self, record: &Record<'_>) {
        self.0.tally.place().kept();
        self.0.remember(record);
    }

    /// Notes that records which had been kept are written.
    pub fn written(&self, records: u64) {
        self.0.tally.wrote_later(records);
    }

    /// Notes that records which had been kept are lost, and reports it. The reason follows from the error's kind.
    ///
    /// It calls the error hook: no lock may be held.
    pub fn dropped(&self, records: u64, error: Error) {
        if records > 0 {
            let reason = DropReason::of(error.kind());
            self.0.tally.dropped(reason, records);
            self.0.report(records, error);
        }
    }

    /// Reports a failure that has cost no record, as where a buffer could not be written and keeps what is in it.
    ///
    /// It calls the error hook: no lock may be held.
    pub fn failed(&self, error: Error) {
        self.0.report(0, error);
    }
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger").finish_non_exhaustive()
    }
}

/// The part of a handler that its sink may use, also when the handler itself has ended.
#[derive(Default)]
pub(super) struct Book {
    pub(super) tally: Tally,
    pub(super) hook: Mutex<Option<Owned<Arc<Hook>>>>,
    reports: Reports,
    /// The first failure since the last flush.
    failure: Mutex<Option<Error>>,
    /// The registry of the last record that was kept, whose diagnostics get what is reported without a record.
    environment: Mutex<Option<Arc<Environment>>>,
    environment_at: AtomicUsize,
    handler: OnceCell<Weak<Core>>,
    /// How the handler described itself when it ended.
    epitaph: OnceCell<String>,
}

/// What a failure has cost.
pub(super) enum Loss {
    OfTheRecord,
    /// So many, for which the record is in their place.
    InPlace(u64),
}

impl Book {
    pub(super) fn belongs_to(&self, handler: &Handler) {
        let _ = self.handler.set(handler.downgrade());
    }

    /// Whether a sink has it as well.
    pub(super) fn is_shared(self: &Arc<Self>) -> bool {
        Arc::strong_count(self) > 1
    }

    pub(super) fn ends(&self, description: String) {
        let _ = self.epitaph.set(description);
    }

    /// Notes whose diagnostics get what is reported without a record.
    #[inline]
    fn remember(&self, record: &Record<'_>) {
        let address = Arc::as_ptr(record.environment) as usize;
        if self.environment_at.load(Ordering::Relaxed) != address {
            self.remember_anew(record.environment);
        }
    }

    #[cold]
    fn remember_anew(&self, environment: &Arc<Environment>) {
        let mut kept = self.environment.lock();
        let old = kept.replace(Arc::clone(environment));
        // Under the lock, so that it is the address of what is kept, and no other one's who came to the same place.
        let address = Arc::as_ptr(environment) as usize;
        self.environment_at.store(address, Ordering::Relaxed);
        drop(kept);
        // Out of the lock: a clock's end is user code.
        drop(old);
    }

    /// Reports what has no record any more.
    #[cold]
    fn report(self: &Arc<Self>, lost: u64, error: Error) {
        let environment = self.environment.lock().clone();
        let environment = environment
            .as_ref()
            .unwrap_or_else(|| Environment::global());
        let plural = if lost == 1 { "" } else { "s" };
        let text = format!("{lost} buffered record{plural} dropped");
        let source = Source::default();
        let message = Message::Text(text.into());
        let record = Record::new(environment, "logtree", Level::ERROR, message, &source);
        let handler = self.handler.get().and_then(Handler::upgrade);
        let handler = handler.unwrap_or_else(|| {
            let description = self.epitaph.get().cloned().unwrap_or_default();
            Handler::ended(description, Ledger(Arc::clone(self)))
        });
        self.tell(&handler, &record, Loss::InPlace(lost), error);
    }

    /// Calls the hook or writes the default report, and keeps the error for the next flush.
    #[cold]
    pub(super) fn tell(&self, handler: &Handler, record: &Record<'_>, loss: Loss, error: Error) {
        let hook = self.hook.lock().clone();
        let (lost, in_place) = match loss {
            Loss::OfTheRecord => (1, false),
            Loss::InPlace(lost) => (lost, true),
        };
        let failure = HandlerError {
            handler,
            error: &error,
            record,
            lost,
            in_place,
        };
        match hook {
            // A panic of the hook has nowhere left to go.
            Some(hook) => user_code::call_ignoring_panic(|| hook(&failure)),
            None => self
                .reports
                .report(&failure, &record.environment.diagnostics),
        }
        let is_refused = matches!(error.kind(), ErrorKind::Full | ErrorKind::Reentrant);
        let mut first = self.failure.lock();
        let unused = if first.is_none() && !is_refused {
            first.replace(error)
        } else {
            Some(error)
        };
        drop(first);
        // Its cause may be a user's.
        user_code::drop_value(unused);
    }

    /// What a flush returns: what failed in it, or else the first failure since the last one.
    pub(super) fn settle(&self, flushed: Result<(), Error>) -> Result<(), Error> {
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
