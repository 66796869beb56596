//! Handlers over handlers: a fallback, batches, a backlog.

use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use logtree::backlog::Backlog;
use logtree::formatter::Format;
use logtree::handler::{
    BufferingHandler, DropReason, FallbackHandler, MemoryHandler, Sink, StreamHandler,
};
use logtree::record::OwnedRecord;
use logtree::{Error, ErrorKind, Handler, Level, Record, Registry};

use crate::files::log;
use crate::support::{Text, to_text};

/// Fails while a flag is set.
struct Failing(Arc<AtomicBool>, Text);

impl Write for Failing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.1.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_second_takes_over_and_the_first_comes_back() {
    let (fails, text) = (Arc::new(AtomicBool::new(false)), Text::default());
    let first = StreamHandler::new(Failing(Arc::clone(&fails), text.clone()));
    let (second, spare) = to_text("%(message)s");
    let handler = FallbackHandler::new(first.clone()).or(second.clone());
    log(&handler, "1");
    fails.store(true, Ordering::Relaxed);
    let start = Instant::now();
    log(&handler, "2");
    log(&handler, "3");
    // Passed over for at least 20 ms from its last failure, which was after the start.
    let is_passed_over = handler.active() == Some(1);
    assert!(is_passed_over || start.elapsed() >= Duration::from_millis(20));
    assert!(handler.failures(0) > 0);
    fails.store(false, Ordering::Relaxed);
    while handler.active() != Some(0) {
        assert!(start.elapsed() < Duration::from_secs(600));
        thread::sleep(Duration::from_millis(1));
    }
    log(&handler, "4");
    assert_eq!(
        (text.get().as_str(), spare.get().as_str()),
        ("1\n4\n", "2\n3\n")
    );
    assert_eq!(handler.active(), Some(0));
    assert_eq!(
        (first.counters().written(), handler.counters().written()),
        (2, 4)
    );
    assert_eq!(
        (first.counters().dropped(), handler.counters().dropped()),
        (0, 0)
    );
}

#[test]
fn a_record_is_lost_only_when_all_fail() {
    let fails = Arc::new(AtomicBool::new(true));
    let failing = || StreamHandler::new(Failing(Arc::clone(&fails), Text::default()));
    let handler = FallbackHandler::new(failing()).or(failing());
    handler.set_error_hook(|_| {});
    log(&handler, "1");
    log(&handler, "2");
    assert_eq!(handler.counters().dropped_for(DropReason::Io), 2);
    assert_eq!(handler.active(), None);
}

#[test]
fn batches_are_whole_and_the_last_one_comes_at_the_end() {
    let batches = Arc::new(Mutex::new(Vec::new()));
    let deliver = {
        let batches = Arc::clone(&batches);
        move |batch: &[OwnedRecord]| batches.lock().unwrap().push(batch.len())
    };
    let handler = BufferingHandler::new(3, deliver);
    (0..7).for_each(|n| log(&handler, &n.to_string()));
    assert_eq!((handler.buffered(), handler.counters().queued()), (1, 1));
    handler.close().unwrap();
    assert_eq!(*batches.lock().unwrap(), [3, 3, 1]);
    handler.flush().unwrap();
    assert_eq!(batches.lock().unwrap().len(), 3, "no empty batch");
}

fn with_backlog(run: impl FnOnce(&logtree::Logger, &Backlog)) -> String {
    let registry = Registry::new();
    let logger = registry.get_logger("app");
    let (target, text) = to_text("%(levelname)s %(message)s");
    registry.root().add_handler(target.clone());
    let backlog = Backlog::builder(&logger).capacity(3).start(target);
    run(&registry.get_logger("app.part"), &backlog);
    drop(backlog);
    text.get()
}

#[test]
fn details_are_shown_only_if_something_fails_and_each_once() {
    let quiet = with_backlog(|logger, _| {
        logtree::debug!(logger, "a detail");
        logtree::warn!(logger, "shown anyway");
    });
    assert_eq!(quiet, "WARNING shown anyway\n");
    let failed = with_backlog(|logger, backlog| {
        (0..5).for_each(|n| logtree::debug!(logger, "detail {n}"));
        logtree::warn!(logger, "shown anyway");
        assert_eq!((backlog.len(), backlog.evicted()), (3, 2));
        logtree::error!(logger, "failed");
        assert!(backlog.is_empty());
        logtree::debug!(logger, "afterwards");
    });
    assert_eq!(
        failed,
        "WARNING shown anyway\nDEBUG detail 2\nDEBUG detail 3\nDEBUG detail 4\nERROR failed\n"
    );
    let told = with_backlog(|logger, backlog| {
        logtree::info!(logger, "detail");
        backlog.emit();
    });
    assert_eq!(told, "INFO detail\n");
}

#[test]
fn a_panic_shows_the_details() {
    let registry = Registry::new();
    let logger = registry.get_logger("app");
    let (target, text) = to_text("%(message)s");
    let run = AssertUnwindSafe(|| {
        let _backlog = Backlog::new(&logger, target.clone());
        logtree::debug!(logger, "a detail");
        // Without the panic hook, which all tests of the process share.
        panic::resume_unwind(Box::new("on purpose"));
    });
    assert!(panic::catch_unwind(run).is_err());
    assert_eq!(text.get(), "a detail\n");
    // Nothing is left.
    assert!(!logger.is_enabled_for(Level::DEBUG));
}

#[test]
fn a_backlog_of_one_thread_leaves_the_others_alone() {
    let registry = Registry::new();
    let logger = registry.get_logger("app");
    let (target, text): (Handler, Text) = to_text("%(message)s");
    let backlog = Backlog::builder(&logger).this_thread(true).start(target);
    thread::scope(|scope| {
        scope.spawn(|| {
            logtree::debug!(logger, "theirs");
            logtree::error!(logger, "their failure");
        });
    });
    logtree::debug!(logger, "mine");
    assert_eq!((backlog.len(), text.get().as_str()), (1, ""));
}

/// The oracle, for the handlers that are no files: each record once, in the order of its thread.
#[test]
fn many_threads_and_every_handler() {
    const THREADS: usize = 4;
    const RECORDS: usize = 2_000;
    let run = |name: &str, handler: &Handler, text: &dyn Fn() -> String| {
        thread::scope(|scope| {
            for thread in 0..THREADS {
                scope.spawn(move || {
                    (0..RECORDS).for_each(|n| log(handler, &format!("{thread} {n}")));
                });
            }
        });
        handler.close().unwrap();
        let text = text();
        let count = text.lines().count();
        assert_eq!(count, THREADS * RECORDS, "{name}");
        crate::files::exactly_once(&text, THREADS, RECORDS);
        assert_eq!(handler.counters().dropped(), 0, "{name}");
    };
    let (stream, text) = to_text("%(message)s");
    run("stream", &stream, &|| text.get());

    let (target, text) = to_text("%(message)s");
    let memory = MemoryHandler::new(100).with_target(target);
    run("memory", &memory, &|| text.get());

    let text = Arc::new(Mutex::new(String::new()));
    let deliver = {
        let text = Arc::clone(&text);
        move |batch: &[OwnedRecord]| {
            let mut text = text.lock().unwrap();
            for record in batch {
                *text += record.message();
                *text += "\n";
            }
        }
    };
    run("batches", &BufferingHandler::new(100, deliver), &|| {
        text.lock().unwrap().clone()
    });

    let (first, text) = to_text("%(message)s");
    let (second, _) = to_text("%(message)s");
    run("fallback", &FallbackHandler::new(first).or(second), &|| {
        text.get()
    });

    let (target, text) = to_text("%(message)s");
    let queue = logtree::handler::QueueHandler::new([target]);
    run("queue", &queue, &|| text.get());
}

/// Reports each call with a record, and waits for a signal.
struct Waits {
    inside: mpsc::SyncSender<()>,
    go_on: Mutex<mpsc::Receiver<()>>,
}

impl Sink for Waits {
    fn write(&self, _: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        let _ = self.inside.try_send(());
        // Ended where the test lets all go on.
        let _ = self.go_on.lock().unwrap().recv();
        Ok(())
    }
}

fn waiting_target() -> (Handler, mpsc::Receiver<()>, mpsc::Sender<()>) {
    let (inside, is_inside) = mpsc::sync_channel(1);
    let (go_on, goes_on) = mpsc::channel();
    let go_on_with = Mutex::new(goes_on);
    let target = Handler::new(Waits {
        inside,
        go_on: go_on_with,
    });
    (target, is_inside, go_on)
}

#[test]
fn a_memory_handler_is_bounded_while_its_target_is_slow() {
    let (target, is_inside, go_on) = waiting_target();
    let memory = MemoryHandler::new(10).with_target(target.clone());
    memory.set_error_hook(|_| {});
    thread::scope(|scope| {
        scope.spawn(|| memory.handle(&Record::builder().level(Level::ERROR).message("x").build()));
        is_inside.recv().unwrap();
        for n in 0..5_000 {
            log(&memory, &n.to_string());
        }
        assert_eq!(memory.buffered(), 10);
        let counters = memory.counters();
        assert_eq!(counters.dropped_for(DropReason::Full), 5_001 - 10);
        assert_eq!((counters.queued(), counters.accepted()), (10, 5_001));
        drop(go_on);
    });
    memory.flush().unwrap();
    assert_eq!((target.counters().written(), memory.buffered()), (10, 0));
    // It goes on once the target does.
    log(&memory, "again");
    memory.flush().unwrap();
    assert_eq!(target.counters().written(), 11);
}

#[test]
fn a_memory_handlers_flush_returns_when_the_target_has_all() {
    let (target, is_inside, go_on) = waiting_target();
    let memory = MemoryHandler::new(5).with_target(target.clone());
    thread::scope(|scope| {
        scope.spawn(|| (0..5).for_each(|n| log(&memory, &n.to_string())));
        is_inside.recv().unwrap();
        let flushing = scope.spawn(|| {
            memory.flush().unwrap();
            (target.counters().written(), memory.buffered())
        });
        // A call that did not wait would most likely have returned by now.
        thread::yield_now();
        drop(go_on);
        assert_eq!(flushing.join().unwrap(), (5, 0));
    });
}

/// How long the batches were.
type Lengths = Arc<Mutex<Vec<usize>>>;

/// A function for batches that reports each call, waits for a signal, and notes the lengths of
/// batches.
fn waiting_function(
    capacity: usize,
) -> (
    BufferingHandler,
    Lengths,
    mpsc::Receiver<()>,
    mpsc::Sender<()>,
) {
    let (inside, is_inside) = mpsc::sync_channel(1);
    let (go_on, goes_on) = mpsc::channel();
    let (goes_on, batches) = (Mutex::new(goes_on), Lengths::default());
    let lengths = Arc::clone(&batches);
    let handler = BufferingHandler::new(capacity, move |batch: &[OwnedRecord]| {
        let _ = inside.try_send(());
        let _ = goes_on.lock().unwrap().recv();
        lengths.lock().unwrap().push(batch.len());
    });
    (handler, batches, is_inside, go_on)
}

#[test]
fn threads_go_on_to_log_while_a_batch_is_delivered() {
    let (handler, batches, is_inside, go_on) = waiting_function(10);
    thread::scope(|scope| {
        scope.spawn(|| (0..10).for_each(|n| log(&handler, &n.to_string())));
        is_inside.recv().unwrap();
        (0..9).for_each(|n| log(&handler, &n.to_string()));
        assert_eq!((handler.buffered(), handler.counters().queued()), (9, 19));
        drop(go_on);
    });
    handler.flush().unwrap();
    assert_eq!(*batches.lock().unwrap(), [10, 9]);
    assert_eq!(handler.counters().written(), 19);
}

#[test]
fn a_buffering_handlers_flush_returns_when_the_function_has_all() {
    let (handler, batches, is_inside, go_on) = waiting_function(5);
    thread::scope(|scope| {
        scope.spawn(|| (0..5).for_each(|n| log(&handler, &n.to_string())));
        is_inside.recv().unwrap();
        let (flushed, is_flushed) = mpsc::channel();
        let handler = &handler;
        scope.spawn(move || {
            handler.flush().unwrap();
            flushed.send((handler.counters().written(), handler.counters().queued()))
        });
        // A call that did not wait would most likely have returned by now.
        let early = is_flushed.recv_timeout(Duration::from_millis(50));
        drop(go_on);
        assert_eq!(early.or_else(|_| is_flushed.recv()), Ok((5, 0)));
        assert_eq!(*batches.lock().unwrap(), [5]);
    });
}

/// No batch overtakes another one, none is longer than asked for, and what the function itself logs
/// comes later.
#[test]
fn batches_come_one_at_a_time_and_in_order() {
    const THREADS: usize = 4;
    let slot = Arc::new(Mutex::new(None::<BufferingHandler>));
    let (seen, is_inside) = (Arc::new(Mutex::new(Vec::new())), AtomicBool::new(false));
    let handler = BufferingHandler::new(7, {
        let (slot, seen) = (Arc::clone(&slot), Arc::clone(&seen));
        move |batch: &[OwnedRecord]| {
            assert!(!is_inside.swap(true, Ordering::SeqCst));
            let own = slot.lock().unwrap().clone().unwrap();
            if batch.iter().any(|record| record.message() == "0 0") {
                log(&own, "own 0");
                assert_eq!(own.flush().unwrap_err().kind(), ErrorKind::Reentrant);
            }
            let texts = batch.iter().map(|record| record.message().to_owned());
            seen.lock().unwrap().push(texts.collect::<Vec<_>>());
            is_inside.store(false, Ordering::SeqCst);
        }
    });
    *slot.lock().unwrap() = Some(handler.clone());
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let handler = &handler;
            scope.spawn(move || {
                for n in 0..500 {
                    log(handler, &format!("{thread} {n}"));
                    if n % 11 == 0 {
                        let _ = handler.flush();
                    }
                }
            });
        }
    });
    handler.close().unwrap();
    slot.lock().unwrap().take();
    let seen = seen.lock().unwrap().clone();
    assert!(seen.iter().all(|batch| (1..=7).contains(&batch.len())));
    for (thread, count) in [
        ("0 ", 500),
        ("1 ", 500),
        ("2 ", 500),
        ("3 ", 500),
        ("own ", 1),
    ] {
        let of_thread = seen
            .iter()
            .flatten()
            .filter_map(|text| text.strip_prefix(thread));
        assert!(of_thread.eq((0..count).map(|n| n.to_string())), "{thread}");
    }
    assert_eq!(handler.counters().dropped(), 0);
}

#[test]
fn a_target_may_log_to_its_memory_handler_and_not_wait_for_it() {
    struct LogsBack(
        Arc<Mutex<Option<MemoryHandler>>>,
        Arc<Mutex<Vec<ErrorKind>>>,
    );
    impl Sink for LogsBack {
        fn write(&self, record: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
            let memory = self.0.lock().unwrap().clone().unwrap();
            if record.message() != "back" {
                log(&memory, "back");
            }
            let flushed = memory.flush().unwrap_err();
            self.1.lock().unwrap().push(flushed.kind());
            Ok(())
        }
    }
    let (slot, kinds) = (Arc::default(), Arc::default());
    let target = Handler::new(LogsBack(Arc::clone(&slot), Arc::clone(&kinds)));
    let memory = MemoryHandler::new(2).with_target(target.clone());
    *slot.lock().unwrap() = Some(memory.clone());
    (0..2).for_each(|n| log(&memory, &n.to_string()));
    assert_eq!((target.counters().written(), memory.buffered()), (4, 0));
    assert_eq!(*kinds.lock().unwrap(), [ErrorKind::Reentrant; 4]);
    slot.lock().unwrap().take();
}

#[test]
fn after_close_records_are_handed_over_at_once() {
    let (target, text) = to_text("%(message)s");
    let memory = MemoryHandler::new(100).with_target(target);
    log(&memory, "1");
    memory.close().unwrap();
    log(&memory, "2");
    assert_eq!((text.get().as_str(), memory.buffered()), ("1\n2\n", 0));
    let batches = BufferingHandler::new(100, |_: &[OwnedRecord]| {});
    batches.close().unwrap();
    log(&batches, "3");
    assert_eq!(batches.buffered(), 0);
}
