//! A part of the records: [`SampleFilter`].

use std::fmt::{self, Write};
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use crate::filter::filter::Filter;
use crate::filter::volume::buckets::Buckets;
use crate::filter::volume::key::Key;
use crate::filter::volume::limit::Limit;
use crate::filter::volume::limiter::{Decide, Decision, Limiter};
use crate::filter::volume::rule::{Sample, Share, mixed};
use crate::level::drop_counts::DropCounts;
use crate::record::Record;
use crate::sys::sync::Arc;

/// Passes a part of the records: the first ones in each time, one of so many, or a share.
///
/// What it suppresses is reported as by [`RateLimitFilter`](crate::filter::RateLimitFilter): by
/// `suppressed` in the next record that passes, or by a record of its own. Records of ERROR and
/// above pass without being counted, except with [`even_errors`](Self::even_errors).
///
/// Clones are the same filter: keep one to read the counts.
///
/// # Examples
/// ```
/// use logtree::Record;
/// use logtree::filter::{Filter, SampleFilter};
///
/// let sample = SampleFilter::every(100);
/// let passed = (0..1_000).filter(|_| sample.filter(&mut Record::builder().build()));
/// assert_eq!(passed.count(), 10);
/// assert_eq!(sample.suppressed(), 990);
/// ```
#[derive(Clone, Debug)]
pub struct SampleFilter {
    options: Options,
    limiter: Arc<Limiter<Sampling>>,
}

#[derive(Clone, Debug)]
struct Options {
    rule: Sample,
    key: Option<Key>,
    by_value: Option<String>,
    even_errors: bool,
    summary_after: Duration,
}

struct Sampling {
    rule: Sample,
    buckets: Buckets,
    /// Decides by the value of this key instead.
    by_value: Option<String>,
}

impl SampleFilter {
    /// Returns a filter that passes, of each call site and in each `per`, the first `first` records
    /// and then each `then_every`th; 0 passes none of those. [`by`](Self::by) counts by something
    /// else than the call site.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    /// use logtree::Record;
    /// use logtree::filter::{Filter, SampleFilter};
    /// use logtree::time::Timestamp;
    ///
    /// let sample = SampleFilter::first_then(3, 10, Duration::from_secs(1));
    /// let record = || Record::builder().time(Timestamp::from_nanos(0)).build();
    /// let passed = (1..=50).filter(|_| sample.filter(&mut record()));
    /// assert_eq!(passed.collect::<Vec<_>>(), [1, 2, 3, 13, 23, 33, 43]);
    /// ```
    #[must_use]
    pub fn first_then(first: u32, then_every: u32, per: Duration) -> Self {
        let per = i64::try_from(per.as_nanos()).unwrap_or(i64::MAX).max(1);
        let rule = Sample::FirstThen {
            first,
            every: then_every,
            per,
        };
        Self::of(rule, Some(Key::CallSite), None)
    }

    /// Returns a filter that passes one of `n` records, the first one first; of 0, none.
    #[must_use]
    pub fn every(n: u64) -> Self {
        Self::of(Sample::Every(n), None, None)
    }

    /// Returns a filter that passes a share of the records at random: all from 1 on, none up to 0.
    ///
    /// # Examples
    /// ```
    /// use logtree::Record;
    /// use logtree::filter::{Filter, SampleFilter};
    ///
    /// let sample = SampleFilter::ratio(0.1);
    /// let passed = (0..10_000).filter(|_| sample.filter(&mut Record::builder().build()));
    /// assert!((800..1_200).contains(&passed.count()));
    /// ```
    #[must_use]
    pub fn ratio(ratio: f64) -> Self {
        let rule = Sample::Ratio {
            limit: Share::new(ratio),
            seed: RandomState::new().hash_one(0),
        };
        Self::of(rule, None, None)
    }

    /// Returns a filter that passes a share of the values of a key-value: all records of a value
    /// pass or none does, in every process and at all times. Records without it pass.
    ///
    /// # Examples
    /// ```
    /// use logtree::Record;
    /// use logtree::filter::{Filter, SampleFilter};
    ///
    /// let sample = SampleFilter::ratio_by("trace_id", 0.1);
    /// let passes = |id| sample.filter(&mut Record::builder().key_value("trace_id", id).build());
    /// let passed: Vec<_> = (0..1_000).filter(|id| passes(*id)).collect();
    /// assert!((50..150).contains(&passed.len()));
    /// assert!(passed.into_iter().all(passes));
    /// ```
    #[must_use]
    pub fn ratio_by(key: impl Into<String>, ratio: f64) -> Self {
        let rule = Sample::Ratio {
            limit: Share::new(ratio),
            seed: 0,
        };
        Self::of(rule, None, Some(key.into()))
    }

    /// Counts the records of each key by themselves. By default, [`first_then`](Self::first_then)
    /// counts by call site and the others count all records as one.
    ///
    /// At most 4,096 keys are counted by themselves; see
    /// [`RateLimitFilter`](crate::filter::RateLimitFilter).
    #[must_use]
    pub fn by(self, key: Key) -> Self {
        Self::with(Options {
            key: Some(key),
            ..self.options
        })
    }

    /// Sets whether records of ERROR and above are sampled as well; off by default.
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

    fn of(rule: Sample, key: Option<Key>, by_value: Option<String>) -> Self {
        Self::with(Options {
            rule,
            key,
            by_value,
            even_errors: false,
            summary_after: Duration::from_secs(10),
        })
    }

    /// Options come before the first record, so there is nothing to keep.
    fn with(options: Options) -> Self {
        let sampling = Sampling {
            rule: options.rule,
            buckets: Buckets::new(options.key.clone()),
            by_value: options.by_value.clone(),
        };
        let limiter = Limiter::new(sampling, options.even_errors, options.summary_after);
        Self {
            options,
            limiter: Arc::new(limiter),
        }
    }

    pub(in crate::filter) fn limit(&self) -> Arc<dyn Limit> {
        Arc::clone(&self.limiter) as Arc<dyn Limit>
    }
}

impl Filter for SampleFilter {
    #[inline]
    fn filter(&self, record: &mut Record<'_>) -> bool {
        self.limiter.filter(record)
    }
}

impl Decide for Sampling {
    const FILTER: &'static str = "SampleFilter";

    #[inline]
    fn decide(&self, record: &Record<'_>) -> Decision {
        let Some(key) = &self.by_value else {
            return self.buckets.decide(record, self.rule);
        };
        let Some(value) = record.key_values().get(key) else {
            return Decision::Pass(0);
        };
        let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
        let _ = write!(hash, "{value}");
        self.buckets
            .decide(record, self.rule.of_number(mixed(hash.0)))
    }

    fn exempt(&self, record: &Record<'_>) -> u64 {
        self.buckets.exempt(record)
    }

    fn take_quiet(&self, all: bool) -> (u64, bool) {
        self.buckets.take_quiet(all)
    }
}

/// FNV-1a: alike in all processes.
struct Fnv(u64);

impl Write for Fnv {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Ok(())
    }
}
