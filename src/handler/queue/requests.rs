//! Requests to deliver all that is in a queue, and their results: [`Flush`].

use std::thread;
use std::time::Duration;

use crate::error::{Error, ErrorKind};
use crate::sys::host::Instant;
use crate::sys::sync::{AtomicU64, Mutex, Ordering};
use crate::sys::user_code;

/// Requests and results, numbered.
#[derive(Debug, Default)]
pub(super) struct Flush {
    requested: AtomicU64,
    results: Mutex<Results>,
}

#[derive(Debug, Default)]
struct Results {
    /// The last request that was answered.
    last: u64,
    /// The last one that failed, and how.
    failed: u64,
    failure: Option<(ErrorKind, String)>,
}

impl Flush {
    /// Asks for one. Returns its number.
    pub(super) fn request(&self) -> u64 {
        self.requested.fetch_add(1, Ordering::AcqRel) + 1
    }

    /// The number of the last request, if it was not answered.
    pub(super) fn wanted(&self) -> Option<u64> {
        let last = self.results.lock().last;
        let requested = self.requested.load(Ordering::Acquire);
        (requested > last).then_some(requested)
    }

    /// Completes all requests up to a number.
    pub(super) fn answer(&self, number: u64, result: Result<(), Error>) {
        // Before the lock: its cause may be a user's.
        let failure = result
            .err()
            .map(|error| (error.kind(), user_code::display(&error)));
        let mut results = self.results.lock();
        results.last = number.min(self.requested.load(Ordering::Acquire));
        if failure.is_some() {
            results.failed = results.last;
            results.failure = failure;
        }
        drop(results);
    }

    /// Waits for the answer; `None` if it does not come in time. By looking, as a condition's lock
    /// could not be waited for by a fork.
    pub(super) fn wait(&self, number: u64, timeout: Duration) -> Option<Result<(), Error>> {
        let start = Instant::now();
        let mut pause = Duration::from_micros(20);
        loop {
            let answer = self.results.lock().of(number);
            if answer.is_some() || start.elapsed() >= timeout {
                return answer;
            }
            thread::sleep(pause);
            pause = (2 * pause).min(Duration::from_millis(1));
        }
    }
}

impl Results {
    fn of(&self, number: u64) -> Option<Result<(), Error>> {
        if self.last < number {
            return None;
        }
        let failure = self.failure.as_ref().filter(|_| self.failed >= number);
        Some(failure.map_or(Ok(()), |(kind, text)| Err(Error::new(*kind, text.clone()))))
    }
}

/// Returns the error where records are left.
pub(super) fn left_over(count: u64) -> Error {
    let plural = if count == 1 {
        "record is"
    } else {
        "records are"
    };
    let message = format!("{count} {plural} still in the queue");
    Error::new(ErrorKind::TimedOut, message)
}
