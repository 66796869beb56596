//! The scene `forks KIND COUNT PATH` where `KIND` is a handler: a storm of children.

use std::collections::HashMap;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use std::{fs, thread};

use logtree::backlog::Backlog;
use logtree::control::{Control, LevelTarget, Page};
use logtree::formatter::Format;
use logtree::handler::{
    BufferingHandler, FallbackHandler, FileHandler, MemoryHandler, NullHandler, QueueHandler,
    RotatingFileHandler, RoutingHandler, Sink, StreamHandler, TimedRotatingFileHandler,
    WatchedFileHandler,
};
use logtree::record::OwnedRecord;
use logtree::{Error, Handler, Level, Record, Registry};

use super::forks_child::{appending, in_child, lines};

fn rotating(path: &Path) -> RotatingFileHandler {
    let builder = RotatingFileHandler::builder(path).max_bytes(20_000);
    let builder = builder.backup_count(1_000_000).multi_process(true);
    builder.open().unwrap()
}

/// Rotates a handler's file by hand.
type Rotate = Box<dyn Fn() -> bool>;

fn handler_of(kind: &str, path: &Path) -> (Handler, Option<Rotate>) {
    let file = || FileHandler::open(path).unwrap();
    let mut rotates: Option<Rotate> = None;
    let handler = match kind {
        "stream" => StreamHandler::new(appending(path)).into(),
        "file" | "backlog" => file().into(),
        "buffered" => {
            let builder = FileHandler::builder(path).buffered(1000);
            builder.open().unwrap().into()
        }
        "rotating" => {
            let handler = rotating(path);
            let rotating = handler.clone();
            rotates = Some(Box::new(move || rotating.rotate().unwrap()));
            handler.into()
        }
        "timed" => {
            let builder = TimedRotatingFileHandler::builder(path).max_bytes(20_000);
            let builder = builder.backup_count(1_000_000).multi_process(true);
            let handler = builder.open().unwrap();
            let rotating = handler.clone();
            rotates = Some(Box::new(move || rotating.rotate().unwrap()));
            handler.into()
        }
        "watched" => {
            let handler = WatchedFileHandler::open(path).unwrap();
            let (from, count) = (path.to_owned(), AtomicU64::new(0));
            rotates = Some(Box::new(move || {
                // As a program that rotates would; another one may have been faster.
                let number = count.fetch_add(1, Ordering::Relaxed);
                let to = from.with_extension(format!("{}.{number}", std::process::id()));
                let _ = fs::rename(&from, to);
                true
            }));
            handler.into()
        }
        "panicking" => {
            let panics = Handler::new(PanicsAtTimes(AtomicU64::new(0), file().into()));
            FallbackHandler::new(panics).or(file()).into()
        }
        "queue" => QueueHandler::new([file()]).into(),
        "memory" => MemoryHandler::new(50).with_target(file()).into(),
        "buffering" => {
            let path = path.to_owned();
            let deliver = move |batch: &[OwnedRecord]| {
                let text: String = batch
                    .iter()
                    .map(|one| format!("{}\n", one.message()))
                    .collect();
                appending(&path).write_all(text.as_bytes()).unwrap();
            };
            BufferingHandler::new(50, deliver).into()
        }
        "fallback" => FallbackHandler::new(file()).or(file()).into(),
        "router" => {
            let path = path.to_owned();
            let builder = RoutingHandler::builder("key", move |_| FileHandler::open(&path));
            builder.build().into()
        }
        other => panic!("unknown kind {other}"),
    };
    (handler, rotates)
}

/// Writes each third record, and panics for the others.
struct PanicsAtTimes(AtomicU64, Handler);

impl Sink for PanicsAtTimes {
    fn write(&self, record: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        if self.0.fetch_add(1, Ordering::Relaxed) % 3 != 0 {
            // Without the hook, which would print it.
            std::panic::resume_unwind(Box::new("the sink panics"));
        }
        self.1.handle(record);
        Ok(())
    }
}

const LOGGING: usize = 5;

/// How many records a backlog keeps before it is emitted.
const KEPT: u64 = 20;

pub(super) fn play(kind: &str, count: usize, path: &Path) {
    let (handler, rotates) = handler_of(kind, path);
    let registry = if kind == "backlog" {
        // What the levels hide of the facade's records.
        logtree::install().unwrap();
        Registry::global().clone()
    } else {
        Registry::new()
    };
    registry.root().add_handler(handler.clone());
    let logger = registry.get_logger("app");
    let backlog = (kind == "backlog").then(|| {
        let builder = Backlog::builder(&logger).capacity(1_000_000);
        builder.start(handler.clone())
    });
    let control = Control::new(&registry);
    let write = |text: &str, n: u64| match &backlog {
        Some(_) if n % KEPT == KEPT - 1 => log::error!(target: "app", "{text}"),
        Some(_) => log::debug!(target: "app", "{text}"),
        None => logtree::warn!(logger, "{text}"),
    };
    let (stop, counts) = (
        AtomicBool::new(false),
        [const { AtomicU64::new(0) }; LOGGING],
    );
    thread::scope(|scope| {
        for (thread, logged) in counts.iter().enumerate() {
            let (stop, write) = (&stop, &write);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let n = logged.fetch_add(1, Ordering::Relaxed);
                    write(&format!("{thread} {n}"), n);
                    thread::sleep(Duration::from_micros(50));
                }
            });
        }
        for thread in 0..3 {
            let (stop, registry, handler) = (&stop, &registry, &handler);
            let control = control.clone();
            scope.spawn(move || {
                let mut n = 0;
                while !stop.load(Ordering::Relaxed) {
                    configure(registry, handler, thread, n);
                    steer(&control, thread, n);
                    n += 1;
                    thread::sleep(Duration::from_micros(20));
                }
            });
        }
        for child in 0..count {
            in_child(kind, || {
                let dropped = handler.counters().dropped();
                write(&format!("child {child} 0"), 0);
                configure(&registry, &handler, 0, child);
                steer(&control, 0, child);
                write(&format!("child {child} 1"), 1);
                let rotated = rotates.as_ref().is_none_or(|rotate| rotate());
                write(&format!("child {child} 2"), KEPT - 1);
                handler.flush().unwrap();
                let counters = handler.counters();
                rotated && counters.dropped() == dropped && counters.queued() == 0
            });
        }
        stop.store(true, Ordering::Relaxed);
    });
    if let Some(backlog) = &backlog {
        backlog.emit();
    }
    handler.flush().unwrap();
    assert_eq!(handler.counters().dropped(), 0, "{kind}");
    let mut found = HashMap::new();
    for line in lines(path) {
        *found.entry(line).or_insert(0) += 1;
    }
    let of_parent = counts.iter().enumerate().flat_map(|(thread, logged)| {
        (0..logged.load(Ordering::Relaxed)).map(move |n| format!("{thread} {n}"))
    });
    let of_children =
        (0..count).flat_map(|child| (0..3).map(move |n| format!("child {child} {n}")));
    for line in of_parent.chain(of_children) {
        assert_eq!(found.remove(&line), Some(1), "{kind}: {line}");
    }
    assert!(found.is_empty(), "{kind}: {found:?}");
}

/// Everything that takes a lock of the crate, one after the other.
fn configure(registry: &Registry, handler: &Handler, thread: usize, n: usize) {
    let other = registry.get_logger(format!("other{thread}.of{}", n % 300));
    other.set_level(if n % 2 == 0 {
        Level::DEBUG
    } else {
        Level::INFO
    });
    let null = Handler::from(NullHandler::new());
    null.set_name(format!("null{thread}").as_str());
    other.add_handler(null.clone());
    other.remove_handler(&null);
    handler.set_level(Level::NOTSET);
    registry.add_level_name(Level::new(17), "NOTE");
    let _ = (
        registry.dump().to_string(),
        handler.counters(),
        logtree::handler::handler_names(),
    );
}

/// The same from outside: levels of loggers and fields, some of which end by themselves, groups and
/// lists.
fn steer(control: &Control, thread: usize, n: usize) {
    let logger = || LevelTarget::logger(format!("other{thread}.of{}", n % 300));
    let client = || LevelTarget::client_id(format!("client{thread}.{}", n % 50));
    control.set_level(logger(), Level::DEBUG).unwrap();
    let soon = Duration::from_millis(1 + n as u64 % 20);
    control.set_level_for(client(), Level::INFO, soon).unwrap();
    control.set_level_for(logger(), Level::ERROR, soon).unwrap();
    control.list(None, Page::new(10)).unwrap();
    control.clear_level(&logger()).unwrap();
    control.clear_level(&client()).unwrap();
    let group = format!("group{thread}");
    control.set_group(&group, ["app.a", "app.b"]).unwrap();
    control.set_group_level(&group, Level::INFO).unwrap();
    control.clear_group_level(&group).unwrap();
}
