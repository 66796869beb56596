//! The records of all threads in one order: [`Merge`].
//!
//! Each record gets the next number of one sequence, its stamp, just before it is put into its
//! thread's lane. Records are taken out up to a *cut-off*, the next stamp of the moment at which
//! the lanes are looked through, and ordered by their stamps.
//!
//! So an answer never comes before its question. Its stamp is the greater one, as the question was
//! put in before its thread could know of it; and if the answer is below the cut-off, the question
//! was in its lane when the cut-off was read, hence before the lanes were looked through. (The
//! stamps are taken, and the cut-off is read, with acquire and release: who sees the stamp of the
//! answer sees what came before it.) No clock is asked, as clocks jump, stand still and are
//! replaced.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use crate::context::RegistryContext;
use crate::handler::queue::channel::Channel;
use crate::handler::queue::environments::Numbered;
use crate::handler::queue::head::Head;
use crate::handler::queue::lane::Lane;
use crate::sys::host::Instant;
use crate::sys::sync::{Arc, AtomicUsize, Ordering};

/// How much is copied out of one lane at once, and how much out of all of them together where there
/// are many.
const BATCH: usize = 64 * 1024;
const BATCHES: usize = 1024 * 1024;

/// How many emptied batches are kept.
const MOST_SPARE: usize = 16;

/// Takes records out of lanes, in order.
#[derive(Default)]
pub(super) struct Merge {
    /// All lanes, in the order of the queue's own list. Only this removes any of either.
    sources: Vec<Source>,
    /// The stamps of the next records, with the places of their lanes.
    next: BinaryHeap<Reverse<(u64, usize)>>,
    /// The lane that a run was last taken from, which is not in `next`.
    current: Option<usize>,
    cut_off: u64,
    /// The last cut-off up to which all was taken out and handed over.
    completed: u64,
    /// How many records were taken out.
    taken: u64,
    /// How much to copy out of a lane at once.
    share: usize,
    environments: Numbered,
    /// Numbers of environments that may go when the cut-off is reached.
    abandoned: Vec<u32>,
    /// What is to be dropped where no lock is held.
    removed: Vec<Arc<RegistryContext>>,
    spare: Vec<Vec<u8>>,
    /// How long looking through all lanes took.
    look: Duration,
    #[cfg(test)]
    looks: u64,
}

struct Source {
    lane: Arc<Lane>,
    batch: Option<Arc<Batch>>,
    is_over: bool,
}

/// Records of one lane that were taken out together.
struct Batch {
    lane: Arc<Lane>,
    bytes: Vec<u8>,
    /// Where the next record begins. Only the thread that hands over has to do with it.
    at: AtomicUsize,
}

/// Records of one lane that no other lane's come between.
///
/// It is at hand while user code runs and no lock is held. If that code ends the process, its
/// thread empties the queue from inside, and finds what is left of the run as well.
pub(super) struct Run {
    batch: Arc<Batch>,
    /// The stamp of the next record of another lane.
    until: u64,
    pub(super) environments: Numbered,
}

impl Run {
    /// The next record in bytes, which counts as handed over when it is dropped.
    pub(super) fn next(&self) -> Option<Taken<'_>> {
        let batch = &*self.batch;
        let head = batch.head().filter(|head| head.stamp < self.until)?;
        let at = batch.at.load(Ordering::Relaxed);
        let bytes = batch.bytes.get(at..at + head.len)?;
        batch.at.store(at + head.len, Ordering::Relaxed);
        let lane = &batch.lane;
        Some(Taken { bytes, lane })
    }
}

/// A record that was taken out.
pub(super) struct Taken<'r> {
    pub(super) bytes: &'r [u8],
    pub(super) lane: &'r Lane,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.lane.note_written();
    }
}

impl Batch {
    /// The head of the next record.
    fn head(&self) -> Option<Head> {
        let rest = self.bytes.get(self.at.load(Ordering::Relaxed)..)?;
        Head::of(rest)
    }
}

impl Merge {
    /// One that begins where the queue stands: for a child process, to which what was in it does
    /// not belong.
    pub(super) fn after(stamp: u64) -> Self {
        Self {
            cut_off: stamp,
            completed: stamp,
            taken: stamp,
            ..Self::default()
        }
    }

    /// The records that come next, up to where all those with a stamp below `goal` are taken out,
    /// and lanes were looked through at least once; `None` there.
    ///
    /// Those of the last answer must have been handed over.
    pub(super) fn next_run(
        &mut self,
        channel: &Channel,
        goal: u64,
        has_looked: &mut bool,
    ) -> Option<Run> {
        loop {
            if let Some(current) = self.current.take() {
                self.line_up(current, channel);
            }
            if let Some(Reverse((_, at))) = self.next.pop() {
                *has_looked = true;
                self.current = Some(at);
                let until = self.next.peek().map_or(u64::MAX, |next| next.0.0);
                let batch = self.sources[at].batch.as_ref()?;
                return Some(Run {
                    batch: Arc::clone(batch),
                    until,
                    environments: Arc::clone(&self.environments),
                });
            }
            self.complete(channel);
            if *has_looked && self.completed >= goal {
                return None;
            }
            *has_looked = true;
            self.begin(channel);
        }
    }

    /// Up to which stamp all was handed over.
    pub(super) fn completed(&self) -> u64 {
        self.completed
    }

    /// Whether there may be something to take out. The stamps of all that was not taken out, or
    /// dropped, are those of records in a lane, or just being put in.
    pub(super) fn has_work(&self, channel: &Channel) -> bool {
        let settled = self.taken + channel.unused_stamps.load(Ordering::Acquire);
        self.completed < self.cut_off || settled != channel.stamps.load(Ordering::SeqCst)
    }

    /// How many records were taken out.
    pub(super) fn taken(&self) -> u64 {
        self.taken
    }

    /// How long looking through all lanes took.
    pub(super) fn look(&self) -> Duration {
        self.look
    }

    /// How often all lanes were looked through.
    #[cfg(test)]
    pub(super) fn looks(&self) -> u64 {
        self.looks
    }

    /// What is to be dropped where no lock is held.
    pub(super) fn removed(&mut self) -> Vec<Arc<RegistryContext>> {
        std::mem::take(&mut self.removed)
    }

    pub(super) fn environments(&self) -> &Numbered {
        &self.environments
    }

    /// Looks for records below a new cut-off.
    fn begin(&mut self, channel: &Channel) {
        let start = Instant::now();
        #[cfg(test)]
        {
            self.looks += 1;
        }
        // Given up first, as it refers to them as well.
        self.environments = Numbered::default();
        self.abandoned = channel.environments.abandoned();
        // Before the lanes are looked at: see above.
        self.cut_off = channel.stamps.load(Ordering::SeqCst);
        self.environments = channel.environments.read();
        self.see_to_lanes(channel);
        let found: Vec<_> = (0..self.sources.len())
            .filter(|at| self.sources[*at].lane.has_records())
            .collect();
        self.share = (BATCHES / found.len().max(1)).min(BATCH);
        if channel.options.max_records.is_some() {
            // One at a time, as those that are taken out do not count any more.
            self.share = 0;
        }
        for at in found {
            self.line_up(at, channel);
        }
        self.look = start.elapsed();
    }

    /// All below the cut-off was handed over.
    fn complete(&mut self, channel: &Channel) {
        self.completed = self.cut_off;
        if !self.abandoned.is_empty() {
            self.environments = Numbered::default();
            let abandoned = std::mem::take(&mut self.abandoned);
            self.removed
                .append(&mut channel.environments.remove(&abandoned));
            self.environments = channel.environments.read();
        }
    }

    /// Takes new lanes up, and removes those of threads that are gone and have nothing left.
    /// Between two cut-offs only.
    fn see_to_lanes(&mut self, channel: &Channel) {
        let mut over = false;
        for source in &mut self.sources {
            source.is_over = source.lane.is_over();
            over |= source.is_over;
        }
        let mut lanes = channel.lanes.lock();
        for lane in lanes.iter().skip(self.sources.len()) {
            self.sources.push(Source {
                lane: Arc::clone(lane),
                batch: None,
                is_over: false,
            });
        }
        if over {
            let mut is_over = self.sources.iter().map(|source| source.is_over);
            lanes.retain(|_| !is_over.next().unwrap_or_default());
            drop(lanes);
            self.sources.retain(|source| !source.is_over);
        }
    }

    /// Puts a lane where its next record belongs, if it has any.
    fn line_up(&mut self, at: usize, channel: &Channel) {
        let source = &mut self.sources[at];
        let mut head = source.batch.as_ref().and_then(|batch| batch.head());
        if head.is_none() {
            // Its memory is used again, unless a run of it is still at hand.
            let emptied = source.batch.take().and_then(Arc::into_inner);
            let mut bytes =
                emptied.map_or_else(|| self.spare.pop().unwrap_or_default(), |batch| batch.bytes);
            bytes.clear();
            let count = source.lane.take(self.cut_off, self.share, &mut bytes);
            self.taken += count;
            channel.give_up_places(count);
            head = Head::of(&bytes);
            if head.is_some() {
                source.batch = Some(Arc::new(Batch {
                    lane: Arc::clone(&source.lane),
                    bytes,
                    at: AtomicUsize::new(0),
                }));
            } else if self.spare.len() < MOST_SPARE && bytes.capacity() <= BATCH {
                self.spare.push(bytes);
            }
        }
        if let Some(head) = head {
            self.next.push(Reverse((head.stamp, at)));
        }
    }
}
