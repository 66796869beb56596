//! A lock for long work, held by one thread at a time: [`Turn`].

use std::thread;
use std::time::Duration;

use crate::sys::host::Instant;
use crate::sys::presence::{is_of_parent, thread_number};
use crate::sys::sync::{AtomicUsize, Ordering};

/// A lock that is held while user code runs, and is therefore only waited for with a time limit.
///
/// A thread that has waited for long is next: others that take it again and again do not starve it.
///
/// In a child process, a turn of a thread of the parent is free.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    /// The number of the thread whose turn it is, or 0.
    owner: AtomicUsize,
    /// The number of a thread that has waited for long, or 0.
    next: AtomicUsize,
}

/// How long a thread waits before it is next. Not from the start: while it sleeps, the turn is
/// idle.
const LONG: Duration = Duration::from_millis(20);

/// Why a thread did not get the turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoTurn {
    /// The calling thread has it already.
    Own,
    /// Another thread kept it for the whole time.
    TimedOut,
}

impl Turn {
    /// Waits for the turn, as long as `goes_on` returns `true`.
    pub(crate) fn take(&self, goes_on: impl Fn() -> bool) -> Result<Taken<'_>, NoTurn> {
        let me = thread_number();
        let mut pause = Duration::from_micros(20);
        let mut waited = Duration::ZERO;
        let mut place = None;
        loop {
            let owner = self.owner.load(Ordering::Relaxed);
            if owner == me {
                return Err(NoTurn::Own);
            }
            let next = self.next.load(Ordering::Relaxed);
            let is_others = |number| number != 0 && number != me && !is_of_parent(number);
            let is_free = !is_others(owner) && !is_others(next);
            // Acquire, with the release at the end: each turn sees what the previous one did.
            let take = || {
                let (acquire, relaxed) = (Ordering::Acquire, Ordering::Relaxed);
                self.owner.compare_exchange(owner, me, acquire, relaxed)
            };
            if is_free && take().is_ok() {
                return Ok(Taken { owner: &self.owner });
            }
            if !is_free {
                if !goes_on() {
                    return Err(NoTurn::TimedOut);
                }
                if waited >= LONG && place.is_none() {
                    place = self.wait_in_line(next, me);
                }
                thread::sleep(pause);
                waited += pause;
                pause = (2 * pause).min(Duration::from_millis(1));
            }
        }
    }

    /// Makes the calling thread the next one, unless another one is.
    fn wait_in_line(&self, seen: usize, me: usize) -> Option<Place<'_>> {
        let is_free = seen == 0 || is_of_parent(seen);
        let (next, relaxed) = (&self.next, Ordering::Relaxed);
        let take = || next.compare_exchange(seen, me, relaxed, relaxed);
        (is_free && take().is_ok()).then_some(Place { next })
    }

    /// Reports whether the calling thread has it.
    pub(crate) fn is_own(&self) -> bool {
        // Relaxed: only this thread stores its number, and it sees its own stores.
        self.owner.load(Ordering::Relaxed) == thread_number()
    }

    /// Waits for the turn for at most `time`.
    pub(crate) fn take_within(&self, time: Duration) -> Result<Taken<'_>, NoTurn> {
        let start = Instant::now();
        self.take(|| start.elapsed() < time)
    }
}

/// The turn of a thread, until dropped.
#[derive(Debug)]
pub(crate) struct Taken<'t> {
    owner: &'t AtomicUsize,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.owner.store(0, Ordering::Release);
    }
}

/// The next place in line, until dropped.
struct Place<'t> {
    next: &'t AtomicUsize,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.next.store(0, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;

    #[test]
    fn one_thread_at_a_time_and_never_itself() {
        let turn = Turn::default();
        let taken = turn.take_within(Duration::ZERO).unwrap();
        assert!(turn.is_own());
        assert_eq!(
            turn.take_within(Duration::from_secs(60)).unwrap_err(),
            NoTurn::Own
        );
        let barrier = Barrier::new(2);
        thread::scope(|scope| {
            let other = scope.spawn(|| turn.take_within(Duration::ZERO).map(drop));
            assert_eq!(other.join().unwrap(), Err(NoTurn::TimedOut));
            let waiting = scope.spawn(|| {
                barrier.wait();
                turn.take_within(Duration::from_secs(600)).map(drop)
            });
            barrier.wait();
            drop(taken);
            assert_eq!(waiting.join().unwrap(), Ok(()));
        });
    }

    /// A thread that takes its turn again and again gives way to one that has waited for long.
    #[test]
    fn who_has_waited_is_next() {
        let turn = Turn::default();
        thread::scope(|scope| {
            let taken = turn.take_within(Duration::ZERO).unwrap();
            let waiting = scope.spawn(|| turn.take(|| true).map(drop));
            while turn.next.load(Ordering::Relaxed) == 0 {
                thread::yield_now();
            }
            drop(taken);
            // Either it waits still, or it had its turn.
            let again = turn.take_within(Duration::ZERO).map(drop);
            let had_it = turn.next.load(Ordering::Relaxed) == 0;
            assert!(had_it || again == Err(NoTurn::TimedOut));
            assert_eq!(waiting.join().unwrap(), Ok(()));
        });
        assert!(turn.take_within(Duration::ZERO).is_ok());
    }
}
