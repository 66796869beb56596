//! A record for many repetitions: [`DedupFilter`].

use std::time::Duration;

use crate::filter::filter::Filter;
use crate::filter::volume::limit::Limit;
use crate::filter::volume::repeats::{Counts, Options, Repeats};
use crate::level::drop_counts::DropCounts;
use crate::record::Record;
use crate::sys::sync::{Arc, Ordering};

/// Suppresses the repetitions of a record, and reports how many there were.
///
/// A record repeats the one before it if logger, level and text are the same; with
/// [`fields`](Self::fields), the key-values and the error with its causes as well. The first one
/// passes, and its repetitions within the window do not. Times are those of the records.
///
/// It is never silent: `last record repeated 41 times in 9.8s` follows, by the same logger and with
/// the level and the time of the last repetition, and with their number as the key-value
/// `suppressed`. It is written before another record passes, when the window ends, and at a
/// handler's [`flush`](crate::Handler::flush), its [`close`](crate::Handler::close) and
/// [`shutdown`](crate::shutdown). After the window, the same record passes again; a flush does not
/// end the window. The handler that has the filter writes it, past its other filters; that of a
/// logger goes to the logger's handlers. A handler that is dropped without a flush or a close
/// writes no last one.
///
/// Records of ERROR and above pass, and end a run of repetitions, except with
/// [`even_errors`](Self::even_errors).
///
/// It knows one record at a time, by a hash of it: its memory does not grow. Where other records
/// come between the repetitions, [`RateLimitFilter`](crate::filter::RateLimitFilter) by
/// [`Key::Message`](crate::filter::Key::Message) limits them.
///
/// Clones are the same filter: keep one to read the counts. In each handler that has it, it decides
/// by what that handler has got. Put it after other filters: what these refuse is no record to
/// repeat.
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use logtree::Registry;
/// use logtree::filter::DedupFilter;
/// use logtree::test::Capture;
/// use logtree::time::{ManualClock, Timestamp};
///
/// let clock = ManualClock::new(Timestamp::from_nanos(0));
/// let registry = Registry::builder().clock(clock.clone()).build();
/// let logger = registry.get_logger("app");
/// let dedup = DedupFilter::new(Duration::from_secs(60));
/// logger.add_filter(dedup.clone());
///
/// let capture = Capture::new(&logger);
/// for _ in 0..42 {
///     logtree::warn!(logger, "cannot connect");
///     clock.advance(Duration::from_millis(200));
/// }
/// logtree::warn!(logger, "connected");
/// assert_eq!(
///     capture.snapshot(),
///     "WARNING app: cannot connect\n\
///      WARNING app: last record repeated 41 times in 8.2s suppressed=41\n\
///      WARNING app: connected\n",
/// );
/// assert_eq!((dedup.passed(), dedup.suppressed()), (2, 41));
/// ```
#[derive(Clone, Debug)]
pub struct DedupFilter {
    options: Options,
    /// Of loggers, and of callers that ask it directly.
    repeats: Arc<Repeats>,
}

impl DedupFilter {
    /// Returns a filter that suppresses repetitions within so long after the first record; one of
    /// zero suppresses none.
    #[must_use]
    pub fn new(window: Duration) -> Self {
        Self::with(Options {
            window,
            fields: false,
            even_errors: false,
        })
    }

    /// Sets whether records with other key-values or another error are others; off by default.
    #[must_use]
    pub fn fields(self, fields: bool) -> Self {
        Self::with(Options {
            fields,
            ..self.options
        })
    }

    /// Sets whether records of ERROR and above are suppressed as well; off by default.
    #[must_use]
    pub fn even_errors(self, even_errors: bool) -> Self {
        Self::with(Options {
            even_errors,
            ..self.options
        })
    }

    /// Returns how many records passed, in all handlers and loggers that have it.
    #[must_use]
    pub fn passed(&self) -> u64 {
        self.repeats.counts.passed.load(Ordering::Relaxed)
    }

    /// Returns how many records did not pass, in all handlers and loggers that have it.
    #[must_use]
    pub fn suppressed(&self) -> u64 {
        self.suppressed_by_level().total()
    }

    /// Returns how many records did not pass, by level.
    #[must_use]
    pub fn suppressed_by_level(&self) -> DropCounts {
        self.repeats.counts.suppressed.read()
    }

    /// Options come before the first record, so there is nothing to keep.
    fn with(options: Options) -> Self {
        Self {
            options,
            repeats: Repeats::new(options, Arc::default()),
        }
    }

    /// Returns what it is in one more handler.
    pub(in crate::filter) fn in_handler(&self) -> Self {
        let counts: &Arc<Counts> = &self.repeats.counts;
        Self {
            options: self.options,
            repeats: Repeats::new(self.options, Arc::clone(counts)),
        }
    }

    pub(in crate::filter) fn limit(&self) -> Arc<dyn Limit> {
        Arc::clone(&self.repeats) as Arc<dyn Limit>
    }
}

impl Filter for DedupFilter {
    fn filter(&self, record: &mut Record<'_>) -> bool {
        self.repeats.filter(record)
    }
}
