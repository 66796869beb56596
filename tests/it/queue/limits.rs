//! Limits of a queue, and what is too much.

use std::thread;
use std::time::{Duration, Instant};

use logtree::handler::{DropReason, Overflow, QueueHandler, RecordQueue};
use logtree::{ErrorKind, Level};

use crate::files::{exactly_once_in_order, log};
use crate::queue::{at, gated};
use crate::support::to_text;

#[test]
fn a_caller_waits_for_room_but_not_for_ever() {
    let (gate, stream, text) = gated();
    let handler = QueueHandler::builder()
        .max_records(2)
        .block_at_most(Duration::from_millis(50))
        .handler(stream)
        .start();
    handler.set_error_hook(|failure| assert_eq!(failure.error().kind(), ErrorKind::Full));
    gate.close();
    log(&handler, "with the device");
    gate.wait_for_waiting();
    let before = handler.counters().dropped();
    let start = Instant::now();
    while handler.counters().dropped() == before {
        log(&handler, "x");
    }
    assert!(start.elapsed() >= Duration::from_millis(50));
    gate.open();
    handler.flush().unwrap();
    assert!(
        text.get()
            .ends_with("x\n1 record dropped as the queue was full (1 INFO)\n")
    );
    assert_eq!(handler.counters().dropped_for(DropReason::Full), 1);
    // There is room again, and the drops are reported only once.
    log(&handler, "3");
    handler.flush().unwrap();
    assert!(text.get().ends_with("(1 INFO)\n3\n"));
}

/// The records that are dropped and counted are those of the rule.
#[test]
fn rules_for_what_is_too_much() {
    let run = |overflow: Overflow| {
        let (gate, stream, text) = gated();
        let handler = QueueHandler::builder()
            .max_records(10)
            .overflow(overflow)
            .block_at_most(Duration::from_secs(600))
            .handler(stream)
            .start();
        handler.set_error_hook(|_| {});
        gate.close();
        at(&handler, Level::DEBUG, "with the device");
        gate.wait_for_waiting();
        for n in 0..20 {
            let level = [Level::DEBUG, Level::INFO, Level::WARNING][n % 3];
            at(&handler, level, &n.to_string());
        }
        let opener = thread::spawn({
            let gate = gate.clone();
            move || {
                thread::sleep(Duration::from_millis(50));
                gate.open();
            }
        });
        at(&handler, Level::ERROR, "severe");
        opener.join().unwrap();
        handler.flush().unwrap();
        let counters = handler.counters();
        assert_eq!(counters.accepted(), 22);
        assert_eq!(counters.dropped(), handler.drops().total());
        (text.lines(), handler.drops())
    };
    let (lines, drops) = run(Overflow::DropNewest);
    let kept: Vec<_> = (0..10).map(|n| n.to_string()).collect();
    assert_eq!(lines[1..11], kept);
    assert_eq!((drops.total(), drops.at(Level::ERROR)), (11, 1));

    let (lines, drops) = run(Overflow::DropOldest);
    let mut kept: Vec<_> = (11..20).map(|n| n.to_string()).collect();
    kept.push("severe".to_owned());
    assert_eq!(lines[1..11], kept);
    assert_eq!((drops.total(), drops.at(Level::ERROR)), (11, 0));

    let (lines, drops) = run(Overflow::BySeverity);
    assert!(lines.contains(&"severe".to_owned()), "{lines:?}");
    assert_eq!(drops.at(Level::ERROR), 0);
    assert!(drops.at(Level::DEBUG) >= drops.at(Level::INFO), "{drops}");
    assert!(drops.at(Level::INFO) >= drops.at(Level::WARNING), "{drops}");
}

/// `DropOldest` frees room from another thread than the one that reads.
#[test]
fn dropping_the_oldest_while_it_is_read() {
    let (target, text) = to_text("%(message)s");
    let handler = QueueHandler::builder()
        .bytes_per_thread(2048)
        .overflow(Overflow::DropOldest)
        .handler(target)
        .start();
    handler.set_error_hook(|_| {});
    const RECORDS: usize = 50_000;
    (0..RECORDS).for_each(|n| log(&handler, &n.to_string()));
    handler.flush().unwrap();
    let lines: Vec<usize> = text
        .lines()
        .iter()
        .filter_map(|line| line.parse().ok())
        .collect();
    assert!(lines.is_sorted() && lines.last() == Some(&(RECORDS - 1)));
    let dropped = usize::try_from(handler.drops().total()).unwrap();
    assert_eq!(lines.len() + dropped, RECORDS, "dropped and told = missing");
}

/// A limit of records, with callers that wait for room all the time.
#[test]
fn a_limited_queue_loses_nothing() {
    let (target, text) = to_text("%(message)s");
    let handler = QueueHandler::builder()
        .max_records(100)
        .handler(target)
        .start();
    const RECORDS: usize = 20_000;
    (0..RECORDS).for_each(|n| log(&handler, &n.to_string()));
    handler.flush().unwrap();
    assert_eq!(text.lines().len(), RECORDS);
    assert_eq!(handler.counters().dropped(), 0);
}

/// Long records count like others: by thread, and over all threads.
#[test]
fn long_records_are_bounded() {
    let queue = RecordQueue::builder()
        .bytes_per_thread(64 * 1024)
        .overflow(Overflow::DropNewest)
        .build();
    let handler = QueueHandler::from_queue(&queue);
    handler.set_error_hook(|_| {});
    let long = "x".repeat(1 << 20);
    (0..100).for_each(|_| log(&handler, &long));
    assert_eq!((queue.len(), queue.drops().total()), (1, 99));
    let queue = RecordQueue::builder()
        .bytes_per_thread(256 << 20)
        .max_bytes(16 << 20)
        .overflow(Overflow::DropNewest)
        .build();
    let handler = QueueHandler::from_queue(&queue);
    handler.set_error_hook(|_| {});
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..10).for_each(|_| log(&handler, &long)));
        }
    });
    assert!((13..16).contains(&queue.len()), "{queue:?}");
    assert_eq!(queue.len() as u64 + queue.drops().total(), 40);
}

/// Severity decides on the room that is left, for parts of any size, even if the queue is never
/// empty.
#[test]
fn a_memory_limit_is_kept_while_all_is_handed_over() {
    let (target, text) = to_text("%(message)s");
    let handler = QueueHandler::builder()
        .max_bytes(64 * 1024)
        .handler(target)
        .start();
    thread::scope(|scope| {
        for thread in 0..8 {
            let handler = &handler;
            scope.spawn(move || {
                let long = "x".repeat(3_000);
                for n in 0..300 {
                    let text = format!("{thread} {n}");
                    if n % 3 == 0 {
                        log(handler, &long);
                    }
                    log(handler, &text);
                }
            });
        }
    });
    handler.flush().unwrap();
    let mut lines = text.lines();
    lines.retain(|line| !line.starts_with('x'));
    exactly_once_in_order(&(lines.join("\n") + "\n"), 8, 300);
    assert_eq!(handler.counters().dropped(), 0);
}
