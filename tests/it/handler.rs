//! Handlers: views, counters, failures.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use logtree::filter::SharedFilter;
use logtree::formatter::{Format, Line};
use logtree::handler::{DropReason, MemoryHandler, QueueHandler, Sink, StreamHandler};
use logtree::test::Capture;
use logtree::{Error, ErrorKind, Handler, Level, Record, Registry};

use crate::support::{Text, registry_with_stderr, to_text};

/// Unlike in Python, nothing leaks.
#[test]
fn a_handlers_filters_work_on_its_own_view() {
    let registry = Registry::new();
    let logger = registry.get_logger("v");
    let ((first, a), (second, b)) = (to_text("%(message)s"), to_text("%(message)s"));
    first.add_filter(|record: &mut Record<'_>| {
        record.set_message("changed");
        record.set_key_value("seen", true);
        true
    });
    logger.add_handler(first);
    logger.add_handler(second);
    logger.warning("original");
    assert_eq!(
        (a.get(), b.get()),
        ("changed seen=true\n".into(), "original\n".into())
    );
}

/// The same filter twice counts once; removing an absent one is silent.
#[test]
fn the_same_filter_counts_once() {
    let registry = Registry::new();
    let logger = registry.get_logger("f");
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    let filter =
        SharedFilter::from(move |_: &mut Record<'_>| count.fetch_add(1, Ordering::Relaxed) < 100);
    logger.add_filter(filter.clone());
    logger.add_filter(filter.clone());
    assert_eq!(logger.filters().len(), 1);
    let (handler, _) = to_text("%(message)s");
    handler.add_filter(filter.clone());
    handler.add_filter(filter.clone());
    logger.add_handler(handler.clone());
    logger.warning("x");
    assert_eq!(asked.load(Ordering::Relaxed), 2);
    assert!(logger.remove_filter(&filter) && !logger.remove_filter(&filter));
    assert!(handler.remove_filter(&filter) && handler.filters().is_empty());
}

/// Python skips one.
#[test]
fn a_handler_that_removes_itself_does_not_hide_the_next() {
    let registry = Registry::new();
    let logger = registry.get_logger("r");
    let (last, text) = to_text("%(message)s");
    let slot = Arc::new(Mutex::new(None::<Handler>));
    let (inner, owner) = (Arc::clone(&slot), logger.clone());
    let first = Handler::from(StreamHandler::new(std::io::sink())).with_filter(
        move |_: &mut Record<'_>| {
            let own = inner.lock().unwrap().take();
            if let Some(own) = own {
                owner.remove_handler(&own);
            }
            true
        },
    );
    *slot.lock().unwrap() = Some(first.clone());
    logger.add_handler(first);
    logger.add_handler(last);
    logger.warning("seen");
    assert_eq!((text.get(), logger.handlers().len()), ("seen\n".into(), 1));
}

struct Refuses;

impl Format for Refuses {
    fn format(&self, _: &Record<'_>, _: &mut Line) -> Result<(), Error> {
        Err(Error::new(
            ErrorKind::MissingField,
            "the field is \"absent\"",
        ))
    }
}

#[test]
fn failures_are_counted_and_reported_once() {
    let (registry, stderr) = registry_with_stderr();
    let handler = StreamHandler::new(std::io::sink()).with_formatter(Refuses);
    let logger = registry.get_logger("app");
    logger.add_handler(handler.clone());
    for _ in 0..1000 {
        logger.warning("secret");
    }
    assert_eq!(handler.counters().dropped_for(DropReason::Format), 1000);
    assert_eq!(
        stderr.get(),
        "logtree: <StreamHandler <writer> (NOTSET)> dropped a WARNING record of \"app\": \
         the field is \"absent\"\n"
    );
    registry.set_report_errors(false);
    let silent = StreamHandler::new(std::io::sink()).with_formatter(Refuses);
    logger.add_handler(silent.clone());
    logger.warning("x");
    assert_eq!((silent.counters().dropped(), stderr.lines().len()), (1, 1));
}

/// A handler that logs to its own logger gets its own record, to a depth; further records are
/// counted.
#[test]
fn a_handler_that_logs_does_not_hang() {
    struct Logs(Registry, AtomicU64);
    impl Sink for Logs {
        fn write(&self, _: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
            self.1.fetch_add(1, Ordering::Relaxed);
            self.0.get_logger("loop").warning("again");
            Ok(())
        }
    }
    let registry = Registry::new();
    let handler = Handler::new(Logs(registry.clone(), AtomicU64::new(0)));
    registry.get_logger("loop").add_handler(handler.clone());
    registry.get_logger("loop").warning("first");
    assert_eq!((handler.counters().written(), registry.dropped()), (32, 1));
}

/// The flush rules of the memory handler.
#[test]
fn a_memory_handler_hands_over_when_full_or_severe() {
    let (target, text) = to_text("%(message)s");
    let memory = MemoryHandler::new(3).with_target(target.with_level(Level::OFF));
    let log = |level: Level, text: &'static str| {
        memory.handle(&Record::builder().level(level).message(text).build());
    };
    log(Level::INFO, "0");
    log(Level::INFO, "1");
    assert_eq!(
        (memory.buffered(), memory.counters().queued(), text.get()),
        (2, 2, String::new())
    );
    log(Level::INFO, "2");
    assert_eq!(text.lines(), ["0", "1", "2"]);
    log(Level::ERROR, "3");
    log(Level::INFO, "4");
    memory.flush().unwrap();
    log(Level::INFO, "5");
    memory.close().unwrap();
    assert_eq!(text.lines(), ["0", "1", "2", "3", "4", "5"]);
    assert_eq!(memory.counters().written(), 6);

    let (target, text) = to_text("%(message)s");
    let respecting = MemoryHandler::new(1)
        .with_target(target.with_level(Level::ERROR))
        .with_respect_levels(true);
    respecting.handle(&Record::builder().level(Level::INFO).build());
    assert_eq!(text.get(), "");
}

/// A child's and a parent's handler on the same stream.
#[test]
fn once_per_stream_shows_a_record_once_on_a_stream() {
    let text = Text::default();
    let open = text.clone();
    let registry = Registry::builder()
        .stderr(move || Box::new(open.clone()))
        .build();
    let parent = registry.stderr_handler().with_level(Level::INFO);
    registry
        .get_logger("p")
        .add_handler(Handler::from(parent).with_once_per_stream(true));
    let child = registry.get_logger("p.c");
    child.set_level(Level::DEBUG);
    child.add_handler(registry.stderr_handler().with_level(Level::WARNING));
    child.info("only the parent's takes it");
    child.warning("both take it");
    assert_eq!(text.lines(), ["only the parent's takes it", "both take it"]);
}

/// A sink that takes nothing.
struct Full;

impl Sink for Full {
    fn write(&self, _: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        Err(std::io::Error::from(std::io::ErrorKind::StorageFull).into())
    }
}

/// A daemon has no standard error: what its handlers lose is reported to its other handlers, not to
/// the one that failed, nor to those that lead to it.
#[test]
fn lost_records_are_reported_to_the_other_handlers() {
    let (registry, complaints) = registry_with_stderr();
    let full = Handler::new(Full);
    let queue = QueueHandler::new([full.clone()]);
    let memory = MemoryHandler::new(10).with_target(queue.clone());
    let (other, text) = to_text("%(levelname)s %(name)s %(message)s");
    registry.root().add_handler(other.clone());
    registry.root().add_handler(memory.clone());
    let capture = Capture::new(&registry.get_logger("logging"));
    for _ in 0..3 {
        registry.get_logger("app").error("lost");
    }
    assert!(memory.flush().is_err());
    let lines = text.lines();
    let (reports, records): (Vec<_>, Vec<_>) = lines
        .iter()
        .partition(|line| line.contains("logging.errors"));
    assert_eq!(records, ["ERROR app lost"; 3]);
    assert_eq!(reports.len(), 1, "{reports:?}");
    let start = "ERROR logging.errors <Full (NOTSET)> dropped an ERROR record of \"app\": ";
    assert!(reports[0].starts_with(start), "{reports:?}");
    assert_eq!(capture.messages().len(), 1);
    assert!(
        complaints
            .get()
            .starts_with("logtree: <Full (NOTSET)> dropped")
    );
    assert_eq!(
        (full.counters().dropped(), full.counters().accepted()),
        (3, 3)
    );
    assert_eq!(
        (queue.counters().accepted(), memory.counters().accepted()),
        (3, 3)
    );
}

/// No loop, where all of them fail, and nothing for the last resort.
#[test]
fn reports_of_lost_records_are_not_reported_in_turn() {
    let (registry, complaints) = registry_with_stderr();
    let handlers = [Handler::new(Full), Handler::new(Full)];
    registry.get_logger("app").add_handler(handlers[0].clone());
    registry.get_logger("app").error("lost");
    assert_eq!(complaints.take().lines().count(), 1);
    registry.root().add_handler(handlers[1].clone());
    registry.get_logger("app.part").error("lost");
    // The first one has been reported; the second one is reported to no other.
    assert_eq!(complaints.take().lines().count(), 1);
    let counts = handlers
        .each_ref()
        .map(|handler| handler.counters().dropped());
    assert_eq!(counts, [2, 1]);
}

/// It is a record like others: levels, filters and what is disabled apply.
#[test]
fn reports_of_lost_records_obey_the_tree() {
    let (registry, _) = registry_with_stderr();
    let (other, text) = to_text("%(name)s");
    registry.root().add_handler(other);
    let fail = || {
        let full = Handler::new(Full);
        registry.get_logger("app").add_handler(full.clone());
        registry.get_logger("app").set_propagate(false);
        registry.get_logger("app").error("lost");
        registry.get_logger("app").remove_handler(&full);
        text.take()
    };
    assert_eq!(fail(), "logging.errors\n");
    let errors = registry.get_logger("logging.errors");
    errors.set_level(Level::CRITICAL);
    assert_eq!(fail(), "");
    errors.set_level(Level::NOTSET);
    let filter = SharedFilter::from(|_: &mut Record<'_>| false);
    errors.add_filter(filter.clone());
    assert_eq!(fail(), "");
    errors.remove_filter(&filter);
    errors.set_disabled(true);
    assert_eq!(fail(), "");
    errors.set_disabled(false);
    errors.set_propagate(false);
    assert_eq!(fail(), "");
    errors.set_propagate(true);
    assert_eq!(fail(), "logging.errors\n");
}

#[test]
fn an_error_is_as_small_as_a_pointer() {
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}
