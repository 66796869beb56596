//! The memory that records are put into: [`Ring`], and those that are used again.

use rtrb::{Consumer, Producer, RingBuffer};

use crate::handler::queue::budget::{Budget, Reservation};
use crate::handler::queue::head::{HEAD, Head};
use crate::sys::sync::{Arc, Mutex};

/// What a ring takes beside its bytes: its own head and a place in the lists, rounded up.
const OVERHEAD: usize = 512;

/// The reading end of a ring of bytes, with the writing end once that is full.
#[derive(Debug)]
pub(super) struct Ring {
    consumer: Consumer<u8>,
    /// Its thread goes on in another ring.
    retired: Option<Producer<u8>>,
    _memory: Reservation,
}

impl Ring {
    /// A ring, unless more than `limit` bytes would be in use then.
    pub(super) fn new(
        capacity: usize,
        budget: &Arc<Budget>,
        limit: usize,
    ) -> Option<(Producer<u8>, Self)> {
        let memory = budget.reserve(capacity.saturating_add(OVERHEAD), limit)?;
        let (producer, consumer) = RingBuffer::new(capacity);
        let ring = Self {
            consumer,
            retired: None,
            _memory: memory,
        };
        Some((producer, ring))
    }

    pub(super) fn capacity(&self) -> usize {
        self.consumer.buffer().capacity()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.consumer.slots() == 0
    }

    /// Takes the writing end: nothing more is put in.
    pub(super) fn retire(&mut self, producer: Producer<u8>) {
        self.retired = Some(producer);
    }

    /// Whether all that was ever put in was taken out.
    pub(super) fn is_done(&self) -> bool {
        // In this order: what was put in before the end is seen then.
        self.retired.is_some() && self.is_empty()
    }

    /// The head of the oldest record.
    pub(super) fn peek(&mut self) -> Option<Head> {
        let chunk = self.consumer.read_chunk(HEAD).ok()?;
        let (first, second) = chunk.as_slices();
        if second.is_empty() {
            return Head::of(first);
        }
        let mut head = [0; HEAD];
        head[..first.len()].copy_from_slice(first);
        head[first.len()..].copy_from_slice(second);
        // Not committed, so it stays where it is.
        Some(Head::read(&head))
    }

    /// Takes the oldest record, of this length, out, and puts it after what stands in `out`.
    pub(super) fn take(&mut self, len: usize, out: &mut Vec<u8>) {
        // Records are put in whole, so it is always there.
        if let Ok(chunk) = self.consumer.read_chunk(len) {
            let (first, second) = chunk.as_slices();
            out.extend_from_slice(first);
            out.extend_from_slice(second);
            chunk.commit_all();
        }
    }

    /// Throws the oldest record away.
    pub(super) fn skip(&mut self, len: usize) {
        if let Ok(chunk) = self.consumer.read_chunk(len) {
            chunk.commit_all();
        }
    }
}

/// Rings of one size that are empty, for the next thread that needs one.
///
/// A thread that logs faster than its records are handed over goes through many rings; without
/// these each would be taken from the system and given back to it, by two threads in turn.
#[derive(Debug)]
pub(super) struct Spares {
    capacity: usize,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    rings: Vec<(Producer<u8>, Ring)>,
    /// How many of them were not needed since they were last looked through.
    unused: usize,
}

impl Spares {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            kept: Mutex::default(),
        }
    }

    /// The size of its rings.
    pub(super) fn capacity(&self) -> usize {
        self.capacity
    }

    pub(super) fn take(&self) -> Option<(Producer<u8>, Ring)> {
        let mut kept = self.kept.lock();
        let taken = kept.rings.pop();
        kept.unused = kept.unused.min(kept.rings.len());
        taken
    }

    /// Keeps a ring that is done with, if it has the size.
    pub(super) fn keep(&self, mut ring: Ring) {
        if ring.capacity() != self.capacity {
            return;
        }
        if let Some(producer) = ring.retired.take() {
            self.kept.lock().rings.push((producer, ring));
        }
    }

    /// Gives those back to the system that were not needed since the last call.
    pub(super) fn trim(&self) {
        let mut kept = self.kept.lock();
        let needed = kept.rings.len() - kept.unused.min(kept.rings.len());
        let unused = kept.rings.split_off(needed);
        kept.unused = needed;
        drop(kept);
        drop(unused);
    }

    /// Gives all of them back to the system. Returns whether there were any.
    pub(super) fn clear(&self) -> bool {
        let rings = std::mem::take(&mut *self.kept.lock()).rings;
        !rings.is_empty()
    }
}
