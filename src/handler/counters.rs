//! What became of a handler's records.

use crate::ErrorKind;
use crate::sync::{AtomicU64, Ordering};

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
const CELLS: usize = 8;

#[derive(Default)]
#[repr(align(128))]
struct Cell(AtomicU64);

/// The counters as they are kept. Only `taken` is counted for each record; all else is rare.
///
/// Relaxed everywhere: each is a count of its own, and nothing else is published through it.
#[derive(Default)]
pub(crate) struct Tally {
    taken: [Cell; CELLS],
    dropped: [AtomicU64; DropReason::ALL.len()],
    /// Lost to the device since the last notice in the stream.
    lost: AtomicU64,
}

impl Tally {
    #[inline]
    pub(crate) fn wrote(&self) {
        self.taken[cell_of_thread()]
            .0
            .fetch_add(1, Ordering::Relaxed);
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

    pub(crate) fn read(&self, queued: u64) -> Counters {
        let taken: u64 = self
            .taken
            .iter()
            .map(|cell| cell.0.load(Ordering::Relaxed))
            .sum();
        let dropped = std::array::from_fn(|at| self.dropped[at].load(Ordering::Relaxed));
        Counters {
            written: taken.saturating_sub(queued),
            queued,
            dropped,
        }
    }
}

/// The cell of this thread: by the place of a thread-local, which needs no set-up and outlives all destructors.
#[inline]
fn cell_of_thread() -> usize {
    thread_local! {
        static PLACE: u8 = const { 0 };
    }
    // Neighbouring threads' locals lie some pages apart.
    PLACE.with(|place| (std::ptr::from_ref(place) as usize >> 12) % CELLS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_holds() {
        let tally = Tally::default();
        for _ in 0..5 {
            tally.wrote();
        }
        tally.dropped(DropReason::Io);
        tally.dropped(DropReason::Format);
        let counters = tally.read(2);
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
