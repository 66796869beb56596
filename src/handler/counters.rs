//! What became of a handler's records.

use std::cell;

use crate::error::ErrorKind;
use crate::filter::Limited;
use crate::level::Level;
use crate::level::drop_counts::{DropCounts, Drops};
use crate::sys::sync::{AtomicU32, AtomicU64, Ordering};

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
    /// It was logged by the sink itself, while writing, or by a handler while it handled a record.
    Reentrant,
    /// There was no room for it.
    Full,
    /// The handler was closed, or failed in another way.
    Other,
    /// A copy of a record that was logged already; see
    /// [`Registry::dropped_for`](crate::Registry::dropped_for). Handlers count by it what a
    /// [`DedupFilter`](crate::filter::DedupFilter) suppressed, which is not lost.
    Duplicate,
    /// Suppressed by a [`RateLimitFilter`](crate::filter::RateLimitFilter); not lost.
    RateLimited,
    /// Suppressed by a [`SampleFilter`](crate::filter::SampleFilter); not lost.
    Sampled,
}

impl DropReason {
    /// All reasons.
    pub const ALL: [Self; 9] = [
        Self::Format,
        Self::Io,
        Self::Panic,
        Self::Reentrant,
        Self::Full,
        Self::Other,
        Self::Duplicate,
        Self::RateLimited,
        Self::Sampled,
    ];

    pub(crate) fn of(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::MissingField | ErrorKind::FieldType => Self::Format,
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
/// Each number is counted where it happens and none is computed from the others, so `accepted =
/// written + dropped + queued` is a check that can fail. It holds at any time at which no record is
/// just being written. A record whose filter panicked counts as accepted and dropped. Notices of an
/// outage, which the handler itself writes, are not counted.
///
/// What the handler's filters that limit suppressed is counted apart, by
/// [`suppressed`](Self::suppressed): it was not accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    accepted: u64,
    written: u64,
    queued: u64,
    dropped: [u64; DropReason::ALL.len()],
    suppressed: [DropCounts; LIMITS],
}

/// The kinds of filters that limit.
const LIMITS: usize = 3;

impl Counters {
    /// Records accepted: calls that passed level and filters.
    #[must_use]
    pub fn accepted(&self) -> u64 {
        self.accepted
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

    /// Records that filters of the handler suppressed to limit how many there are, by level. They
    /// are not among the [accepted](Self::accepted) ones.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    /// use logtree::filter::RateLimitFilter;
    /// use logtree::handler::{DropReason, StreamHandler};
    /// use logtree::{Level, Registry};
    ///
    /// let logger = Registry::new().get_logger("app");
    /// let limit = RateLimitFilter::new(2, Duration::from_secs(3600));
    /// let handler = StreamHandler::stderr().with_filter(limit);
    /// logger.add_handler(handler.clone());
    /// for _ in 0..5 {
    ///     logtree::warn!(logger, "retry");
    /// }
    /// let counters = handler.counters();
    /// assert_eq!(counters.accepted(), 2);
    /// assert_eq!(counters.suppressed().at(Level::WARNING), 3);
    /// assert_eq!(counters.suppressed_for(DropReason::RateLimited).total(), 3);
    /// assert_eq!(counters.dropped(), 0);
    /// ```
    #[must_use]
    pub fn suppressed(&self) -> DropCounts {
        let mut sum = DropCounts::default();
        self.suppressed.iter().for_each(|counts| sum.add(counts));
        sum
    }

    /// Those for one reason, which is [`RateLimited`](DropReason::RateLimited),
    /// [`Sampled`](DropReason::Sampled) or [`Duplicate`](DropReason::Duplicate); none for others.
    #[must_use]
    pub fn suppressed_for(&self, reason: DropReason) -> DropCounts {
        let limited = match reason {
            DropReason::RateLimited => Limited::Rate,
            DropReason::Sampled => Limited::Part,
            DropReason::Duplicate => Limited::Repetitions,
            _ => return DropCounts::default(),
        };
        self.suppressed[limited as usize]
    }
}

/// How many cells the counts of each record are spread over, so that threads do not pull one cache
/// line back and forth. All but the last belong to one thread each: the first that log in the
/// process.
const CELLS: usize = 8;

/// What is counted for each record, in one cache line.
#[derive(Default)]
#[repr(align(128))]
struct Cell {
    accepted: AtomicU64,
    /// What the sink took: written, or kept.
    taken: AtomicU64,
    kept: AtomicU64,
}

/// The counters as they are kept. Only the cells are counted for each record; all else is rare.
///
/// Relaxed everywhere: each is a count of its own, and nothing else is published through it.
#[derive(Default)]
pub(super) struct Tally {
    cells: [Cell; CELLS],
    /// Of those kept.
    written_later: AtomicU64,
    dropped: [AtomicU64; DropReason::ALL.len()],
    suppressed: [Drops; LIMITS],
    /// Lost to the device since the last notice in the stream.
    lost: AtomicU64,
}

/// The cell of the calling thread.
#[derive(Clone, Copy)]
pub(super) struct Place<'t> {
    cell: &'t Cell,
    is_own: bool,
}

impl Place<'_> {
    #[inline]
    fn count(self, count: &AtomicU64) {
        if self.is_own {
            // No other thread ever writes to it, so it needs no locked instruction, which is a
            // twentieth of a whole record.
            count.store(count.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        } else {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[inline]
    pub(super) fn accepted(self) {
        self.count(&self.cell.accepted);
    }

    /// The sink has taken a record: written it, unless it says that it has kept it.
    #[inline]
    pub(super) fn taken(self) {
        self.count(&self.cell.taken);
    }

    #[inline]
    pub(super) fn kept(self) {
        self.count(&self.cell.kept);
    }
}

impl Tally {
    #[inline]
    pub(super) fn place(&self) -> Place<'_> {
        match own_cell() {
            Some(own) => Place {
                cell: &self.cells[own],
                is_own: true,
            },
            None => Place {
                cell: &self.cells[CELLS - 1],
                is_own: false,
            },
        }
    }

    pub(super) fn wrote_later(&self, records: u64) {
        self.written_later.fetch_add(records, Ordering::Relaxed);
    }

    pub(super) fn dropped(&self, reason: DropReason, records: u64) {
        self.dropped[reason as usize].fetch_add(records, Ordering::Relaxed);
        if reason == DropReason::Io {
            self.lost.fetch_add(records, Ordering::Relaxed);
        }
    }

    pub(super) fn suppressed(&self, limited: Limited, level: Level) {
        self.suppressed[limited as usize].note(level);
    }

    #[inline]
    pub(super) fn owes_notice(&self) -> bool {
        self.lost.load(Ordering::Relaxed) > 0
    }

    /// Takes the number for a notice: what one thread has taken, no other thread reports.
    pub(super) fn take_lost(&self) -> u64 {
        self.lost.swap(0, Ordering::Relaxed)
    }

    /// Gives back what could not be reported.
    pub(super) fn give_back_lost(&self, records: u64) {
        self.lost.fetch_add(records, Ordering::Relaxed);
    }

    /// The counts, with what the sink itself knows of the records it took: how many it still has,
    /// how many it lost without an entry in its ledger, and how many it wrote, where it counts
    /// that.
    pub(super) fn read(
        &self,
        queued: u64,
        (reason, lost): (DropReason, u64),
        written: Option<u64>,
    ) -> Counters {
        let sum = |count: fn(&Cell) -> &AtomicU64| -> u64 {
            let counts = self
                .cells
                .iter()
                .map(|cell| count(cell).load(Ordering::Relaxed));
            counts.sum()
        };
        let mut dropped = std::array::from_fn(|at| self.dropped[at].load(Ordering::Relaxed));
        dropped[reason as usize] += lost;
        let by_ledger = || {
            let kept = sum(|cell| &cell.kept);
            // A sink that notes in its ledger what it keeps has those in its queue among them; any
            // other has them among what it took.
            let outstanding = if kept > 0 { kept } else { queued };
            let written = sum(|cell| &cell.taken) + self.written_later.load(Ordering::Relaxed);
            written.saturating_sub(outstanding + lost)
        };
        Counters {
            accepted: sum(|cell| &cell.accepted),
            written: written.unwrap_or_else(by_ledger),
            queued,
            dropped,
            suppressed: std::array::from_fn(|at| self.suppressed[at].read()),
        }
    }
}

/// The cell that belongs to the calling thread alone, if there is one for it. A thread that ends
/// gives its own back, to one that has none.
#[inline]
fn own_cell() -> Option<usize> {
    match NUMBER.get() {
        own if own < CELLS - 1 => Some(own),
        SHARED => None,
        _ => take_cell(),
    }
}

/// The thread has no cell, and none is free as far as it knows.
const NONE: usize = usize::MAX;
/// It is at its end, and has given its own back.
const SHARED: usize = usize::MAX - 1;

static NUMBERS: Numbers = Numbers(AtomicU32::new(0));

/// The numbers of the cells that belong to one thread each: a bit for each that is given out.
struct Numbers(AtomicU32);

impl Numbers {
    const ALL: u32 = (1 << (CELLS - 1)) - 1;

    #[inline]
    fn take(&self) -> Option<usize> {
        if self.0.load(Ordering::Relaxed) == Self::ALL {
            return None;
        }
        let add = |taken: u32| Some(taken | (taken + 1)).filter(|_| taken != Self::ALL);
        // Acquire: what the last thread counted in the cell was counted before.
        let taken = self
            .0
            .fetch_update(Ordering::Acquire, Ordering::Relaxed, add);
        taken.ok().map(|taken| taken.trailing_ones() as usize)
    }

    fn give_back(&self, number: usize) {
        self.0.fetch_and(!(1 << number), Ordering::Release);
    }
}

thread_local! {
    // Without a destructor, so that it is there to a thread's very end.
    static NUMBER: cell::Cell<usize> = const { cell::Cell::new(NONE) };
    static AT_END: GiveBack = const { GiveBack };
}

/// Asked for with each count of a thread that has none: one load where all are taken.
#[inline(never)]
fn take_cell() -> Option<usize> {
    if AT_END.try_with(|_| {}).is_err() {
        NUMBER.set(SHARED);
        return None;
    }
    let number = NUMBERS.take()?;
    NUMBER.set(number);
    Some(number)
}

/// Gives a thread's cell back when the thread ends.
struct GiveBack;

impl Drop for GiveBack {
    fn drop(&mut self) {
        let own = NUMBER.replace(SHARED);
        if own < CELLS - 1 {
            NUMBERS.give_back(own);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Threads with a cell of their own and threads without, at once.
    #[test]
    fn many_threads_lose_no_count() {
        const ROUNDS: usize = 10;
        let tally = Tally::default();
        for _ in 0..ROUNDS {
            std::thread::scope(|scope| {
                for _ in 0..3 * CELLS {
                    scope.spawn(|| (0..1000).for_each(|_| tally.place().taken()));
                }
            });
        }
        assert_eq!(
            tally.read(0, (DropReason::Io, 0), None).written(),
            (ROUNDS * 3 * 1000 * CELLS) as u64
        );
    }

    #[test]
    fn numbers_are_given_out_once_until_they_are_given_back() {
        let numbers = Numbers(AtomicU32::new(0));
        let all: Vec<_> = std::iter::from_fn(|| numbers.take()).collect();
        assert!(all.iter().copied().eq(0..CELLS - 1));
        for number in [3, 0] {
            numbers.give_back(number);
            assert_eq!((numbers.take(), numbers.take()), (Some(number), None));
        }
    }

    /// No two threads that live have the same cell, whichever of them end.
    #[test]
    fn cells_belong_to_one_thread() {
        let owners: [AtomicU64; CELLS] = Default::default();
        for _ in 0..20 {
            std::thread::scope(|scope| {
                for _ in 0..CELLS {
                    scope.spawn(|| {
                        for _ in 0..100 {
                            let Some(own) = own_cell() else { continue };
                            let others = owners[own].fetch_add(1, Ordering::SeqCst);
                            assert_eq!(others, 0, "two threads have cell {own}");
                            std::thread::yield_now();
                            owners[own].fetch_sub(1, Ordering::SeqCst);
                        }
                    });
                }
            });
        }
    }

    #[test]
    fn each_number_is_counted_by_itself() {
        let tally = Tally::default();
        for _ in 0..5 {
            tally.place().accepted();
            tally.place().taken();
        }
        assert_eq!(tally.read(0, (DropReason::Io, 0), None).accepted(), 5);
        tally.dropped(DropReason::Io, 1);
        tally.dropped(DropReason::Format, 1);
        let counters = tally.read(2, (DropReason::Io, 0), None);
        assert_eq!(
            (counters.written(), counters.queued(), counters.dropped()),
            (3, 2, 2)
        );
        assert!(
            DropReason::ALL
                .iter()
                .enumerate()
                .all(|(at, reason)| *reason as usize == at)
        );
        assert_eq!((tally.take_lost(), tally.take_lost()), (1, 0));
        assert!(!tally.owes_notice());
        tally.give_back_lost(1);
        assert!(tally.owes_notice());
    }
}
