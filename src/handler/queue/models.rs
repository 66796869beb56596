//! The hand-over between a logging thread and the worker, under loom (`.ci/loom`).
//!
//! What `rtrb` does inside a ring is not tried: here it is as if it took one step. The protocols
//! that need sequentially consistent accesses, which loom does not have, are modelled in
//! `sys/fork/model.rs` and `tests/it/lazy_gates.rs`.

use loom::thread;

use crate::handler::queue::budget::Budget;
use crate::handler::queue::codec::encode;
use crate::handler::queue::head::{HEAD, Head, set_stamp};
use crate::handler::queue::lane::{Lane, LaneWriter, Sizes, ring_size};
use crate::handler::queue::ring::Spares;
use crate::handler::queue::written::Written;
use crate::record::Record;
use crate::sys::sync::Arc;
use crate::text::line_buf::LineBuf;

/// Room for so many records of [`record`].
fn entry(room: usize, written: &Arc<Written>) -> LaneWriter {
    let budget = Budget::new(1 << 20);
    let most = room * HEAD;
    let sizes = Sizes {
        most,
        limit: budget.of_all(),
        budget,
    };
    let spares = Arc::new(Spares::new(ring_size(most)));
    let entry = LaneWriter::new(1, None, written, sizes, &spares);
    // A value is made when it is first used, which must not be by two threads at a time.
    let _ = (entry.fill(), entry.lane().queued(), entry.lane().is_over());
    let _ = (
        entry.lane().has_records(),
        written.get(),
        take(entry.lane()),
    );
    spares.clear();
    entry
}

/// The shortest record, with its number.
fn record(stamp: u64) -> Vec<u8> {
    let mut bytes = LineBuf::default();
    encode(&Record::builder().build(), None, 0, &mut bytes).unwrap();
    let mut bytes = bytes.as_bytes().to_vec();
    set_stamp(&mut bytes, stamp);
    assert_eq!(bytes.len(), HEAD);
    bytes
}

fn put(entry: &mut LaneWriter, record: &[u8]) -> bool {
    entry.push(record) || (entry.grow(record.len()) && entry.push(record))
}

/// Takes what there is, and returns its numbers.
fn take(lane: &Lane) -> Vec<u64> {
    let mut out = Vec::new();
    let count = lane.take(u64::MAX, usize::MAX, &mut out);
    let (mut rest, mut stamps) = (&out[..], Vec::new());
    while let Some(head) = Head::of(rest) {
        stamps.push(head.stamp);
        rest = &rest[head.len..];
        lane.note_written();
    }
    assert_eq!(stamps.len() as u64, count);
    stamps
}

fn records<const N: usize>() -> [Vec<u8>; N] {
    std::array::from_fn(|stamp| record(stamp as u64))
}

/// A thread that ends is not taken for over while something is left of it.
#[test]
fn what_a_thread_puts_in_comes_out_before_it_is_over() {
    let records = Arc::new(records::<3>());
    loom::model(move || {
        let written = Arc::default();
        // Fewer than it puts in: it goes on in another ring where the worker is slow.
        let mut entry = entry(2, &written);
        let lane = Arc::clone(entry.lane());
        let records = Arc::clone(&records);
        let logger = thread::spawn(move || {
            let put: Vec<_> = records
                .iter()
                .map(|record| put(&mut entry, record))
                .collect();
            drop(entry);
            put.iter().filter(|put| **put).count()
        });
        let mut taken = take(&lane);
        // As the worker asks: nothing of one that is over is taken any more.
        let is_over = lane.is_over();
        if is_over {
            assert!(take(&lane).is_empty());
        }
        let accepted = logger.join().unwrap();
        taken.extend(take(&lane));
        assert!(lane.is_over());
        assert_eq!(taken.len(), accepted);
        assert!(taken.is_sorted());
        assert_eq!((lane.queued(), written.get()), (0, accepted as u64));
    });
}

/// A full queue that drops its oldest record: each record comes out once, or is dropped once.
#[test]
fn what_is_dropped_is_not_written() {
    let records = Arc::new(records::<3>());
    loom::model(move || {
        let written = Arc::default();
        let mut entry = entry(2, &written);
        let lane = Arc::clone(entry.lane());
        let records = Arc::clone(&records);
        let logger = thread::spawn(move || {
            let mut dropped = 0;
            for record in &*records {
                while !put(&mut entry, record) {
                    dropped += u64::from(entry.lane().drop_oldest().is_some());
                }
            }
            dropped
        });
        let mut taken = take(&lane);
        let dropped = logger.join().unwrap();
        taken.extend(take(&lane));
        assert!(taken.is_sorted());
        assert_eq!(taken.len() as u64 + dropped, 3);
        assert_eq!((lane.queued(), written.get() + dropped), (0, 3));
        assert!(!lane.has_records());
    });
}

/// Whenever it is asked, no record is counted both as written and as queued.
#[test]
fn a_record_is_counted_once() {
    let records = Arc::new(records::<2>());
    loom::model(move || {
        let written: Arc<Written> = Arc::default();
        let mut entry = entry(4, &written);
        let lane = Arc::clone(entry.lane());
        assert!(put(&mut entry, &records[0]));
        let reader = thread::spawn({
            let (lane, written) = (Arc::clone(&lane), Arc::clone(&written));
            move || {
                let written = written.get();
                assert!(written + lane.queued() <= 2);
            }
        });
        let worker = thread::spawn({
            let lane = Arc::clone(&lane);
            move || take(&lane).len()
        });
        assert!(put(&mut entry, &records[1]));
        let taken = worker.join().unwrap() + take(&lane).len();
        reader.join().unwrap();
        assert_eq!((taken, written.get(), lane.queued()), (2, 2, 0));
    });
}

/// Two threads that need memory at a time do not get more than there is.
#[test]
fn the_budget_is_kept() {
    loom::model(|| {
        let budget = Budget::new(3);
        assert_eq!(budget.used(), 0);
        let others = Arc::clone(&budget);
        let other = thread::spawn(move || others.reserve(2, 3).is_some());
        let mine = budget.reserve(2, 3);
        assert!(budget.used() <= 3);
        let other = other.join().unwrap();
        assert!(mine.is_some() || other);
        drop(mine);
        assert_eq!(budget.used(), 0);
    });
}
