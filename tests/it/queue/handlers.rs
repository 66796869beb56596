//! The handlers after a queue, and their failures.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use logtree::formatter::Format;
use logtree::handler::{
    DropReason, FallbackHandler, FileHandler, MemoryHandler, QueueHandler, QueueListener,
    RecordQueue, RoutingHandler, Sink, StreamHandler,
};
use logtree::{Error, ErrorKind, Handler, Level, Record};
use tempfile::tempdir;

use crate::files::{log, read};
use crate::queue::{at, gated};
use crate::support::to_text;

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

/// What the test harness captures belongs to the thread that logs, so nothing is left to another
/// thread, or for later.
#[test]
fn a_queue_is_passed_by_on_the_way_to_a_handler_for_tests() {
    struct Threads(Mutex<Vec<(thread::ThreadId, String, Option<String>)>>);
    impl Sink for Threads {
        fn write(&self, record: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
            let error = record.error_text().map(Into::into);
            let text = record.message().to_owned();
            self.0
                .lock()
                .unwrap()
                .push((thread::current().id(), text, error));
            Ok(())
        }
    }
    let seen = Arc::new(Threads(Mutex::default()));
    let for_tests = StreamHandler::for_tests();
    let handler = QueueHandler::builder()
        .handler(for_tests.clone())
        .handler(Handler::new(Arc::clone(&seen)))
        .start();
    // Another queue in front of it is passed by as well.
    let outer = QueueHandler::new([handler.clone()]);
    let registry = logtree::Registry::new();
    registry.root().add_handler(outer.clone());
    let error = std::io::Error::other("the cause");
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for number in 0..50 {
                    logtree::error!(registry.root(), err = &error; "text {number}");
                    let mut mine = seen.0.lock().unwrap().clone();
                    mine.retain(|(id, ..)| *id == thread::current().id());
                    assert_eq!(mine.len(), number + 1);
                    let (_, text, error) = &mine[number];
                    assert_eq!(*text, format!("text {number}"));
                    assert_eq!(error.as_deref(), Some("the cause"));
                }
            });
        }
    });
    for handler in [
        Handler::from(outer.clone()),
        handler.into(),
        for_tests.into(),
    ] {
        let counters = handler.counters();
        let counts = (counters.accepted(), counters.written(), counters.queued());
        assert_eq!(counts, (200, 200, 0), "{handler:?}");
    }
    // With a formatter the whole line is the message.
    outer.set_formatter(logtree::Formatter::new("%(levelname)s %(message)s").unwrap());
    logtree::error!(registry.root(), err = &error; "text");
    let (_, text, error) = seen.0.lock().unwrap().pop().unwrap();
    assert_eq!((&*text, error), ("ERROR text\n    the cause", None));
    outer.flush().unwrap();
}

/// Whatever is between them, and whenever it comes to be there.
#[test]
fn a_queue_sees_handlers_for_tests_behind_others() {
    type Wrap = fn(StreamHandler) -> Handler;
    let wraps: [Wrap; 5] = [
        |inner| FallbackHandler::new(inner).into(),
        |inner| MemoryHandler::new(1).with_target(inner).into(),
        |inner| QueueHandler::new([inner]).into(),
        |inner| {
            let open = move |_: &str| Ok::<_, Error>(inner.clone());
            RoutingHandler::builder("key", open).build().into()
        },
        |inner| {
            let memory = MemoryHandler::new(1).with_target(inner);
            MemoryHandler::new(1)
                .with_target(FallbackHandler::new(memory))
                .into()
        },
    ];
    let log = |queue: &QueueHandler, seen: &Mutex<Vec<thread::ThreadId>>| {
        queue.handle(&Record::builder().level(40).message("m").build());
        assert_eq!(seen.lock().unwrap().pop(), Some(thread::current().id()));
    };
    let for_tests = || {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let handler = StreamHandler::for_tests().with_filter({
            let seen = Arc::clone(&seen);
            move |_: &mut Record<'_>| {
                seen.lock().unwrap().push(thread::current().id());
                true
            }
        });
        (handler, seen)
    };
    for wrap in wraps {
        let (inner, seen) = for_tests();
        let queue = QueueHandler::new([wrap(inner)]);
        log(&queue, &seen);
        log(&QueueHandler::new([queue]), &seen);
    }
    // The target comes later, and goes again.
    let memory = MemoryHandler::new(1);
    let queue = QueueHandler::new([memory.clone()]);
    let (inner, seen) = for_tests();
    memory.set_target(Some(inner.into()));
    log(&queue, &seen);
    let gate = Arc::new(Mutex::new(Vec::new()));
    memory.set_target(Some(Handler::new(Threads(Arc::clone(&gate)))));
    queue.handle(&Record::builder().level(40).message("m").build());
    queue.flush().unwrap();
    assert_ne!(gate.lock().unwrap().pop(), Some(thread::current().id()));
}

/// Keeps the threads that it is called on.
struct Threads(Arc<Mutex<Vec<thread::ThreadId>>>);

impl Sink for Threads {
    fn write(&self, _: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        self.0.lock().unwrap().push(thread::current().id());
        Ok(())
    }
}
