//! How long a span worked and waited: [`SpanTimes`].

use crate::sys::process;
use crate::sys::sync::Mutex;
use crate::time::Timestamp;

/// The times of a span, in nanoseconds. In a child process they start at 0.
#[derive(Debug)]
pub(crate) struct SpanTimes(Mutex<Times>);

#[derive(Debug, Default)]
struct Times {
    process: u32,
    /// How often it is entered now.
    entered: u64,
    /// When it was entered first, or left last.
    since: Option<Timestamp>,
    busy: u64,
    idle: u64,
}

impl Times {
    /// Starts from 0 in another process.
    fn in_process(&mut self, process: u32) -> &mut Self {
        if self.process != process {
            *self = Self {
                process,
                entered: self.entered,
                ..Self::default()
            };
        }
        self
    }

    /// Returns a sum with the time that has passed.
    fn add(&mut self, sum: u64, now: Timestamp) -> u64 {
        let since = self.since.replace(now);
        let nanos = since.map_or(0, |since| now.nanos_since(since));
        // The clock may have been set back, and far ahead.
        sum.saturating_add(u64::try_from(nanos).unwrap_or(0))
    }
}

impl Default for SpanTimes {
    fn default() -> Self {
        Self(Mutex::new(Times::default()))
    }
}

impl SpanTimes {
    /// Notes that the span is entered, on any thread.
    pub(crate) fn enter(&self, now: Timestamp) {
        self.change(|times| {
            if times.entered == 0 {
                times.idle = times.add(times.idle, now);
            }
            times.entered += 1;
        });
    }

    /// Notes that the span is left, on any thread.
    pub(crate) fn exit(&self, now: Timestamp) {
        self.change(|times| match times.entered {
            0 => {}
            1 => {
                times.busy = times.add(times.busy, now);
                times.entered = 0;
            }
            _ => times.entered -= 1,
        });
    }

    /// Returns for how long it was entered by any thread, and how long it waited between an exit
    /// and the next enter.
    pub(crate) fn busy_and_idle(&self, now: Timestamp) -> (u64, u64) {
        self.change(|times| {
            if times.entered > 0 {
                times.busy = times.add(times.busy, now);
            }
            (times.busy, times.idle)
        })
    }

    fn change<R>(&self, change: impl FnOnce(&mut Times) -> R) -> R {
        let process = process::generation();
        change(self.0.lock().in_process(process))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_is_between_an_exit_and_the_next_enter() {
        let times = SpanTimes::default();
        let at = Timestamp::from_nanos;
        // Twice at once, as by two threads.
        times.enter(at(10));
        times.enter(at(12));
        times.exit(at(15));
        times.exit(at(20));
        times.enter(at(120));
        times.exit(at(121));
        // One exit too many, as of a guard that another thread dropped.
        times.exit(at(500));
        assert_eq!(times.busy_and_idle(at(1_000)), (11, 100));
        times.enter(at(1_121));
        assert_eq!(times.busy_and_idle(at(1_122)), (12, 1_100));
        // The clock goes back.
        times.exit(at(0));
        assert_eq!(times.busy_and_idle(at(1)), (12, 1_100));
    }

    /// By a clock that is set at will.
    #[test]
    fn a_clock_that_leaps_back_and_ahead_does_no_harm() {
        let times = SpanTimes::default();
        for _ in 0..3 {
            times.enter(Timestamp::from_nanos(i64::MIN));
            times.exit(Timestamp::from_nanos(i64::MAX));
            times.enter(Timestamp::from_nanos(i64::MIN));
            times.exit(Timestamp::from_nanos(i64::MIN));
            times.enter(Timestamp::from_nanos(i64::MAX));
            times.exit(Timestamp::from_nanos(i64::MAX));
        }
        let now = Timestamp::from_nanos(0);
        assert_eq!(times.busy_and_idle(now), (u64::MAX, u64::MAX));
    }
}
