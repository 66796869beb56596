//! The handler that keeps records until something happens.

use std::cell::Cell;
use std::fmt;
use std::time::Duration;

use super::{Handler, handler_type};
use crate::error::{Error, ErrorKind};
use crate::formatter::Format;
use crate::handler::ledger::Ledger;
use crate::handler::sink::Sink;
use crate::host::Instant;
use crate::level::Level;
use crate::process;
use crate::record::{OwnedRecord, Record};
use crate::sync::{Arc, AtomicBool, Mutex, MutexGuard, Ordering};
use crate::turn::{NoTurn, Taken, Turn};

/// Keeps records, and hands them to another handler when it is full or a severe one comes.
///
/// It hands over, in order, when it holds `capacity` records or when a record of the flush level (`ERROR` unless set) or above
/// comes, that record included; and when it is flushed or closed. The target's filters are asked; its level is not, unless
/// [`respecting_target_level`](Self::respecting_target_level). Without a target it keeps at most `capacity` records; further
/// ones are dropped and counted as [`DropReason::Full`](crate::DropReason::Full).
///
/// One thread at a time hands over, the one whose record made it due; records that are on their way to the target count as held. Where
/// the target is slow, other threads wait for room, a second at most. Then records are dropped, counted as `Full`, and no thread waits
/// until it has taken the batch. What the target itself logs to this handler does not wait.
///
/// [`flush`](Handler::flush) returns when all that was taken before is with the target's device. It waits for 10 seconds at most. After
/// [`close`](Handler::close), and at the end of the process, records are handed over one by one.
///
/// # Python
/// `logging.handlers.MemoryHandler` (statement 75). There, other threads wait as long as it takes; without a target it grows for ever; after
/// `close` it has no target.
///
/// # Examples
/// ```
/// use logtree::{Level, MemoryHandler, Record, StreamHandler};
///
/// let target = StreamHandler::new(Vec::new());
/// let memory = MemoryHandler::new(100).with_target(target.clone());
/// memory.handle(&Record::builder().level(Level::DEBUG).message("a detail").build());
/// assert_eq!((memory.buffered(), target.counters().written()), (1, 0));
/// memory.handle(&Record::builder().level(Level::ERROR).message("it failed").build());
/// assert_eq!((memory.buffered(), target.counters().written()), (0, 2));
/// ```
#[derive(Clone)]
pub struct MemoryHandler {
    handler: Handler,
    sink: Arc<MemorySink>,
}

impl MemoryHandler {
    /// Keeps up to this many records; 0 or 1 hand each over at once.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        let (handler, sink) = Handler::with_shared(|ledger| MemorySink {
            ledger,
            capacity,
            state: Mutex::new(State {
                records: Vec::new(),
                handing_over: 0,
                is_stuck: false,
                target: None,
                flush_level: Level::ERROR,
                closed: false,
            }),
            turn: Turn::default(),
            flush_on_close: AtomicBool::new(true),
            respect_level: AtomicBool::new(false),
        });
        Self { handler, sink }
    }

    /// The same, with a handler to hand over to.
    #[must_use]
    pub fn with_target(self, target: impl Into<Handler>) -> Self {
        self.set_target(Some(target.into()));
        self
    }

    /// The same, with another level from which a record makes it hand over at once.
    #[must_use]
    pub fn with_flush_level(self, level: impl Into<Level>) -> Self {
        self.sink.state.lock().flush_level = level.into();
        self
    }

    /// The same, with the buffer handed over when it is closed, and at shutdown, or thrown away; on by default.
    #[must_use]
    pub fn with_flush_on_close(self, flush: bool) -> Self {
        self.sink.flush_on_close.store(flush, Ordering::Relaxed);
        self
    }

    /// The same, with records below the target's level left out when handing over.
    #[must_use]
    pub fn respecting_target_level(self) -> Self {
        self.sink.respect_level.store(true, Ordering::Relaxed);
        self
    }

    /// Sets the handler to hand over to, or none.
    ///
    /// # Python
    /// `MemoryHandler.setTarget`.
    pub fn set_target(&self, target: Option<Handler>) {
        let mut state = self.sink.state.lock();
        let old = std::mem::replace(&mut state.target, target);
        state.closed = false;
        drop(state);
        // Out of the lock: a handler's end runs the user's code.
        drop(old);
    }

    /// How many records it holds, those included that are just being handed over.
    #[must_use]
    pub fn buffered(&self) -> usize {
        self.sink.state.lock().held()
    }
}

handler_type!(MemoryHandler);

impl fmt::Debug for MemoryHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.handler, f)
    }
}

struct MemorySink {
    ledger: Ledger,
    capacity: usize,
    state: Mutex<State>,
    /// Of the thread that hands over: the target runs the user's code, so no lock is held meanwhile.
    turn: Turn,
    flush_on_close: AtomicBool,
    respect_level: AtomicBool,
}

struct State {
    records: Vec<OwnedRecord>,
    /// How many are on their way to the target.
    handing_over: usize,
    /// Whether a thread waited for that in vain.
    is_stuck: bool,
    target: Option<Handler>,
    flush_level: Level,
    /// Whether each record is handed over at once.
    closed: bool,
}

impl State {
    fn held(&self) -> usize {
        self.records.len() + self.handing_over
    }
}

/// How long a thread that logs waits for a slow target, and one that flushes.
const PATIENCE: Duration = Duration::from_secs(1);
const FLUSH_PATIENCE: Duration = Duration::from_secs(10);

impl MemorySink {
    /// The state, once there is room for a record.
    ///
    /// # Errors
    /// [`ErrorKind::Full`].
    fn with_room(&self) -> Result<MutexGuard<'_, State>, Error> {
        let capacity = self.capacity.max(1);
        let start = Instant::now();
        loop {
            let state = self.state.lock();
            if state.target.is_none() {
                let has_room = state.records.len() < self.capacity;
                let full = "the memory handler is full and has no target";
                return has_room
                    .then_some(state)
                    .ok_or_else(|| Error::new(ErrorKind::Full, full));
            }
            // Where no thread hands over yet, the one that asks will: its record goes with the others.
            if state.held() < capacity || state.handing_over == 0 {
                return Ok(state);
            }
            let (is_stuck, own_room) = (state.is_stuck, state.records.len() < capacity);
            drop(state);
            let goes_on =
                || !is_stuck && start.elapsed() < PATIENCE && self.state.lock().held() >= capacity;
            match self.turn.take(goes_on) {
                Ok(turn) => self.hand_over(&turn),
                // By the target itself: it goes with what is being handed over, if that is not too much.
                Err(NoTurn::Own) if own_room => return Ok(self.state.lock()),
                Err(NoTurn::TimedOut) if self.state.lock().held() < capacity => {}
                Err(no_turn) => {
                    self.state.lock().is_stuck |= no_turn == NoTurn::TimedOut;
                    let full = "the memory handler is full and its target slow";
                    return Err(Error::new(ErrorKind::Full, full));
                }
            }
        }
    }

    /// Hands over, unless another thread does so and does not come to an end.
    fn hand_over_in_time(&self) {
        let start = Instant::now();
        let is_stuck = self.state.lock().is_stuck;
        let goes_on =
            || !is_stuck && start.elapsed() < PATIENCE && !self.state.lock().records.is_empty();
        if let Ok(turn) = self.turn.take(goes_on) {
            self.hand_over(&turn);
            // And what the target logged to this handler; not until nothing is left, as it may do so for each record.
            self.hand_over(&turn);
        }
    }

    /// Hands over what is held now.
    fn hand_over(&self, _turn: &Taken<'_>) {
        let generation = process::generation();
        let mut state = self.state.lock();
        let Some(target) = state.target.clone() else {
            return;
        };
        let records = std::mem::take(&mut state.records);
        state.handing_over = records.len();
        drop(state);
        let respect_level = self.respect_level.load(Ordering::Relaxed);
        for record in records {
            // In a child that the target forks, the rest is the parent's.
            if process::generation() != generation {
                return;
            }
            if !respect_level || record.level() >= target.level() {
                target.handle(&record.as_record());
            }
            self.ledger.written(1);
            let mut state = self.state.lock();
            state.handing_over = state.handing_over.saturating_sub(1);
        }
        self.state.lock().is_stuck = false;
    }

    /// Hands over what was taken before the call.
    ///
    /// # Errors
    /// [`ErrorKind::Reentrant`] for the thread that hands over already, [`ErrorKind::TimedOut`] where another one does not come to an
    /// end.
    fn flush_records(&self) -> Result<(), Error> {
        // At the end of the process, as long as the target takes one record after another.
        let (start, patience) = (Instant::now(), process::patience());
        let seen = Cell::new((usize::MAX, start));
        let goes_on = || {
            let left = self.state.lock().handing_over;
            if seen.get().0 != left {
                seen.set((left, Instant::now()));
            }
            match patience {
                Some(patience) => seen.get().1.elapsed() < patience,
                None => start.elapsed() < FLUSH_PATIENCE,
            }
        };
        let turn = self.turn.take(goes_on).map_err(|no_turn| match no_turn {
            NoTurn::Own => Error::new(
                ErrorKind::Reentrant,
                "the memory handler's target flushed the memory handler",
            ),
            NoTurn::TimedOut => {
                let held = self.state.lock().held();
                let message =
                    format!("{held} records are still in the memory handler: its target is slow");
                Error::new(ErrorKind::TimedOut, message)
            }
        })?;
        self.hand_over(&turn);
        Ok(())
    }
}

impl Drop for MemorySink {
    /// A handler that is dropped ends as one that is closed.
    fn drop(&mut self) {
        if self.flush_on_close.load(Ordering::Relaxed) {
            let _ = self.flush_records();
        }
    }
}

impl Sink for Arc<MemorySink> {
    fn write(&self, record: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        // The user's code (a `Display` in the message) runs before the lock.
        let owned = record.to_owned();
        let mut state = self.with_room()?;
        let severe = record.level() >= state.flush_level;
        state.records.push(owned);
        let full = state.held() >= self.capacity;
        let due = severe || full || state.closed || process::is_ending();
        drop(state);
        self.ledger.kept(record);
        if due {
            self.hand_over_in_time();
        }
        Ok(())
    }

    fn flush(&self) -> Result<(), Error> {
        self.flush_records()?;
        let target = self.state.lock().target.clone();
        target.map_or(Ok(()), |target| target.flush())
    }

    fn close(&self) -> Result<(), Error> {
        let flushes = self.flush_on_close.load(Ordering::Relaxed);
        let mut state = self.state.lock();
        // Before the last flush, so that no record is left behind it.
        state.closed = flushes;
        let target = if flushes { None } else { state.target.take() };
        drop(state);
        // Out of the lock: a handler's end runs the user's code.
        drop(target);
        if flushes { Sink::flush(self) } else { Ok(()) }
    }

    fn in_child(&self) {
        let mut state = self.state.lock();
        let left = state.held() as u64;
        state.records.clear();
        state.handing_over = 0;
        state.is_stuck = false;
        drop(state);
        // The parent writes them.
        self.ledger.written(left);
    }

    fn targets(&self) -> Vec<Handler> {
        self.state.lock().target.iter().cloned().collect()
    }

    fn flush_at_shutdown(&self) -> bool {
        self.flush_on_close.load(Ordering::Relaxed)
    }

    fn queued(&self) -> u64 {
        self.state.lock().held() as u64
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemoryHandler")
    }
}
