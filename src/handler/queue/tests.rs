//! What can be seen from inside only: memory, lanes, and all interleavings of a few threads.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use crate::error::Error;
use crate::formatter::Format;
use crate::handler::handler::Handler;
use crate::handler::queue::core::QueueCore;
use crate::handler::queue::handler::QueueHandler;
use crate::handler::queue::listener::QueueListener;
use crate::handler::queue::overflow::Overflow;
use crate::handler::queue::record_queue::RecordQueue;
use crate::handler::queue::work::Work;
use crate::handler::sink::{Batch, Sink};
use crate::level::Level;
use crate::record::Record;
use crate::registry::Registry;
use crate::sys::host::Instant;
use crate::sys::sync::{Arc, AtomicBool, AtomicU64, Ordering};

fn log(handler: &Handler, text: &str) {
    handler.handle(&Record::builder().message(text).build());
}

/// Counts records; its device works only on a signal, if it has a channel for that.
#[derive(Clone, Default)]
struct Counting {
    seen: Arc<AtomicU64>,
    steps: Option<Arc<Mutex<Receiver<()>>>>,
}

impl Sink for Counting {
    fn write(&self, _: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        if let Some(steps) = &self.steps {
            // An error is the end of the test that held it up.
            let _ = steps.lock().unwrap().recv();
        }
        self.seen.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

/// A record of `ERROR` or above calls the listener's thread out of its nap; the others wait for its
/// end.
#[test]
fn severe_records_call_the_thread() {
    let handler = QueueHandler::from_queue(&RecordQueue::new());
    let calls = || handler.queue().core.worker.calls.load(Ordering::Relaxed);
    for (level, called) in [
        (Level::DEBUG, 0),
        (Level::WARNING, 0),
        (Level::ERROR, 1),
        (Level::INFO, 1),
        (Level::CRITICAL, 2),
    ] {
        handler.handle(&Record::builder().level(level).message("x").build());
        assert_eq!(calls(), called, "{level}");
    }
}

/// Records count as written one by one, as they are handed over.
#[test]
fn written_is_counted_where_records_are_handed_over() {
    let (step, steps) = sync_channel(0);
    let counting = Counting {
        steps: Some(Arc::new(Mutex::new(steps))),
        ..Counting::default()
    };
    let handler = QueueHandler::new([Handler::new(counting)]);
    (0..3).for_each(|_| log(&handler, "x"));
    for written in 0..3 {
        until("so many are written", || {
            handler.counters().written() == written
        });
        let counters = handler.counters();
        assert_eq!((counters.accepted(), counters.queued()), (3, 3 - written));
        step.send(()).unwrap();
    }
    until("all is written", || handler.counters().written() == 3);
}

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(120), "{what}");
        thread::sleep(Duration::from_micros(100));
    }
}

fn lanes(core: &QueueCore) -> usize {
    core.channel.lanes.lock().len()
}

/// A thread that is gone leaves neither records nor memory, also where the queue is never empty.
#[test]
fn threads_that_end_leave_nothing_while_others_do_not_stop() {
    let counting = Counting::default();
    let seen = Arc::clone(&counting.seen);
    let handler = QueueHandler::new([Handler::new(counting)]);
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
        let mut most = 0;
        for _ in 0..2_000 {
            let one = || log(&handler, "once");
            thread::Builder::new()
                .spawn_scoped(scope, one)
                .unwrap()
                .join()
                .unwrap();
            most = most.max(lanes(core));
        }
        assert!(!busy.is_finished());
        // The busy thread's is left.
        until("lanes are given back", || lanes(core) <= 1);
        assert!(core.channel.budget.used() <= 2 << 20);
        stop.store(true, Ordering::Relaxed);
        let busy = busy.join().unwrap();
        handler.flush().unwrap();
        assert_eq!(seen.load(Ordering::Relaxed), busy + 2_000);
    });
    until("all lanes are given back", || lanes(core) == 0);
    until("all memory is given back", || {
        core.channel.budget.used() == 0
    });
}

/// Also where nothing is logged any more: no record is needed to have them removed.
#[test]
fn many_threads_that_live_take_little() {
    const THREADS: usize = 200;
    let handler = QueueHandler::new([Handler::new(Counting::default())]);
    let core = &*handler.queue().core;
    let (logged, ends) = (
        &std::sync::Barrier::new(THREADS + 1),
        &std::sync::Barrier::new(THREADS + 1),
    );
    thread::scope(|scope| {
        for _ in 0..THREADS {
            let handler = &handler;
            scope.spawn(move || {
                log(handler, "once");
                logged.wait();
                ends.wait();
            });
        }
        logged.wait();
        handler.flush().unwrap();
        // 10,000 of them are below 64 MiB.
        assert!(core.channel.budget.used() as u64 * 10_000 / THREADS as u64 <= 64 << 20);
        ends.wait();
    });
    until("all lanes are given back", || lanes(core) == 0);
    until("all memory is given back", || {
        core.channel.budget.used() == 0
    });
}

/// What each lane costs is by the looks at all of them, not by the records.
#[test]
fn no_step_for_a_record_is_by_the_number_of_threads() {
    const THREADS: usize = 100;
    const RECORDS: usize = 100;
    let counting = Counting::default();
    let seen = Arc::clone(&counting.seen);
    let queue = RecordQueue::new();
    let handler = QueueHandler::from_queue(&queue);
    let (logged, ends) = (
        &std::sync::Barrier::new(THREADS + 1),
        &std::sync::Barrier::new(THREADS + 1),
    );
    thread::scope(|scope| {
        for _ in 0..THREADS {
            let handler = &handler;
            scope.spawn(move || {
                (0..RECORDS).for_each(|_| log(handler, "x"));
                logged.wait();
                ends.wait();
            });
        }
        logged.wait();
        let listener = QueueListener::new(&queue, [Handler::new(counting)]);
        let core = &*queue.core;
        let destinations = core.worker.destinations();
        let turn = core.turn.take_within(Duration::ZERO).unwrap();
        let goal = core.channel.stamps.load(Ordering::SeqCst);
        assert!(core.drain(&destinations, goal, usize::MAX).is_dry);
        drop(turn);
        assert_eq!(seen.load(Ordering::Relaxed), (THREADS * RECORDS) as u64);
        assert_eq!(core.work.lock().merge.looks(), 1);
        ends.wait();
        drop(listener);
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
        assert_eq!(
            counters.queued() + counters.dropped(),
            all,
            "{len} {overflow:?}"
        );
        assert!(
            counters.queued() > 0 && counters.dropped() > 0,
            "{len} {overflow:?}"
        );
        let counting = Counting::default();
        let seen = Arc::clone(&counting.seen);
        let listener = QueueListener::new(&queue, [Handler::new(counting)]);
        assert!(listener.start());
        handler.flush().unwrap();
        // One of them reports the drops.
        assert_eq!(seen.load(Ordering::Relaxed), counters.queued() + 1);
        drop(listener);
    }
}

/// A thread for which there is no memory left gets on all the same, in order.
#[test]
fn threads_without_a_ring_of_their_own_share_one() {
    let (step, steps): (SyncSender<()>, _) = sync_channel(0);
    let counting = Counting {
        steps: Some(Arc::new(Mutex::new(steps))),
        ..Counting::default()
    };
    let seen = Arc::clone(&counting.seen);
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
    assert!(dropped < 10, "some went in by the common way");
    let listener = QueueListener::new(&queue, [Handler::new(counting)]);
    drop(step);
    assert!(listener.start());
    handler.flush().unwrap();
    let notice = u64::from(dropped > 0);
    assert_eq!(seen.load(Ordering::Relaxed), before + 10 - dropped + notice);
}

/// A queue keeps nothing of registries that are gone.
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
    assert!(
        core.channel.environments.len() <= 64,
        "{}",
        core.channel.environments.len()
    );
    assert_eq!(handler.counters().written(), 1_001);
}

/// Threads that each do one step after the other, in any order.
struct Model<S> {
    start: S,
    threads: Vec<Vec<Step<S>>>,
}

/// What a thread does in one step; `false` if it cannot do that yet.
type Step<S> = fn(&mut S) -> bool;

impl<S: Clone + Ord> Model<S> {
    /// Plays all interleavings, and looks at each end.
    fn play(&self, look: impl Fn(&S)) -> usize {
        let mut seen = BTreeSet::new();
        let mut open = vec![(self.start.clone(), vec![0; self.threads.len()])];
        let mut ends = 0;
        while let Some((state, at)) = open.pop() {
            if !seen.insert((state.clone(), at.clone())) {
                continue;
            }
            let mut moved = false;
            for (thread, steps) in self.threads.iter().enumerate() {
                let Some(step) = steps.get(at[thread]) else {
                    continue;
                };
                let mut next = (state.clone(), at.clone());
                if step(&mut next.0) {
                    next.1[thread] += 1;
                    open.push(next);
                    moved = true;
                }
            }
            if !moved {
                let is_over = at
                    .iter()
                    .zip(&self.threads)
                    .all(|(at, steps)| *at == steps.len());
                assert!(is_over, "threads wait for each other");
                look(&state);
                ends += 1;
            }
        }
        ends
    }
}

/// The lanes of two threads, and the one that merges them, as `put` and `merge` have them.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Lanes {
    stamps: u64,
    taken: [u64; 2],
    lanes: [Vec<(u64, char)>; 2],
    told: bool,
    cut_off: u64,
    batch: Vec<(u64, char)>,
    out: String,
    closed: bool,
    saw_closed: [bool; 2],
    goal: u64,
    settled: u64,
}

impl Lanes {
    fn stamp(&mut self, lane: usize) -> bool {
        self.taken[lane] = self.stamps;
        self.stamps += 1;
        true
    }

    fn push(&mut self, lane: usize, what: char) -> bool {
        let stamp = self.taken[lane];
        self.lanes[lane].push((stamp, what));
        true
    }

    fn take(&mut self, lane: usize) -> bool {
        let cut_off = self.cut_off;
        let below = |record: &(u64, char)| record.0 < cut_off;
        let all = std::mem::take(&mut self.lanes[lane]);
        let (mut taken, left) = all.into_iter().partition(below);
        self.batch.append(&mut taken);
        self.lanes[lane] = left;
        true
    }

    fn deliver(&mut self) -> bool {
        self.batch.sort_unstable();
        self.settled += self.batch.len() as u64;
        self.out.extend(self.batch.drain(..).map(|record| record.1));
        true
    }

    fn look(&mut self) -> bool {
        self.cut_off = self.stamps;
        true
    }
}

#[test]
fn an_answer_never_comes_before_its_question() {
    let asks: Vec<Step<Lanes>> = vec![|s| s.stamp(0), |s| s.push(0, 'q'), |s| {
        s.told = true;
        true
    }];
    let replies: Vec<Step<Lanes>> = vec![|s| s.told, |s| s.stamp(1), |s| s.push(1, 'a')];
    let pass: [Step<Lanes>; 4] = [Lanes::look, |s| s.take(0), |s| s.take(1), Lanes::deliver];
    let model = Model {
        start: Lanes::default(),
        threads: vec![asks, replies, pass.repeat(3)],
    };
    let ends = model.play(|end| {
        let found = end.out.as_str();
        assert!(["", "q", "qa"].contains(&found), "{found}");
    });
    assert!(ends > 3);
}

/// A record that comes while the queue is closed is handed over by one of the two: by the close, or
/// by its own thread.
#[test]
fn nothing_is_forgotten_by_a_close() {
    let logs: Vec<Step<Lanes>> = vec![|s| s.stamp(0), |s| s.push(0, 'r'), |s| {
        s.saw_closed[0] = s.closed;
        true
    }];
    let closes: Vec<Step<Lanes>> = vec![
        |s| {
            s.closed = true;
            true
        },
        |s| {
            s.goal = s.stamps;
            true
        },
        // Until all below the goal is settled: one that took its stamp before is putting its
        // record in right now.
        |s| {
            s.look();
            s.take(0);
            s.deliver();
            s.settled >= s.goal
        },
    ];
    let model = Model {
        start: Lanes::default(),
        threads: vec![logs, closes],
    };
    model.play(|end| assert!(end.out == "r" || end.saw_closed[0], "{}", end.out));
}

/// Where the thread of the queue hands over what another one logs after the close, that one waits
/// for the end of the batch: a file writes it only then.
#[test]
fn what_comes_after_the_close_is_written_when_the_call_returns() {
    struct Batches {
        ends: SyncSender<()>,
        steps: Mutex<Receiver<()>>,
        returned: Arc<AtomicBool>,
        early: Arc<AtomicBool>,
    }
    impl Sink for Batches {
        fn write(&self, _: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
            Ok(())
        }

        fn batch(&self, batch: Batch) {
            if batch == Batch::Ends {
                // Errors are those of a test that is over.
                let _ = self.ends.send(());
                let _ = self.steps.lock().unwrap().recv();
                if self.returned.load(Ordering::SeqCst) {
                    self.early.store(true, Ordering::SeqCst);
                }
            }
        }
    }
    let (ends, ended) = sync_channel(0);
    let (step, steps) = sync_channel(0);
    let (returned, early) = (Arc::<AtomicBool>::default(), Arc::<AtomicBool>::default());
    let batches = Batches {
        ends,
        steps: Mutex::new(steps),
        returned: Arc::clone(&returned),
        early: Arc::clone(&early),
    };
    let handler = QueueHandler::new([Handler::new(batches)]);
    log(&handler, "before");
    ended.recv().unwrap();
    thread::scope(|scope| {
        scope.spawn(|| handler.close());
        while !handler.queue().core.channel.is_closed() {
            thread::yield_now();
        }
        scope.spawn(|| {
            log(&handler, "after");
            returned.store(true, Ordering::SeqCst);
        });
        while handler.counters().queued() == 0 {
            thread::yield_now();
        }
        // Time for the call to find that it is the other thread's turn.
        thread::sleep(Duration::from_millis(20));
        step.send(()).unwrap();
        ended.recv().unwrap();
        // Time for a call that does not wait; one that does never makes the test fail.
        thread::sleep(Duration::from_millis(50));
        step.send(()).unwrap();
        drop(step);
        drop(ended);
    });
    assert!(!early.load(Ordering::SeqCst));
}

/// A sink that logs to its queue for each record does not keep its end for ever.
#[test]
fn an_end_is_bounded_where_a_sink_logs_to_its_queue() {
    struct Logs(Mutex<Option<Handler>>, Arc<AtomicU64>);
    impl Sink for Logs {
        fn write(&self, _: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
            self.1.fetch_add(1, Ordering::Relaxed);
            let queue = self.0.lock().unwrap().clone();
            if let Some(queue) = queue {
                log(&queue, "by the sink");
            }
            Ok(())
        }
    }
    let count = Arc::new(AtomicU64::new(0));
    let sink = Arc::new(Logs(Mutex::new(None), Arc::clone(&count)));
    let queue = RecordQueue::new();
    let handler = QueueHandler::from_queue(&queue);
    *sink.0.lock().unwrap() = Some(handler.clone().into());
    let listener = QueueListener::new(&queue, [Handler::new(Arc::clone(&sink))]);
    assert!(listener.start());
    log(&handler, "first");
    handler.flush().unwrap();
    handler.close().unwrap();
    log(&handler, "second");
    listener.stop();
    let seen = count.load(Ordering::Relaxed);
    assert!(seen >= 2, "{seen}");
    let counters = handler.counters();
    assert_eq!((counters.written(), counters.dropped()), (seen, 0));
    assert_eq!(counters.queued(), queue.len() as u64);
    *sink.0.lock().unwrap() = None;
}

#[test]
fn a_new_queue_has_nothing_to_do() {
    let queue = RecordQueue::new();
    assert!(!Work::default().merge.has_work(&queue.core.channel));
}
