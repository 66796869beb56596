//! `RateLimitFilter`.

use std::collections::HashMap;
use std::thread;
use std::time::Duration;

use logtree::filter::{Filter, Key, RateLimitFilter};
use logtree::handler::{MemoryHandler, QueueHandler};
use logtree::time::{ManualClock, Timestamp};
use logtree::{Level, Record, Registry};
use proptest::prelude::*;

use crate::support::to_text;

const SECOND: Duration = Duration::from_secs(1);
/// Not within a test.
const NEVER: Duration = Duration::from_secs(1_000_000);

fn registry() -> (Registry, ManualClock) {
    let clock = ManualClock::new(Timestamp::from_nanos(0));
    (Registry::builder().clock(clock.clone()).build(), clock)
}

fn limit(rate: u32, per: Duration) -> RateLimitFilter {
    RateLimitFilter::new(rate, per).summary_after(NEVER)
}

/// The number in ` suppressed=N` at the end of a line.
fn reported(line: &str) -> u64 {
    let number = line.split(" suppressed=").nth(1);
    number.map_or(0, |number| number.parse().unwrap())
}

#[test]
fn the_next_record_that_passes_reports_those_that_did_not() {
    let (registry, clock) = registry();
    let (handler, text) = to_text("%(message)s");
    let limit = limit(10, SECOND).burst(2);
    registry
        .root()
        .add_handler(handler.with_filter(limit.clone()));
    let logger = registry.get_logger("a");
    for number in 0..6 {
        logger.warning(format_args!("{number}"));
    }
    clock.advance(SECOND / 10);
    logger.warning(format_args!("next"));
    clock.advance(SECOND);
    logger.warning(format_args!("last"));
    assert_eq!(text.take(), "0\n1\nnext suppressed=4\nlast\n");
    assert_eq!((limit.passed(), limit.suppressed()), (4, 4));
}

#[test]
fn errors_pass_without_a_token_unless_they_are_limited_too() {
    let (registry, _) = registry();
    let pass = |limit: RateLimitFilter| {
        let (handler, text) = to_text("%(message)s");
        let logger = registry.get_logger("a");
        logger.replace_handlers([handler.with_filter(limit)]);
        for level in [
            Level::WARNING,
            Level::WARNING,
            Level::ERROR,
            Level::CRITICAL,
        ] {
            logger.log(level, format_args!("{level}"));
        }
        text.take()
    };
    let all = "WARNING\nERROR suppressed=1\nCRITICAL\n";
    assert_eq!(pass(limit(1, SECOND)), all);
    assert_eq!(pass(limit(1, SECOND).by(Key::Logger)), all);
    assert_eq!(pass(limit(1, SECOND).even_errors(true)), "WARNING\n");
    assert_eq!(pass(limit(0, SECOND)), "ERROR suppressed=2\nCRITICAL\n");
    assert_eq!(
        pass(limit(0, SECOND).by(Key::Logger)),
        "ERROR suppressed=2\nCRITICAL\n"
    );
}

#[test]
fn each_key_has_its_own_limit_and_number() {
    let (registry, clock) = registry();
    let (handler, text) = to_text("%(message)s");
    let limit = limit(1, SECOND).by(Key::field("tenant"));
    let logger = registry.get_logger("a");
    logger.add_handler(handler.with_filter(limit));
    let call = |tenant: &str| logtree::warn!(logger, tenant; "call");
    for tenant in ["a", "b", "a", "a", "b"] {
        call(tenant);
    }
    clock.advance(SECOND);
    for tenant in ["b", "a", "c"] {
        call(tenant);
    }
    assert_eq!(
        text.take(),
        "call tenant=a\ncall tenant=b\n\
         call tenant=b suppressed=1\ncall tenant=a suppressed=2\ncall tenant=c\n"
    );
}

/// With the logger and the level of the most severe one, past the other filters.
#[test]
fn a_flush_and_a_close_report_what_is_left() {
    let (registry, _) = registry();
    let (handler, text) = to_text("%(levelname)s %(name)s %(message)s");
    let handler = handler
        .with_filter(limit(1, SECOND))
        .with_filter(|record: &mut Record<'_>| record.message() == "x");
    registry.root().set_level(Level::INFO);
    registry.root().add_handler(handler.clone());
    let log = |name, level| registry.get_logger(name).log(level, format_args!("x"));
    for (name, level) in [
        ("a", Level::INFO),
        ("b", Level::WARNING),
        ("c", Level::INFO),
    ] {
        log(name, level);
    }
    handler.flush().unwrap();
    handler.flush().unwrap();
    log("d", Level::INFO);
    handler.close().unwrap();
    assert_eq!(
        text.take(),
        "INFO a x\n\
         WARNING b 2 records suppressed by RateLimitFilter suppressed=2\n\
         INFO d 1 record suppressed by RateLimitFilter suppressed=1\n"
    );
    let counters = handler.counters();
    assert_eq!((counters.accepted(), counters.written()), (3, 3));
    assert_eq!(counters.dropped(), 0);
}

#[test]
fn a_quiet_interval_reports_what_is_left() {
    let (registry, _) = registry();
    let (handler, text) = to_text("%(message)s");
    let limit = RateLimitFilter::new(1, SECOND).summary_after(Duration::from_millis(1));
    let logger = registry.get_logger("a");
    logger.add_handler(handler.with_filter(limit));
    for round in 1..4 {
        logger.warning(format_args!("x"));
        logger.warning(format_args!("x"));
        let sum = || text.lines().iter().map(|line| reported(line)).sum::<u64>();
        let all = if round == 1 { 1 } else { 2 * round - 1 };
        while sum() < all {
            thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(sum(), all);
    }
}

/// The filter of a logger knows no handler: its own record goes to those of the logger.
#[test]
fn a_logger_has_its_summary_in_its_handlers() {
    let (registry, _) = registry();
    let (handler, text) = to_text("%(name)s %(message)s");
    registry.root().add_handler(handler);
    let logger = registry.get_logger("a.b");
    logger.add_filter(RateLimitFilter::new(1, SECOND).summary_after(Duration::from_millis(1)));
    for _ in 0..3 {
        logger.warning(format_args!("x"));
    }
    let told = || text.lines().iter().map(|line| reported(line)).sum::<u64>();
    while told() < 2 {
        thread::sleep(Duration::from_millis(1));
    }
    let lines = text.lines();
    let is_summary = |line: &String| {
        line.starts_with("a.b ") && line.contains(" suppressed by RateLimitFilter suppressed=")
    };
    assert!(lines[1..].iter().all(is_summary), "{lines:?}");
}

/// Also where the handler has a queue, or keeps records.
#[test]
fn a_summary_comes_through_queues_and_buffers() {
    let (registry, _) = registry();
    let (target, text) = to_text("%(message)s");
    let queue = QueueHandler::builder().handler(target).start();
    let memory = MemoryHandler::new(100).with_target(queue);
    let memory = memory.with_filter(limit(3, SECOND));
    let logger = registry.get_logger("a");
    logger.add_handler(memory.clone());
    for number in 0..5 {
        logger.warning(format_args!("{number}"));
    }
    memory.close().unwrap();
    registry.get_logger("a").clear_handlers();
    drop(memory);
    let summary = "2 records suppressed by RateLimitFilter suppressed=2";
    assert_eq!(text.lines(), ["0", "1", "2", summary]);
}

proptest! {
    /// Each record that came is either in the output or in a number in the output.
    #[test]
    fn passed_and_suppressed_are_all_that_came(
        calls in prop::collection::vec((0_usize..5, 0_u64..400), 1..300),
        burst in 1_u32..4,
    ) {
        let (registry, clock) = registry();
        let (handler, text) = to_text("%(message)s");
        let limit = limit(5, SECOND).burst(burst).by(Key::Logger);
        let handler = handler.with_filter(limit.clone());
        registry.root().add_handler(handler.clone());
        // Tokens in milliseconds of filling, by key.
        let mut model = HashMap::<usize, (u64, u64)>::new();
        let mut passed = 0;
        let mut now = 0;
        let full = 200 * u64::from(burst);
        for (key, step) in &calls {
            clock.advance(Duration::from_millis(*step));
            now += step;
            registry.get_logger(format!("k{key}")).warning(format_args!("x"));
            let (filled, at) = model.entry(*key).or_insert((full, 0));
            *filled = (*filled + now - *at).min(full);
            *at = now;
            if *filled >= 200 {
                *filled -= 200;
                passed += 1;
            }
        }
        prop_assert_eq!(limit.passed(), passed);
        prop_assert_eq!(limit.passed() + limit.suppressed(), calls.len() as u64);
        handler.flush().unwrap();
        let told = text.lines().iter().map(|line| reported(line)).sum::<u64>();
        prop_assert_eq!(told, limit.suppressed());
    }
}

#[test]
fn counts_are_exact_on_8_threads() {
    const CALLS: u64 = 20_000;
    let (registry, _) = registry();
    let (handler, text) = to_text("%(message)s");
    let limit = limit(100, SECOND).burst(7).by(Key::Message);
    let handler = handler.with_filter(limit.clone());
    registry.root().add_handler(handler.clone());
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let logger = registry.get_logger("a");
                for call in 0..CALLS {
                    logger.warning(format_args!("{}", call % 10));
                }
            });
        }
    });
    assert_eq!(limit.passed(), 70);
    assert_eq!(limit.passed() + limit.suppressed(), 8 * CALLS);
    handler.flush().unwrap();
    let told = text.lines().iter().map(|line| reported(line)).sum::<u64>();
    assert_eq!(told, limit.suppressed());
}

/// A clone is the same filter, and another one by an option is not.
#[test]
fn clones_share_their_counts() {
    let limit = limit(1, SECOND);
    let other = limit.clone();
    for _ in 0..3 {
        limit.filter(&mut Record::builder().level(Level::INFO).build());
    }
    assert_eq!((other.passed(), other.suppressed()), (1, 2));
    assert_eq!(other.burst(5).suppressed(), 0);
}
