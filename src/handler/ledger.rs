//! What became of a handler's records, and where failures go: [`Ledger`].

use std::fmt;

use crate::error::Error;
#[cfg(feature = "delivery")]
use crate::formatter::Format;
use crate::handler::core::Book;
use crate::handler::counters::DropReason;
use crate::handler::failure::Loss;
#[cfg(feature = "delivery")]
use crate::level::Level;
use crate::record::Record;
use crate::sys::sync::Arc;

/// The account of a handler's records, for a [`Sink`](super::Sink) that keeps records and writes
/// them later.
///
/// A handler counts a record as written when [`Sink::write`](super::Sink::write) returns `Ok`. A
/// sink that has only put it into a buffer calls [`kept`](Self::kept) during `write`, and later
/// [`written`](Self::written) or [`dropped`](Self::dropped), so that each record is counted once,
/// when it is known what became of it. Until then, it is in
/// [`SinkStatus::queued`](super::SinkStatus::queued).
///
/// `dropped` and [`failed`](Self::failed) call the handler's error hook, or report to standard
/// error, and the handler's next [`flush`](crate::Handler::flush) or
/// [`close`](crate::Handler::close) returns the error: also where the failure happened on a thread
/// of the sink, or in its destructor. (Records refused as `Full` or `Reentrant` are counted and
/// reported, but are no failure of a flush.) The hook is user code, so neither may be called with a
/// lock held.
///
/// A sink gets its ledger by [`Handler::with_ledger`](crate::Handler::with_ledger). Clones are the
/// same ledger.
///
/// # Examples
/// ```
/// use logtree::{Error, ErrorKind, Handler, Record};
/// use logtree::formatter::Format;
/// use logtree::handler::{Ledger, Sink, SinkStatus};
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
///     fn status(&self) -> SinkStatus {
///         SinkStatus::default().with_queued(self.0.load(Ordering::Relaxed))
///     }
/// }
///
/// let handler = Handler::with_ledger(|ledger| Counting(AtomicU64::new(0), ledger));
/// handler.set_error_hook(|failure| assert_eq!(failure.lost(), 1));
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

    /// Notes that the sink has put a record into its buffer. Called inside
    /// [`Sink::write`](super::Sink::write), which then returns `Ok`.
    #[inline]
    pub fn kept(&self, record: &Record<'_>) {
        self.0.tally.place().kept();
        self.0.remember(record);
    }

    /// Notes that records which had been kept are written.
    pub fn written(&self, records: u64) {
        self.0.tally.wrote_later(records);
    }

    /// Notes that records which had been kept are lost, and reports it. The reason follows from the
    /// error's kind.
    ///
    /// It calls the error hook: no lock may be held.
    pub fn dropped(&self, records: u64, error: Error) {
        if records > 0 {
            let reason = DropReason::of(error.kind());
            self.0.tally.dropped(reason, records);
            self.0.report(Loss::Buffered(records), error);
        }
    }

    /// Counts a record that the sink's own work has logged: it is neither written nor reported.
    #[cfg(feature = "delivery")]
    pub(super) fn refused(&self, record: &Record<'_>) {
        self.kept(record);
        self.lost(DropReason::Reentrant, 1);
    }

    /// Counts records that are lost, without reporting it: the calling thread has no time for it.
    /// [`report_lost`](Self::report_lost) follows.
    #[cfg(feature = "delivery")]
    pub(super) fn lost(&self, reason: DropReason, records: u64) {
        self.0.tally.dropped(reason, records);
    }

    /// Reports records that are counted as lost. Like [`dropped`](Self::dropped), it calls the
    /// error hook.
    #[cfg(feature = "delivery")]
    pub(super) fn report_lost(&self, records: u64, error: Error) {
        self.0.report(Loss::Buffered(records), error);
    }

    /// Calls a function with a record of the handler's own, and the handler's formatter.
    #[cfg(feature = "delivery")]
    pub(super) fn notice(
        &self,
        level: Level,
        text: &str,
        write: &mut dyn FnMut(&Record<'_>, &dyn Format),
    ) {
        self.0.notice(level, text, write);
    }

    /// Reports a failure that has cost no record, as where a buffer could not be written and keeps
    /// what is in it.
    ///
    /// It calls the error hook: no lock may be held.
    pub fn failed(&self, error: Error) {
        self.0.report(Loss::Buffered(0), error);
    }

    /// Reports a failure after which the sink tries again. No later flush returns it: what is not
    /// written by then, the sink knows itself.
    ///
    /// It calls the error hook: no lock may be held.
    #[cfg(feature = "delivery")]
    pub(super) fn retries(&self, error: Error) {
        self.0.report(Loss::Retried, error);
    }
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger").finish_non_exhaustive()
    }
}
