//! What the queue keeps: bounded, and given back.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use crate::handler::handler::Handler;
use crate::handler::queue::core::QueueCore;
use crate::handler::queue::handler::QueueHandler;
use crate::handler::queue::listener::QueueListener;
use crate::handler::queue::overflow::Overflow;
use crate::handler::queue::record_queue::RecordQueue;
use crate::handler::queue::tests::{Counting, log, until};
use crate::level::Level;
use crate::registry::Registry;
use crate::sys::sync::{AtomicBool, Ordering};

fn lanes(core: &QueueCore) -> usize {
    core.channel.lanes.lock().len()
}

fn until_all_is_given_back(core: &QueueCore) {
    until("all lanes are given back", || lanes(core) == 0);
    until("all memory is given back", || {
        core.channel.budget.used() == 0
    });
}

/// Has threads log some records each, and calls `look` while all of them live.
fn while_threads_live(threads: usize, records: usize, handler: &Handler, look: impl FnOnce()) {
    let (logged, end) = (&Barrier::new(threads + 1), &Barrier::new(threads + 1));
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                (0..records).for_each(|_| log(handler, "x"));
                logged.wait();
                end.wait();
            });
        }
        logged.wait();
        look();
        end.wait();
    });
}

/// A thread that has ended leaves neither records nor memory, even if the queue is never empty.
#[test]
fn threads_that_end_leave_nothing_while_others_do_not_stop() {
    let counting = Counting::default();
    let handler = QueueHandler::new([Handler::new(counting.clone())]);
    let core = &*handler.queue().core;
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let busy = scope.spawn(|| {
            let mut count = 0_u64;
            while !stop.load(Ordering::Relaxed) {
                log(&handler, "busy");
                count += 1;
            }
            count
        });
        for _ in 0..2_000 {
            let one = || log(&handler, "once");
            let started = thread::Builder::new().spawn_scoped(scope, one);
            started.unwrap().join().unwrap();
        }
        assert!(!busy.is_finished());
        // The busy thread's is left.
        until("lanes are given back", || lanes(core) <= 1);
        assert!(core.channel.budget.used() <= 2 << 20);
        stop.store(true, Ordering::Relaxed);
        let busy = busy.join().unwrap();
        handler.flush().unwrap();
        assert_eq!(counting.seen(), busy + 2_000);
    });
    until_all_is_given_back(core);
}

/// When they have ended, everything is given back, although no further record is logged.
#[test]
fn many_threads_that_live_take_little() {
    const THREADS: usize = 200;
    let handler = QueueHandler::new([Handler::new(Counting::default())]);
    let core = &*handler.queue().core;
    while_threads_live(THREADS, 1, &handler, || {
        handler.flush().unwrap();
        // Less than 64 MiB for 10,000 threads.
        assert!(core.channel.budget.used() as u64 * 10_000 / THREADS as u64 <= 64 << 20);
    });
    until_all_is_given_back(core);
}

/// The cost of a lane depends on how often all lanes are looked at, not on the records.
#[test]
fn no_step_for_a_record_is_by_the_number_of_threads() {
    let counting = Counting::default();
    let queue = RecordQueue::new();
    let handler = QueueHandler::from_queue(&queue);
    while_threads_live(100, 100, &handler, || {
        let _listener = QueueListener::new(&queue, [Handler::new(counting.clone())]);
        let core = &*queue.core;
        let destinations = core.worker.destinations();
        let turn = core.turn.take_within(Duration::ZERO).unwrap();
        let goal = core.channel.stamps.load(Ordering::SeqCst);
        assert!(core.drain(&destinations, goal, usize::MAX).is_dry);
        drop(turn);
        assert_eq!(counting.seen(), 100 * 100);
        assert_eq!(core.work.lock().merge.looks(), 1);
    });
}

/// One bound for the records of all threads, whatever their length, and each is counted.
#[test]
fn memory_is_bounded_over_all_threads() {
    for (len, overflow) in [
        (100, Overflow::DropNewest),
        (100, Overflow::DropOldest),
        (100, Overflow::BySeverity),
        (50_000, Overflow::DropNewest),
        (300_000, Overflow::DropOldest),
    ] {
        let queue = RecordQueue::builder()
            .max_bytes(1 << 20)
            .overflow(overflow)
            .block_at_most(Duration::ZERO)
            .build();
        let handler = QueueHandler::from_queue(&queue);
        handler.set_error_hook(|_| {});
        let text = "x".repeat(len);
        let records = 4_000_000 / len.max(1000);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..records).for_each(|_| log(&handler, &text)));
            }
        });
        let core = &*queue.core;
        assert!(core.channel.budget.used() <= 1 << 20, "{len} {overflow:?}");
        let counters = handler.counters();
        let all = 8 * records as u64;
        let (queued, dropped) = (counters.queued(), counters.dropped());
        assert_eq!(queued + dropped, all, "{len} {overflow:?}");
        assert!(queued > 0 && dropped > 0, "{len} {overflow:?}");
        let counting = Counting::default();
        let listener = QueueListener::new(&queue, [Handler::new(counting.clone())]);
        assert!(listener.start());
        handler.flush().unwrap();
        // One of them reports the drops.
        assert_eq!(counting.seen(), counters.queued() + 1);
    }
}

/// Threads for which no memory is left log all the same.
#[test]
fn threads_without_a_ring_of_their_own_share_one() {
    let counting = Counting::default();
    let queue = RecordQueue::builder().max_bytes(64 << 10).build();
    let handler = QueueHandler::from_queue(&queue);
    let fill = "x".repeat(1000);
    while queue.core.channel.budget.used() < 40 << 10 {
        log(&handler, &fill);
    }
    let before = queue.len() as u64;
    // No ring fits in what is left for the rings of threads.
    let threads: Vec<_> = (0..10)
        .map(|_| {
            let handler = handler.clone();
            thread::spawn(move || log(&handler, &"y".repeat(3_000)))
        })
        .collect();
    threads
        .into_iter()
        .for_each(|thread| thread.join().unwrap());
    let dropped = queue.drops().total();
    assert_eq!(queue.len() as u64 + dropped, before + 10);
    assert!(dropped < 10, "some use the common ring");
    let listener = QueueListener::new(&queue, [Handler::new(counting.clone())]);
    assert!(listener.start());
    handler.flush().unwrap();
    let notice = u64::from(dropped > 0);
    assert_eq!(counting.seen(), before + 10 - dropped + notice);
}

/// A queue keeps nothing of registries that have been dropped.
#[test]
fn registries_come_and_go() {
    let handler = QueueHandler::new([Handler::new(Counting::default())]);
    let core = &*handler.queue().core;
    let stays = Registry::new();
    stays.root().add_handler(handler.clone());
    for n in 0..500 {
        let registry = Registry::new();
        registry.root().add_handler(handler.clone());
        registry.root().log(Level::WARNING, "x");
        stays.root().log(Level::WARNING, "y");
        if n % 50 == 0 {
            handler.flush().unwrap();
        }
    }
    handler.flush().unwrap();
    stays.root().log(Level::WARNING, "y");
    handler.flush().unwrap();
    let kept = core.channel.environments.len();
    assert!(kept <= 64, "{kept}");
    assert_eq!(handler.counters().written(), 1_001);
}
