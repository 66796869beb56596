//! The asynchronous path.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};
use std::{fmt, thread};

use logtree::formatter::Format;
use logtree::handler::{
    DropReason, FileHandler, MemoryHandler, Overflow, QueueHandler, QueueListener, RecordQueue,
    Sink, StreamHandler,
};
use logtree::{Error, ErrorKind, Formatter, Handler, Level, Record, Registry};
use tempfile::tempdir;

use crate::files::{exactly_once_in_order, log, read};
use crate::support::to_text;

/// A barrier at which a writer can be stopped.
#[derive(Clone, Default)]
struct Gate(Arc<(Mutex<GateState>, Condvar)>);

#[derive(Default)]
struct GateState {
    closed: bool,
    waiting: bool,
}

impl Gate {
    fn close(&self) {
        self.0.0.lock().unwrap().closed = true;
    }

    fn open(&self) {
        self.0.0.lock().unwrap().closed = false;
        self.0.1.notify_all();
    }

    fn pass(&self) {
        let mut state = self.0.0.lock().unwrap();
        while state.closed {
            state.waiting = true;
            self.0.1.notify_all();
            state = self.0.1.wait(state).unwrap();
        }
        state.waiting = false;
    }

    /// Waits until a writer is stopped.
    fn wait_for_waiting(&self) {
        let state = self.0.0.lock().unwrap();
        drop(self.0.1.wait_while(state, |state| !state.waiting).unwrap());
    }
}

struct Gated<W>(Gate, W);

impl<W: Write> Write for Gated<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.pass();
        self.1.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn gated() -> (Gate, StreamHandler, crate::support::Text) {
    let (gate, text) = (Gate::default(), crate::support::Text::default());
    let stream = StreamHandler::new(Gated(gate.clone(), text.clone()));
    (gate, stream, text)
}

fn at(handler: &Handler, level: Level, text: &str) {
    handler.handle(&Record::builder().level(level).message(text).build());
}

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

/// Each thread's records, in order, in a file; and no thread waits in vain.
#[test]
fn many_threads_through_one_queue() {
    const THREADS: usize = 8;
    const RECORDS: usize = 20_000;
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    // Small parts, so that callers wait.
    let handler = QueueHandler::builder()
        .bytes_per_thread(4096)
        .handler(FileHandler::open(&path).unwrap())
        .start();
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let handler = &handler;
            scope.spawn(move || (0..RECORDS).for_each(|n| log(handler, &format!("{thread} {n}"))));
        }
    });
    handler.flush().unwrap();
    exactly_once_in_order(&read(&path), THREADS, RECORDS);
    let counters = handler.counters();
    assert_eq!(
        (counters.written(), counters.dropped()),
        ((THREADS * RECORDS) as u64, 0)
    );
}

#[test]
fn a_caller_waits_for_room_but_not_for_ever() {
    let (gate, stream, text) = gated();
    let handler = QueueHandler::builder()
        .max_records(2)
        .block_at_most(Duration::from_millis(50))
        .handler(stream)
        .start();
    handler.set_error_hook(|failure| assert_eq!(failure.error().kind(), ErrorKind::Full));
    gate.close();
    log(&handler, "with the device");
    gate.wait_for_waiting();
    let before = handler.counters().dropped();
    let start = Instant::now();
    while handler.counters().dropped() == before {
        log(&handler, "x");
    }
    assert!(start.elapsed() >= Duration::from_millis(50));
    gate.open();
    handler.flush().unwrap();
    assert!(
        text.get()
            .ends_with("x\n1 record dropped as the queue was full (1 INFO)\n")
    );
    assert_eq!(handler.counters().dropped_for(DropReason::Full), 1);
    // There is room again, and the drops are reported only once.
    log(&handler, "3");
    handler.flush().unwrap();
    assert!(text.get().ends_with("(1 INFO)\n3\n"));
}

/// The records that are dropped and counted are those of the rule.
#[test]
fn rules_for_what_is_too_much() {
    let run = |overflow: Overflow| {
        let (gate, stream, text) = gated();
        let handler = QueueHandler::builder()
            .max_records(10)
            .overflow(overflow)
            .block_at_most(Duration::from_secs(600))
            .handler(stream)
            .start();
        handler.set_error_hook(|_| {});
        gate.close();
        at(&handler, Level::DEBUG, "with the device");
        gate.wait_for_waiting();
        for n in 0..20 {
            let level = [Level::DEBUG, Level::INFO, Level::WARNING][n % 3];
            at(&handler, level, &n.to_string());
        }
        let opener = thread::spawn({
            let gate = gate.clone();
            move || {
                thread::sleep(Duration::from_millis(50));
                gate.open();
            }
        });
        at(&handler, Level::ERROR, "severe");
        opener.join().unwrap();
        handler.flush().unwrap();
        let counters = handler.counters();
        assert_eq!(counters.accepted(), 22);
        assert_eq!(counters.dropped(), handler.drops().total());
        (text.lines(), handler.drops())
    };
    let (lines, drops) = run(Overflow::DropNewest);
    let kept: Vec<_> = (0..10).map(|n| n.to_string()).collect();
    assert_eq!(lines[1..11], kept);
    assert_eq!((drops.total(), drops.at(Level::ERROR)), (11, 1));

    let (lines, drops) = run(Overflow::DropOldest);
    let mut kept: Vec<_> = (11..20).map(|n| n.to_string()).collect();
    kept.push("severe".to_owned());
    assert_eq!(lines[1..11], kept);
    assert_eq!((drops.total(), drops.at(Level::ERROR)), (11, 0));

    let (lines, drops) = run(Overflow::BySeverity);
    assert!(lines.contains(&"severe".to_owned()), "{lines:?}");
    assert_eq!(drops.at(Level::ERROR), 0);
    assert!(drops.at(Level::DEBUG) >= drops.at(Level::INFO), "{drops}");
    assert!(drops.at(Level::INFO) >= drops.at(Level::WARNING), "{drops}");
}

/// The thread survives whatever its handlers do.
#[test]
fn a_handler_that_panics_does_not_end_the_thread() {
    struct Panics;
    impl Sink for Panics {
        fn write(&self, record: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
            assert_ne!(record.message(), "bad", "on purpose");
            Ok(())
        }
        fn batch(&self, _: logtree::handler::Batch) {
            panic!("here as well")
        }
    }
    let broken = Handler::new(Panics);
    broken.set_error_hook(|_| {});
    let (target, text) = to_text("%(message)s");
    let handler = QueueHandler::new([broken.clone(), target]);
    ["good", "bad", "good"]
        .iter()
        .for_each(|text| log(&handler, text));
    // Reported by the flush as well, once.
    let error = handler.flush().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Panicked, "{error}");
    handler.flush().unwrap();
    assert_eq!(text.get(), "good\nbad\ngood\n");
    assert_eq!(broken.counters().dropped_for(DropReason::Panic), 1);
}

/// A handler of the queue may log to the queue.
#[test]
fn a_handler_behind_the_queue_may_log_to_it() {
    struct Logs(Mutex<Option<Handler>>);
    impl Sink for Logs {
        fn write(&self, record: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
            if record.message() == "outer" {
                let queue = self.0.lock().unwrap().clone().unwrap();
                log(&queue, "inner");
                log(&queue, "another one");
            }
            Ok(())
        }
    }
    let sink = Arc::new(Logs(Mutex::new(None)));
    struct Shared(Arc<Logs>);
    impl Sink for Shared {
        fn write(&self, record: &Record<'_>, formatter: &dyn Format) -> Result<(), Error> {
            self.0.write(record, formatter)
        }
    }
    let target = Handler::new(Shared(Arc::clone(&sink)));
    let handler = QueueHandler::builder()
        .max_records(1)
        .handler(target.clone())
        .start();
    handler.set_error_hook(|_| {});
    *sink.0.lock().unwrap() = Some(handler.clone().into());
    log(&handler, "outer");
    // The second record waits for the one that the first one caused.
    handler.flush().unwrap();
    handler.flush().unwrap();
    // There was no room for the last record, and the thread did not wait for itself; the third
    // record reports the drop.
    assert_eq!(
        (target.counters().written(), handler.counters().dropped()),
        (3, 1)
    );
    *sink.0.lock().unwrap() = None;
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

#[test]
fn a_long_record_goes_through_in_its_place() {
    let (target, text) = to_text("%(message)s");
    let handler = QueueHandler::builder()
        .bytes_per_thread(1024)
        .handler(target)
        .start();
    let long = "x".repeat(1 << 20);
    log(&handler, "before");
    log(&handler, &long);
    log(&handler, "behind");
    handler.flush().unwrap();
    assert_eq!(
        text.lines(),
        ["before".to_owned(), long, "behind".to_owned()]
    );
}

#[test]
fn all_of_a_record_goes_through() {
    let formatter = Formatter::builder().format(
        "%(asctime)s %(name)s %(levelname)s %(filename)s:%(lineno)d %(funcName)s %(threadName)s %(message)s",
    );
    let formatter = formatter.build().unwrap();
    let (direct, text_direct) = to_text("%(message)s");
    let (queued, text_queued) = to_text("%(message)s");
    direct.set_formatter(formatter.clone());
    queued.set_formatter(formatter);
    let registry = Registry::new();
    registry.add_level_name(Level::new(35), "NOTICE");
    let queue = QueueHandler::new([queued]);
    registry.root().add_handler(direct);
    registry.root().add_handler(queue.clone());
    let logger = registry.get_logger("a.b").with("request", 7);
    let error = io::Error::other("on fire");
    logtree::error!(logger, user = "ann", size = 3, ratio = 0.5, ok = true, error:err = error; "put {}", 1);
    logtree::log!(logger, Level::new(35), list:? = [1, 2]; "done");
    log::warn!(logger: logger.logger().clone(), n = 1; "by the facade");
    queue.flush().unwrap();
    assert_eq!(text_queued.get(), text_direct.get());
    assert!(
        text_queued
            .get()
            .contains("user=ann size=3 ratio=0.5 ok=true")
    );
}

/// A `Display` runs on the calling thread, and its outcome is known before the record is queued.
#[test]
fn displays_run_on_the_callers_thread() {
    struct Named;
    impl fmt::Display for Named {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(thread::current().name().unwrap_or("none"))
        }
    }
    let (target, text) = to_text("%(message)s");
    let registry = Registry::new();
    let queue = QueueHandler::new([target]);
    registry.root().add_handler(queue.clone());
    let logger = registry.get_logger("a");
    let caller = thread::Builder::new().name("caller".to_owned());
    caller
        .spawn(move || logtree::warn!(logger, shown:% = Named; "{}", Named))
        .unwrap()
        .join()
        .unwrap();
    queue.flush().unwrap();
    assert_eq!(text.get(), "caller shown=caller\n");
}

#[test]
fn levels_are_asked_as_told() {
    let (target, text) = to_text("%(message)s");
    target.set_level(Level::ERROR);
    let queue = RecordQueue::new();
    let handler = QueueHandler::from_queue(&queue);
    let listener = QueueListener::new(&queue, [target.clone()]);
    log(&handler, "1");
    assert!(listener.start());
    assert!(!listener.start());
    listener.stop();
    listener.stop();
    assert_eq!(text.take(), "1\n");
    let respecting = QueueHandler::new([target]);
    log(&respecting, "2");
    respecting.flush().unwrap();
    assert_eq!(text.get(), "");
}

/// `DropOldest` frees room from another thread than the one that reads.
#[test]
fn dropping_the_oldest_while_it_is_read() {
    let (target, text) = to_text("%(message)s");
    let handler = QueueHandler::builder()
        .bytes_per_thread(2048)
        .overflow(Overflow::DropOldest)
        .handler(target)
        .start();
    handler.set_error_hook(|_| {});
    const RECORDS: usize = 50_000;
    (0..RECORDS).for_each(|n| log(&handler, &n.to_string()));
    handler.flush().unwrap();
    let lines: Vec<usize> = text
        .lines()
        .iter()
        .filter_map(|line| line.parse().ok())
        .collect();
    assert!(lines.is_sorted() && lines.last() == Some(&(RECORDS - 1)));
    let dropped = usize::try_from(handler.drops().total()).unwrap();
    assert_eq!(lines.len() + dropped, RECORDS, "dropped and told = missing");
}

#[test]
fn a_memory_handler_behind_a_queue() {
    let (target, text) = to_text("%(message)s");
    let memory = MemoryHandler::new(100).with_target(target);
    let handler = QueueHandler::new([memory.clone()]);
    log(&handler, "detail");
    at(&handler, Level::ERROR, "failed");
    let start = Instant::now();
    while text.lines().len() < 2 {
        assert!(start.elapsed() < Duration::from_secs(600));
        thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(memory.buffered(), 0);
}

/// The records of threads that have ended arrive.
#[test]
fn threads_come_and_go() {
    let (target, text) = to_text("%(message)s");
    let handler = QueueHandler::new([target]);
    for n in 0..100 {
        let handler = handler.clone();
        let log = move || log(&handler, &n.to_string());
        thread::spawn(log).join().unwrap();
    }
    handler.flush().unwrap();
    let expected: Vec<_> = (0..100).map(|n| n.to_string()).collect();
    assert_eq!(text.lines(), expected);
}

/// A limit of records, with callers that wait for room all the time.
#[test]
fn a_limited_queue_loses_nothing() {
    let (target, text) = to_text("%(message)s");
    let handler = QueueHandler::builder()
        .max_records(100)
        .handler(target)
        .start();
    const RECORDS: usize = 20_000;
    (0..RECORDS).for_each(|n| log(&handler, &n.to_string()));
    handler.flush().unwrap();
    assert_eq!(text.lines().len(), RECORDS);
    assert_eq!(handler.counters().dropped(), 0);
}

/// Two threads take turns: each logs after it has learnt of the other's record. The registry's
/// clock jumps back each time.
#[test]
fn an_answer_stands_after_its_question() {
    #[derive(Debug)]
    struct Backwards(AtomicU64);
    impl logtree::time::Clock for Backwards {
        fn now(&self) -> logtree::time::Timestamp {
            let n = self.0.fetch_add(1, Ordering::Relaxed);
            logtree::time::Timestamp::from_nanos(i64::MAX / 2 - i64::try_from(n).unwrap())
        }
    }
    const TURNS: usize = 5_000;
    let (target, text) = to_text("%(message)s");
    let handler = QueueHandler::new([target]);
    let registry = Registry::builder()
        .clock(Arc::new(Backwards(AtomicU64::new(0))))
        .build();
    registry.root().add_handler(handler.clone());
    let logger = registry.get_logger("x");
    let (ask, asked) = channel::<usize>();
    let (answer, answered) = channel();
    thread::scope(|scope| {
        let other = logger.clone();
        scope.spawn(move || {
            for n in asked {
                logtree::warn!(other, "{} answer", n);
                answer.send(()).unwrap();
            }
        });
        for n in 0..TURNS {
            logtree::warn!(logger, "{} question", n);
            ask.send(n).unwrap();
            answered.recv().unwrap();
        }
        drop(ask);
    });
    handler.flush().unwrap();
    let expected: Vec<_> = (0..TURNS)
        .flat_map(|n| [format!("{n} question"), format!("{n} answer")])
        .collect();
    assert!(text.lines() == expected);
}

/// Fails for all, or panics for some.
struct Broken(ErrorKind);

impl Sink for Broken {
    fn write(&self, record: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        if self.0 == ErrorKind::Panicked {
            let number: u64 = record.message().parse().unwrap();
            assert!(number % 7 > 0, "on purpose");
            return Ok(());
        }
        Err(Error::new(self.0, "no space left on device"))
    }
}

/// A failure is reported where it happened, once for each record, and by the next flush of the
/// queue.
#[test]
fn failures_after_the_queue_reach_hook_and_flush() {
    for (kind, lost) in [(ErrorKind::Io, 1_000), (ErrorKind::Panicked, 143)] {
        let broken = Handler::new(Broken(kind));
        let told = Arc::new(AtomicU64::new(0));
        broken.set_error_hook({
            let told = Arc::clone(&told);
            move |failure| {
                assert_eq!(failure.error().kind(), kind);
                told.fetch_add(1, Ordering::Relaxed);
            }
        });
        let handler = QueueHandler::new([broken.clone()]);
        (0..1_000).for_each(|n| log(&handler, &n.to_string()));
        let error = handler.flush().unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        handler.flush().unwrap();
        let counters = broken.counters();
        assert_eq!(
            (counters.accepted(), counters.dropped(), counters.queued()),
            (1_000, lost, 0)
        );
        assert_eq!(told.load(Ordering::Relaxed), lost);
        assert_eq!(handler.counters().written(), 1_000);
    }
}

/// Records logged while the queue is closed are all written, in the order of their thread.
#[test]
fn a_close_while_others_log_keeps_order_and_loses_nothing() {
    const THREADS: usize = 4;
    const RECORDS: usize = 2_000;
    for _ in 0..10 {
        let (target, text) = to_text("%(message)s");
        let handler = QueueHandler::new([target]);
        let logged = AtomicU64::new(0);
        thread::scope(|scope| {
            for thread in 0..THREADS {
                let (handler, logged) = (&handler, &logged);
                scope.spawn(move || {
                    for n in 0..RECORDS {
                        log(handler, &format!("{thread} {n}"));
                        logged.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
            while logged.load(Ordering::Relaxed) < (THREADS * RECORDS / 4) as u64 {
                thread::yield_now();
            }
            handler.close().unwrap();
        });
        // Without a flush: each was delivered before its call returned.
        exactly_once_in_order(&text.get(), THREADS, RECORDS);
    }
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

/// A listener whose sink logs to the queue for each record, as an HTTP client does.
#[test]
fn a_handler_whose_sink_logs_to_its_queue_can_be_dropped() {
    struct Client(Arc<Mutex<Option<Handler>>>);
    impl Sink for Client {
        fn write(&self, _: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
            let queue = self.0.lock().unwrap().clone();
            queue.iter().for_each(|queue| log(queue, "sent"));
            Ok(())
        }
    }
    let way = Arc::new(Mutex::new(None));
    let queue = RecordQueue::new();
    let listener = QueueListener::new(&queue, [Handler::new(Client(Arc::clone(&way)))]);
    *way.lock().unwrap() = Some(QueueHandler::from_queue(&queue).into());
    assert!(listener.start());
    log(&QueueHandler::from_queue(&queue), "first");
    listener.stop();
    drop(listener);
    *way.lock().unwrap() = None;
}

/// Without a destination, records are refused, not swallowed.
#[test]
fn a_queue_without_handlers_drops_and_counts() {
    let handler = QueueHandler::new(Vec::<Handler>::new());
    let told = Arc::new(AtomicU64::new(0));
    handler.set_error_hook({
        let told = Arc::clone(&told);
        move |failure| {
            assert_eq!(failure.error().to_string(), "the queue has no handlers");
            told.fetch_add(1, Ordering::Relaxed);
        }
    });
    (0..3).for_each(|n| log(&handler, &n.to_string()));
    let counters = handler.counters();
    assert_eq!((counters.written(), counters.dropped()), (0, 3));
    assert_eq!(told.load(Ordering::Relaxed), 3);
}

/// Long records count like others: by thread, and over all threads.
#[test]
fn long_records_are_bounded() {
    let queue = RecordQueue::builder()
        .bytes_per_thread(64 * 1024)
        .overflow(Overflow::DropNewest)
        .build();
    let handler = QueueHandler::from_queue(&queue);
    handler.set_error_hook(|_| {});
    let long = "x".repeat(1 << 20);
    (0..100).for_each(|_| log(&handler, &long));
    assert_eq!((queue.len(), queue.drops().total()), (1, 99));
    let queue = RecordQueue::builder()
        .bytes_per_thread(256 << 20)
        .max_bytes(16 << 20)
        .overflow(Overflow::DropNewest)
        .build();
    let handler = QueueHandler::from_queue(&queue);
    handler.set_error_hook(|_| {});
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..10).for_each(|_| log(&handler, &long)));
        }
    });
    assert!((13..16).contains(&queue.len()), "{queue:?}");
    assert_eq!(queue.len() as u64 + queue.drops().total(), 40);
}

/// Severity decides on the room that is left, for parts of any size, even if the queue is never
/// empty.
#[test]
fn a_memory_limit_is_kept_while_all_is_handed_over() {
    let (target, text) = to_text("%(message)s");
    let handler = QueueHandler::builder()
        .max_bytes(64 * 1024)
        .handler(target)
        .start();
    thread::scope(|scope| {
        for thread in 0..8 {
            let handler = &handler;
            scope.spawn(move || {
                let long = "x".repeat(3_000);
                for n in 0..300 {
                    let text = format!("{thread} {n}");
                    if n % 3 == 0 {
                        log(handler, &long);
                    }
                    log(handler, &text);
                }
            });
        }
    });
    handler.flush().unwrap();
    let mut lines = text.lines();
    lines.retain(|line| !line.starts_with('x'));
    exactly_once_in_order(&(lines.join("\n") + "\n"), 8, 300);
    assert_eq!(handler.counters().dropped(), 0);
}

/// A file writes what a queue hands over in blocks; what is logged to it directly meanwhile is
/// written at once, after that.
#[test]
fn a_file_after_a_queue_that_is_logged_to_directly() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("app.log");
    let file = FileHandler::open(&path).unwrap();
    let (gate, gated, text) = gated();
    gate.close();
    let handler = QueueHandler::new([Handler::from(file.clone()), gated.into()]);
    at(&handler, Level::INFO, "by the queue");
    gate.wait_for_waiting();
    at(&file, Level::INFO, "directly");
    assert_eq!(read(&path), "by the queue\ndirectly\n");
    gate.open();
    handler.flush().unwrap();
    assert_eq!(text.lines(), ["by the queue"]);
}
