//! Assertions on what a function logs: [`assert_logs`], [`assert_no_logs`].

use crate::level::Level;
use crate::logger::IntoLogger;
use crate::record::OwnedRecord;
use crate::test::capture::Capture;

/// Runs a function and returns the records at `level` and above that it logged on this thread, on a
/// logger and its descendants.
///
/// # Panics
/// If it logged none.
///
/// # Python
/// `TestCase.assertLogs`.
///
/// # Examples
/// ```
/// use logtree::{Level, Registry};
/// use logtree::test::assert_logs;
///
/// let logger = Registry::new().get_logger("app");
/// let records = assert_logs(&logger, Level::INFO, || logger.info("ready"));
/// assert_eq!(records[0].message(), "ready");
/// ```
#[track_caller]
pub fn assert_logs(
    logger: impl IntoLogger,
    level: impl Into<Level>,
    run: impl FnOnce(),
) -> Vec<OwnedRecord> {
    let capture = capture(logger, level.into());
    run();
    let records = capture.take();
    assert!(
        !records.is_empty(),
        "no record was logged on {:?} at {} or above{}",
        capture.logger(),
        capture.level(),
        capture.note()
    );
    records
}

/// Runs a function and asserts that it logs no record at `level` or above on this thread, on a
/// logger and its descendants.
///
/// # Panics
/// If it logged one; the message lists the records.
///
/// # Python
/// `TestCase.assertNoLogs`.
///
/// # Examples
/// ```
/// use logtree::Level;
/// use logtree::test::assert_no_logs;
///
/// assert_no_logs("app", Level::INFO, || log::debug!(target: "app", "detail"));
/// ```
#[track_caller]
pub fn assert_no_logs(logger: impl IntoLogger, level: impl Into<Level>, run: impl FnOnce()) {
    let capture = capture(logger, level.into());
    run();
    capture.assert_empty();
}

fn capture(logger: impl IntoLogger, level: Level) -> Capture {
    Capture::builder(logger)
        .level(level)
        .this_thread(true)
        .start()
}
