//! What a filter of repetitions does in one place: [`Repeats`].

use std::fmt::{self, Write};
use std::hash::Hasher;
use std::mem;
use std::time::Duration;

use crate::filter::volume::key::KeyHasher;
use crate::filter::volume::limit::{self, Limit};
use crate::filter::volume::outlet::{Outlet, Outlets};
use crate::filter::volume::run::{Repeated, Run};
use crate::filter::volume::summary::Summary;
use crate::level::Level;
use crate::level::drop_counts::Drops;
use crate::record::Record;
use crate::sys::sync::{Arc, AtomicBool, AtomicU64, Mutex, Ordering, Weak};
use crate::sys::timer::{Alarm, Timed};

/// What counts as a repetition.
#[derive(Clone, Copy, Debug)]
pub(super) struct Options {
    pub(super) window: Duration,
    pub(super) fields: bool,
    pub(super) even_errors: bool,
}

/// The counts of a filter, in all places.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) passed: AtomicU64,
    pub(super) suppressed: Drops,
}

/// Suppresses the repetitions of the last record that came to one handler, or to the loggers that
/// have the filter.
pub(super) struct Repeats {
    options: Options,
    /// Nanoseconds.
    window: i64,
    hasher: KeyHasher,
    pub(super) counts: Arc<Counts>,
    run: Mutex<Run>,
    outlets: Outlets,
    alarm: Alarm,
    is_entered: AtomicBool,
}

impl Repeats {
    pub(super) fn new(options: Options, counts: Arc<Counts>) -> Arc<Self> {
        Arc::new(Self {
            options,
            window: i64::try_from(options.window.as_nanos()).unwrap_or(i64::MAX),
            hasher: KeyHasher::default(),
            counts,
            run: Mutex::new(Run::default()),
            outlets: Outlets::default(),
            alarm: Alarm,
            is_entered: AtomicBool::new(false),
        })
    }

    pub(super) fn filter(self: &Arc<Self>, record: &Record<'_>) -> bool {
        // Below the levels in effect, only captures receive it; it interrupts nothing.
        if record.is_hidden {
            return true;
        }
        // Before the lock: what it formats is user code.
        let is_exempt = record.level() >= Level::ERROR && !self.options.even_errors;
        let hash = (!is_exempt).then(|| self.hash(record));
        let mut run = self.run.lock();
        if hash.is_some_and(|hash| run.repeats(hash, record.time(), self.window)) {
            let wait = run.await_end(self.window);
            drop(run);
            self.counts.suppressed.note(record.level());
            if let Some(wait) = wait {
                self.await_end(wait);
            }
            return false;
        }
        let repeated = run.end();
        let old = hash.and_then(|hash| run.begin(hash, record));
        drop(run);
        // Out of the lock: dropping a clock is user code.
        drop(old);
        self.counts.passed.fetch_add(1, Ordering::Relaxed);
        self.report(repeated);
        true
    }

    /// Returns the hash of what makes records the same, under a secret: two records that follow
    /// each other have the same one by accident with a probability of one to 2⁶⁴.
    fn hash(&self, record: &Record<'_>) -> u64 {
        // No text has this byte.
        const END: u8 = 0xff;
        let mut hasher = self.hasher.start();
        for text in [record.name(), record.message()] {
            hasher.0.write(text.as_bytes());
            hasher.0.write_u8(END);
        }
        hasher.0.write_u16(record.level().number());
        if self.options.fields {
            for (key, value) in record.key_values() {
                hasher.0.write(key.as_str().as_bytes());
                hasher.0.write_u8(END);
                let _ = write!(hasher, "{value}");
                hasher.0.write_u8(END);
            }
            // With its causes, and also that of a record that was kept.
            if let Some(error) = record.error_text() {
                hasher.0.write(error.as_bytes());
            }
        }
        hasher.0.finish()
    }

    #[cold]
    fn await_end(self: &Arc<Self>, wait: Duration) {
        if !self.is_entered.swap(true, Ordering::Relaxed) {
            limit::enter(Arc::<Self>::downgrade(self));
        }
        if self.alarm.set(self, wait).is_err() {
            self.run.lock().is_not_awaited();
        }
    }

    #[inline]
    fn report(&self, repeated: Option<Repeated>) {
        if let Some(repeated) = repeated {
            self.outlets.write(self.identity(), &repeated.summary());
        }
    }
}

impl Repeated {
    #[cold]
    fn summary(&self) -> Summary<'_> {
        let plural = if self.times == 1 { "" } else { "s" };
        let nanos = u64::try_from(self.within).unwrap_or(0);
        let seconds = Duration::from_nanos(nanos).as_secs_f64();
        Summary {
            about: &self.about,
            text: format!(
                "last record repeated {} time{plural} in {seconds:.1}s",
                self.times
            ),
            suppressed: self.times,
            time: Some(self.last),
        }
    }
}

impl Limit for Repeats {
    fn identity(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    fn attach(&self, handler: Weak<dyn Outlet>) {
        self.outlets.attach(handler);
    }

    fn settle(&self) {
        let repeated = self.run.lock().take_repeated();
        self.report(repeated);
    }

    fn leave(&self, handler: &dyn Outlet) {
        let repeated = self.run.lock().end();
        if let Some(repeated) = repeated {
            repeated
                .summary()
                .as_record(|record| handler.write_last(record));
        }
    }

    fn forget(&self) {
        let run = mem::take(&mut *self.run.lock());
        // Out of the lock: dropping a clock is user code.
        drop(run);
    }
}

impl Timed for Repeats {
    fn on_time(&self) {
        let repeated = self.run.lock().on_time();
        self.report(repeated);
    }

    fn next(&self) -> Option<Duration> {
        self.run.lock().left()
    }
}

impl fmt::Debug for Repeats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Repeats")
            .field("options", &self.options)
            .field("counts", &self.counts)
            .finish_non_exhaustive()
    }
}
