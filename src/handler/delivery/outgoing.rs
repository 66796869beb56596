//! Records on their way to a receiver: [`Outgoing`].

use std::io;
use std::thread;
use std::time::Duration;

use crate::error::{Error, ErrorKind};
use crate::formatter::Format;
use crate::handler::counters::DropReason;
use crate::handler::delivery::entry::Entry;
use crate::handler::delivery::flight::Flight;
use crate::handler::delivery::health::Health;
use crate::handler::delivery::memory::Memory;
use crate::handler::delivery::options::DeliveryOptions;
use crate::handler::delivery::spool::{Losses, SpoolFiles};
use crate::handler::delivery::state::{Enough, State};
use crate::handler::delivery::transport::{BatchLimits, Transport};
use crate::handler::delivery::unconfirmed::Unconfirmed;
use crate::handler::ledger::Ledger;
use crate::handler::queue::Overflow;
use crate::level::drop_counts::Drops;
use crate::record::Record;
use crate::record::sending_mark::SendingMark;
use crate::sys::host::Instant;
use crate::sys::process;
use crate::sys::sync::{AtomicU64, DeviceMutex, Mutex, MutexGuard, Ordering};
use crate::sys::user_code::Owned;

/// The callers' half of a delivery, and what both halves share. Locks are taken in the order in
/// which they stand here; user code is called under none.
pub(super) struct Outgoing {
    pub(super) id: u64,
    pub(super) transport: Owned<Box<dyn Transport>>,
    pub(super) limits: BatchLimits,
    /// How much in the memory is sent without waiting for more.
    pub(super) enough: Enough,
    pub(super) options: DeliveryOptions,
    pub(super) ledger: Ledger,
    pub(super) drops: Drops,
    pub(super) spool: DeviceMutex<Option<SpoolFiles>>,
    pub(super) state: Mutex<State>,
}

/// How long one that waits for the thread sleeps between two looks.
const NAP: Duration = Duration::from_micros(200);

impl Outgoing {
    /// # Errors
    /// Where the spool cannot be used.
    pub(super) fn new(
        transport: Box<dyn Transport>,
        options: DeliveryOptions,
        ledger: Ledger,
    ) -> Result<Self, Error> {
        static IDS: AtomicU64 = AtomicU64::new(1);
        let mut limits = transport.limits();
        limits.linger = options.linger.unwrap_or(limits.linger);
        limits.records = options.batch_records.unwrap_or(limits.records).max(1);
        // A batch, or half of what the memory holds: the other half is for what comes meanwhile.
        let enough = Enough {
            records: limits.records.min(options.max_records.div_ceil(2)),
            bytes: limits.bytes.min(options.max_bytes.div_ceil(2)),
        };
        let state = State::new(0);
        let spool = options.spool.as_ref();
        let spool = spool.map(|spool| spool.open(state.boot)).transpose()?;
        Ok(Self {
            id: IDS.fetch_add(1, Ordering::Relaxed),
            transport: Owned::new(transport),
            limits,
            enough,
            options,
            ledger,
            drops: Drops::default(),
            spool: DeviceMutex::of_device(spool),
            state: Mutex::new(state),
        })
    }

    pub(super) fn is_own_thread(&self) -> bool {
        SendingMark::current().is_of(self.id)
    }

    /// Encodes a record, and keeps it until it is sent. Returns `false` if there is no thread to
    /// send it.
    ///
    /// # Errors
    /// Where it cannot be encoded.
    pub(super) fn put(&self, record: &Record<'_>, format: &dyn Format) -> Result<bool, Error> {
        if record.thread.mark().keeps_from(self.id) {
            self.ledger.refused(record);
            return Ok(true);
        }
        let mut payload = Vec::new();
        self.transport.encode(record, format, &mut payload)?;
        let entry = Entry::new(record.level(), record.time(), record.name(), payload);
        let bytes = entry.bytes();
        let Some(mut state) = self.with_room(&entry, bytes) else {
            self.drops.note(entry.level);
            self.ledger.kept(record);
            self.ledger.lost(DropReason::Full, 1);
            return Ok(true);
        };
        let has_thread = state.has_thread();
        let sleeper = state.push(entry);
        drop(state);
        self.ledger.kept(record);
        if let Some(sleeper) = sleeper {
            sleeper.unpark();
        }
        Ok(has_thread)
    }

    /// The state, once there is room for an entry; `None` if it is dropped for lack of room.
    fn with_room(&self, entry: &Entry, bytes: usize) -> Option<MutexGuard<'_, State>> {
        let options = &self.options;
        let has_room = |memory: &Memory| {
            let has_room = memory.len() < options.max_records
                && memory.bytes.saturating_add(bytes) <= options.max_bytes;
            has_room || memory.is_empty()
        };
        let mut start = None;
        loop {
            let mut state = self.state.lock();
            if has_room(&state.memory) {
                return Some(state);
            }
            if options.spool.is_some() {
                drop(state);
                if self.spill() {
                    continue;
                }
                state = self.state.lock();
                if has_room(&state.memory) {
                    return Some(state);
                }
            }
            let evicted = match options.overflow {
                Overflow::BySeverity => state.memory.pop_least_severe(entry.level),
                Overflow::DropOldest => state.memory.pop(),
                Overflow::Block if !process::is_ending() => {
                    drop(state);
                    let start = *start.get_or_insert_with(Instant::now);
                    if start.elapsed() < options.block_at_most {
                        thread::sleep(NAP);
                        continue;
                    }
                    state = self.state.lock();
                    None
                }
                _ => None,
            };
            let Some(evicted) = evicted else {
                state.owes_report(1);
                return None;
            };
            state.dropped(1);
            drop(state);
            self.drops.note(evicted.level);
            self.ledger.lost(DropReason::Full, 1);
        }
    }

    /// Moves what is in the memory into the spool. Reports whether there is room now.
    fn spill(&self) -> bool {
        let mut spool = self.spool.lock();
        let Some(files) = spool.as_mut().filter(|files| files.takes_more()) else {
            return false;
        };
        let mut entries: Vec<_> = self.state.lock().memory.drain().collect();
        let mut losses = Losses::default();
        let appended = files.append(&entries, &mut losses);
        let mut state = self.state.lock();
        state.dropped(losses.own.total());
        let (has_room, error) = match appended {
            Ok(()) => (true, None),
            Err((from, error)) => {
                // The memory does what it can, as without a spool.
                state.memory.put_back(entries.split_off(from));
                (from > 0, Some(error))
            }
        };
        drop(state);
        drop(spool);
        self.note_losses(&(losses, error), losses.own.total());
        has_room
    }

    /// Counts what the disk has cost, of which so many records are still counted as held, and
    /// reports it. The state knows of it already: a close in between must not count it again.
    pub(super) fn note_losses(&self, (losses, error): &(Losses, Option<io::Error>), held: u64) {
        self.drops.note_all(&losses.own);
        if held > 0 {
            let reason = match error {
                Some(_) => DropReason::Io,
                None => DropReason::Full,
            };
            self.ledger.lost(reason, held);
        }
        if let Some(error) = error {
            self.ledger.failed(spool_failed(error));
        }
        let (foreign, damaged) = (losses.foreign, losses.damaged);
        if foreign > 0 {
            let message =
                format!("the spool is full: {foreign} records of an earlier process went");
            self.ledger.failed(Error::new(ErrorKind::Full, message));
        }
        if damaged > 0 {
            let message = format!("the spool has {damaged} damaged bytes, which were left out");
            self.ledger.failed(Error::new(ErrorKind::Io, message));
        }
    }

    /// Waits until what was taken before is with the receiver, at most so long.
    ///
    /// # Errors
    /// The failure of an attempt that began after the call, or [`ErrorKind::TimedOut`]. The records
    /// are kept.
    pub(super) fn flush(&self, timeout: Duration) -> Result<(), Error> {
        if self.is_own_thread() {
            let message = "a delivery was flushed by what it sends with";
            return Err(Error::new(ErrorKind::Reentrant, message));
        }
        let start = Instant::now();
        let mut state = self.state.lock();
        let (last, attempts) = (state.last(), state.attempts);
        drop(state);
        loop {
            // The spool first: what is moved there is in one of the two.
            let spool = self.spool.lock();
            let spooled = spool.as_ref().map_or(0, SpoolFiles::own_unread);
            state = self.state.lock();
            drop(spool);
            if spooled == 0 && !state.holds_up_to(last) {
                return Ok(());
            }
            let is_alive = state.has_thread();
            let (held, error) = (state.held, state.link.last_error.clone());
            let has_failed = state.failed_attempt > attempts;
            state.hurries = true;
            state.wake_at = Enough::NEVER;
            let sleeper = state.sleeper();
            drop(state);
            if let Some(sleeper) = sleeper {
                sleeper.unpark();
            }
            let plural = if held == 1 { "" } else { "s" };
            if has_failed || !is_alive {
                let why = error.unwrap_or_else(|| "the thread has ended".to_owned());
                let message = format!("{held} record{plural} not sent yet: {why}");
                return Err(Error::new(ErrorKind::Io, message));
            }
            if start.elapsed() >= timeout {
                let message = format!("{held} record{plural} not sent yet: the receiver is slow");
                return Err(Error::new(ErrorKind::TimedOut, message));
            }
            thread::sleep(NAP);
        }
    }

    /// Sends what is there within the time for it, and ends the thread. The rest goes to the spool,
    /// or is lost.
    pub(super) fn close(&self) {
        if self.is_own_thread() {
            return;
        }
        let start = Instant::now();
        let last = {
            let mut state = self.state.lock();
            (state.hurries, state.must_confirm) = (true, true);
            state.last()
        };
        loop {
            let state = self.state.lock();
            // What is unconfirmed is waited for all the same: from the spool it is sent twice.
            let is_spooled = self.options.spool.is_some() && !state.link.is_up();
            let is_done = is_spooled || !state.holds_up_to(last);
            let is_known = state.unconfirmed.is_empty() || !state.must_confirm;
            let ends = is_done && is_known || !state.has_thread();
            let sleeper = state.sleeper();
            drop(state);
            if ends || start.elapsed() >= self.options.close_within {
                break;
            }
            if let Some(sleeper) = sleeper {
                sleeper.unpark();
            }
            thread::sleep(NAP);
        }
        self.leave();
    }

    /// Puts what is left into the spool, or drops it. What is being sent is not waited for.
    fn leave(&self) {
        let mut spool = self.spool.lock();
        let mut state = self.state.lock();
        let epoch = state.epoch + 1;
        let left = std::mem::replace(&mut *state, State::new(epoch));
        // One that is merely slow still reads it.
        let is_lost = !left.unconfirmed.is_empty() && !left.link.is_up();
        // What is being noted in the ledger is the thread's to count.
        let held = left.held.saturating_sub(left.settling.unwrap_or(0));
        let error = left.link.last_error.clone();
        (state.link, state.unreported) = (left.link, left.unreported);
        state.link.forget_notice();
        let boot = state.boot;
        drop(state);
        let kept = spool.as_mut().map(|files| {
            let kept = keep_all(files, left.flight, left.unconfirmed, left.memory);
            files.hand_over(boot);
            kept
        });
        drop(spool);
        match &kept {
            Some(Kept { lost, .. }) => {
                let own = lost.0.own.total().min(held);
                self.ledger.written(held - own);
                self.state.lock().owes_report(own);
                self.note_losses(lost, own);
            }
            None if held > 0 => {
                let why = error.as_deref().unwrap_or("it was too slow");
                let message = format!("closed before the receiver had them: {why}");
                self.ledger
                    .dropped(held, Error::new(ErrorKind::Io, message));
            }
            None => {}
        }
        self.report_drops();
        let unread = match kept {
            Some(Kept {
                lost: (_, None),
                left_out,
            }) => (left_out > 0).then(|| {
                let plural = if left_out == 1 { "" } else { "s" };
                let what = "that the receiver may not have read had no room";
                format!("the spool is full: {left_out} record{plural} {what}")
            }),
            _ => {
                let why = error.unwrap_or_default();
                let message = "closed before the receiver had read all that was sent";
                Some(format!("{message}: {why}"))
            }
        };
        if let Some(message) = unread.filter(|_| is_lost) {
            self.ledger.failed(Error::new(ErrorKind::Io, message));
        }
        if let Some(thread) = left.thread {
            thread.thread().unpark();
        }
    }

    /// In a child process: what is there is the parent's to send, and the thread and the spool are
    /// the parent's.
    pub(super) fn reset_after_fork(&self) {
        let mut state = self.state.lock();
        let epoch = state.epoch + 1;
        let parents = std::mem::replace(&mut *state, State::new(epoch));
        drop(state);
        self.ledger.written(parents.held);
        // To join or detach it would mean a thread of another process.
        std::mem::forget(parents.thread);
        *self.spool.lock() = None;
    }

    pub(super) fn health(&self) -> Health {
        let spooled_bytes = self.spool.lock().as_ref().map_or(0, SpoolFiles::bytes);
        let state = self.state.lock();
        let link = &state.link;
        Health {
            is_up: link.is_up(),
            since: link.since,
            failures: link.failures,
            next_attempt: (!link.is_up()).then(|| link.wait()),
            last_error: link.last_error.clone(),
            queued: state.held,
            spooled_bytes,
        }
    }
}

/// What became of the entries that were left at the end.
struct Kept {
    lost: (Losses, Option<io::Error>),
    /// How many of those that are unconfirmed had no room.
    left_out: usize,
}

/// Puts all that is left into the files of a spool. What is unconfirmed counts as written, so it
/// gets the room that the others leave: none has to go for it, and its oldest are left out.
fn keep_all(
    files: &mut SpoolFiles,
    flight: Option<Flight>,
    unconfirmed: Unconfirmed,
    mut memory: Memory,
) -> Kept {
    let mut held = files.put_back(flight.iter().flat_map(Flight::rest_of_spool));
    if let Some(flight) = flight.filter(|flight| !flight.is_of_spool()) {
        held.extend_from_slice(flight.rest());
    }
    held.extend(memory.drain());
    held.retain(|entry| entry.is_counted);
    let mut sent = unconfirmed.into_entries();
    sent.retain(|entry| entry.is_counted);
    let needed = held.iter().map(SpoolFiles::most_bytes).sum();
    let mut room = files.room().saturating_sub(needed);
    let fit = sent.iter().rev().take_while(|entry| {
        let left = room.checked_sub(SpoolFiles::most_bytes(entry));
        room = left.unwrap_or(0);
        left.is_some()
    });
    let left_out = sent.len() - fit.count();
    let (_, failed) = keep_on_disk(files, &sent[left_out..]);
    let (losses, error) = keep_on_disk(files, &held);
    let unsynced = files.sync().err();
    Kept {
        lost: (losses, failed.or(error).or(unsynced)),
        left_out,
    }
}

/// Appends entries to the files of a spool. Returns what is lost.
fn keep_on_disk(files: &mut SpoolFiles, entries: &[Entry]) -> (Losses, Option<io::Error>) {
    let mut losses = Losses::default();
    match files.append(entries, &mut losses) {
        Ok(()) => (losses, None),
        Err((from, error)) => {
            losses.own.add(&files.count_own(&entries[from..]));
            (losses, Some(error))
        }
    }
}

pub(super) fn spool_failed(error: &io::Error) -> Error {
    Error::new(ErrorKind::Io, format!("cannot write the spool: {error}"))
}
