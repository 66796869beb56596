//! Captures (Python's `assertLogs` and pytest's `caplog`).

use std::{panic, thread};

use logtree::test::{Capture, assert_logs, assert_no_logs};
use logtree::{Level, Record, Registry, StaticLogger};

use crate::support::to_text;

#[test]
fn a_capture_changes_nothing_of_what_is_shown() {
    let registry = Registry::new();
    let (handler, text) = to_text("%(message)s");
    registry.root().add_handler(handler);
    let logger = registry.get_logger("app.db");
    {
        let capture = Capture::new(&registry.get_logger("app"));
        assert_eq!(
            (logger.level(), logger.effective_level()),
            (Level::NOTSET, Level::WARNING)
        );
        logger.debug("hidden");
        logger.warning("shown");
        registry.get_logger("other").warning("elsewhere");
        assert_eq!(capture.messages(), ["hidden", "shown"]);
        assert!(
            logger.is_enabled_for(Level::DEBUG),
            "or the macros would not even call"
        );
    }
    assert!(!logger.is_enabled_for(Level::DEBUG));
    assert_eq!(text.lines(), ["shown", "elsewhere"]);
}

/// Records passed to `handle`, and records whose level a filter lowers, reach the handlers with a
/// capture as without.
#[test]
fn a_capture_hides_nothing_from_handlers() {
    let registry = Registry::new();
    let (handler, text) = to_text("%(levelname)s %(message)s");
    let logger = registry.get_logger("app");
    logger.add_handler(handler);
    logger.add_filter(|record: &mut Record<'_>| {
        record.set_level(Level::DEBUG);
        true
    });
    for capture in [None, Some(Capture::new(&logger))] {
        logger.handle(
            &logger
                .record_builder(Level::DEBUG)
                .message("handed")
                .build(),
        );
        logger.warning("lowered");
        logger.info("below the level");
        assert_eq!(text.take(), "DEBUG handed\nDEBUG lowered\n");
        drop(capture);
    }
}

#[test]
fn captures_side_by_side_do_not_meet() {
    let registry = Registry::new();
    thread::scope(|scope| {
        for n in 0..8 {
            let logger = registry.get_logger("shared");
            scope.spawn(move || {
                for round in 0..200 {
                    let capture = Capture::thread_local(&logger);
                    logger.debug(format_args!("{n} {round}"));
                    assert_eq!(capture.messages(), [format!("{n} {round}")]);
                }
            });
        }
    });
    assert!(!registry.get_logger("shared").is_enabled_for(Level::DEBUG));
}

#[test]
fn assertions_say_what_there_was() {
    let logger = Registry::new().get_logger("a");
    let capture = Capture::builder(&logger).level(Level::INFO).start();
    capture.assert_empty();
    logger.debug("below");
    logger.warning("disk full");
    capture.assert_logged(Level::WARNING, "disk");
    let failure = panic::catch_unwind(panic::AssertUnwindSafe(|| {
        capture.assert_logged(Level::ERROR, "disk")
    }));
    let text = *failure.unwrap_err().downcast::<String>().unwrap();
    assert!(
        text.contains("WARNING a: \"disk full\"") && !text.contains("below"),
        "{text}"
    );
    assert_eq!(capture.take().len(), 1);
    assert!(capture.is_empty());
    drop(capture);

    assert_eq!(
        assert_logs(&logger, Level::INFO, || logger.info("x"))[0].message(),
        "x"
    );
    assert_no_logs(&logger, Level::INFO, || logger.debug("x"));
    assert!(
        panic::catch_unwind(panic::AssertUnwindSafe(|| assert_logs(
            &logger,
            Level::INFO,
            || {}
        )))
        .is_err()
    );
    assert!(
        panic::catch_unwind(panic::AssertUnwindSafe(|| assert_no_logs(
            &logger,
            Level::INFO,
            || logger.info("x")
        )))
        .is_err()
    );
    assert!(
        !logger.is_enabled_for(Level::INFO),
        "a failed assertion leaves nothing behind"
    );
}

/// A name stands for a logger of the global registry, which becomes the `log` backend.
#[test]
fn records_of_the_log_macros_are_captured() {
    let capture = Capture::thread_local("captured_by_name");
    log::warn!(target: "captured_by_name::part", "by log");
    capture.assert_logged(Level::WARNING, "by log");
    static LOG: StaticLogger = StaticLogger::new("captured_by_name");
    assert_eq!(assert_logs(&LOG, Level::DEBUG, || LOG.debug("x")).len(), 1);
    assert_no_logs("captured_by_name", Level::INFO, || LOG.debug("x"));
}

#[test]
fn levels_below_the_captures_are_left_out() {
    let logger = Registry::new().get_logger("a");
    let capture = Capture::builder(&logger).level(Level::INFO).start();
    logger.debug("hidden");
    thread::scope(|scope| drop(scope.spawn(|| logger.info("other thread"))));
    assert_eq!(capture.messages(), ["other thread"]);
}

/// Key-values, errors and their causes are in it; what differs between runs is not.
#[test]
fn a_snapshot_is_the_same_in_each_run() {
    let logger = Registry::new().get_logger("app");
    let capture = Capture::new(&logger);
    let take = || {
        let here = Box::new(7);
        let now = logtree::time::Timestamp::now();
        let error = std::io::Error::other("no route");
        logtree::info!(logger, pid = std::process::id(), rows = 3; "started at {now}");
        logtree::warn!(logger, at:% = now; "buffer {here:p} of {:?}", thread::current().id());
        logtree::error!(logger, err = error; "failed\nagain");
        let snapshot = capture.snapshot();
        assert_eq!(capture.take().len(), 3);
        snapshot
    };
    let first = take();
    assert_eq!(
        first,
        "INFO app: started at <time> pid=<pid> rows=3\n\
         WARNING app: buffer <address> of <thread> at=<time>\n\
         ERROR app: failed\n    again\n    no route\n"
    );
    let second = thread::scope(|scope| scope.spawn(take).join().unwrap());
    assert_eq!(second, first);
}
