//! `DedupFilter`.

use std::thread;
use std::time::Duration;

use logtree::filter::{DedupFilter, Filter, SharedFilter};
use logtree::handler::{MemoryHandler, QueueHandler};
use logtree::time::{ManualClock, Timestamp};
use logtree::{Handler, Level, Logger, Record, Registry};
use proptest::prelude::*;

use crate::files::until;
use crate::support::{Text, to_text};

const SECOND: Duration = Duration::from_secs(1);
/// Not within a test.
const LONG: Duration = Duration::from_secs(1_000_000);

fn registry() -> (Registry, ManualClock) {
    let clock = ManualClock::new(Timestamp::from_nanos(0));
    (Registry::builder().clock(clock.clone()).build(), clock)
}

/// A logger, and a handler of it that has the filter.
fn limited(registry: &Registry, dedup: &DedupFilter) -> (Logger, Handler, Text) {
    let (handler, text) = to_text("%(created)d %(levelname)s %(name)s %(message)s");
    let handler = handler.with_filter(dedup.clone());
    let logger = registry.get_logger("a");
    logger.set_level(Level::INFO);
    logger.add_handler(handler.clone());
    (logger, handler, text)
}

/// The number in ` suppressed=N` at the end of a line.
fn reported(line: &str) -> u64 {
    let number = line.split(" suppressed=").nth(1);
    number.map_or(0, |number| number.parse().unwrap())
}

fn sum(text: &Text) -> u64 {
    text.lines().iter().map(|line| reported(line)).sum()
}

/// Logger, level and text make a record the same.
#[test]
fn repetitions_are_reported_before_another_record_with_the_last_ones_time() {
    let (registry, clock) = registry();
    let dedup = DedupFilter::new(LONG);
    let (logger, _, text) = limited(&registry, &dedup);
    let log = |logger: &Logger, level, text: &str| {
        logger.log(level, format_args!("{text}"));
        clock.advance(SECOND);
    };
    for _ in 0..4 {
        log(&logger, Level::WARNING, "x");
    }
    log(&logger, Level::WARNING, "y");
    log(&logger, Level::WARNING, "y");
    log(&logger, Level::INFO, "y");
    log(&registry.get_logger("a.b"), Level::WARNING, "y");
    log(&logger, Level::WARNING, "y");
    assert_eq!(
        text.take(),
        "0 WARNING a x\n\
         3 WARNING a last record repeated 3 times in 3.0s suppressed=3\n\
         4 WARNING a y\n\
         5 WARNING a last record repeated 1 time in 1.0s suppressed=1\n\
         6 INFO a y\n\
         7 WARNING a.b y\n\
         8 WARNING a y\n"
    );
    assert_eq!((dedup.passed(), dedup.suppressed()), (5, 4));
}

/// The window begins with the record that passed, and the same one begins the next window.
#[test]
fn the_same_record_passes_again_after_the_window() {
    let (registry, clock) = registry();
    let dedup = DedupFilter::new(10 * SECOND);
    let (logger, _, text) = limited(&registry, &dedup);
    for _ in 0..13 {
        logger.warning(format_args!("x"));
        clock.advance(SECOND);
    }
    // The clock is set back: it is no repetition from the future.
    clock.set(Timestamp::from_nanos(0));
    logger.warning(format_args!("x"));
    assert_eq!(
        text.take(),
        "0 WARNING a x\n\
         9 WARNING a last record repeated 9 times in 9.0s suppressed=9\n\
         10 WARNING a x\n\
         12 WARNING a last record repeated 2 times in 2.0s suppressed=2\n\
         0 WARNING a x\n"
    );
}

#[test]
fn a_window_of_zero_suppresses_nothing() {
    let dedup = DedupFilter::new(Duration::ZERO);
    for _ in 0..3 {
        assert!(dedup.filter(&mut Record::builder().build()));
    }
}

#[test]
fn errors_pass_and_end_a_run_unless_they_are_limited_too() {
    let pass = |dedup: &DedupFilter| {
        let (registry, _) = registry();
        let (logger, handler, text) = limited(&registry, dedup);
        for level in [
            Level::WARNING,
            Level::WARNING,
            Level::ERROR,
            Level::ERROR,
            Level::WARNING,
        ] {
            logger.log(level, format_args!("x"));
        }
        handler.flush().unwrap();
        text.take()
    };
    assert_eq!(
        pass(&DedupFilter::new(LONG)),
        "0 WARNING a x\n\
         0 WARNING a last record repeated 1 time in 0.0s suppressed=1\n\
         0 ERROR a x\n\
         0 ERROR a x\n\
         0 WARNING a x\n"
    );
    assert_eq!(
        pass(&DedupFilter::new(LONG).even_errors(true)),
        "0 WARNING a x\n\
         0 WARNING a last record repeated 1 time in 0.0s suppressed=1\n\
         0 ERROR a x\n\
         0 ERROR a last record repeated 1 time in 0.0s suppressed=1\n\
         0 WARNING a x\n"
    );
}

/// Key-values and errors count where it is said.
#[test]
fn fields_make_other_records_where_they_are_asked_for() {
    let pass = |dedup: DedupFilter| {
        let (registry, _) = registry();
        let (logger, _, _) = limited(&registry, &dedup);
        let failed = |n: i32, cause: &str| {
            let err = std::io::Error::other(cause);
            logtree::warn!(logger, n, err; "failed");
        };
        failed(1, "a");
        failed(1, "a");
        failed(2, "a");
        failed(2, "b");
        (dedup.passed(), dedup.suppressed())
    };
    let dedup = || DedupFilter::new(LONG);
    assert_eq!(pass(dedup()), (1, 3));
    assert_eq!(pass(dedup().fields(true)), (3, 1));
}

/// Its text, with the causes, also where a queue has kept it.
#[test]
fn errors_with_other_causes_are_others() {
    #[derive(Debug)]
    struct Failed(std::io::Error);

    impl std::fmt::Display for Failed {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("query failed")
        }
    }

    impl std::error::Error for Failed {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            Some(&self.0)
        }
    }

    for is_queued in [false, true] {
        let (registry, _) = registry();
        let dedup = DedupFilter::new(LONG).fields(true);
        let (logger, handler, _) = limited(&registry, &dedup);
        let queue = QueueHandler::new([handler.clone()]);
        if is_queued {
            logger.remove_handler(&handler);
            logger.add_handler(queue.clone());
        }
        for cause in ["timed out", "timed out", "refused"] {
            let err = Failed(std::io::Error::other(cause));
            logtree::warn!(logger, err; "failed");
        }
        queue.flush().unwrap();
        assert_eq!((dedup.passed(), dedup.suppressed()), (2, 1), "{is_queued}");
    }
}

/// By the handlers of the logger, which it was removed from.
#[test]
fn a_filter_that_is_removed_from_a_logger_reports_what_is_left() {
    let (registry, _) = registry();
    let (handler, text) = to_text("%(message)s");
    let logger = registry.get_logger("a");
    logger.set_level(Level::INFO);
    logger.add_handler(handler);
    let dedup = SharedFilter::from(DedupFilter::new(LONG));
    logger.add_filter(dedup.clone());
    for _ in 0..3 {
        logger.warning("x");
    }
    assert!(logger.remove_filter(&dedup));
    drop(dedup);
    logger.warning("x");
    let reported = "last record repeated 2 times in 0.0s suppressed=2";
    assert_eq!(text.lines(), ["x", reported, "x"]);
}

/// Past the other filters. A flush does not end the run, and the next number begins after it.
#[test]
fn a_flush_and_a_close_report_what_is_left() {
    let (registry, clock) = registry();
    let dedup = DedupFilter::new(LONG);
    let (logger, handler, text) = limited(&registry, &dedup);
    handler.add_filter(|record: &mut Record<'_>| record.message() == "x");
    let log = || {
        logger.warning(format_args!("x"));
        clock.advance(SECOND);
    };
    (0..3).for_each(|_| log());
    handler.flush().unwrap();
    handler.flush().unwrap();
    log();
    handler.close().unwrap();
    assert_eq!(
        text.take(),
        "0 WARNING a x\n\
         2 WARNING a last record repeated 2 times in 2.0s suppressed=2\n\
         3 WARNING a last record repeated 1 time in 1.0s suppressed=1\n"
    );
    let counters = handler.counters();
    assert_eq!((counters.accepted(), counters.written()), (3, 3));
    assert_eq!(counters.dropped(), 0);
}

/// By the timer, though no record and no flush comes.
#[test]
fn the_end_of_the_window_reports_what_is_left() {
    let (registry, _) = registry();
    let dedup = DedupFilter::new(Duration::from_millis(1));
    let (logger, _, text) = limited(&registry, &dedup);
    for _ in 0..3 {
        // All at one time of the registry's clock, until the timer ends the window.
        let before = dedup.suppressed();
        while dedup.suppressed() == before {
            logger.warning(format_args!("x"));
        }
        until("the timer reports", || sum(&text) == dedup.suppressed());
    }
    assert_eq!(sum(&text), dedup.suppressed());
}

/// The filter of a logger knows no handler: its own record goes to those of the logger.
#[test]
fn repetitions_on_a_logger_are_reported_in_its_handlers() {
    let (registry, clock) = registry();
    let (handler, text) = to_text("%(created)d %(name)s %(message)s");
    registry.root().add_handler(handler);
    let logger = registry.get_logger("a.b");
    logger.add_filter(DedupFilter::new(LONG));
    for message in ["x", "x", "x", "y"] {
        logger.warning(format_args!("{message}"));
        clock.advance(SECOND);
    }
    let reported = "2 a.b last record repeated 2 times in 2.0s suppressed=2";
    assert_eq!(text.lines(), ["0 a.b x", reported, "3 a.b y"]);
}

#[test]
fn repetitions_are_reported_through_queues_and_buffers() {
    let (registry, _) = registry();
    let (target, text) = to_text("%(message)s");
    let queue = QueueHandler::builder().handler(target).start();
    let memory = MemoryHandler::new(100).with_target(queue);
    let memory = memory.with_filter(DedupFilter::new(LONG));
    let logger = registry.get_logger("a");
    logger.add_handler(memory.clone());
    for message in ["x", "x", "y", "y"] {
        logger.warning(format_args!("{message}"));
    }
    memory.close().unwrap();
    logger.clear_handlers();
    drop(memory);
    let reported = "last record repeated 1 time in 0.0s suppressed=1";
    assert_eq!(text.lines(), ["x", reported, "y", reported]);
}

/// Also where both handlers get the record, one after the other.
#[test]
fn each_handler_has_repetitions_of_its_own() {
    let (registry, _) = registry();
    let dedup = SharedFilter::from(DedupFilter::new(LONG));
    let (first, first_text) = to_text("%(message)s");
    let (second, second_text) = to_text("%(message)s");
    first.add_filter(dedup.clone());
    // As it is in the other one.
    second.add_filter(first.filters()[0].clone());
    assert_eq!(second.filters(), [dedup]);
    let logger = registry.get_logger("a");
    logger.add_handler(first.clone());
    logger.add_handler(second);
    for message in ["x", "x", "y"] {
        logger.warning(format_args!("{message}"));
    }
    let reported = "last record repeated 1 time in 0.0s suppressed=1";
    assert_eq!(first_text.lines(), ["x", reported, "y"]);
    assert_eq!(second_text.lines(), ["x", reported, "y"]);
}

#[test]
fn a_filter_that_is_removed_reports_what_is_left() {
    let (registry, _) = registry();
    let (handler, text) = to_text("%(message)s");
    let dedup = SharedFilter::from(DedupFilter::new(LONG));
    handler.add_filter(dedup.clone());
    let logger = registry.get_logger("a");
    logger.add_handler(handler.clone());
    for _ in 0..3 {
        logger.warning(format_args!("x"));
    }
    assert!(handler.remove_filter(&dedup));
    logger.warning(format_args!("x"));
    let reported = "last record repeated 2 times in 0.0s suppressed=2";
    assert_eq!(text.lines(), ["x", reported, "x"]);
}

/// A record with a secret has none in what is reported of it.
#[test]
fn what_is_reported_has_nothing_of_the_text() {
    let (registry, _) = registry();
    let dedup = DedupFilter::new(LONG);
    let (logger, handler, text) = limited(&registry, &dedup);
    handler.add_filter(logtree::filter::RedactingFilter::credentials());
    for _ in 0..2 {
        logger.warning(format_args!("password=hunter2\nforged"));
    }
    handler.flush().unwrap();
    let text = text.take();
    assert!(!text.contains("hunter2"), "{text}");
    assert!(text.ends_with("\n0 WARNING a last record repeated 1 time in 0.0s suppressed=1\n"));
}

/// What a call of the model does: a record of a logger with a text, or a flush.
fn call() -> impl Strategy<Value = (Option<(usize, usize, bool)>, u32)> {
    let record = (0_usize..2, 0_usize..2, prop::bool::weighted(0.1));
    (prop::option::weighted(0.95, record), 0_u32..40)
}

proptest! {
    /// The output is that of a model that looks at one record after the other. Times are in
    /// thousands of seconds: the timer, which goes by the system's clock, comes too late.
    #[test]
    fn the_output_is_that_of_the_model(
        calls in prop::collection::vec(call(), 1..200),
        window in 0_u32..300,
    ) {
        let (registry, clock) = registry();
        let dedup = DedupFilter::new(1_000 * SECOND * window);
        let (handler, text) = to_text("%(created)d %(levelname)s %(name)s %(message)s");
        let handler = handler.with_filter(dedup.clone());
        registry.root().add_handler(handler.clone());
        let mut expected = Vec::new();
        // The record of the run, its first time, the last that was reported, the last, the number.
        let mut run: Option<(String, u64, u64, u64, u64)> = None;
        let mut now = 0;
        let mut seen = 0;
        let report = |run: &mut Option<(String, u64, u64, u64, u64)>, expected: &mut Vec<String>| {
            let Some((record, _, reported, last, number)) = run.as_mut().filter(|run| run.4 > 0) else {
                return;
            };
            let plural = if *number == 1 { "" } else { "s" };
            let head = record.rsplit_once(' ').unwrap().0;
            let seconds = *last - *reported;
            let text = format!("repeated {number} time{plural} in {seconds}.0s");
            expected.push(format!("{last} {head} last record {text} suppressed={number}"));
            *reported = *last;
            *number = 0;
        };
        for (call, step) in &calls {
            clock.advance(1_000 * SECOND * *step);
            now += u64::from(1_000 * *step);
            let Some((name, message, is_error)) = call else {
                handler.flush().unwrap();
                report(&mut run, &mut expected);
                continue;
            };
            seen += 1;
            let level = if *is_error { Level::ERROR } else { Level::WARNING };
            registry.get_logger(format!("k{name}")).log(level, format_args!("x{message}"));
            let record = format!("{level} k{name} x{message}");
            match &mut run {
                Some((known, first, _, last, number))
                    if !is_error && *known == record && now - *first < u64::from(1_000 * window) =>
                {
                    *number += 1;
                    *last = now;
                }
                _ => {
                    report(&mut run, &mut expected);
                    expected.push(format!("{now} {record}"));
                    run = (!is_error).then_some((record, now, now, now, 0));
                }
            }
        }
        handler.flush().unwrap();
        report(&mut run, &mut expected);
        let lines = text.lines();
        prop_assert_eq!(lines.iter().map(|line| reported(line)).sum::<u64>(), dedup.suppressed());
        prop_assert_eq!(dedup.passed() + dedup.suppressed(), seen);
        prop_assert_eq!(lines, expected);
    }
}

#[test]
fn repetitions_of_8_threads_are_counted_exactly() {
    const CALLS: u64 = 20_000;
    let (registry, _) = registry();
    let dedup = DedupFilter::new(LONG);
    let (logger, handler, text) = limited(&registry, &dedup);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for call in 0..CALLS {
                    // Runs of a hundred, which the threads mix.
                    logger.warning(format_args!("{}", call / 100 % 2));
                }
            });
        }
    });
    assert_eq!(dedup.passed() + dedup.suppressed(), 8 * CALLS);
    handler.flush().unwrap();
    assert_eq!(sum(&text), dedup.suppressed());
    let own = text
        .lines()
        .iter()
        .filter(|line| reported(line) == 0)
        .count();
    assert_eq!(own as u64, dedup.passed());
    assert!(dedup.suppressed() > 0);
}
