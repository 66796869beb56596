//! A limit of records in a time: [`RateLimitFilter`].

use std::time::Duration;

use crate::filter::filter::Filter;
use crate::filter::volume::buckets::Buckets;
use crate::filter::volume::key::Key;
use crate::filter::volume::limit::Limit;
use crate::filter::volume::limiter::{Decide, Decision, Limiter};
use crate::filter::volume::rule::Rate;
use crate::level::drop_counts::DropCounts;
use crate::record::Record;
use crate::sys::sync::Arc;

/// Limits how many records pass in a time, on average and at once.
///
/// A token bucket: `rate` tokens come in per time, `burst` of them are kept, and each record that
/// passes takes one. All records share one bucket, unless [`by`](Self::by) gives each key its own.
/// Times are those of the records, so a registry's [clock](crate::time::Clock) decides; the time in
/// which a token comes in is rounded up to a nanosecond.
///
/// It is never silent:
/// - The next record that passes has the key-value `suppressed`, with the number of records of its
///   key that did not.
/// - Where none passes for [a while](Self::summary_after), and none is suppressed, a record of the
///   filter's own has that number: `41 records suppressed by RateLimitFilter`, by the logger and
///   with the level of the most severe one. The handlers that have the filter write it, past their
///   other filters; that of a logger goes to the logger's handlers. A handler's
///   [`flush`](crate::Handler::flush), its [`close`](crate::Handler::close) and
///   [`shutdown`](crate::shutdown) write it at once.
/// - [`passed`](Self::passed) and [`suppressed`](Self::suppressed) count, and so do the
///   [`Counters`](crate::handler::Counters::suppressed) of a handler. Suppressed records are
///   filtered, not dropped: the handler has not accepted them.
///
/// Records of ERROR and above pass without a token, except with [`even_errors`](Self::even_errors).
///
/// At most 4,096 keys have a bucket of their own. A new key takes the place of one whose bucket is
/// full again; where there is none, all new keys share one bucket. So memory and volume stay
/// bounded, whatever keys come.
///
/// Clones are the same filter: keep one to read the counts. A filter of two handlers counts a
/// record twice. No lock is taken for a key that is known.
///
/// In a handler, filters are asked in the order in which they were added: a limit in front of
/// others saves their work, and a limit after them counts only what they pass.
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use logtree::Registry;
/// use logtree::filter::{Key, RateLimitFilter};
/// use logtree::test::Capture;
/// use logtree::time::{ManualClock, Timestamp};
///
/// let clock = ManualClock::new(Timestamp::from_nanos(0));
/// let registry = Registry::builder().clock(clock.clone()).build();
/// let logger = registry.get_logger("app");
/// let limit = RateLimitFilter::new(10, Duration::from_secs(1)).burst(2).by(Key::CallSite);
/// logger.add_filter(limit.clone());
///
/// let capture = Capture::new(&logger);
/// let retry = || logtree::warn!(logger, "retry");
/// for _ in 0..5 {
///     retry();
/// }
/// assert_eq!((limit.passed(), limit.suppressed()), (2, 3));
/// clock.advance(Duration::from_millis(100));
/// retry();
/// let records = capture.records();
/// assert_eq!(records.len(), 3);
/// assert_eq!(records[2].key_value("suppressed").and_then(|value| value.as_i64()), Some(3));
/// ```
#[derive(Clone, Debug)]
pub struct RateLimitFilter {
    options: Options,
    limiter: Arc<Limiter<RateLimit>>,
}

#[derive(Clone, Debug)]
struct Options {
    rate: u32,
    per: Duration,
    burst: Option<u32>,
    key: Option<Key>,
    even_errors: bool,
    summary_after: Duration,
}

struct RateLimit {
    rate: Rate,
    buckets: Buckets,
}

impl RateLimitFilter {
    /// Returns a filter that passes `rate` records in each `per` on average, and as many at once.
    /// A rate of 0 passes none.
    #[must_use]
    pub fn new(rate: u32, per: Duration) -> Self {
        Self::with(Options {
            rate,
            per,
            burst: None,
            key: None,
            even_errors: false,
            summary_after: Duration::from_secs(10),
        })
    }

    /// Sets how many records pass at once; `rate` by default.
    #[must_use]
    pub fn burst(self, burst: u32) -> Self {
        Self::with(Options {
            burst: Some(burst),
            ..self.options
        })
    }

    /// Gives each key a limit of its own; by default, all records share one.
    #[must_use]
    pub fn by(self, key: Key) -> Self {
        Self::with(Options {
            key: Some(key),
            ..self.options
        })
    }

    /// Sets whether records of ERROR and above are limited as well; off by default.
    #[must_use]
    pub fn even_errors(self, even_errors: bool) -> Self {
        Self::with(Options {
            even_errors,
            ..self.options
        })
    }

    /// Sets the time without suppressed records after which their number is reported by a record of
    /// its own; 10 seconds by default. It is by the system's clock, and may take up to twice as
    /// long.
    #[must_use]
    pub fn summary_after(self, quiet: Duration) -> Self {
        Self::with(Options {
            summary_after: quiet,
            ..self.options
        })
    }

    /// Returns how many records passed.
    #[must_use]
    pub fn passed(&self) -> u64 {
        self.limiter.passed()
    }

    /// Returns how many records did not pass.
    #[must_use]
    pub fn suppressed(&self) -> u64 {
        self.suppressed_by_level().total()
    }

    /// Returns how many records did not pass, by level.
    #[must_use]
    pub fn suppressed_by_level(&self) -> DropCounts {
        self.limiter.suppressed()
    }

    /// Options come before the first record, so there is nothing to keep.
    fn with(options: Options) -> Self {
        let burst = options.burst.unwrap_or(options.rate);
        let decide = RateLimit {
            rate: Rate::new(options.rate, options.per, burst),
            buckets: Buckets::new(options.key.clone()),
        };
        let limiter = Limiter::new(decide, options.even_errors, options.summary_after);
        Self {
            options,
            limiter: Arc::new(limiter),
        }
    }

    pub(in crate::filter) fn limit(&self) -> Arc<dyn Limit> {
        Arc::clone(&self.limiter) as Arc<dyn Limit>
    }
}

impl Filter for RateLimitFilter {
    #[inline]
    fn filter(&self, record: &mut Record<'_>) -> bool {
        self.limiter.filter(record)
    }
}

impl Decide for RateLimit {
    const FILTER: &'static str = "RateLimitFilter";

    #[inline]
    fn decide(&self, record: &Record<'_>) -> Decision {
        self.buckets.decide(record, self.rate)
    }

    fn exempt(&self, record: &Record<'_>) -> u64 {
        self.buckets.exempt(record)
    }

    fn take_quiet(&self, all: bool) -> (u64, bool) {
        self.buckets.take_quiet(all)
    }
}
