//! The flush of a queue, and its end.

use std::thread;
use std::time::Duration;

use crate::error::Error;
use crate::handler::queue::core::QueueCore;
use crate::handler::queue::requests::left_over;
use crate::handler::queue::worker::{STUCK, is_worker_of};
use crate::sys::host::Instant;
use crate::sys::sync::Ordering;

/// How long a flush waits before it looks whether the thread is there.
const SLICE: Duration = Duration::from_millis(50);

/// How long an end waits for threads that are just putting a record in.
const IN_FLIGHT: Duration = Duration::from_millis(100);

impl QueueCore {
    /// Waits until all that was put in before has been handed over and flushed.
    ///
    /// # Errors
    /// [`ErrorKind::TimedOut`], with the number of records that are left; and what the handlers
    /// failed in since the last flush.
    pub(super) fn flush(&self, timeout: Duration) -> Result<(), Error> {
        if self.channel.is_of_parent() {
            // All that is in it is the parent's.
            return Ok(());
        }
        if is_worker_of(self.channel.id) || self.turn.is_own() || !self.worker.is_running() {
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
                return Err(left_over(self.channel.queued()));
            }
            if !self.worker.is_alive() {
                return self.flush_without_thread(left);
            }
        }
    }

    /// A flush where no thread does it. Without a listener, records stay where they are, as in
    /// Python.
    fn flush_without_thread(&self, timeout: Duration) -> Result<(), Error> {
        if self.channel.is_closed() && !self.turn.is_own() {
            let Ok(_turn) = self.turn.take_within(timeout) else {
                return Err(left_over(self.channel.queued()));
            };
            let destinations = self.worker.destinations();
            let goal = self.channel.stamps.load(Ordering::SeqCst);
            self.drain(&destinations, goal, usize::MAX);
            self.report_drops(&destinations);
            return destinations.flush();
        }
        match self.channel.queued() {
            0 => self.worker.destinations().flush(),
            left if self.worker.is_running() => Err(left_over(left)),
            _ => Ok(()),
        }
    }

    /// Has records handed over by their callers from now on, and hands over what is in it, in this
    /// order; so nothing overtakes anything, and what comes while it is emptied is not
    /// forgotten.
    ///
    /// Where there was no listener, it only flushes.
    ///
    /// # Errors
    /// Those of a flush.
    pub(super) fn close(&self) -> Result<(), Error> {
        let was_closed = self.channel.is_closed();
        if self.channel.is_of_parent() || !(self.worker.is_running() || was_closed) {
            return self.flush(Duration::ZERO);
        }
        self.channel.close_door();
        let goal = self.channel.stamps.load(Ordering::SeqCst);
        if self.turn.is_own() && !was_closed {
            // A sink of the queue ends the process: the rest is handed over from inside it.
            let destinations = self.worker.destinations();
            self.drain(&destinations, goal, usize::MAX);
            return destinations.flush();
        }
        let closed = self.flush_while_it_goes_on();
        // A thread that took its stamp before is putting its record in right now.
        let start = Instant::now();
        // One that was taken out meanwhile may still be on its way.
        let settled = || {
            let dropped = self.channel.unused_stamps.load(Ordering::Acquire);
            self.work.lock().handed_over + dropped
        };
        while closed.is_ok() && settled() < goal {
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
        if is_worker_of(self.channel.id) || self.turn.is_own() || !self.worker.is_running() {
            return self.flush_without_thread(STUCK);
        }
        let number = self.worker.flush.request();
        self.worker.call();
        let answer = self.worker.wait_while_it_goes_on(|| {
            let answer = self.worker.flush.wait(number, SLICE);
            let is_alive = answer.is_some() || self.worker.is_alive();
            answer.or_else(|| (!is_alive).then(|| self.flush_without_thread(STUCK)))
        });
        answer.unwrap_or_else(|| Err(left_over(self.channel.queued())))
    }
}
