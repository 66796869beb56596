//! `log_once!` and its kin.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use logtree::record::OwnedRecord;
use logtree::test::Capture;
use logtree::time::{ManualClock, Timestamp};
use logtree::{
    Level, Logger, Registry, StaticLogger, log_every, log_every_n, log_every_pow2, log_first_n,
    log_once,
};

fn logger() -> Logger {
    let logger = Registry::new().get_logger("a");
    logger.set_level(Level::INFO);
    logger
}

fn number(record: &OwnedRecord, key: &str) -> i64 {
    record
        .key_value(key)
        .map_or(0, |value| value.as_i64().unwrap())
}

/// The number, `occurrence` and `suppressed` of each record.
fn seen(capture: &Capture) -> Vec<(i64, i64, i64)> {
    let records = capture.records();
    let seen = records.iter().map(|record| {
        let message = record.message().parse().unwrap();
        (
            message,
            number(record, "occurrence"),
            number(record, "suppressed"),
        )
    });
    seen.collect()
}

#[test]
fn a_call_site_logs_as_often_as_it_says() {
    let logger = logger();
    let once = Capture::new(&logger);
    (1..100).for_each(|n| log_once!(info!(logger, "{n}")));
    assert_eq!(seen(&once), [(1, 0, 0)]);
    drop(once);
    let first = Capture::new(&logger);
    (1..100).for_each(|n| log_first_n!(3, info!(logger, "{n}")));
    assert_eq!(seen(&first), [(1, 0, 0), (2, 2, 0), (3, 3, 0)]);
    drop(first);
    let every = Capture::new(&logger);
    (1..100).for_each(|n| log_every_n!(40, info!(logger, "{n}")));
    assert_eq!(seen(&every), [(1, 0, 0), (41, 41, 39), (81, 81, 39)]);
    drop(every);
    let all = Capture::new(&logger);
    (1..4).for_each(|n| log_every_n!(0, info!(logger, "{n}")));
    assert_eq!(seen(&all), [(1, 0, 0), (2, 2, 0), (3, 3, 0)]);
    drop(all);
    let powers = Capture::new(&logger);
    (1..20).for_each(|n| log_every_pow2!(info!(logger, "{n}")));
    assert_eq!(
        seen(&powers),
        [(1, 0, 0), (2, 2, 0), (4, 4, 1), (8, 8, 3), (16, 16, 7)]
    );
}

#[test]
fn a_time_passes_by_the_clock_of_the_registry() {
    let clock = ManualClock::new(Timestamp::from_nanos(0));
    let registry = Registry::builder().clock(clock.clone()).build();
    let logger = registry.get_logger("a");
    let capture = Capture::new(&logger);
    let log = |n: i64| log_every!(Duration::from_millis(10), warn!(logger, "{n}"));
    for n in 1..=25 {
        log(n);
        clock.advance(Duration::from_millis(1));
    }
    assert_eq!(seen(&capture), [(1, 0, 0), (11, 11, 9), (21, 21, 9)]);
    // Set back: silent no longer than the time.
    clock.set(Timestamp::from_nanos(0));
    log(26);
    assert_eq!(seen(&capture)[3], (26, 26, 4));
}

/// What is suppressed evaluates nothing, and what the level hides is not even counted.
#[test]
fn what_is_suppressed_evaluates_nothing() {
    let logger = logger();
    let evaluated = AtomicU64::new(0);
    let value = || evaluated.fetch_add(1, Ordering::Relaxed);
    let log = || log_every_n!(3, debug!(logger, key = value(); "{}", value()));
    (0..10).for_each(|_| log());
    assert_eq!(evaluated.load(Ordering::Relaxed), 0);
    logger.set_level(Level::DEBUG);
    let capture = Capture::new(&logger);
    (0..4).for_each(|_| log());
    assert_eq!(evaluated.load(Ordering::Relaxed), 4);
    let records = capture.records();
    assert_eq!(records.len(), 2);
    assert_eq!(number(&records[0], "occurrence"), 0, "the first one of all");
    assert_eq!(number(&records[1], "suppressed"), 2);
}

#[test]
fn every_form_of_every_macro_is_taken() {
    static LOG: StaticLogger = logtree::logger!("limits.forms");
    const NOTICE: Level = Level::new(25);
    logtree::get_logger("limits.forms").set_level(Level::TRACE);
    let capture = Capture::new(&LOG);
    let own = Capture::thread_local(module_path!());
    let name = "x";
    for _ in 0..2 {
        log_once!(logtree::trace!(LOG, "1"));
        log_once!(debug!(LOG, name; "2"));
        log_once!(::logtree::info!(target: "limits.forms", "3 {name}"));
        log_once!(warn!(logger: LOG, name:?, n = 1; "4 {}", 1));
        log_once!(logtree::error!(LOG, "5"),);
        log_once!(logtree::critical!(target: &format!("limits.{}", "forms"), "6"));
        log_once!(logtree::log!(LOG, NOTICE, n = 1; "7"));
        log_once!(logtree::log!(target: "limits.forms", NOTICE, "8"));
        log_once!(warn!("own"));
        log_once!(warn!(n = 1; "own {}", 2));
        log_once!(logtree::log!(NOTICE, "own"));
    }
    let expected = ["1", "2", "3 x", "4 1", "5", "6", "7", "8"];
    assert_eq!(capture.messages(), expected);
    assert_eq!(own.messages(), ["own", "own 2", "own"]);
}

#[test]
fn calls_of_8_threads_are_counted_exactly() {
    const CALLS: u64 = 10_000;
    let logger = logger();
    let capture = Capture::new(&logger);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..CALLS {
                    log_every_n!(1_000, info!(logger, "0"));
                }
            });
        }
    });
    let mut seen = seen(&capture);
    seen.sort_unstable();
    assert_eq!(seen.len(), 80);
    assert!(
        seen.iter()
            .skip(1)
            .all(|(_, _, suppressed)| *suppressed == 999)
    );
    assert_eq!(seen[79].1, 79_001);
}
