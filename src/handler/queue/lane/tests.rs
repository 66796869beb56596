use super::*;
use crate::handler::queue::codec::encode;
use crate::handler::queue::head::{HEAD, set_stamp};
use crate::record::Record;
use crate::text::line_buf::LineBuf;

fn record(stamp: u64, len: usize) -> Vec<u8> {
    let mut bytes = LineBuf::default();
    let text = "x".repeat(len - HEAD);
    let record = Record::builder().message(text).build();
    encode(&record, None, 0, &mut bytes).unwrap();
    let mut bytes = bytes.as_bytes().to_vec();
    set_stamp(&mut bytes, stamp);
    assert_eq!(bytes.len(), len);
    bytes
}

fn entry(most: usize, all: usize) -> LaneWriter {
    let budget = Budget::new(all);
    let sizes = Sizes {
        most,
        limit: budget.of_all(),
        budget,
    };
    LaneWriter::new(
        1,
        None,
        &Arc::default(),
        sizes,
        &Arc::new(Spares::new(ring_size(most))),
    )
}

fn put(entry: &mut LaneWriter, stamp: u64, len: usize) -> bool {
    let record = record(stamp, len);
    entry.push(&record) || (entry.grow(len) && entry.push(&record))
}

/// Puts a record in by `push_in_place`, or leaves everything as it was.
fn put_in_place(entry: &mut LaneWriter, stamp: u64, len: usize) -> bool {
    fn state(entry: &LaneWriter) -> (u64, usize, Option<usize>) {
        let slots = entry.producer.as_ref().map(Producer::slots);
        (entry.lane().queued(), entry.bytes_in, slots)
    }
    let record = record(stamp, len);
    let before = state(entry);
    let is_in = entry.push_in_place(len, |place| place.copy_from_slice(&record));
    assert!(is_in || state(entry) == before);
    is_in
}

fn stamps(lane: &Lane, until: u64) -> Vec<u64> {
    let mut out = Vec::new();
    let count = lane.take(until, usize::MAX, &mut out);
    (0..count).for_each(|_| lane.note_written());
    let (mut rest, mut stamps) = (&out[..], Vec::new());
    while let Some(head) = Head::of(rest) {
        stamps.push(head.stamp);
        rest = &rest[head.len..];
    }
    assert_eq!(stamps.len() as u64, count);
    stamps
}

#[test]
fn records_come_out_as_they_went_in_around_the_ends_of_rings() {
    let mut entry = entry(1 << 20, 1 << 24);
    let (mut next_in, mut next_out, mut refused) = (0, 0, 0);
    for round in 0..200_usize {
        for len in 0..round % 23 * 5 {
            let len = HEAD + 200 + len;
            // Every other record is first tried in place.
            let tries = next_in % 2 == 1;
            if !(tries && put_in_place(&mut entry, next_in, len)) {
                refused += u64::from(tries);
                assert!(put(&mut entry, next_in, len));
            }
            next_in += 1;
        }
        // Some of them only.
        for stamp in stamps(entry.lane(), next_in.saturating_sub(round as u64 % 7)) {
            assert_eq!(stamp, next_out);
            next_out += 1;
        }
        assert_eq!(entry.lane().queued(), next_in - next_out);
    }
    assert_eq!(
        stamps(entry.lane(), u64::MAX).len() as u64,
        next_in - next_out
    );
    assert_eq!(entry.fill(), 0);
    // Only at the ends of rings, so there are a few.
    assert!((2..next_in / 4).contains(&refused), "{refused}");
}

#[test]
fn a_full_lane_refuses_or_throws_the_oldest_away() {
    let mut entry = entry(4 * HEAD, 1 << 20);
    let pushed = (0..10)
        .filter(|stamp| put(&mut entry, *stamp, HEAD))
        .count();
    assert_eq!((pushed, entry.fill()), (4, 100));
    for _ in 0..2 {
        assert_eq!(entry.lane().drop_oldest(), Some(Level::NOTSET));
    }
    assert!(entry.push(&record(10, HEAD)));
    assert_eq!(stamps(entry.lane(), u64::MAX), [2, 3, 10]);
}

/// Each length is taken into account: short ones, and long ones that get a ring of their own.
#[test]
fn memory_is_bounded_by_thread_and_by_queue() {
    for (most, all, len, expected) in [
        (64 << 10, 1 << 30, 1000, 60..=66),
        (64 << 10, 1 << 30, 40 << 10, 1..=1),
        (64 << 10, 1 << 30, 1 << 20, 1..=1),
        (1 << 30, 1 << 20, 1000, 900..=1050),
        (1 << 30, 1 << 20, 100 << 10, 10..=10),
        (1 << 30, 1 << 20, 2 << 20, 0..=0),
    ] {
        let mut entry = entry(most, all);
        let budget = Arc::clone(&entry.sizes.budget);
        for _ in 0..2 {
            let taken = (0..2000)
                .take_while(|stamp| put(&mut entry, *stamp, len))
                .count();
            assert!(expected.contains(&taken), "{most} {all} {len}: {taken}");
            assert!(budget.used() <= all);
            assert_eq!(stamps(entry.lane(), u64::MAX).len(), taken);
        }
        let lane = Arc::clone(entry.lane());
        drop(entry);
        lane.take(u64::MAX, 0, &mut Vec::new());
        assert!(lane.is_over() && lane.rings.lock().is_empty());
        lane.spares.clear();
        assert_eq!(budget.used(), 0);
    }
}

#[test]
fn a_lane_is_over_when_its_thread_is_gone_and_it_is_empty() {
    let mut entry = entry(1024, 1 << 20);
    assert!(put(&mut entry, 0, HEAD));
    let lane = Arc::clone(entry.lane());
    drop(entry);
    assert!(!lane.is_over());
    assert_eq!(stamps(&lane, u64::MAX), [0]);
    assert!(lane.is_over());
}
