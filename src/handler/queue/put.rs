//! The caller's half: a record into the queue.

use std::cell::{Cell, RefCell};
use std::thread;
use std::time::Duration;

use super::codec;
use super::lane::LaneEntry;
use super::overflow::Overflow;
use super::{Shared, worker};
use crate::host::Instant;
use crate::process;
use crate::sync::{Arc, Ordering};
use crate::user_code;
use crate::{Error, ErrorKind, Format, Level, Record};

/// The calling thread's part of one queue.
struct Mine {
    queue: u64,
    generation: u32,
    entry: LaneEntry,
}

thread_local! {
    static LANES: RefCell<Vec<Mine>> = const { RefCell::new(Vec::new()) };
    /// What records are written to first, as their length is not known before.
    static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
    /// The number of an environment in a queue: queue, address, number.
    static ENVIRONMENT: Cell<(u64, usize, u32)> = const { Cell::new((0, 0, 0)) };
}

/// A longer scratch is given back to the system.
const MAX_KEPT: usize = 64 * 1024;

impl Shared {
    /// Puts a record in, or hands it over at once where the queue was closed.
    ///
    /// # Errors
    /// [`ErrorKind::Full`] when there is no room, and those of the formatter.
    pub(super) fn put(
        self: &Arc<Self>,
        record: &Record<'_>,
        formatter: Option<&dyn Format>,
    ) -> Result<(), Error> {
        if self.generation.load(Ordering::Relaxed) != process::generation() {
            self.begin_anew();
        }
        let environment = self.number_of_known(record);
        let mut bytes = SCRATCH.try_with(Cell::take).unwrap_or_default();
        // Runs the user's code, so nothing may be borrowed or locked here.
        let put = codec::encode(record, formatter, environment, &mut bytes).and_then(|()| {
            if self.closed.load(Ordering::Acquire) {
                self.hand_over_now(&bytes);
                Ok(())
            } else {
                self.push(&bytes, record)
            }
        });
        if bytes.capacity() <= MAX_KEPT {
            let _ = SCRATCH.try_with(|scratch| scratch.set(bytes));
        }
        put
    }

    #[inline]
    fn number_of_known(&self, record: &Record<'_>) -> u32 {
        let address = Arc::as_ptr(record.environment) as usize;
        let (queue, known, number) = ENVIRONMENT.get();
        // The queue keeps the environment alive, so nothing else can come to have its address.
        if queue == self.id && known == address {
            return number;
        }
        let number = self.number_of(record.environment);
        ENVIRONMENT.set((self.id, address, number));
        number
    }

    #[inline]
    fn push(self: &Arc<Self>, bytes: &[u8], record: &Record<'_>) -> Result<(), Error> {
        let pushed = LANES.try_with(|lanes| {
            let mut lanes = lanes.try_borrow_mut().ok()?;
            let at = match lanes.iter().position(|mine| self.is_mine(mine)) {
                Some(at) => at,
                None => self.join(&mut lanes),
            };
            Some(self.push_into(&mut lanes[at].entry, bytes, record))
        });
        match pushed {
            Ok(Some(pushed)) => pushed,
            _ => {
                self.push_late(bytes);
                Ok(())
            }
        }
    }

    #[inline]
    fn is_mine(&self, mine: &Mine) -> bool {
        mine.queue == self.id && mine.generation == process::generation()
    }

    /// Gives the thread a part of its own.
    #[cold]
    fn join(&self, lanes: &mut Vec<Mine>) -> usize {
        // Those of queues that are gone, and of the parent process.
        lanes.retain(|mine| {
            mine.generation == process::generation() && Arc::strong_count(mine.entry.lane()) > 1
        });
        let entry = LaneEntry::new(self.options.bytes_per_thread);
        self.add_lane(entry.lane());
        lanes.push(Mine {
            queue: self.id,
            generation: process::generation(),
            entry,
        });
        lanes.len() - 1
    }

    #[inline]
    fn push_into(
        &self,
        entry: &mut LaneEntry,
        bytes: &[u8],
        record: &Record<'_>,
    ) -> Result<(), Error> {
        let level = record.level;
        if entry.is_too_long(bytes) {
            return self.push_long(entry, bytes, record);
        }
        let shed = self.options.overflow.sheds(level, || self.fill(entry));
        if shed || !(self.take_place() && self.push_or_give_up_place(entry, bytes)) {
            if shed {
                return Err(self.drop_newest(level));
            }
            self.push_when_full(entry, bytes, level)?;
        }
        if level >= Level::ERROR || entry.should_call() || self.worker.is_sleeping() {
            self.worker.call();
        }
        Ok(())
    }

    #[cold]
    fn push_long(
        &self,
        entry: &mut LaneEntry,
        bytes: &[u8],
        record: &Record<'_>,
    ) -> Result<(), Error> {
        let number = entry.lay_aside(bytes.to_vec());
        let mut ticket = Vec::new();
        codec::encode_ticket(record.level, record.time, number, &mut ticket);
        let pushed = self.push_when_full(entry, &ticket, record.level);
        if pushed.is_err() {
            entry.take_back(number);
        }
        // It is much, so that the listener had better come.
        self.worker.call();
        pushed
    }

    /// How full the thread's part is, or the queue where its number of records is limited.
    fn fill(&self, entry: &LaneEntry) -> usize {
        let of_records = self.options.max_records.map_or(0, |most| {
            let records = self.records.load(Ordering::Relaxed);
            usize::try_from(records.saturating_mul(100) / most.max(1)).unwrap_or(usize::MAX)
        });
        entry.fill().max(of_records)
    }

    /// Takes a place among the records, where their number is limited; answers whether there was one.
    #[inline]
    fn take_place(&self) -> bool {
        match self.options.max_records {
            None => true,
            Some(most) => self
                .records
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |records| {
                    (records < most).then_some(records + 1)
                })
                .is_ok(),
        }
    }

    /// Gives places back.
    pub(super) fn give_up_places(&self, count: u64) {
        if self.options.max_records.is_some() {
            self.records.fetch_sub(count, Ordering::Relaxed);
        }
    }

    #[inline]
    fn push_or_give_up_place(&self, entry: &mut LaneEntry, bytes: &[u8]) -> bool {
        let pushed = entry.push(bytes);
        if !pushed {
            self.give_up_places(1);
        }
        pushed
    }

    /// Tries until there is room, as long as the rule for what is too much allows.
    #[cold]
    fn push_when_full(
        &self,
        entry: &mut LaneEntry,
        bytes: &[u8],
        level: Level,
    ) -> Result<(), Error> {
        let start = Instant::now();
        loop {
            if self.take_place() && self.push_or_give_up_place(entry, bytes) {
                return Ok(());
            }
            if self.options.overflow == Overflow::DropOldest {
                if !self.drop_oldest(entry, bytes.len()) {
                    return Err(self.drop_newest(level));
                }
                continue;
            }
            // The queue's thread may be waiting for the device that this thread is in.
            let in_vain = !self.worker.is_running()
                || worker::is_worker_of(self.id)
                || user_code::is_inside_device();
            let waits = self.options.overflow.waits(level) && !in_vain;
            if !waits || start.elapsed() >= self.options.block_at_most {
                return Err(self.drop_newest(level));
            }
            self.worker.call();
            thread::sleep(Duration::from_micros(50));
        }
    }

    fn drop_newest(&self, level: Level) -> Error {
        self.drops.note(level);
        Error::new(ErrorKind::Full, "the queue is full")
    }

    /// Drops records of the same thread; answers whether there were any.
    fn drop_oldest(&self, entry: &LaneEntry, len: usize) -> bool {
        let dropped = entry.make_room(len);
        for level in &dropped {
            self.drops.note(*level);
        }
        self.give_up_places(dropped.len() as u64);
        self.dropped_oldest
            .fetch_add(dropped.len() as u64, Ordering::Relaxed);
        !dropped.is_empty()
    }

    #[cold]
    fn push_late(&self, bytes: &[u8]) {
        self.late_count.fetch_add(1, Ordering::Relaxed);
        self.late.lock().push(bytes.to_vec());
        self.worker.call();
    }
}
