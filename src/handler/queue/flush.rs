//! Requests to hand over all that is in a queue: [`Flush`]; and its end.

use std::thread;
use std::time::Duration;

use crate::error::{Error, ErrorKind};
use crate::handler::queue::Shared;
use crate::handler::queue::worker::{STUCK, is_worker_of};
use crate::sys::host::Instant;
use crate::sys::sync::{AtomicU64, Mutex, Ordering};
use crate::sys::user_code;

/// How long a flush waits before it looks whether the thread is there.
const SLICE: Duration = Duration::from_millis(50);

/// How long an end waits for threads that are just putting a record in.
const IN_FLIGHT: Duration = Duration::from_millis(100);

/// Requests and answers, numbered.
#[derive(Debug, Default)]
pub(super) struct Flush {
    requested: AtomicU64,
    answers: Mutex<Answers>,
}

#[derive(Debug, Default)]
struct Answers {
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
        let last = self.answers.lock().last;
        let requested = self.requested.load(Ordering::Acquire);
        (requested > last).then_some(requested)
    }

    /// Answers all requests up to a number.
    pub(super) fn answer(&self, number: u64, result: Result<(), Error>) {
        // Before the lock: its cause may be a user's.
        let failure = result
            .err()
            .map(|error| (error.kind(), user_code::display(&error)));
        let mut answers = self.answers.lock();
        answers.last = number.min(self.requested.load(Ordering::Acquire));
        if failure.is_some() {
            answers.failed = answers.last;
            answers.failure = failure;
        }
        drop(answers);
    }

    /// Waits for the answer; `None` if it does not come in time. By looking, as a condition's lock could not be waited for by a fork.
    pub(super) fn wait(&self, number: u64, timeout: Duration) -> Option<Result<(), Error>> {
        let start = Instant::now();
        let mut pause = Duration::from_micros(20);
        loop {
            let answer = self.answers.lock().of(number);
            if answer.is_some() || start.elapsed() >= timeout {
                return answer;
            }
            thread::sleep(pause);
            pause = (2 * pause).min(Duration::from_millis(1));
        }
    }
}

impl Answers {
    fn of(&self, number: u64) -> Option<Result<(), Error>> {
        if self.last < number {
            return None;
        }
        let failure = self.failure.as_ref().filter(|_| self.failed >= number);
        Some(failure.map_or(Ok(()), |(kind, text)| Err(Error::new(*kind, text.clone()))))
    }
}

impl Shared {
    /// Waits until all that was put in before has been handed over and flushed.
    ///
    /// # Errors
    /// [`ErrorKind::TimedOut`], with the number of records that are left; and what the handlers failed in since the last flush.
    pub(super) fn flush(&self, timeout: Duration) -> Result<(), Error> {
        if self.is_of_parent() {
            // All that is in it is the parent's.
            return Ok(());
        }
        if is_worker_of(self.id) || self.turn.is_own() || !self.worker.is_running() {
            return self.flush_without_thread(timeout);
        }
        let number = self.worker.flush.request();
        // A day is as long as any caller can mean.
        let timeout = timeout.min(Duration::from_secs(24 * 60 * 60));
        let start = Instant::now();
        loop {
            self.worker.call();
            let left = timeout.saturating_sub(start.elapsed());
            // In slices, as the thread may end meanwhile.
            if let Some(answer) = self.worker.flush.wait(number, left.min(SLICE)) {
                return answer;
            }
            if left <= SLICE {
                return Err(left_over(self.queued()));
            }
            if !self.worker.is_alive() {
                return self.flush_without_thread(left);
            }
        }
    }

    /// A flush where no thread does it. What nobody listens to stays where it is, as in Python.
    fn flush_without_thread(&self, timeout: Duration) -> Result<(), Error> {
        if self.is_closed() && !self.turn.is_own() {
            let Ok(_turn) = self.turn.take_within(timeout) else {
                return Err(left_over(self.queued()));
            };
            let targets = self.worker.targets();
            let goal = self.stamps.load(Ordering::SeqCst);
            self.drain(&targets, goal, usize::MAX);
            self.report_drops(&targets);
            return targets.flush();
        }
        match self.queued() {
            0 => self.worker.targets().flush(),
            left if self.worker.is_running() => Err(left_over(left)),
            _ => Ok(()),
        }
    }

    /// Has records handed over by their callers from now on, and hands over what is in it, in this order; so nothing overtakes
    /// anything, and what comes while it is emptied is not forgotten.
    ///
    /// Where nobody listened, nothing is done but a flush.
    ///
    /// # Errors
    /// Those of a flush.
    pub(super) fn close(&self) -> Result<(), Error> {
        let was_closed = self.is_closed();
        if self.is_of_parent() || !(self.worker.is_running() || was_closed) {
            return self.flush(Duration::ZERO);
        }
        self.close_door();
        let goal = self.stamps.load(Ordering::SeqCst);
        if self.turn.is_own() && !was_closed {
            // A sink of the queue ends the process: the rest is handed over from inside it.
            let targets = self.worker.targets();
            self.drain(&targets, goal, usize::MAX);
            return targets.flush();
        }
        let closed = self.flush_while_it_goes_on();
        // A thread that took its stamp before is putting its record in right now.
        let start = Instant::now();
        while closed.is_ok() && self.work.lock().merge.settled(self) < goal {
            if start.elapsed() >= IN_FLIGHT {
                break;
            }
            thread::sleep(Duration::from_micros(50));
            self.flush_while_it_goes_on()?;
        }
        closed
    }

    /// A flush that waits as long as it takes, unless the device hangs.
    fn flush_while_it_goes_on(&self) -> Result<(), Error> {
        if is_worker_of(self.id) || self.turn.is_own() || !self.worker.is_running() {
            return self.flush_without_thread(STUCK);
        }
        let number = self.worker.flush.request();
        self.worker.call();
        let answer = self.worker.wait_while_it_goes_on(|| {
            let answer = self.worker.flush.wait(number, SLICE);
            let is_alive = answer.is_some() || self.worker.is_alive();
            answer.or_else(|| (!is_alive).then(|| self.flush_without_thread(STUCK)))
        });
        answer.unwrap_or_else(|| Err(left_over(self.queued())))
    }
}

pub(super) fn left_over(count: u64) -> Error {
    let plural = if count == 1 {
        "record is"
    } else {
        "records are"
    };
    let message = format!("{count} {plural} still in the queue");
    Error::new(ErrorKind::TimedOut, message)
}
