//! What the callers and the thread of a delivery share under its lock: [`State`].

use std::hash::{BuildHasher, RandomState};
use std::thread::{JoinHandle, Thread};

use crate::handler::delivery::entry::Entry;
use crate::handler::delivery::flight::Flight;
use crate::handler::delivery::link::Link;
use crate::handler::delivery::memory::Memory;
use crate::handler::delivery::unconfirmed::Unconfirmed;
use crate::sys::host::Instant;

#[derive(Debug)]
pub(super) struct State {
    pub(super) boot: u64,
    sequence: u64,
    pub(super) memory: Memory,
    /// Since when there is something in the memory.
    pub(super) waiting_since: Option<Instant>,
    pub(super) flight: Option<Flight>,
    flights: u64,
    /// A notice that the next flight begins with.
    pub(super) notice: Option<Entry>,
    pub(super) link: Link,
    /// How many records of this process were taken and are neither sent nor lost.
    pub(super) held: u64,
    /// How many of them are done, and about to be noted in the ledger.
    pub(super) settling: Option<u64>,
    /// What was dropped and not reported yet.
    pub(super) unreported: u64,
    /// How much in the memory makes a caller wake the thread.
    pub(super) wake_at: Enough,
    /// Whether the next batch is sent without waiting for others or for the back-off.
    pub(super) hurries: bool,
    /// The number of the last attempt that has begun, and of the last one that failed.
    pub(super) attempts: u64,
    pub(super) failed_attempt: u64,
    /// What the receiver may not have of what was sent to it, and whether the thread is to find
    /// out, as it can.
    pub(super) unconfirmed: Unconfirmed,
    pub(super) must_confirm: bool,
    /// Grows when the thread is to end.
    pub(super) epoch: u64,
    pub(super) thread: Option<JoinHandle<()>>,
}

/// How much there must be in the memory: so many entries, or so many bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Enough {
    pub(super) records: usize,
    pub(super) bytes: usize,
}

impl Enough {
    pub(super) const NEVER: Self = Self::of(usize::MAX);
    pub(super) const ANYTHING: Self = Self::of(1);

    const fn of(count: usize) -> Self {
        Self {
            records: count,
            bytes: count,
        }
    }

    pub(super) fn is_in(self, memory: &Memory) -> bool {
        memory.len() >= self.records || memory.bytes >= self.bytes
    }
}

impl State {
    pub(super) fn new(epoch: u64) -> Self {
        Self {
            boot: new_boot(),
            sequence: 0,
            memory: Memory::default(),
            waiting_since: None,
            flight: None,
            flights: epoch << 32,
            notice: None,
            link: Link::new(),
            held: 0,
            settling: None,
            unreported: 0,
            wake_at: Enough::NEVER,
            hurries: false,
            attempts: 0,
            failed_attempt: 0,
            unconfirmed: Unconfirmed::default(),
            must_confirm: false,
            epoch,
            thread: None,
        }
    }

    pub(super) fn is_own(&self, entry: &Entry) -> bool {
        entry.boot == self.boot && entry.is_counted
    }

    /// Puts an entry into the memory. Returns the thread to wake, if there is need.
    pub(super) fn push(&mut self, mut entry: Entry) -> Option<Thread> {
        self.sequence += 1;
        (entry.boot, entry.sequence) = (self.boot, self.sequence);
        if self.memory.is_empty() {
            self.waiting_since = Some(Instant::now());
        }
        self.memory.push(entry);
        self.held += 1;
        if !self.wake_at.is_in(&self.memory) {
            return None;
        }
        self.wake_at = Enough::NEVER;
        self.sleeper()
    }

    pub(super) fn has_thread(&self) -> bool {
        let thread = self.thread.as_ref();
        thread.is_some_and(|thread| !thread.is_finished())
    }

    pub(super) fn sleeper(&self) -> Option<Thread> {
        self.thread.as_ref().map(|thread| thread.thread().clone())
    }

    /// The number of the last record.
    pub(super) fn last(&self) -> u64 {
        self.sequence
    }

    pub(super) fn new_flight_id(&mut self) -> u64 {
        self.flights += 1;
        self.flights
    }

    /// Whether a flight belongs to the present thread.
    pub(super) fn is_current(&self, flight: u64) -> bool {
        flight >> 32 == self.epoch
    }

    /// Whether a record up to this number is in the memory or on its way.
    pub(super) fn holds_up_to(&self, last: u64) -> bool {
        let is_meant = |entry: &Entry| entry.boot == self.boot && entry.sequence <= last;
        let flight = self.flight.as_ref();
        self.settling.is_some()
            || flight.is_some_and(|flight| flight.rest().iter().any(is_meant))
            || self.memory.front().is_some_and(is_meant)
    }

    /// Notes that what was done is in the ledger.
    pub(super) fn settled(&mut self) {
        self.held = self.held.saturating_sub(self.settling.take().unwrap_or(0));
    }

    /// Notes that records that were held were dropped.
    pub(super) fn dropped(&mut self, records: u64) {
        self.held = self.held.saturating_sub(records);
        self.owes_report(records);
    }

    /// Notes that records were dropped which are not held.
    pub(super) fn owes_report(&mut self, records: u64) {
        self.unreported += records;
        self.link.dropped(records);
    }
}

/// Differs between handlers and processes, but for one chance in very many.
pub(super) fn new_boot() -> u64 {
    RandomState::new().hash_one(std::process::id()).max(1)
}
