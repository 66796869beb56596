//! What the thread that hands records over keeps from one turn to the next: [`Work`].

use crate::handler::queue::merge::Merge;
use crate::level::drop_counts::DropCounts;
use crate::sys::host::Instant;

/// How often the end of a listener looks for what its own handlers have logged. One that logs for
/// each record it gets would keep it for ever.
pub(super) const ROUNDS: u32 = 2;

/// What is kept from one turn to the next. Locked for a moment only, never while user code runs;
/// only the thread whose turn it is changes it.
#[derive(Default)]
pub(super) struct Work {
    pub(super) merge: Merge,
    /// Up to which stamp all was handed over, and the batch with it ended: only then a file has
    /// written it.
    pub(super) delivered: u64,
    /// How many records were handed over, and the batch with them ended.
    pub(super) handed_over: u64,
    /// The request for a flush that is being answered, and the stamp below which all is handed
    /// over first.
    pub(super) flush: Option<(u64, u64)>,
    /// The same for the end of the thread, with the rounds that went before.
    stop: Option<(u64, u32)>,
    /// The drops that were reported in the stream.
    pub(super) reported: DropCounts,
    /// When they were last looked at, and memory that is not needed.
    pub(super) reported_at: Option<Instant>,
}

impl Work {
    /// That of a queue in a child process: what went before is the parent's to hand over and to
    /// report.
    pub(super) fn after(stamp: u64, reported: DropCounts) -> Self {
        Self {
            merge: Merge::after(stamp),
            delivered: stamp,
            handed_over: stamp,
            reported,
            ..Self::default()
        }
    }

    /// Up to which stamp all is to be delivered because a caller waits for it; the last `None` is
    /// the end of the thread.
    pub(super) fn goal(
        &mut self,
        stamp: u64,
        stopping: bool,
        flush: Option<u64>,
        has_work: bool,
    ) -> Option<Option<u64>> {
        match (stopping, self.stop) {
            (false, _) => self.stop = None,
            (true, None) => self.stop = Some((stamp, 0)),
            (true, Some((goal, rounds))) if self.merge.completed() >= goal => {
                if flush.is_none() && (rounds >= ROUNDS || !has_work) {
                    return None;
                }
                self.stop = Some((stamp, rounds + 1));
            }
            (true, Some(_)) => {}
        }
        if let (Some(number), None) = (flush, self.flush) {
            self.flush = Some((number, stamp));
        }
        let goal = self.flush.map(|(_, goal)| goal);
        Some(goal.or(self.stop.map(|(goal, _)| goal)))
    }
}
