//! A handler for each value of a key.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;
use std::{fs, thread};

use logtree::formatter::Format;
use logtree::handler::{DropReason, FileHandler, RoutingHandler, Sink, formatted};
use logtree::{Error, ErrorKind, Formatter, Handler, Level, Record, Registry};

/// What was opened, written and closed, in order.
#[derive(Clone, Default)]
struct Journal(Arc<Mutex<Vec<String>>>);

impl Journal {
    fn note(&self, text: String) {
        self.0.lock().unwrap().push(text);
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

struct Noted(Journal, String);

impl Sink for Noted {
    fn write(&self, record: &Record<'_>, format: &dyn Format) -> Result<(), Error> {
        formatted(format, record, |line| {
            self.0.note(format!("{}: {}", self.1, line.as_str()));
            Ok(())
        })
    }

    fn close(&self) -> Result<(), Error> {
        self.0.note(format!("close {}", self.1));
        Ok(())
    }
}

fn noted(journal: &Journal) -> impl Fn(&str) -> Result<Handler, Error> + use<> {
    let journal = journal.clone();
    move |value| {
        journal.note(format!("open {value}"));
        Ok(Handler::new(Noted(journal.clone(), value.to_owned())))
    }
}

/// Logs a record with a tenant, or without one for an empty text.
fn log(handler: &RoutingHandler, tenant: &str, message: &str) {
    let record = Record::builder().level(Level::INFO).message(message);
    let record = match tenant {
        "" => record,
        tenant => record.key_value("tenant", tenant),
    };
    handler.handle(&record.build());
}

#[test]
fn each_value_has_its_handler() {
    let journal = Journal::default();
    let handler = RoutingHandler::builder("tenant", noted(&journal)).build();
    log(&handler, "a", "1");
    log(&handler, "b", "2");
    log(&handler, "a", "3");
    log(&handler, "", "4");
    // Values of other types are routed by their text.
    let number = Record::builder()
        .message("5")
        .key_value("tenant", 7)
        .build();
    handler.handle(&number);
    let seen = journal.take();
    assert_eq!(
        seen,
        [
            "open a",
            "a: 1 tenant=a",
            "open b",
            "b: 2 tenant=b",
            "a: 3 tenant=a",
            "open none",
            "none: 4",
            "open 7",
            "7: 5 tenant=7",
        ]
    );
    assert_eq!(handler.open_values(), ["b", "a", "none", "7"]);
    assert_eq!(handler.counters().written(), 5);
    handler.close().unwrap();
    let mut closed = journal.take();
    closed.sort();
    assert_eq!(closed, ["close 7", "close a", "close b", "close none"]);
}

#[test]
fn the_least_recently_used_handler_is_closed() {
    let journal = Journal::default();
    let builder = RoutingHandler::builder("tenant", noted(&journal));
    let handler = builder.max_open(2).missing("others").build();
    for (tenant, message) in [
        ("a", "1"),
        ("b", "2"),
        ("a", "3"),
        ("c", "4"),
        ("", "5"),
        ("a", "6"),
    ] {
        log(&handler, tenant, message);
    }
    assert_eq!(
        journal.take(),
        [
            "open a",
            "a: 1 tenant=a",
            "open b",
            "b: 2 tenant=b",
            "a: 3 tenant=a",
            "close b",
            "open c",
            "c: 4 tenant=c",
            "close a",
            "open others",
            "others: 5",
            "close c",
            "open a",
            "a: 6 tenant=a",
        ]
    );
    assert_eq!(handler.open_values(), ["others", "a"]);
}

/// The formatter, the level and the filters of a handler are its own; one without a formatter has
/// the router's.
#[test]
fn handlers_keep_their_options() {
    let journal = Journal::default();
    let open = noted(&journal);
    let handler = RoutingHandler::builder("tenant", move |value| {
        let handler = open(value)?;
        Ok::<_, Error>(match value {
            "own" => handler.with_formatter(Formatter::new("own %(message)s").unwrap()),
            "errors" => handler.with_level(Level::ERROR),
            "none" => handler.with_filter(|record: &mut Record<'_>| record.message() != "noise"),
            _ => handler,
        })
    })
    .formatter(Formatter::new("%(levelname)s %(message)s %(tenant)s").unwrap())
    .build();
    for tenant in ["own", "errors", "", "other"] {
        log(&handler, tenant, "noise");
    }
    let mut seen = journal.take();
    seen.retain(|line| !line.starts_with("open"));
    assert_eq!(
        seen,
        ["own: own noise tenant=own", "other: INFO noise other"]
    );
    // What a handler refuses is no loss.
    assert_eq!(handler.counters().dropped(), 0);
}

/// Files of more values than may be open, by many threads: each line arrives once, in the order of
/// its thread.
#[test]
fn no_line_is_lost_while_files_are_closed_and_opened_again() {
    const THREADS: usize = 8;
    const RECORDS: usize = 300;
    const VALUES: usize = 5;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().to_owned();
    let opened = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&opened);
    let handler = RoutingHandler::builder("tenant", move |value| {
        count.fetch_add(1, Ordering::Relaxed);
        FileHandler::builder(path.join(value))
            .buffered(1 << 16)
            .open()
    });
    let handler = handler.max_open(2).build();
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let handler = &handler;
            scope.spawn(move || {
                for number in 0..RECORDS {
                    let tenant = format!("t{}", (number + thread) % VALUES);
                    log(handler, &tenant, &format!("{thread} {number}"));
                }
            });
        }
    });
    // Those that were in use when others were opened give way to the next ones.
    (0..2).for_each(|n| log(&handler, &format!("last{n}"), "x"));
    handler.flush().unwrap();
    assert_eq!(handler.open_values(), ["last0", "last1"]);
    assert!(opened.load(Ordering::Relaxed) > VALUES, "none was closed");
    let mut lines = BTreeMap::<String, Vec<usize>>::new();
    for value in 0..VALUES {
        let text = fs::read_to_string(directory.path().join(format!("t{value}"))).unwrap();
        let mut last = BTreeMap::<&str, usize>::new();
        for line in text.lines() {
            let (record, tenant) = line.split_once(" tenant=").unwrap();
            assert_eq!(tenant, format!("t{value}"));
            let (thread, number) = record.split_once(' ').unwrap();
            let number = number.parse().unwrap();
            let before = last.insert(thread, number);
            assert!(before.is_none_or(|before| before < number), "{line}");
            lines.entry(thread.to_owned()).or_default().push(number);
        }
    }
    for numbers in lines.values_mut() {
        numbers.sort_unstable();
        assert!(numbers.iter().copied().eq(0..RECORDS));
    }
    assert_eq!(lines.len(), THREADS);
    let counters = handler.counters();
    assert_eq!(counters.written(), (THREADS * RECORDS + 2) as u64);
    assert_eq!(counters.dropped(), 0);
}

/// What cannot be opened is counted, and tried again; a panic is no other case.
#[test]
fn a_handler_that_cannot_be_opened_costs_its_records_only() {
    let journal = Journal::default();
    let open = noted(&journal);
    let tries = AtomicUsize::new(0);
    let handler = RoutingHandler::builder("tenant", move |value| match value {
        "bad" => match tries.fetch_add(1, Ordering::Relaxed) {
            0 => Err(Error::new(ErrorKind::Io, "no room")),
            1 => panic!("on purpose"),
            _ => open(value),
        },
        _ => open(value),
    })
    .max_open(1)
    .build();
    handler.set_error_hook(|_| {});
    for number in 0..3 {
        log(&handler, "bad", &number.to_string());
    }
    log(&handler, "good", "3");
    let counters = handler.counters();
    assert_eq!((counters.written(), counters.dropped()), (2, 2));
    assert_eq!(
        (
            counters.dropped_for(DropReason::Io),
            counters.dropped_for(DropReason::Panic)
        ),
        (1, 1)
    );
    assert!(journal.take().contains(&"bad: 2 tenant=bad".to_owned()));
}

/// A function that logs to its own handler does not wait for itself.
#[test]
fn what_is_logged_while_a_handler_is_opened_does_not_hang() {
    let journal = Journal::default();
    let open = noted(&journal);
    let own: Arc<OnceLock<RoutingHandler>> = Arc::default();
    let other = Arc::clone(&own);
    let handler = RoutingHandler::builder("tenant", move |value| {
        if value == "a" {
            let handler = other.get().unwrap();
            log(handler, "a", "refused");
            log(handler, "b", "taken");
        }
        open(value)
    });
    let handler = handler.build();
    handler.set_error_hook(|_| {});
    assert!(own.set(handler.clone()).is_ok());
    log(&handler, "a", "first");
    assert_eq!(
        journal.take(),
        ["open b", "b: taken tenant=b", "open a", "a: first tenant=a"]
    );
    let counters = handler.counters();
    assert_eq!(counters.dropped_for(DropReason::Reentrant), 1);
}

/// Threads with a record of one value wait for the one that opens its handler.
#[test]
fn a_handler_is_opened_once() {
    let journal = Journal::default();
    let open = noted(&journal);
    let handler = RoutingHandler::builder("tenant", move |value| {
        thread::sleep(Duration::from_millis(20));
        open(value)
    });
    let handler = handler.build();
    thread::scope(|scope| {
        for number in 0..8 {
            let handler = &handler;
            scope.spawn(move || log(handler, "a", &number.to_string()));
        }
    });
    let seen = journal.take();
    let opened = seen.iter().filter(|line| *line == "open a").count();
    assert_eq!((opened, seen.len()), (1, 9));
}

/// It is a handler of a logger like any other, also behind a queue.
#[test]
fn records_reach_it_through_loggers_and_queues() {
    let journal = Journal::default();
    let router = RoutingHandler::builder("tenant", noted(&journal)).build();
    let queue = logtree::handler::QueueHandler::new([router]);
    let registry = Registry::new();
    registry.root().add_handler(queue.clone());
    let logger = registry.get_logger("app");
    let _scope = logtree::Scope::new().with("tenant", "acme").enter();
    logtree::warn!(logger, "from the scope");
    queue.flush().unwrap();
    assert_eq!(
        journal.take(),
        ["open acme", "acme: from the scope tenant=acme"]
    );
}

/// No two values share a file, and none leaves its directory.
#[test]
fn values_make_safe_names_of_files() {
    let values = [
        "a", "A", "a b", "a%20b", "../a", "..", ".", "", "a/b", "a\\b", "a:b", "\0", "é", "a.log",
        "%2E", "~", "-", "_",
    ];
    let names: Vec<_> = values
        .iter()
        .map(|value| RoutingHandler::file_name(value))
        .collect();
    for (at, name) in names.iter().enumerate() {
        assert!(!names[..at].contains(name), "{name}");
        assert!(!name.starts_with('.'), "{name}");
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.%".contains(c);
        assert!(name.chars().all(is_plain), "{name}");
    }
}
