//! Each handler keeps the contract of sinks, and the suite finds sinks that do not.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::{fs, iter};

use logtree::formatter::{Format, format_fn};
use logtree::handler::{
    BufferingHandler, FallbackHandler, FileHandler, FileMode, Ledger, MemoryHandler, QueueHandler,
    QueueListener, RecordQueue, RotatingFileHandler, RoutingHandler, Sink, SinkFacts, SinkStatus,
    StreamHandler, TimedRotatingFileHandler, WatchedFileHandler, When, check_sink, formatted,
};
use logtree::record::OwnedRecord;
use logtree::{Error, ErrorKind, Handler, Level, Record};

use crate::support::Text;

const NOTHING: [String; 0] = [];

#[test]
fn streams_keep_the_contract() {
    let text = Text::default();
    let make = || StreamHandler::new(text.clone());
    assert_eq!(check_sink(make, || text.lines()), NOTHING);
    let make = || StreamHandler::new(text.clone()).around(|write| write());
    text.take();
    assert_eq!(check_sink(make, || text.lines()), NOTHING);
}

#[test]
fn files_keep_the_contract() {
    let directory = tempfile::tempdir().unwrap();
    let number = AtomicU64::new(0);
    // One for each handler, as some are emptied when they are opened.
    let path = || {
        let number = number.fetch_add(1, Ordering::Relaxed);
        directory.path().join(format!("{number}.log"))
    };
    let lines = || {
        let mut lines = Vec::new();
        let files = fs::read_dir(directory.path()).unwrap();
        for file in files.map(|file| file.unwrap().path()) {
            lines.extend(fs::read_to_string(file).unwrap().lines().map(str::to_owned));
        }
        lines
    };
    let clear = || {
        for file in fs::read_dir(directory.path()).unwrap() {
            fs::remove_file(file.unwrap().path()).unwrap();
        }
    };
    assert_eq!(
        check_sink(|| FileHandler::open(path()).unwrap(), lines),
        NOTHING
    );
    clear();
    let buffered = || {
        let builder = FileHandler::builder(path()).file_mode(FileMode::Truncate);
        builder.buffered(4096).open().unwrap()
    };
    assert_eq!(check_sink(buffered, lines), NOTHING);
    clear();
    let watched = || WatchedFileHandler::builder(path()).open().unwrap();
    assert_eq!(check_sink(watched, lines), NOTHING);
    clear();
    let rotating = || {
        let builder = RotatingFileHandler::builder(path()).max_bytes(1 << 20);
        builder.open().unwrap()
    };
    assert_eq!(check_sink(rotating, lines), NOTHING);
    clear();
    let timed = || {
        let builder = TimedRotatingFileHandler::builder(path()).when(When::Midnight);
        builder.open().unwrap()
    };
    assert_eq!(check_sink(timed, lines), NOTHING);
}

#[test]
fn handlers_of_handlers_keep_the_contract() {
    let text = Text::default();
    let target = || StreamHandler::new(text.clone());
    let lines = || text.lines();
    assert_eq!(check_sink(|| QueueHandler::new([target()]), lines), NOTHING);
    text.take();
    let memory = || MemoryHandler::new(7).with_target(target());
    assert_eq!(check_sink(memory, lines), NOTHING);
    text.take();
    let fallback = || FallbackHandler::new(target()).or(target());
    assert_eq!(check_sink(fallback, lines), NOTHING);
    text.take();
    let router = || {
        let target = target();
        RoutingHandler::builder("key", move |_| Ok(target.clone())).build()
    };
    assert_eq!(check_sink(router, lines), NOTHING);
    let messages = Arc::new(Mutex::new(Vec::new()));
    let buffering = || {
        let messages = Arc::clone(&messages);
        BufferingHandler::new(7, move |batch: &[OwnedRecord]| {
            let batch = batch.iter().map(|record| record.message().to_owned());
            messages.lock().unwrap().extend(batch);
        })
    };
    let lines = || messages.lock().unwrap().clone();
    assert_eq!(check_sink(buffering, lines), NOTHING);
}

/// How a sink of the test breaks the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Loses,
    Repeats,
    HidesFailures,
    FailsAgain,
    ChangesItsFacts,
    CountsWrong,
}

struct Wrong {
    fault: Fault,
    lines: Arc<Mutex<Vec<String>>>,
    calls: AtomicU64,
}

impl Sink for Wrong {
    fn write(&self, record: &Record<'_>, format: &dyn Format) -> Result<(), Error> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        let written = formatted(format, record, |line| {
            let copies = match self.fault {
                Fault::Loses if call == 5 => 0,
                Fault::Repeats if call == 5 => 2,
                _ => 1,
            };
            let lines = iter::repeat_n(line.as_str().to_owned(), copies);
            self.lines.lock().unwrap().extend(lines);
            Ok(())
        });
        match self.fault {
            Fault::HidesFailures if written.is_err() => {
                let message = record.message().to_owned();
                self.lines.lock().unwrap().push(message);
                written
            }
            _ => written,
        }
    }

    fn close(&self) -> Result<(), Error> {
        if self.fault == Fault::FailsAgain && self.calls.fetch_add(1, Ordering::Relaxed) > 1 {
            return Err(Error::new(ErrorKind::Closed, "closed already"));
        }
        Ok(())
    }

    fn facts(&self) -> SinkFacts {
        let changes = self.fault == Fault::ChangesItsFacts;
        let call = if changes {
            self.calls.fetch_add(1, Ordering::Relaxed)
        } else {
            0
        };
        SinkFacts::new(format!("Wrong {call}"))
    }

    fn status(&self) -> SinkStatus {
        let queued = u64::from(self.fault == Fault::CountsWrong);
        SinkStatus::default().with_queued(queued)
    }
}

#[test]
fn each_fault_of_a_sink_is_found() {
    for (fault, rule) in [
        (
            Fault::Loses,
            "after a flush, each record has been written once, in order",
        ),
        (
            Fault::Repeats,
            "records of many threads are written once, those of each thread in order",
        ),
        (
            Fault::HidesFailures,
            "a line that the formatter failed in is not written",
        ),
        (Fault::FailsAgain, "a close succeeds, twice"),
        (Fault::ChangesItsFacts, "the facts do not change"),
        (Fault::CountsWrong, "a new sink has nothing queued"),
    ] {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let make = || {
            Handler::new(Wrong {
                fault,
                lines: Arc::clone(&lines),
                calls: AtomicU64::new(0),
            })
        };
        let broken = check_sink(make, || lines.lock().unwrap().clone());
        assert!(
            broken.iter().any(|found| found == rule),
            "{fault:?}: {broken:?}"
        );
    }
}

#[test]
fn a_sink_in_an_arc_or_a_box_is_a_sink() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let sink = || Wrong {
        fault: Fault::ChangesItsFacts,
        lines: Arc::clone(&lines),
        calls: AtomicU64::new(0),
    };
    let handlers = [
        Handler::new(Arc::new(sink())),
        Handler::new(Box::new(sink())),
        Handler::new(Box::new(sink()) as Box<dyn Sink>),
    ];
    for handler in handlers {
        assert_eq!(format!("{handler:?}"), "<Wrong 0 (NOTSET)>");
        handler.handle(&Record::builder().message("x").build());
    }
    assert_eq!(*lines.lock().unwrap(), ["x"; 3]);
}

#[test]
fn builders_give_their_options_to_the_handler() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.log");
    let upper = |record: &Record<'_>, line: &mut logtree::formatter::Line| {
        line.push_str(&record.message().to_uppercase());
        Ok(())
    };
    let file = FileHandler::builder(&path)
        .level(30)
        .formatter(format_fn(upper))
        .filter(|record: &mut Record<'_>| record.message() != "no")
        .name("builder-test")
        .once_per_stream(true)
        .open()
        .unwrap();
    assert_eq!(file.level(), Level::WARNING);
    assert_eq!(file.name().as_deref(), Some("builder-test"));
    let queue = QueueHandler::builder().level(20).handler(file).start();
    assert_eq!(queue.level(), Level::INFO);
    for message in ["no", "yes"] {
        queue.handle(&Record::builder().level(40).message(message).build());
    }
    queue.flush().unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "YES\n");
}

#[test]
fn a_listener_respects_levels_where_it_is_set_to() {
    for (respect, expected) in [(false, "low\n"), (true, "")] {
        let text = Text::default();
        let target = StreamHandler::new(text.clone()).with_level(40);
        let queue = RecordQueue::new();
        let handler = QueueHandler::from_queue(&queue);
        let listener = QueueListener::new(&queue, [target]).with_respect_levels(respect);
        assert!(listener.start());
        handler.handle(&Record::builder().level(10).message("low").build());
        listener.stop();
        assert_eq!(text.get(), expected);
    }
}

#[test]
fn a_line_that_its_wrapper_does_not_write_is_dropped() {
    let text = Text::default();
    let handler = StreamHandler::new(text.clone()).around(|_| {});
    handler.set_error_hook(|_| {});
    handler.handle(&Record::builder().message("x").build());
    assert_eq!(
        (text.get(), handler.counters().dropped()),
        (String::new(), 1)
    );
}

#[test]
fn a_handler_with_a_ledger_is_equal_to_its_clones_only() {
    struct Keeps(Ledger);
    impl Sink for Keeps {
        fn write(&self, record: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
            self.0.kept(record);
            self.0.written(1);
            Ok(())
        }
    }
    let (one, other) = (Handler::with_ledger(Keeps), Handler::with_ledger(Keeps));
    assert_eq!(one, one.clone());
    assert_ne!(one, other);
    assert!(one.id() < other.id());
}
