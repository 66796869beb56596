//! Records that wait until one thread hands them over: [`Outbox`].

use std::cell::Cell;
use std::time::Duration;

use crate::error::{Error, ErrorKind};
use crate::handler::ledger::Ledger;
use crate::record::{OwnedRecord, Record};
use crate::sys::host::Instant;
use crate::sys::process;
use crate::sys::sync::{Mutex, MutexGuard};
use crate::sys::turn::{NoTurn, Taken, Turn};

/// Keeps records, and hands them over in order, by one thread at a time: what was handed over is
/// never overtaken by what came later.
///
/// The recipient is user code. It may be slow, hang, log to the same outbox, fork or end the
/// process, so no lock is held while it works, and other threads wait for it within a time only.
pub(super) struct Outbox<R> {
    pub(super) recipient: R,
    ledger: Ledger,
    /// How many records make it due.
    capacity: usize,
    /// How many it holds at most, those included that are on their way.
    most: usize,
    state: Mutex<State>,
    /// Of the thread that hands over.
    turn: Turn,
}

/// What the records of an [`Outbox`] are handed to.
pub(super) trait Recipient {
    /// What has the outbox, and what is slow, in the words of an error.
    const WORDS: (&'static str, &'static str);
    /// How long it may take for a batch before the end of the process does without it.
    const PATIENCE: Duration;
    /// How long a thread waits at most for room, and for a flush while nothing is handed over.
    const AT_MOST: Duration = Duration::from_secs(10);

    /// Reports whether there is one. Without, what is in the outbox stays there, and what is too
    /// much is refused.
    fn is_there(&self) -> bool {
        true
    }

    /// How many records it takes at once.
    fn batch(&self) -> usize;

    /// Returns what takes a batch, the same for all that is handed over at once. An `Err` means
    /// that the batch is lost.
    fn begin(&self) -> Option<impl Fn(&[OwnedRecord]) -> Result<(), Error>>;
}

#[derive(Default)]
struct State {
    records: Vec<OwnedRecord>,
    /// How many are on their way to the recipient.
    delivering: usize,
    /// Grows with each record that was handed over.
    delivered: u64,
    /// Whether a thread waited for room while nothing was handed over.
    is_stuck: bool,
    /// When what is on its way was taken out, and `delivered` then.
    began: Option<(Instant, u64)>,
    /// What had been handed over when the end of the process waited in vain.
    given_up_at: Option<u64>,
}

impl State {
    fn held(&self) -> usize {
        self.records.len() + self.delivering
    }

    /// Reports whether threads do without the recipient until it has what is on its way: for so
    /// long it took none, or few.
    fn is_slow(&self, at_most: Duration) -> bool {
        let is_slow = |(began, before): (Instant, u64)| {
            let (time, count) = (began.elapsed(), self.delivered - before);
            time >= at_most && count < FEW * time.as_secs()
        };
        self.is_stuck || self.began.is_some_and(is_slow)
    }
}

/// With fewer records a second, a recipient is slow.
const FEW: u64 = 10;

/// How long a thread that logs waits for its record to be handed over, which is in the outbox
/// already.
const A_MOMENT: Duration = Duration::from_secs(1);

/// For how long nothing was handed over, while a thread waits.
struct Stall(Cell<(u64, Instant)>);

impl Stall {
    fn new(delivered: u64) -> Self {
        Self(Cell::new((delivered, Instant::now())))
    }

    fn time(&self, delivered: u64) -> Duration {
        if self.0.get().0 != delivered {
            self.0.set((delivered, Instant::now()));
        }
        self.0.get().1.elapsed()
    }
}

impl<R: Recipient> Outbox<R> {
    pub(super) fn new(recipient: R, ledger: Ledger, capacity: usize, most: usize) -> Self {
        Self {
            recipient,
            ledger,
            capacity,
            most: most.max(1),
            state: Mutex::default(),
            turn: Turn::default(),
        }
    }

    /// Puts a record in, and hands over if there are enough, if it `is_due`, or at the end of the
    /// process, as no later flush comes then.
    ///
    /// # Errors
    /// [`ErrorKind::Full`].
    pub(super) fn put(&self, record: &Record<'_>, is_due: impl Fn() -> bool) -> Result<(), Error> {
        // The user's code (a `Display` in the message) runs before the lock.
        let owned = record.to_owned_record();
        let mut state = self.with_room()?;
        state.records.push(owned);
        let place = state.delivered + state.held() as u64;
        let is_full = state.records.len() >= self.capacity || state.held() >= self.most;
        drop(state);
        self.ledger.kept(record);
        // After the record is in: one that is put in after the last flush sees what was set before
        // that.
        if is_full || is_due() || process::is_ending() {
            self.deliver_in_time(place);
        }
        Ok(())
    }

    /// The state, once there is room for a record.
    fn with_room(&self) -> Result<MutexGuard<'_, State>, Error> {
        let full = |why: &str| {
            let (holder, _) = R::WORDS;
            Error::new(ErrorKind::Full, format!("the {holder} is full and {why}"))
        };
        let start = Instant::now();
        let before = self.state.lock().delivered;
        loop {
            let state = self.state.lock();
            if !self.recipient.is_there() {
                let has_room = state.records.len() < self.capacity;
                return has_room
                    .then_some(state)
                    .ok_or_else(|| full(&format!("has no {}", R::WORDS.1)));
            }
            // Where no thread hands over yet, the one that asks will: its record goes with the
            // others.
            if state.held() < self.most || state.delivering == 0 {
                return Ok(state);
            }
            let own_room = state.records.len() < self.most;
            drop(state);
            let goes_on = || {
                let state = self.state.lock();
                let has_room = state.held() < self.most;
                !has_room && !state.is_slow(R::AT_MOST) && start.elapsed() < R::AT_MOST
            };
            match self.turn.take(goes_on) {
                Ok(turn) => {
                    self.deliver(&turn);
                    // What others have put in since then does not keep this record out again and
                    // again: it is one more than most, as one thread at a time comes here.
                    let state = self.state.lock();
                    if state.held() <= self.most {
                        return Ok(state);
                    }
                }
                // By the recipient itself: it goes with what comes next, if that is not too much.
                Err(NoTurn::Own) if own_room => return Ok(self.state.lock()),
                Err(no_turn) => {
                    let mut state = self.state.lock();
                    let is_late = state.is_slow(R::AT_MOST) || start.elapsed() >= R::AT_MOST;
                    // There was room, or there still is: another thread may have taken it.
                    if no_turn == NoTurn::TimedOut && (!is_late || state.held() < self.most) {
                        continue;
                    }
                    // Not after a moment: on a busy machine that is a thread that is not run.
                    state.is_stuck |= no_turn == NoTurn::TimedOut && state.delivered == before;
                    drop(state);
                    return Err(full(&format!("its {} slow", R::WORDS.1)));
                }
            }
        }
    }

    /// Hands over up to the record at this place, unless another thread does so and does not come
    /// to an end.
    fn deliver_in_time(&self, place: u64) {
        let start = Instant::now();
        let goes_on = || {
            let state = self.state.lock();
            // It is not enough that another thread has taken it out.
            let is_left = state.delivered < place;
            is_left && !state.is_slow(R::AT_MOST) && start.elapsed() < A_MOMENT
        };
        if let Ok(turn) = self.turn.take(goes_on) {
            self.deliver(&turn);
            // And what the recipient logged to this handler; not until nothing is left, as it may
            // do so for each record.
            self.deliver(&turn);
        }
    }

    /// Hands over what is held now.
    fn deliver(&self, _turn: &Taken<'_>) {
        let generation = process::generation();
        let Some(take) = self.recipient.begin() else {
            return;
        };
        let mut state = self.state.lock();
        let records = std::mem::take(&mut state.records);
        state.delivering = records.len();
        state.began = Some((Instant::now(), state.delivered));
        drop(state);
        for batch in records.chunks(self.recipient.batch().max(1)) {
            let taken = take(batch);
            // In a child that the recipient has forked, this batch and the rest are the parent's,
            // and counted as that.
            if process::generation() != generation {
                return;
            }
            let count = batch.len() as u64;
            match taken {
                Ok(()) => self.ledger.written(count),
                Err(error) => self.ledger.dropped(count, error),
            }
            let mut state = self.state.lock();
            state.delivering = state.delivering.saturating_sub(batch.len());
            state.delivered += count;
        }
        let mut state = self.state.lock();
        (state.is_stuck, state.began) = (false, None);
    }

    /// Hands over what was taken before the call, and waits for what another thread is handing
    /// over.
    ///
    /// # Errors
    /// [`ErrorKind::Reentrant`] for the thread that hands over already, [`ErrorKind::TimedOut`]
    /// where another one does not come to an end.
    pub(super) fn flush(&self) -> Result<(), Error> {
        // As long as one batch after another is taken.
        let at_exit = process::patience().map(|patience| patience.max(R::PATIENCE));
        let stall = Stall::new(self.state.lock().delivered);
        let goes_on = || {
            let state = self.state.lock();
            let (now, given_up_at) = (state.delivered, state.given_up_at);
            drop(state);
            match at_exit {
                Some(patience) => given_up_at != Some(now) && stall.time(now) < patience,
                None => stall.time(now) < R::AT_MOST,
            }
        };
        let (holder, recipient) = R::WORDS;
        match self.turn.take(goes_on) {
            Ok(turn) => {
                self.deliver(&turn);
                Ok(())
            }
            Err(NoTurn::Own) => {
                let message = format!("the {recipient} of the {holder} flushed the {holder}");
                Err(Error::new(ErrorKind::Reentrant, message))
            }
            Err(NoTurn::TimedOut) => {
                let mut state = self.state.lock();
                if at_exit.is_some() {
                    state.given_up_at = Some(state.delivered);
                }
                let held = state.held();
                drop(state);
                let message =
                    format!("{held} records are still in the {holder}: its {recipient} is slow");
                Err(Error::new(ErrorKind::TimedOut, message))
            }
        }
    }

    /// In a child process: what is held is the parent's to hand over, and counts as written.
    pub(super) fn reset_after_fork(&self) {
        let left = std::mem::take(&mut *self.state.lock());
        self.ledger.written(left.held() as u64);
    }

    /// How many records it holds, those included that are on their way.
    pub(super) fn held(&self) -> usize {
        self.state.lock().held()
    }

    /// How many wait.
    pub(super) fn waiting(&self) -> usize {
        self.state.lock().records.len()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::thread;

    use super::*;

    /// Takes a record each time it is let go on, or half of what a flush waits at most.
    struct Slow {
        inside: Sender<()>,
        go_on: Mutex<Receiver<()>>,
    }

    impl Recipient for Slow {
        const WORDS: (&'static str, &'static str) = ("outbox", "recipient");
        const PATIENCE: Duration = Duration::from_secs(60);
        const AT_MOST: Duration = Duration::from_secs(2);

        fn batch(&self) -> usize {
            1
        }

        fn begin(&self) -> Option<impl Fn(&[OwnedRecord]) -> Result<(), Error>> {
            Some(|_: &[OwnedRecord]| {
                let _ = self.inside.send(());
                let _ = self.go_on.lock().recv_timeout(Self::AT_MOST / 2);
                Ok(())
            })
        }
    }

    /// All of it takes longer than a flush waits where nothing is handed over.
    #[test]
    fn a_flush_waits_as_long_as_records_are_handed_over() {
        let ((inside, is_inside), (go_on, goes_on)) = (channel(), channel());
        let slow = Slow {
            inside,
            go_on: Mutex::new(goes_on),
        };
        let outbox = Outbox::new(slow, Ledger::new(), 4, 4);
        thread::scope(|scope| {
            scope.spawn(|| {
                for _ in 0..4 {
                    outbox.put(&Record::builder().build(), || false).unwrap();
                }
            });
            is_inside.recv().unwrap();
            outbox.flush().unwrap();
            assert_eq!(outbox.held(), 0);
        });
        drop(go_on);
    }

    /// A record that is due is with the recipient when its call returns, also where another thread
    /// has taken it out.
    #[test]
    fn a_record_that_is_due_is_waited_for() {
        let ((inside, is_inside), (go_on, goes_on)) = (channel(), channel());
        let slow = Slow {
            inside,
            go_on: Mutex::new(goes_on),
        };
        let outbox = Outbox::new(slow, Ledger::new(), 4, 4);
        let put = || outbox.put(&Record::builder().build(), || true).unwrap();
        thread::scope(|scope| {
            scope.spawn(put);
            is_inside.recv().unwrap();
            let second = scope.spawn(|| {
                let start = Instant::now();
                put();
                // On a machine that is busy, it may have waited in vain.
                outbox.state.lock().delivered == 2 || start.elapsed() >= A_MOMENT
            });
            while outbox.waiting() == 0 {
                thread::yield_now();
            }
            go_on.send(()).unwrap();
            // The first thread, or the second one, hands over the second record.
            is_inside.recv().unwrap();
            assert_eq!(outbox.waiting(), 0);
            // Time for a call that does not wait; one that does never makes the test fail.
            thread::sleep(Duration::from_millis(50));
            go_on.send(()).unwrap();
            assert!(second.join().unwrap());
        });
    }

    /// One that takes few records keeps the threads that log for a time, not for each record.
    #[test]
    fn a_slow_recipient_is_waited_for_once() {
        let (inside, is_inside) = channel();
        let (go_on, goes_on) = channel();
        let slow = Slow {
            inside,
            go_on: Mutex::new(goes_on),
        };
        let outbox = Outbox::new(slow, Ledger::new(), 8, 8);
        let put = || outbox.put(&Record::builder().build(), || false);
        thread::scope(|scope| {
            scope.spawn(|| (0..8).for_each(|_| put().unwrap()));
            is_inside.recv().unwrap();
            // Each gets its room in time, as it takes one in half of that.
            let refused = (0..8).position(|_| put().is_err());
            assert!(refused.is_some());
            // From then on no thread waits.
            assert!((0..100).filter(|_| put().is_err()).count() >= 90);
            drop(go_on);
        });
    }

    /// Room that another thread takes first is waited for again.
    #[test]
    fn threads_that_compete_for_room_lose_nothing() {
        struct Fast;
        impl Recipient for Fast {
            const WORDS: (&'static str, &'static str) = ("outbox", "recipient");
            const PATIENCE: Duration = Duration::from_secs(60);
            const AT_MOST: Duration = Duration::from_secs(600);

            fn batch(&self) -> usize {
                1
            }

            fn begin(&self) -> Option<impl Fn(&[OwnedRecord]) -> Result<(), Error>> {
                Some(|_: &[OwnedRecord]| {
                    thread::yield_now();
                    Ok(())
                })
            }
        }
        let outbox = Outbox::new(Fast, Ledger::new(), 2, 2);
        thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| {
                    for _ in 0..2_000 {
                        outbox.put(&Record::builder().build(), || false).unwrap();
                    }
                });
            }
        });
        outbox.flush().unwrap();
        assert_eq!(outbox.state.lock().delivered, 32_000);
    }
}
