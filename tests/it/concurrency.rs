//! Many threads at once.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use logtree::filter::SharedFilter;
use logtree::formatter::Format;
use logtree::handler::Sink;
use logtree::{Error, Handler, Level, Record, Registry};

/// Counts records, and whether it was called after its removal.
struct Counting(Arc<AtomicU64>);

impl Sink for Counting {
    fn write(&self, _: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

fn counting() -> (Handler, Arc<AtomicU64>) {
    let count = Arc::new(AtomicU64::new(0));
    (Handler::new(Counting(Arc::clone(&count))), count)
}

#[test]
fn a_name_has_one_logger_for_all_threads() {
    let registry = Registry::new();
    let start = Barrier::new(16);
    let all: Vec<Vec<_>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..16)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    (0..2_000)
                        .map(|n| registry.get_logger(format!("a{}.b{}.c", n % 7, n)))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert!(all.iter().all(|loggers| *loggers == all[0]));
    assert_eq!(registry.logger_names().len(), 2_000);
}

/// Each record meets exactly one of two sets of handlers, never both and never none.
#[test]
fn each_record_meets_one_set_of_handlers() {
    const RECORDS: u64 = 20_000;
    let registry = Registry::new();
    let ((a, seen_a), (b, seen_b)) = (counting(), counting());
    let logger = registry.get_logger("x");
    logger.set_propagate(false);
    logger.add_handler(a.clone());
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let loggers: Vec<_> = (0..8)
            .map(|n| {
                let child = registry.get_logger(format!("x.{n}"));
                scope.spawn(move || (0..RECORDS).for_each(|_| child.warning("record")))
            })
            .collect();
        let flipper = scope.spawn(|| {
            let mut flips = 0_u32;
            while !stop.load(Ordering::Relaxed) {
                logger.replace_handlers([if flips % 2 == 0 { b.clone() } else { a.clone() }]);
                flips += 1;
            }
        });
        loggers
            .into_iter()
            .for_each(|thread| thread.join().unwrap());
        stop.store(true, Ordering::Relaxed);
        flipper.join().unwrap();
    });
    assert_eq!(
        seen_a.load(Ordering::Relaxed) + seen_b.load(Ordering::Relaxed),
        8 * RECORDS
    );
}

/// Once `set_level` has returned, no thread decides by the old level.
#[test]
fn a_changed_level_holds_from_the_return_of_the_call() {
    const ROUNDS: u64 = 500;
    let registry = Registry::new();
    let leaf = registry.get_logger("a.b.c.d");
    // Even: about to change. Odd: the change has returned; open after 1, 5, …, closed after 3, 7,
    // ….
    let phase = AtomicU64::new(0);
    let checked = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while phase.load(Ordering::Acquire) < 2 * ROUNDS {
                    let before = phase.load(Ordering::Acquire);
                    let enabled = leaf.is_enabled_for(Level::DEBUG);
                    if before % 2 == 1 && phase.load(Ordering::Acquire) == before {
                        assert_eq!(enabled, before % 4 == 1, "decided by the old level");
                        checked.fetch_add(1, Ordering::Release);
                    }
                }
            });
        }
        for round in 0..ROUNDS {
            let level = if round % 2 == 0 {
                Level::DEBUG
            } else {
                Level::ERROR
            };
            registry.get_logger("a").set_level(level);
            phase.fetch_add(1, Ordering::Release);
            // Until the threads have read the level.
            let looked = checked.load(Ordering::Acquire) + 4;
            while checked.load(Ordering::Acquire) < looked {
                thread::yield_now();
            }
            phase.fetch_add(1, Ordering::Release);
        }
    });
}

/// Changes of all kinds while eight threads log: no deadlock, no panic, and the counters equal what
/// filters and the sink counted on their own.
#[test]
fn everything_changes_while_eight_threads_log() {
    let registry = Registry::new();
    let (handler, seen) = counting();
    registry.root().add_handler(handler.clone());
    registry.set_last_resort(Some(handler.clone()));
    let passed = Arc::new(AtomicU64::new(0));
    let at_the_door = Arc::clone(&passed);
    let counts = SharedFilter::from(move |_: &mut Record<'_>| {
        at_the_door.fetch_add(1, Ordering::Relaxed);
        true
    });
    handler.add_filter(counts.clone());
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        for n in 0..8 {
            let (registry, stop) = (&registry, &stop);
            scope.spawn(move || {
                let logger = registry.get_logger(format!("a.{n}"));
                while !stop.load(Ordering::Relaxed) {
                    logtree::warn!(logger, n = n; "record {}", n);
                }
            });
        }
        for round in 0..400_u16 {
            let a = registry.get_logger("a");
            a.set_level(round % 60);
            a.set_propagate(round % 3 != 0);
            a.set_disabled(round % 5 == 0);
            registry.disable(round % 40);
            registry.get_logger(format!("a.{}.new{round}", round % 8));
            handler.set_level(round % 50);
            handler.add_filter(|_: &mut Record<'_>| true);
            if round % 100 == 0 {
                for filter in handler.filters() {
                    if format!("{filter:?}") != format!("{counts:?}") {
                        handler.remove_filter(&filter);
                    }
                }
            }
            if round % 50 == 0 {
                let _ = registry.dump();
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
    let counted = |more: u64| {
        let (counters, passed) = (handler.counters(), passed.load(Ordering::Relaxed));
        assert_eq!(counters.accepted(), passed);
        assert_eq!(counters.written(), seen.load(Ordering::Relaxed));
        assert_eq!((counters.dropped(), counters.written()), (0, passed));
        assert!(passed >= more, "{passed} of {more} or more");
        passed
    };
    let before = counted(1);
    // Once everything is as at first, each record passes.
    let a = registry.get_logger("a");
    a.set_level(Level::NOTSET);
    a.set_propagate(true);
    a.set_disabled(false);
    registry.disable(Level::NOTSET);
    handler.set_level(Level::NOTSET);
    for n in 0..8 {
        let logger = registry.get_logger(format!("a.{n}"));
        (0..100).for_each(|_| logger.warning("after"));
    }
    assert_eq!(counted(before) - before, 800);
}
