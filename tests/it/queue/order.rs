//! Records of several threads, in their order.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::thread;

use logtree::Registry;
use logtree::handler::{FileHandler, QueueHandler};
use tempfile::tempdir;

use crate::files::{exactly_once_in_order, log, read};
use crate::support::to_text;

/// Each thread's records, in order, in a file; and no thread waits in vain.
#[test]
fn many_threads_through_one_queue() {
    const THREADS: usize = 8;
    const RECORDS: usize = 20_000;
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    // Small parts, so that callers wait.
    let handler = QueueHandler::builder()
        .bytes_per_thread(4096)
        .handler(FileHandler::open(&path).unwrap())
        .start();
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let handler = &handler;
            scope.spawn(move || (0..RECORDS).for_each(|n| log(handler, &format!("{thread} {n}"))));
        }
    });
    handler.flush().unwrap();
    exactly_once_in_order(&read(&path), THREADS, RECORDS);
    let counters = handler.counters();
    assert_eq!(
        (counters.written(), counters.dropped()),
        ((THREADS * RECORDS) as u64, 0)
    );
}

/// The records of threads that have ended arrive.
#[test]
fn threads_come_and_go() {
    let (target, text) = to_text("%(message)s");
    let handler = QueueHandler::new([target]);
    for n in 0..100 {
        let handler = handler.clone();
        let log = move || log(&handler, &n.to_string());
        thread::spawn(log).join().unwrap();
    }
    handler.flush().unwrap();
    let expected: Vec<_> = (0..100).map(|n| n.to_string()).collect();
    assert_eq!(text.lines(), expected);
}

/// Two threads take turns: each logs after it has learnt of the other's record. The registry's
/// clock jumps back each time.
#[test]
fn an_answer_stands_after_its_question() {
    #[derive(Debug)]
    struct Backwards(AtomicU64);
    impl logtree::time::Clock for Backwards {
        fn now(&self) -> logtree::time::Timestamp {
            let n = self.0.fetch_add(1, Ordering::Relaxed);
            logtree::time::Timestamp::from_nanos(i64::MAX / 2 - i64::try_from(n).unwrap())
        }
    }
    const TURNS: usize = 5_000;
    let (target, text) = to_text("%(message)s");
    let handler = QueueHandler::new([target]);
    let registry = Registry::builder()
        .clock(Arc::new(Backwards(AtomicU64::new(0))))
        .build();
    registry.root().add_handler(handler.clone());
    let logger = registry.get_logger("x");
    let (ask, asked) = channel::<usize>();
    let (answer, answered) = channel();
    thread::scope(|scope| {
        let other = logger.clone();
        scope.spawn(move || {
            for n in asked {
                logtree::warn!(other, "{} answer", n);
                answer.send(()).unwrap();
            }
        });
        for n in 0..TURNS {
            logtree::warn!(logger, "{} question", n);
            ask.send(n).unwrap();
            answered.recv().unwrap();
        }
        drop(ask);
    });
    handler.flush().unwrap();
    let expected: Vec<_> = (0..TURNS)
        .flat_map(|n| [format!("{n} question"), format!("{n} answer")])
        .collect();
    assert!(text.lines() == expected);
}

/// Records logged while the queue is closed are all written, in the order of their thread.
#[test]
fn a_close_while_others_log_keeps_order_and_loses_nothing() {
    const THREADS: usize = 4;
    const RECORDS: usize = 2_000;
    for _ in 0..10 {
        let (target, text) = to_text("%(message)s");
        let handler = QueueHandler::new([target]);
        let logged = AtomicU64::new(0);
        thread::scope(|scope| {
            for thread in 0..THREADS {
                let (handler, logged) = (&handler, &logged);
                scope.spawn(move || {
                    for n in 0..RECORDS {
                        log(handler, &format!("{thread} {n}"));
                        logged.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
            while logged.load(Ordering::Relaxed) < (THREADS * RECORDS / 4) as u64 {
                thread::yield_now();
            }
            handler.close().unwrap();
        });
        // Without a flush: each was delivered before its call returned.
        exactly_once_in_order(&text.get(), THREADS, RECORDS);
    }
}
