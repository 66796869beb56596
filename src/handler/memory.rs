//! The handler that keeps records until something happens.

use std::fmt;
use std::sync::PoisonError;

use super::{Handler, Ledger, Sink, handler_type};
use crate::sync::{Arc, AtomicBool, Mutex, Ordering};
use crate::{Error, ErrorKind, Format, Level, OwnedRecord, Record};

/// Keeps records, and hands them to another handler when it is full or a severe one comes.
///
/// It hands over, in order, when it holds `capacity` records or when a record of the flush level (`ERROR` unless set) or above
/// comes, that record included; and when it is flushed or closed. The target's filters are asked; its level is not, unless
/// [`respecting_target_level`](Self::respecting_target_level). Without a target it keeps at most `capacity` records; further
/// ones are dropped and counted as [`DropReason::Full`](crate::DropReason::Full).
///
/// # Python
/// `logging.handlers.MemoryHandler` (statement 75), which grows for ever without a target.
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
                target: None,
                flush_level: Level::ERROR,
            }),
            handing_over: std::sync::Mutex::new(()),
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
        self.sink.state.lock().target = target;
    }

    /// How many records it holds.
    #[must_use]
    pub fn buffered(&self) -> usize {
        self.sink.state.lock().records.len()
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
    /// Taken by whoever hands over, so that two threads do not mix their batches. Only ever tried: the target runs the user's
    /// code, and a target that logs to this handler must not wait for itself; what it logs goes with the same batch.
    handing_over: std::sync::Mutex<()>,
    flush_on_close: AtomicBool,
    respect_level: AtomicBool,
}

struct State {
    records: Vec<OwnedRecord>,
    target: Option<Handler>,
    flush_level: Level,
}

impl MemorySink {
    /// Hands over; whoever comes meanwhile leaves the work to the one at it, who looks once more. Not until nothing is
    /// left: a target that logs to this handler for each record it gets would keep the caller for ever.
    fn hand_over(&self) {
        for _ in 0..2 {
            let turn = match self.handing_over.try_lock() {
                Ok(turn) => turn,
                Err(std::sync::TryLockError::Poisoned(poisoned)) => {
                    PoisonError::into_inner(poisoned)
                }
                Err(std::sync::TryLockError::WouldBlock) => return,
            };
            let (records, target) = {
                let mut state = self.state.lock();
                let Some(target) = state.target.clone() else {
                    return;
                };
                (std::mem::take(&mut state.records), target)
            };
            let respect_level = self.respect_level.load(Ordering::Relaxed);
            for record in &records {
                if !respect_level || record.level() >= target.level() {
                    target.handle(&record.as_record());
                }
                self.ledger.written(1);
            }
            drop(turn);
            if self.state.lock().records.is_empty() {
                return;
            }
        }
    }
}

impl Drop for MemorySink {
    /// A handler that is let go of ends as one that is closed.
    fn drop(&mut self) {
        if self.flush_on_close.load(Ordering::Relaxed) {
            self.hand_over();
        }
    }
}

impl Sink for Arc<MemorySink> {
    fn write(&self, record: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        // The user's code (a `Display` in the message) runs before the lock.
        let owned = record.to_owned();
        let due = {
            let mut state = self.state.lock();
            if state.target.is_none() && state.records.len() >= self.capacity {
                return Err(Error::new(
                    ErrorKind::Full,
                    "the memory handler is full and has no target",
                ));
            }
            let severe = record.level() >= state.flush_level;
            state.records.push(owned);
            severe || state.records.len() >= self.capacity
        };
        self.ledger.kept(record);
        if due {
            self.hand_over();
        }
        Ok(())
    }

    fn flush(&self) -> Result<(), Error> {
        self.hand_over();
        Ok(())
    }

    fn close(&self) -> Result<(), Error> {
        if self.flush_on_close.load(Ordering::Relaxed) {
            self.hand_over();
        }
        // Dropped outside the lock: a target's end runs the user's code.
        let target = self.state.lock().target.take();
        drop(target);
        Ok(())
    }

    fn flush_at_shutdown(&self) -> bool {
        self.flush_on_close.load(Ordering::Relaxed)
    }

    fn queued(&self) -> u64 {
        self.state.lock().records.len() as u64
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemoryHandler")
    }
}
