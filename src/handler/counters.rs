//! What became of a handler's records.

use std::cell::Cell;

use crate::ErrorKind;
use crate::sync::{AtomicU64, AtomicUsize, Ordering};

/// Why a record was not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DropReason {
    /// The formatter could not write it: a field is missing, or has the wrong type.
    Format,
    /// The device failed.
    Io,
    /// A filter, formatter or sink panicked.
    Panic,
    /// It was logged by the sink itself, while writing.
    Reentrant,
    /// There was no room for it.
    Full,
    /// The handler was closed, or failed in another way.
    Other,
}

impl DropReason {
    /// All reasons.
    pub const ALL: [Self; 6] = [
        Self::Format,
        Self::Io,
        Self::Panic,
        Self::Reentrant,
        Self::Full,
        Self::Other,
    ];

    pub(crate) fn of(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::MissingField | ErrorKind::FormatField => Self::Format,
            ErrorKind::Io => Self::Io,
            ErrorKind::Panicked => Self::Panic,
            ErrorKind::Reentrant => Self::Reentrant,
            ErrorKind::Full => Self::Full,
            _ => Self::Other,
        }
    }
}

/// What became of the records that a handler accepted, that is, that its level and filters passed.
///
/// `accepted = written + dropped + queued`, at any time at which no record is just being written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    written: u64,
    queued: u64,
    dropped: [u64; DropReason::ALL.len()],
}

impl Counters {
    /// Records accepted.
    #[must_use]
    pub fn accepted(&self) -> u64 {
        self.written + self.queued + self.dropped()
    }

    /// Records written.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Records taken and not yet written.
    #[must_use]
    pub fn queued(&self) -> u64 {
        self.queued
    }

    /// Records lost, for whatever reason.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped.iter().sum()
    }

    /// Records lost for one reason.
    #[must_use]
    pub fn dropped_for(&self, reason: DropReason) -> u64 {
        self.dropped[reason as usize]
    }
}

/// How many cells the count of written records is spread over, so that threads do not pull one cache line back and forth.
/// All but the last belong to one thread each: the first that log in the process.
const CELLS: usize = 8;

#[derive(Default)]
#[repr(align(128))]
struct Count(AtomicU64);

/// The counters as they are kept. Only `taken` is counted for each record; all else is rare.
///
/// Relaxed everywhere: each is a count of its own, and nothing else is published through it.
#[derive(Default)]
pub(crate) struct Tally {
    taken: [Count; CELLS],
    dropped: [AtomicU64; DropReason::ALL.len()],
    /// Lost to the device since the last notice in the stream.
    lost: AtomicU64,
}

impl Tally {
    #[inline]
    pub(crate) fn wrote(&self) {
        match own_cell() {
            // Nobody else ever writes to it, so it needs no locked instruction, which is a twentieth of a whole record.
            Some(own) => {
                let cell = &self.taken[own].0;
                cell.store(cell.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
            }
            None => {
                self.taken[CELLS - 1].0.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    pub(crate) fn dropped(&self, reason: DropReason) {
        self.dropped[reason as usize].fetch_add(1, Ordering::Relaxed);
        if reason == DropReason::Io {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[inline]
    pub(crate) fn owes_notice(&self) -> bool {
        self.lost.load(Ordering::Relaxed) > 0
    }

    pub(crate) fn lost_in_outage(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    pub(crate) fn gave_notice(&self, of: u64) {
        // Two threads may have told of the same losses; the count stays above zero only for new ones.
        let _ = self
            .lost
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |lost| {
                Some(lost.saturating_sub(of))
            });
    }

    /// With what the sink knows of the records it took: how many it still has, and how many it lost.
    pub(crate) fn read(&self, queued: u64, (reason, lost): (DropReason, u64)) -> Counters {
        let taken: u64 = self
            .taken
            .iter()
            .map(|cell| cell.0.load(Ordering::Relaxed))
            .sum();
        let mut dropped = std::array::from_fn(|at| self.dropped[at].load(Ordering::Relaxed));
        dropped[reason as usize] += lost;
        Counters {
            written: taken.saturating_sub(queued + lost),
            queued,
            dropped,
        }
    }
}

/// The cell that belongs to this thread alone, for the first threads that log; numbers are never given twice.
#[inline]
fn own_cell() -> Option<usize> {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        // Without a destructor, so that it is there to a thread's very end.
        static NUMBER: Cell<usize> = const { Cell::new(usize::MAX) };
    }
    let mut number = NUMBER.get();
    if number == usize::MAX {
        number = NEXT.fetch_add(1, Ordering::Relaxed);
        NUMBER.set(number);
    }
    (number < CELLS - 1).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_threads_lose_no_count() {
        let tally = Tally::default();
        std::thread::scope(|scope| {
            for _ in 0..3 * CELLS {
                scope.spawn(|| (0..1000).for_each(|_| tally.wrote()));
            }
        });
        assert_eq!(
            tally.read(0, (DropReason::Io, 0)).written(),
            3 * 1000 * CELLS as u64
        );
    }

    #[test]
    fn the_sum_holds() {
        let tally = Tally::default();
        for _ in 0..5 {
            tally.wrote();
        }
        tally.dropped(DropReason::Io);
        tally.dropped(DropReason::Format);
        let counters = tally.read(2, (DropReason::Io, 0));
        assert_eq!(
            (counters.written(), counters.queued(), counters.dropped()),
            (3, 2, 2)
        );
        assert_eq!(counters.accepted(), 7);
        assert!(
            DropReason::ALL
                .iter()
                .enumerate()
                .all(|(at, reason)| *reason as usize == at)
        );
        assert_eq!(tally.lost_in_outage(), 1);
        tally.gave_notice(1);
        assert!(!tally.owes_notice());
    }
}
