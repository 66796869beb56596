//! One thread's way into a queue: rings of bytes, one after the other.

use std::collections::VecDeque;

use rtrb::Producer;

use crate::handler::queue::budget::Budget;
use crate::handler::queue::head::Head;
use crate::handler::queue::ring::{Ring, Spares};
use crate::handler::queue::written::Written;
use crate::level::Level;
use crate::record::KnownThread;
use crate::sys::sync::{Arc, AtomicBool, AtomicU64, AtomicUsize, Mutex, Ordering};

/// The first ring of a thread: many threads log a few records in all their life.
const FIRST: usize = 2 * 1024;

/// The rings that follow. A thread that is idle keeps one, so they are not as long as a thread's
/// part may be.
const NEXT: usize = 64 * 1024;

/// What the consumer's side holds of a thread's records.
#[derive(Debug)]
pub(super) struct Lane {
    /// The handler that puts the records in.
    account: u64,
    /// Whose records they are; `None` where each one says so.
    thread: Option<KnownThread>,
    /// Of that handler.
    written: Arc<Written>,
    spares: Arc<Spares>,
    /// The oldest first; the thread puts records into the last. Never held while user code runs.
    rings: Mutex<VecDeque<Ring>>,
    /// Records that were put in, that were taken out, and that were done with. The first is
    /// written by the thread alone, the second under the lock.
    pushed: AtomicU64,
    taken: AtomicU64,
    done: AtomicU64,
    bytes_out: AtomicUsize,
    /// Whether the thread is gone.
    ended: AtomicBool,
}

/// What the thread itself holds.
#[derive(Debug)]
pub(super) struct LaneWriter {
    /// `None` until the first record, and after one that got a ring of its own.
    producer: Option<Producer<u8>>,
    lane: Arc<Lane>,
    sizes: Sizes,
    /// As the lane's own. Only this thread puts records in, so it need not read that.
    pushed: u64,
    /// Bytes that were put in, and how many there will be when the consumer had better come.
    bytes_in: usize,
    call_at: usize,
}

/// How much memory a lane may take.
#[derive(Clone, Debug)]
pub(super) struct Sizes {
    /// All its rings together.
    pub(super) most: usize,
    /// Of the whole queue.
    pub(super) budget: Arc<Budget>,
    /// How much of the whole queue may be in use when it takes more.
    pub(super) limit: usize,
}

/// The length of all but the first ring, where a thread may have so many bytes.
pub(super) fn ring_size(most: usize) -> usize {
    NEXT.min(most)
}

impl LaneWriter {
    pub(super) fn new(
        account: u64,
        thread: Option<KnownThread>,
        written: &Arc<Written>,
        sizes: Sizes,
        spares: &Arc<Spares>,
    ) -> Self {
        let lane = Lane {
            account,
            thread,
            written: Arc::clone(written),
            spares: Arc::clone(spares),
            rings: Mutex::default(),
            pushed: AtomicU64::new(0),
            taken: AtomicU64::new(0),
            done: AtomicU64::new(0),
            bytes_out: AtomicUsize::new(0),
            ended: AtomicBool::new(false),
        };
        Self {
            producer: None,
            lane: Arc::new(lane),
            pushed: 0,
            bytes_in: 0,
            call_at: sizes.most / 4,
            sizes,
        }
    }

    pub(super) fn lane(&self) -> &Arc<Lane> {
        &self.lane
    }

    /// Puts a record in, if there is room in the ring that it has.
    #[inline]
    pub(super) fn push(&mut self, record: &[u8]) -> bool {
        let Some(producer) = &mut self.producer else {
            return false;
        };
        if producer.push_entire_slice(record).is_err() {
            return false;
        }
        self.note_pushed(record.len());
        true
    }

    /// Puts a record in that is written where it is read from, if there is room for it in the ring,
    /// in one piece.
    #[inline]
    pub(super) fn push_in_place(&mut self, len: usize, write: impl FnOnce(&mut [u8])) -> bool {
        let producer = self.producer.as_mut();
        let Some(mut chunk) = producer.and_then(|producer| producer.write_chunk(len).ok()) else {
            return false;
        };
        let (place, []) = chunk.as_mut_slices() else {
            // Around the end of the ring.
            return false;
        };
        write(place);
        chunk.commit_all();
        self.note_pushed(len);
        true
    }

    #[inline]
    fn note_pushed(&mut self, len: usize) {
        self.bytes_in = self.bytes_in.wrapping_add(len);
        self.pushed += 1;
        // Release: a reader that counts the record also finds it in the ring.
        self.lane.pushed.store(self.pushed, Ordering::Release);
    }

    /// Goes on in another ring, in which there is room for a record of this length. Returns `false`
    /// if the thread, or all together, have as much memory as they may.
    #[cold]
    pub(super) fn grow(&mut self, len: usize) -> bool {
        let mut rings = self.lane.rings.lock();
        self.lane.give_back(&mut rings);
        // The present ring is replaced, unless there is still something in it.
        let replaced = rings.len() == 1 && self.producer.is_some() && rings[0].is_empty();
        let held = if replaced {
            0
        } else {
            rings.iter().map(Ring::capacity).sum()
        };
        let Some(size) = self.size_for(len, held) else {
            return false;
        };
        let Some((producer, ring)) = self.ring(size, len) else {
            return false;
        };
        let full = self.producer.replace(producer);
        if let (Some(last), Some(full)) = (rings.back_mut(), full) {
            last.retire(full);
        }
        self.lane.give_back(&mut rings);
        rings.push_back(ring);
        true
    }

    /// The length of the next ring, where so many bytes are held already.
    fn size_for(&self, len: usize, held: usize) -> Option<usize> {
        let next = self.lane.spares.capacity();
        let first = FIRST.min(next);
        let room = self.sizes.most.saturating_sub(held);
        let wanted = match len {
            _ if held == 0 && self.producer.is_none() && len <= first / 2 => first,
            _ if len <= next / 2 => next,
            // A long one gets a ring of its own.
            _ => len,
        };
        if wanted <= room {
            Some(wanted)
        } else if len <= room && first <= room && len <= next / 2 {
            Some(room)
        } else {
            // One that is longer than the whole part of a thread goes through when nothing else of
            // the thread is there.
            (held == 0).then_some(len)
        }
    }

    fn ring(&self, size: usize, len: usize) -> Option<(Producer<u8>, Ring)> {
        let spares = &*self.lane.spares;
        let spare = || spares.take();
        if let Some(spare) = (size == spares.capacity()).then(spare).flatten() {
            return Some(spare);
        }
        let new = |size| Ring::new(size, &self.sizes.budget, self.sizes.limit);
        let mut made = new(size);
        if made.is_none() && spares.clear() {
            made = new(size);
        }
        // A smaller one is better than none.
        let mut size = size;
        while made.is_none() && size / 2 >= FIRST.max(2 * len) {
            size /= 2;
            made = new(size);
        }
        made
    }

    /// Leaves a ring that was made for one long record, so that it is given back as soon as that is
    /// taken out.
    #[cold]
    pub(super) fn leave_long(&mut self) {
        let full = self.producer.take();
        let mut rings = self.lane.rings.lock();
        if let (Some(last), Some(full)) = (rings.back_mut(), full) {
            last.retire(full);
        }
    }

    /// Whether a record gets a ring of its own.
    #[inline]
    pub(super) fn is_long(&self, len: usize) -> bool {
        len > self.lane.spares.capacity() / 2
    }

    /// Whether so much was put in that the consumer had better come; asked once for each quarter of
    /// the thread's part.
    #[inline]
    pub(super) fn should_call(&mut self) -> bool {
        // It is at most a part of half the address space away.
        let is_due = self.bytes_in.wrapping_sub(self.call_at) <= usize::MAX / 2;
        if is_due {
            self.call_at = self.bytes_in.wrapping_add(self.sizes.most / 4);
        }
        is_due
    }

    /// How full the thread's part is, in percent.
    pub(super) fn fill(&self) -> u64 {
        let lane = &*self.lane;
        let bytes_out = lane.bytes_out.load(Ordering::Relaxed);
        let used = self.bytes_in.wrapping_sub(bytes_out);
        // In 64 bits, as a hundred times a part overflows 32.
        used as u64 * 100 / self.sizes.most.max(1) as u64
    }
}

impl Drop for LaneWriter {
    /// The thread is gone: what it has put in is still taken out.
    fn drop(&mut self) {
        self.leave_long();
        self.lane.ended.store(true, Ordering::Release);
    }
}

impl Lane {
    /// The handler that puts the records in.
    pub(super) fn account(&self) -> u64 {
        self.account
    }

    /// The thread of the records that have no other.
    pub(super) fn thread(&self) -> Option<&KnownThread> {
        self.thread.as_ref()
    }

    /// Records that are in it or just being handed over.
    pub(super) fn queued(&self) -> u64 {
        // In this order, so that the difference is never below zero.
        let done = self.done.load(Ordering::Acquire);
        self.pushed.load(Ordering::Acquire).saturating_sub(done)
    }

    /// Whether there are records to be taken out.
    pub(super) fn has_records(&self) -> bool {
        let taken = self.taken.load(Ordering::Acquire);
        self.pushed.load(Ordering::Acquire) != taken
    }

    /// Counts a record that was handed over, by the thread whose turn it is.
    pub(super) fn note_written(&self) {
        self.note_done();
        self.written.count(1);
    }

    /// In a child process: what is in it is its parent's to write, and counts as written.
    pub(super) fn leave_to_parent(&self) {
        self.written.count(self.queued());
    }

    fn note_done(&self) {
        self.done.fetch_add(1, Ordering::Release);
    }

    /// Whether the thread is gone and all that it has put in was taken out.
    pub(super) fn is_over(&self) -> bool {
        // In this order: what was put in before the end is seen then.
        self.ended.load(Ordering::Acquire) && !self.has_records()
    }

    /// Copies whole records with stamps below `until` out, about as many bytes as `most`; at least
    /// one, if there is any. Returns how many.
    pub(super) fn take(&self, until: u64, most: usize, out: &mut Vec<u8>) -> u64 {
        let mut rings = self.rings.lock();
        let before = out.len();
        let mut count = 0;
        while let Some(head) = self.oldest(&mut rings) {
            let taken = out.len() - before;
            let fits = taken == 0 || taken + head.len <= most;
            if head.stamp >= until || !fits {
                break;
            }
            if let Some(ring) = rings.front_mut() {
                ring.take(head.len, out);
            }
            count += 1;
        }
        self.give_back(&mut rings);
        self.taken.fetch_add(count, Ordering::Release);
        drop(rings);
        self.bytes_out
            .fetch_add(out.len() - before, Ordering::Relaxed);
        count
    }

    /// Throws the oldest record away. Returns its level.
    ///
    /// By the thread that puts in: it waits for the consumer only while that copies.
    pub(super) fn drop_oldest(&self) -> Option<Level> {
        let mut rings = self.rings.lock();
        let head = self.oldest(&mut rings)?;
        rings.front_mut()?.skip(head.len);
        self.give_back(&mut rings);
        self.taken.fetch_add(1, Ordering::Release);
        drop(rings);
        self.bytes_out.fetch_add(head.len, Ordering::Relaxed);
        self.note_done();
        Some(head.level)
    }

    /// The head of the oldest record, which is in the first ring then.
    fn oldest(&self, rings: &mut VecDeque<Ring>) -> Option<Head> {
        self.give_back(rings);
        rings.front_mut()?.peek()
    }

    /// Removes the rings that are done with.
    fn give_back(&self, rings: &mut VecDeque<Ring>) {
        while rings.front().is_some_and(Ring::is_done) {
            if let Some(ring) = rings.pop_front() {
                self.spares.keep(ring);
            }
        }
    }
}

#[cfg(test)]
mod tests;
