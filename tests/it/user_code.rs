//! Code of users, wherever the crate calls it: it may panic, log, make loggers and change the tree,
//! and neither a caller nor a lock of the crate notices. (Each of these runs aborts where user code
//! is called with a lock held; see `src/sys/user_code.rs`.)

use std::io::{self, Write};
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Barrier, Mutex, OnceLock};
use std::time::Duration;
use std::{fmt, thread};

use logtree::control::{Control, LevelTarget};
use logtree::filter::{Filter, RedactingFilter};
use logtree::formatter::{Format, Line};
use logtree::handler::{
    DropReason, Overflow, QueueHandler, Sink, SinkFacts, SinkStatus, StreamHandler,
};
use logtree::time::{Clock, Timestamp};
use logtree::{Error, ErrorKind, Handler, Level, Logger, Record, Registry};

use crate::support::{Text, registry_with_stderr, to_text};

/// The limit for what would otherwise wait for ever.
const LONG: Duration = Duration::from_secs(600);

/// A panic without the hook, which would print it.
fn panics() -> ! {
    resume_unwind(Box::new("boom"))
}

/// Runs a function on a new thread; reports whether it ended.
fn ends(code: impl FnOnce() + Send + 'static) -> bool {
    let (done, is_done) = channel();
    thread::spawn(move || {
        code();
        done.send(()).unwrap();
    });
    is_done.recv_timeout(LONG).is_ok()
}

/// A writer that logs; both of two are inside their devices at the same time.
struct LoggingWriter {
    logger: Logger,
    meet: Option<Arc<Barrier>>,
}

impl Write for LoggingWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let meet = self.meet.take();
        let wait = || meet.as_ref().map(|meet| meet.wait().is_leader());
        wait();
        logtree::warn!(self.logger, "from the writer");
        wait();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn two_writers_that_log_do_not_wait_for_each_other() {
    let registry = Registry::new();
    registry.set_report_errors(false);
    let logger = registry.get_logger("app");
    let meet = Arc::new(Barrier::new(2));
    let handlers: Vec<_> = (0..2)
        .map(|_| {
            StreamHandler::new(LoggingWriter {
                logger: logger.clone(),
                meet: Some(Arc::clone(&meet)),
            })
        })
        .collect();
    for handler in &handlers {
        registry.root().add_handler(handler.clone());
    }
    // Each thread enters its own device first, and logs to both from inside.
    let (done, is_done) = channel();
    for handler in handlers.clone() {
        let done = done.clone();
        thread::spawn(move || {
            handler.handle(&Record::builder().message("x").build());
            done.send(()).unwrap();
        });
    }
    assert!((0..2).all(|_| is_done.recv_timeout(LONG).is_ok()));
    for handler in handlers {
        let counters = handler.counters();
        // Its own record, and those of both writers, which meet themselves and each other.
        assert_eq!(counters.written(), 1);
        assert_eq!(counters.dropped_for(DropReason::Reentrant), 2);
        assert_eq!(counters.accepted(), 3);
    }
}

/// A thread inside a device waits for no room in a queue: the queue's thread may be waiting for
/// that device.
#[test]
fn a_writer_does_not_wait_for_room_in_a_queue() {
    let registry = Registry::new();
    registry.set_report_errors(false);
    let logger = registry.get_logger("queued");
    logger.set_propagate(false);
    let stream = StreamHandler::new(LoggingWriter {
        logger: logger.clone(),
        meet: None,
    });
    // It writes to the device that the caller is in.
    let queue = QueueHandler::builder()
        .max_records(1)
        .overflow(Overflow::Block)
        .block_at_most(Duration::from_secs(3600))
        .handler(stream.clone())
        .start();
    logger.add_handler(queue.clone());
    assert!(ends(move || {
        for _ in 0..100 {
            stream.handle(&Record::builder().message("x").build());
        }
    }));
    drop(registry);
    queue.close().ok();
}

/// What a record says, written by user code.
#[derive(Clone, Copy)]
enum Bad {
    Panics,
    Fails,
}

impl fmt::Display for Bad {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Panics => panics(),
            Self::Fails => Err(fmt::Error),
        }
    }
}

impl std::error::Error for Bad {}

impl fmt::Debug for Bad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[test]
fn values_that_cannot_be_written_reach_no_caller() {
    let registry = Registry::new();
    let (handler, text) = to_text("%(message)s");
    registry.root().add_handler(handler);
    let (redacting, redacted) = to_text("%(message)s");
    redacting.add_filter(RedactingFilter::credentials());
    registry.root().add_handler(redacting);
    let control = Control::new(&registry);
    control
        .set_level(LevelTarget::client_id("sensor-7"), Level::DEBUG)
        .unwrap();
    let logger = registry.get_logger("app");
    for bad in [Bad::Panics, Bad::Fails] {
        logtree::warn!(logger, clientId:% = bad; "by a rule of a control");
        logtree::warn!(logger, clientId:? = bad; "by a rule of a control");
        logtree::warn!(logger, "{bad}");
        logtree::warn!(logger, error:err = &bad; "with an error");
    }
    for text in [text, redacted] {
        let lines = text.lines();
        let by_rule = lines.iter().filter(|line| line.starts_with("by a rule"));
        assert_eq!(by_rule.count(), 4, "{lines:?}");
    }
}

struct Faulty;

impl Sink for Faulty {
    fn write(&self, _: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        // With a source that cannot be formatted either.
        Err(Error::new(ErrorKind::Io, "no device").with_source(Bad::Panics))
    }

    fn facts(&self) -> SinkFacts {
        panics()
    }

    fn status(&self) -> SinkStatus {
        panics()
    }
}

#[test]
fn a_sink_that_cannot_describe_itself_is_still_reported() {
    let (registry, stderr) = registry_with_stderr();
    let logger = registry.get_logger("app");
    let panicking = Handler::new(Faulty);
    logger.add_handler(panicking.clone());
    logger.warning("x");
    assert_eq!(
        stderr.lines(),
        [
            "logtree: <panic in facts: boom (NOTSET)> dropped a WARNING record of \"app\": no device: <panic while \
             formatting: boom>"
        ]
    );
    assert_eq!(panicking.counters().dropped_for(DropReason::Io), 1);
    assert!(
        registry
            .dump()
            .to_string()
            .contains("<panic in facts: boom")
    );
}

/// Removes its handler while it writes, so that its last owner is the logging call; then its
/// destructor is user code in that call.
struct Leaves {
    logger: Logger,
    at_end: fn(&Logger),
}

impl Sink for Leaves {
    fn write(&self, _: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        for handler in self.logger.handlers() {
            self.logger.remove_handler(&handler);
        }
        Ok(())
    }
}

impl Filter for Leaves {
    fn filter(&self, _: &mut Record<'_>) -> bool {
        for filter in self.logger.filters() {
            self.logger.remove_filter(&filter);
        }
        true
    }
}

impl Format for Leaves {
    fn format(&self, _: &Record<'_>, _: &mut Line) -> Result<(), Error> {
        for handler in self.logger.handlers() {
            handler.clear_formatter();
        }
        Ok(())
    }
}

impl Drop for Leaves {
    fn drop(&mut self) {
        (self.at_end)(&self.logger);
    }
}

#[test]
fn what_ends_inside_a_logging_call_may_panic_and_log() {
    static ENDS: AtomicU64 = AtomicU64::new(0);
    let ends: [fn(&Logger); 2] = [
        |_| {
            ENDS.fetch_add(1, Ordering::Relaxed);
            panics()
        },
        |logger| {
            ENDS.fetch_add(1, Ordering::Relaxed);
            logtree::error!(logger, "at the end");
        },
    ];
    for at_end in ends {
        let registry = Registry::new();
        let logger = registry.get_logger("app");
        let leaves = || Leaves {
            logger: logger.clone(),
            at_end,
        };
        let (root, text) = to_text("%(message)s");
        registry.root().add_handler(root);
        logger.add_handler(Handler::new(leaves()));
        logger.warning("a sink");
        logger.add_filter(leaves());
        logger.warning("a filter");
        logger.add_handler(StreamHandler::new(io::sink()).with_formatter(leaves()));
        logger.warning("a formatter");
        logger.warning("after");
        let written = text.get();
        for message in ["a sink", "a filter", "a formatter", "after"] {
            assert!(written.contains(message), "{written}");
        }
    }
    assert_eq!(ENDS.load(Ordering::Relaxed), 6);
}

#[derive(Debug, Default)]
struct OddClock {
    panics: AtomicBool,
    logger: OnceLock<Logger>,
    asked: AtomicU64,
}

impl Clock for OddClock {
    fn now(&self) -> Timestamp {
        self.asked.fetch_add(1, Ordering::Relaxed);
        if self.panics.load(Ordering::Relaxed) {
            panics();
        }
        if let Some(logger) = self.logger.get() {
            logtree::warn!(logger, "asked for the time");
        }
        Timestamp::from_nanos(1_000_000_000)
    }
}

#[test]
fn a_clock_that_panics_or_logs_costs_no_record() {
    let complaints = Text::default();
    let clock = Arc::new(OddClock::default());
    let mut into = complaints.clone();
    let into = Mutex::new(move |line: &str| writeln!(into, "{line}").unwrap());
    let registry = Registry::builder()
        .clock(clock.clone())
        .diagnostics(move |line| (into.lock().unwrap())(line))
        .build();
    let (handler, text) = to_text("%(created)d %(message)s");
    registry.root().add_handler(handler);
    let logger = registry.get_logger("app");
    logger.warning("plain");
    assert_eq!(text.take(), "1 plain\n");
    clock.panics.store(true, Ordering::Relaxed);
    logger.warning("by the system's clock");
    let line = text.take();
    assert!(
        line.ends_with(" by the system's clock\n") && line.len() > 30,
        "{line}"
    );
    assert!(complaints.take().contains("the clock panicked"));
    clock.panics.store(false, Ordering::Relaxed);
    clock.logger.set(logger.clone()).unwrap();
    let asked = clock.asked.load(Ordering::Relaxed);
    logger.warning("of a clock that logs");
    let lines = text.lines();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].ends_with("asked for the time") && lines[1] == "1 of a clock that logs");
    assert_eq!(clock.asked.load(Ordering::Relaxed) - asked, 1);
    // It holds a logger of its registry.
    drop(registry);
}

/// Changes the tree from wherever it is called.
struct Meddles(Registry, Sender<&'static str>);

impl Meddles {
    fn meddle(&self, place: &'static str) {
        let logger = self.0.get_logger(format!("made.in.{place}"));
        logger.set_level(Level::DEBUG);
        let _ = (
            logger.effective_level(),
            self.0.logger_names(),
            self.0.handlers(),
        );
        let _ = self.1.send(place);
    }
}

impl Sink for Meddles {
    fn write(&self, _: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        self.meddle("write");
        Err(Error::new(ErrorKind::Io, "no device"))
    }

    fn flush(&self) -> Result<(), Error> {
        self.meddle("flush");
        Ok(())
    }

    fn reopen(&self) -> Result<(), Error> {
        self.meddle("reopen");
        Ok(())
    }

    fn facts(&self) -> SinkFacts {
        self.meddle("facts");
        SinkFacts::new("Meddles")
    }

    fn status(&self) -> SinkStatus {
        self.meddle("status");
        SinkStatus::default()
    }
}

impl Filter for Meddles {
    fn filter(&self, _: &mut Record<'_>) -> bool {
        self.meddle("filter");
        true
    }
}

impl Format for Meddles {
    fn format(&self, _: &Record<'_>, _: &mut Line) -> Result<(), Error> {
        self.meddle("format");
        Ok(())
    }
}

impl Drop for Meddles {
    fn drop(&mut self) {
        self.meddle("drop");
    }
}

#[test]
fn user_code_may_change_the_tree_wherever_it_is_called() {
    let (sender, places) = channel();
    assert!(ends(move || {
        let registry = Registry::builder().diagnostics(|_| {}).build();
        let meddles = || Meddles(registry.clone(), sender.clone());
        let logger = registry.get_logger("app");
        let handler = Handler::new(meddles());
        logger.add_handler(handler.clone());
        logger.add_filter(meddles());
        let formatting = StreamHandler::new(io::sink()).with_formatter(meddles());
        logger.add_handler(formatting.clone());
        logger.warning("x");
        let hooked = meddles();
        handler.set_error_hook(move |_| hooked.meddle("hook"));
        logger.warning("x");
        let again = meddles();
        handler.set_error_hook(move |_| again.meddle("hook"));
        let control = Control::new(&registry);
        let watching = meddles();
        let id = control.on_change(move |_| watching.meddle("on_change"));
        control
            .set_level(LevelTarget::logger("b"), Level::ERROR)
            .unwrap();
        let _ = id;
        let _ = (
            registry.dump().to_string(),
            format!("{handler:?}"),
            handler.counters(),
        );
        let _ = (handler.flush(), handler.reopen(), handler.close());
        formatting.clear_formatter();
        logger.replace_handlers([] as [Handler; 0]);
        for filter in logger.filters() {
            logger.remove_filter(&filter);
        }
    }));
    let called: std::collections::BTreeSet<_> = places.try_iter().collect();
    for place in [
        "write",
        "flush",
        "reopen",
        "facts",
        "status",
        "filter",
        "format",
        "drop",
        "hook",
        "on_change",
    ] {
        assert!(called.contains(place), "{place} was not called: {called:?}");
    }
}
