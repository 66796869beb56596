//! The caller's half: a record into the queue.

use std::cell::{Cell, RefCell};
use std::thread;
use std::time::Duration;

use crate::error::{Error, ErrorKind};
use crate::formatter::{Format, Line};
use crate::handler::queue::account::Account;
use crate::handler::queue::codec;
use crate::handler::queue::core::QueueCore;
use crate::handler::queue::head::set_stamp;
use crate::handler::queue::lane::LaneWriter;
use crate::handler::queue::overflow::Overflow;
use crate::handler::queue::usual::Usual;
use crate::handler::queue::worker::is_worker_of;
use crate::level::Level;
use crate::record::{KnownThread, Record};
use crate::sys::host::Instant;
use crate::sys::sync::{Arc, Ordering, Weak};
use crate::sys::{fork, user_code};
use crate::text::line_buf::LineBuf;
use crate::text::pool::Pooled;

/// The calling thread's part of one handler's queue.
struct Mine {
    account: u64,
    handler: Weak<Account>,
    entry: LaneWriter,
}

thread_local! {
    static LANES: RefCell<Vec<Mine>> = const { RefCell::new(Vec::new()) };
    /// The number of an environment in a queue: epoch of its numbers, address, number.
    static ENVIRONMENT: Cell<(u64, usize, u32)> = const { Cell::new((0, 0, 0)) };
}

/// A record was not put in: there is no room, and the rule for that does not wait any longer.
pub(super) struct NoRoom;

/// What came of trying to put a record in.
enum Tried {
    In,
    /// It will not come to be in.
    Refused,
    /// There may be room later.
    Full,
}

impl QueueCore {
    /// Puts a record in. Where the queue was closed, it is handed over before this returns.
    ///
    /// # Errors
    /// [`ErrorKind::Full`] when there is no room, [`ErrorKind::Closed`] when there is no handler to
    /// hand it to, and those of the formatter.
    pub(super) fn enqueue(
        self: &Arc<Self>,
        account: &Arc<Account>,
        record: &Record<'_>,
        formatter: Option<&dyn Format>,
    ) -> Result<(), Error> {
        // A child starts with an empty queue before anything else, also where no lock is taken on
        // the way.
        fork::settle_if_new();
        if self.worker.is_bypassed() {
            return self.bypass(account, record, formatter);
        }
        let environment = self.number_of_known(record);
        if formatter.is_none() {
            match self.put_in_place(account, record, environment) {
                Some(Ok(())) => {
                    if self.channel.is_closed() {
                        self.deliver_now(self.channel.mark());
                    }
                    return Ok(());
                }
                // A closed queue is emptied first, and then the record gets another try.
                Some(Err(NoRoom)) if !self.channel.is_closed() => {
                    return Err(self.drop_newest(record.level));
                }
                _ => {}
            }
        }
        self.put_encoded(account, record, formatter, environment)
    }

    /// Puts a record in that is as most are, or fails if it is not taken at its level. Returns
    /// `None` if it must be encoded: it is not as most are, or there is no room for it at once.
    #[inline]
    fn put_in_place(
        &self,
        account: &Arc<Account>,
        record: &Record<'_>,
        environment: u32,
    ) -> Option<Result<(), NoRoom>> {
        let usual = Usual::of(record, environment)?;
        let put = self.with_lane(account, |entry| {
            if self.sheds(entry, record.level) {
                return Some(Err(NoRoom));
            }
            let is_in = self.attempt(entry, |entry, stamp| {
                entry.push_in_place(usual.len(), |place| usual.write_to(place, stamp))
            });
            if is_in {
                self.call_if_due(entry, record.level);
            }
            is_in.then_some(Ok(()))
        });
        put.flatten()
    }

    /// Puts any record in.
    #[inline(never)]
    fn put_encoded(
        &self,
        account: &Arc<Account>,
        record: &Record<'_>,
        formatter: Option<&dyn Format>,
        environment: u32,
    ) -> Result<(), Error> {
        // The length of a record is not known before it is written.
        let mut buffer = Pooled::<LineBuf>::take();
        // Runs the user's code, so nothing may be borrowed or locked here.
        codec::encode(record, formatter, environment, &mut buffer)?;
        let bytes = buffer.as_bytes_mut();
        let mut put = self.push(account, bytes, record.level);
        // After the push: a queue that is closed meanwhile is emptied by one of the two.
        if self.channel.is_closed() {
            put = self.push_closed(put, account, bytes, record.level);
        }
        buffer.give_back();
        put.map_err(|NoRoom| self.drop_newest(record.level))
    }

    /// Hands a record over on the calling thread, past the queue.
    #[cold]
    fn bypass(
        &self,
        account: &Account,
        record: &Record<'_>,
        formatter: Option<&dyn Format>,
    ) -> Result<(), Error> {
        let destinations = self.worker.destinations();
        if destinations.is_empty() {
            return Err(Error::new(ErrorKind::Closed, "the queue has no handlers"));
        }
        let mut record = record.clone();
        // The handlers share the text.
        record.is_for_one = false;
        if let Some(formatter) = formatter {
            let mut line = Line::new();
            formatter.format(&record, &mut line)?;
            record.set_message(line.as_str().to_owned());
            record.clear_error();
            record.clear_stack();
        }
        destinations.handle(&record);
        account.bypassed.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    #[inline]
    fn number_of_known(&self, record: &Record<'_>) -> u32 {
        let address = Arc::as_ptr(record.environment) as usize;
        let epoch = self.channel.environments.epoch();
        let (known_epoch, known, number) = ENVIRONMENT.get();
        // The queue keeps the environment alive in this epoch, so nothing else can have its
        // address.
        if known_epoch == epoch && known == address {
            return number;
        }
        let number = self.channel.environments.number_of(record.environment);
        ENVIRONMENT.set((epoch, address, number));
        number
    }

    #[inline]
    fn push(&self, account: &Arc<Account>, bytes: &mut [u8], level: Level) -> Result<(), NoRoom> {
        let pushed = self.with_lane(account, |entry| {
            self.push_into(account, entry, bytes, level)
        });
        pushed.unwrap_or_else(|| self.push_to_common(account, bytes, level))
    }

    /// Lends the thread's part; `None` late in the thread's end.
    #[inline]
    fn with_lane<R>(
        &self,
        account: &Arc<Account>,
        work: impl FnOnce(&mut LaneWriter) -> R,
    ) -> Option<R> {
        let result = LANES.try_with(|lanes| {
            let mut lanes = lanes.try_borrow_mut().ok()?;
            // The last one used comes first: most threads have one.
            if lanes.first().map(|mine| mine.account) != Some(account.id()) {
                self.bring_first(account, &mut lanes);
            }
            lanes.first_mut().map(|mine| work(&mut mine.entry))
        });
        result.ok().flatten()
    }

    #[cold]
    fn bring_first(&self, account: &Arc<Account>, lanes: &mut Vec<Mine>) {
        let id = account.id();
        let at = match lanes.iter().position(|mine| mine.account == id) {
            Some(at) => at,
            None => self.join(account, lanes),
        };
        lanes.swap(0, at);
    }

    /// Gives the thread a part of its own.
    fn join(&self, account: &Arc<Account>, lanes: &mut Vec<Mine>) -> usize {
        // Without those of handlers that are gone, and of the parent process.
        lanes.retain(|mine| {
            let handler = mine.handler.upgrade();
            handler.is_some_and(|handler| handler.id() == mine.account)
        });
        let (most, limit) = (
            self.channel.options.bytes_per_thread,
            self.channel.budget.of_threads(),
        );
        lanes.push(Mine {
            account: account.id(),
            handler: Arc::downgrade(account),
            entry: self
                .channel
                .add_lane(account, KnownThread::current(), most, limit),
        });
        lanes.len() - 1
    }

    #[inline]
    fn push_into(
        &self,
        account: &Account,
        entry: &mut LaneWriter,
        bytes: &mut [u8],
        level: Level,
    ) -> Result<(), NoRoom> {
        if self.sheds(entry, level) {
            return Err(NoRoom);
        }
        if !self.attempt_copy(entry, bytes) {
            self.push_when_full(account, entry, bytes, level)?;
        }
        self.call_if_due(entry, level);
        Ok(())
    }

    /// Wakes the thread of the queue, where a record that was put in is urgent, or one of many.
    #[inline]
    fn call_if_due(&self, entry: &mut LaneWriter, level: Level) {
        if level >= Level::ERROR || entry.should_call() || self.worker.is_sleeping() {
            self.worker.call();
        }
    }

    /// Reports whether a record of the calling thread is not taken at its level, before it is
    /// copied.
    #[cfg(feature = "control")]
    pub(super) fn sheds_at_once(&self, account: &Account, level: Level) -> bool {
        let sheds = LANES.try_with(|lanes| {
            let lanes = lanes.try_borrow().ok()?;
            let mine = lanes.iter().find(|mine| mine.account == account.id())?;
            Some(self.sheds(&mine.entry, level))
        });
        sheds.ok().flatten().unwrap_or(false)
    }

    #[inline]
    fn sheds(&self, entry: &LaneWriter, level: Level) -> bool {
        self.channel
            .options
            .overflow
            .sheds(level, || self.fill(entry))
    }

    /// How full the thread's part is, or the queue where its number of records is limited.
    fn fill(&self, entry: &LaneWriter) -> u64 {
        let of_records = self.channel.options.max_records.map_or(0, |most| {
            let records = self.channel.records.load(Ordering::Relaxed);
            records.saturating_mul(100) / most.max(1)
        });
        entry.fill().max(of_records)
    }

    /// Puts a record in if there is room for it right now.
    #[inline]
    fn attempt_copy(&self, entry: &mut LaneWriter, bytes: &mut [u8]) -> bool {
        self.attempt(entry, |entry, stamp| {
            set_stamp(bytes, stamp);
            entry.push(bytes)
        })
    }

    /// Puts a record in by a function that gets its stamp and reports whether there was room.
    #[inline]
    fn attempt(
        &self,
        entry: &mut LaneWriter,
        push: impl FnOnce(&mut LaneWriter, u64) -> bool,
    ) -> bool {
        if !self.take_place() {
            return false;
        }
        // A thread that knows of this record gets a later stamp. See `merge`.
        let stamp = self.channel.stamps.fetch_add(1, Ordering::SeqCst);
        let pushed = push(entry, stamp);
        if !pushed {
            self.channel.unused_stamps.fetch_add(1, Ordering::Release);
            self.channel.give_up_places(1);
        }
        pushed
    }

    /// Takes a place among the records, where their number is limited; returns whether there was
    /// one.
    #[inline]
    fn take_place(&self) -> bool {
        match self.channel.options.max_records {
            None => true,
            Some(most) => self
                .channel
                .records
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |records| {
                    (records < most).then_some(records + 1)
                })
                .is_ok(),
        }
    }

    /// Whether there is a place among the records.
    fn has_place(&self) -> bool {
        let most = self.channel.options.max_records;
        most.is_none_or(|most| self.channel.records.load(Ordering::Relaxed) < most)
    }

    /// Puts a record in that did not fit at once.
    #[cold]
    fn push_when_full(
        &self,
        account: &Account,
        entry: &mut LaneWriter,
        bytes: &mut [u8],
        level: Level,
    ) -> Result<(), NoRoom> {
        self.push_waiting(level, || {
            match self.attempt_growing(account, entry, bytes) {
                Tried::In => Tried::In,
                // It has nothing and gets nothing, as the other threads have it all.
                _ if entry.lane().queued() == 0 => self.attempt_in_common(account, bytes),
                tried => tried,
            }
        })
    }

    /// Puts a record in by the part that all threads share which have none of their own.
    #[cold]
    fn push_to_common(
        &self,
        account: &Account,
        bytes: &mut [u8],
        level: Level,
    ) -> Result<(), NoRoom> {
        self.push_waiting(level, || self.attempt_in_common(account, bytes))
    }

    fn attempt_in_common(&self, account: &Account, bytes: &[u8]) -> Tried {
        let mut buffer = Pooled::<LineBuf>::take();
        codec::add_thread(bytes, &mut buffer);
        let mut common = account.common.lock();
        let all = self.channel.budget.of_all();
        let entry = common.get_or_insert_with(|| self.channel.add_lane(account, None, all, all));
        let tried = self.attempt_growing(account, entry, buffer.as_bytes_mut());
        drop(common);
        self.worker.call();
        tried
    }

    /// Tries with more memory, and by dropping what is older where that is the rule.
    fn attempt_growing(
        &self,
        account: &Account,
        entry: &mut LaneWriter,
        bytes: &mut [u8],
    ) -> Tried {
        loop {
            if self.attempt_copy(entry, bytes) {
                return Tried::In;
            }
            if !self.channel.budget.can_hold(bytes.len()) {
                return Tried::Refused;
            }
            if self.has_place() && entry.grow(bytes.len()) && self.attempt_copy(entry, bytes) {
                if entry.is_long(bytes.len()) {
                    entry.leave_long();
                    // It is much, so that the listener had better come.
                    self.worker.call();
                }
                return Tried::In;
            }
            if self.channel.options.overflow != Overflow::DropOldest {
                return Tried::Full;
            }
            if !self.drop_oldest(account, entry) {
                return Tried::Refused;
            }
        }
    }

    /// Tries until there is room, as long as the rule for what is too much allows.
    fn push_waiting(&self, level: Level, mut attempt: impl FnMut() -> Tried) -> Result<(), NoRoom> {
        let start = Instant::now();
        loop {
            match attempt() {
                Tried::In => return Ok(()),
                Tried::Refused => return Err(NoRoom),
                Tried::Full => {}
            }
            // No thread takes records out, or one does so only when the calling thread goes on.
            let in_vain = !self.worker.is_running()
                || self.channel.is_closed()
                || is_worker_of(self.channel.id)
                || user_code::is_inside_device();
            let waits = self.channel.options.overflow.waits(level) && !in_vain;
            if !waits || start.elapsed() >= self.channel.options.block_at_most {
                return Err(NoRoom);
            }
            self.worker.call();
            thread::sleep(Duration::from_micros(50));
        }
    }

    /// Has a record handed over that came to a queue which was closed; one for which there was no
    /// room is put in now.
    #[cold]
    pub(super) fn push_closed(
        &self,
        put: Result<(), NoRoom>,
        account: &Arc<Account>,
        bytes: &mut [u8],
        level: Level,
    ) -> Result<(), NoRoom> {
        self.deliver_now(self.channel.mark());
        if put.is_ok() {
            return put;
        }
        let put = self.push(account, bytes, level);
        self.deliver_now(self.channel.mark());
        put
    }

    #[cold]
    fn drop_newest(&self, level: Level) -> Error {
        self.channel.drops.note(level);
        Error::new(ErrorKind::Full, "the queue is full")
    }

    /// Drops a record of the same thread; returns whether there was one.
    fn drop_oldest(&self, account: &Account, entry: &LaneWriter) -> bool {
        let Some(level) = entry.lane().drop_oldest() else {
            return false;
        };
        self.channel.drops.note(level);
        self.channel.give_up_places(1);
        self.channel.unused_stamps.fetch_add(1, Ordering::Release);
        account.dropped_oldest.fetch_add(1, Ordering::Relaxed);
        true
    }
}
