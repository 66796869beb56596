//! One thread's way into a queue: a ring of bytes.

use std::collections::HashMap;

use rtrb::{Consumer, Producer, RingBuffer};

use super::codec::{HEAD, Head};
use crate::Level;
use crate::sync::{Arc, AtomicU64, AtomicUsize, Mutex, Ordering};

/// What the consumer's side holds of a thread's ring.
#[derive(Debug)]
pub(super) struct Lane {
    consumer: Mutex<Consumer<u8>>,
    /// Records that were too long for the ring, by the numbers of their tickets in it.
    long: Mutex<HashMap<u64, Vec<u8>>>,
    /// Bytes and records that were put in, and that were taken out and done with. Each is written by one side.
    pushed: AtomicU64,
    done: AtomicU64,
    bytes_in: AtomicUsize,
    bytes_out: AtomicUsize,
}

/// What the thread itself holds.
#[derive(Debug)]
pub(super) struct LaneEntry {
    producer: Producer<u8>,
    lane: Arc<Lane>,
    capacity: usize,
    next_ticket: u64,
    /// Bytes since the consumer was last called.
    since_call: usize,
}

impl LaneEntry {
    pub(super) fn new(capacity: usize) -> Self {
        let capacity = capacity.max(4 * HEAD);
        let (producer, consumer) = RingBuffer::new(capacity);
        let lane = Lane {
            consumer: Mutex::new(consumer),
            long: Mutex::new(HashMap::new()),
            pushed: AtomicU64::new(0),
            done: AtomicU64::new(0),
            bytes_in: AtomicUsize::new(0),
            bytes_out: AtomicUsize::new(0),
        };
        Self {
            producer,
            lane: Arc::new(lane),
            capacity,
            next_ticket: 0,
            since_call: 0,
        }
    }

    pub(super) fn lane(&self) -> &Arc<Lane> {
        &self.lane
    }

    /// Whether a record is too long to go through the ring, which others would then wait for.
    pub(super) fn is_too_long(&self, record: &[u8]) -> bool {
        record.len() > self.capacity / 2
    }

    /// Lays a long record beside the ring; answers with the number for its ticket.
    pub(super) fn lay_aside(&mut self, record: Vec<u8>) -> u64 {
        let number = self.next_ticket;
        self.next_ticket += 1;
        self.lane.long.lock().insert(number, record);
        number
    }

    /// Takes a long record back whose ticket found no room.
    pub(super) fn take_back(&self, number: u64) -> Option<Vec<u8>> {
        self.lane.long.lock().remove(&number)
    }

    /// Puts a record in, if there is room.
    #[inline]
    pub(super) fn push(&mut self, record: &[u8]) -> bool {
        if self.producer.push_entire_slice(record).is_err() {
            return false;
        }
        self.since_call += record.len();
        let lane = &*self.lane;
        // Only this thread writes to either. Release: a reader that counts the record also finds it in the ring.
        let bytes = lane.bytes_in.load(Ordering::Relaxed);
        lane.bytes_in
            .store(bytes.wrapping_add(record.len()), Ordering::Relaxed);
        let pushed = lane.pushed.load(Ordering::Relaxed);
        lane.pushed.store(pushed + 1, Ordering::Release);
        true
    }

    /// Whether so much was put in that the consumer had better come; asked once for each quarter of the ring.
    #[inline]
    pub(super) fn should_call(&mut self) -> bool {
        let due = self.since_call > self.capacity / 4;
        if due {
            self.since_call = 0;
        }
        due
    }

    /// Throws the oldest records away until there is room, at least one; answers with their levels.
    pub(super) fn make_room(&self, len: usize) -> Vec<Level> {
        self.lane.make_room(len, self.capacity)
    }

    /// How full the ring is, in percent.
    pub(super) fn fill(&self) -> usize {
        let lane = &*self.lane;
        let bytes_out = lane.bytes_out.load(Ordering::Relaxed);
        let used = lane
            .bytes_in
            .load(Ordering::Relaxed)
            .wrapping_sub(bytes_out);
        used * 100 / self.capacity
    }
}

impl Lane {
    /// Records that are in it or just being handed over.
    pub(super) fn queued(&self) -> u64 {
        // In this order, so that the difference is never below zero.
        let done = self.done.load(Ordering::Acquire);
        self.pushed.load(Ordering::Acquire).saturating_sub(done)
    }

    /// The number of the last record that was put in.
    pub(super) fn pushed(&self) -> u64 {
        self.pushed.load(Ordering::Acquire)
    }

    /// The number of the last record that was done with.
    pub(super) fn done(&self) -> u64 {
        self.done.load(Ordering::Acquire)
    }

    pub(super) fn note_done(&self) {
        self.done.fetch_add(1, Ordering::Release);
    }

    /// Whether the thread is gone and nothing is left of it.
    pub(super) fn is_over(&self) -> bool {
        let consumer = self.consumer.lock();
        consumer.is_abandoned() && consumer.slots() == 0
    }

    /// Copies whole records out, about as many bytes as `most`; at least one, if there is any. Answers how many it were.
    pub(super) fn take(&self, most: usize, out: &mut Vec<u8>) -> u64 {
        let mut consumer = self.consumer.lock();
        let before = out.len();
        let mut count = 0;
        while out.len() - before < most {
            let Some(head) = peek(&mut consumer) else {
                break;
            };
            let start = out.len();
            out.resize(start + head.len, 0);
            if consumer.pop_entire_slice(&mut out[start..]).is_err() {
                // A record is put in whole, so this is never seen.
                out.truncate(start);
                break;
            }
            count += 1;
        }
        drop(consumer);
        self.bytes_out
            .fetch_add(out.len() - before, Ordering::Relaxed);
        count
    }

    /// Throws the oldest records away until there is room for so many bytes; answers with their levels.
    ///
    /// By the thread that puts in: it waits for the consumer only while that copies.
    #[expect(
        clippy::significant_drop_tightening,
        reason = "looking and taking are one step"
    )]
    fn make_room(&self, len: usize, capacity: usize) -> Vec<Level> {
        let mut consumer = self.consumer.lock();
        let mut thrown_away = Vec::new();
        let mut record = Vec::new();
        while thrown_away.is_empty() || capacity.saturating_sub(consumer.slots()) < len {
            let Some(head) = peek(&mut consumer) else {
                break;
            };
            record.resize(head.len, 0);
            if consumer.pop_entire_slice(&mut record).is_err() {
                break;
            }
            self.bytes_out.fetch_add(head.len, Ordering::Relaxed);
            if let Some(number) = head.ticket {
                self.long.lock().remove(&number);
            }
            thrown_away.push(head.level);
            self.note_done();
        }
        thrown_away
    }

    /// Fetches the record of a ticket.
    pub(super) fn redeem(&self, number: u64) -> Option<Vec<u8>> {
        self.long.lock().remove(&number)
    }
}

fn peek(consumer: &mut Consumer<u8>) -> Option<Head> {
    let chunk = consumer.read_chunk(HEAD).ok()?;
    let (first, second) = chunk.as_slices();
    let mut head = [0; HEAD];
    head[..first.len()].copy_from_slice(first);
    head[first.len()..].copy_from_slice(second);
    // Not committed, so it stays where it is.
    Some(Head::read(&head))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timestamp;
    use crate::handler::queue::codec::encode_ticket;

    fn record(number: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        encode_ticket(Level::INFO, Timestamp::from_nanos(0), number, &mut bytes);
        bytes
    }

    #[test]
    fn records_come_out_as_they_went_in_around_the_end_of_the_ring() {
        let mut entry = LaneEntry::new(5 * HEAD + 7);
        let mut out = Vec::new();
        for number in 0..100 {
            assert!(entry.push(&record(number)));
            assert_eq!(entry.lane().queued(), 1);
            out.clear();
            entry.lane().take(1, &mut out);
            entry.lane().note_done();
            assert_eq!(out, record(number));
        }
        assert_eq!(entry.fill(), 0);
    }

    #[test]
    fn a_full_ring_refuses_or_throws_the_oldest_away() {
        let mut entry = LaneEntry::new(4 * HEAD);
        let pushed = (0..10)
            .filter(|number| entry.push(&record(*number)))
            .count();
        assert_eq!((pushed, entry.fill()), (4, 100));
        assert_eq!(entry.make_room(2 * HEAD).len(), 2);
        assert!(entry.push(&record(10)));
        let mut out = Vec::new();
        entry.lane().take(usize::MAX, &mut out);
        let numbers: Vec<_> = out
            .chunks(HEAD)
            .map(|chunk| Head::read(chunk.try_into().unwrap()).ticket.unwrap())
            .collect();
        assert_eq!(numbers, [2, 3, 10]);
    }

    #[test]
    fn a_lane_is_over_when_its_thread_is_gone_and_it_is_empty() {
        let mut entry = LaneEntry::new(1024);
        entry.push(&record(0));
        let lane = Arc::clone(entry.lane());
        drop(entry);
        assert!(!lane.is_over());
        lane.take(usize::MAX, &mut Vec::new());
        assert!(lane.is_over());
    }
}
