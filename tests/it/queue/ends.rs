//! Flushes, and the end of a queue.

use std::thread;
use std::time::{Duration, Instant};

use logtree::ErrorKind;
use logtree::handler::QueueHandler;

use crate::files::log;
use crate::queue::gated;
use crate::support::to_text;

#[test]
fn a_flush_waits_for_all_that_was_logged_before() {
    let (target, text) = to_text("%(message)s");
    let handler = QueueHandler::new([target]);
    for n in 0..100 {
        log(&handler, &n.to_string());
        if n % 10 == 0 {
            handler.flush().unwrap();
            assert_eq!(text.lines().len(), n + 1);
        }
    }
    handler.flush().unwrap();
    let counters = handler.counters();
    assert_eq!((counters.written(), counters.queued()), (100, 0));
}

#[test]
fn a_flush_that_takes_too_long_says_what_is_left() {
    let (gate, stream, _) = gated();
    let handler = QueueHandler::new([stream]);
    gate.close();
    (0..5).for_each(|n| log(&handler, &n.to_string()));
    let error = handler.flush_within(Duration::from_millis(50)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert!(
        error
            .to_string()
            .contains("5 records are still in the queue"),
        "{error}"
    );
    gate.open();
    handler.flush().unwrap();
}

#[test]
fn what_is_logged_after_the_close_is_handed_over_at_once() {
    let (target, text) = to_text("%(message)s");
    let handler = QueueHandler::new([target]);
    log(&handler, "1");
    handler.close().unwrap();
    assert_eq!(text.get(), "1\n");
    log(&handler, "2");
    assert_eq!(text.get(), "1\n2\n");
    handler.close().unwrap();
}

/// A device that never returns delays neither callers nor the end of the handler beyond their
/// limits.
#[test]
fn a_device_that_hangs_does_not_keep_callers_nor_the_end() {
    let (gate, stream, text) = gated();
    let handler = QueueHandler::builder()
        .max_records(2)
        .block_at_most(Duration::from_millis(20))
        .handler(stream)
        .start();
    handler.set_error_hook(|_| {});
    gate.close();
    (0..5).for_each(|n| log(&handler, &n.to_string()));
    gate.wait_for_waiting();
    assert!(handler.flush_within(Duration::from_millis(20)).is_err());
    assert_eq!(handler.close().unwrap_err().kind(), ErrorKind::TimedOut);
    log(&handler, "after the close");
    let counters = handler.counters();
    assert_eq!(counters.queued() + counters.dropped(), 6);
    drop(handler);
    // Its thread was abandoned, and continues when the device does.
    gate.open();
    let start = Instant::now();
    while !text.get().contains("dropped") {
        assert!(start.elapsed() < Duration::from_secs(600), "{}", text.get());
        thread::yield_now();
    }
}
