//! Hours of logging by threads that come and go take no more memory than
//! minutes.

use std::time::{Duration, Instant};
use std::{env, fs, thread};

use logtree::control::{Control, LevelTarget};
use logtree::handler::{MemoryHandler, QueueHandler, RotatingFileHandler, StreamHandler};
use logtree::{Level, Registry, Scope};
use tempfile::tempdir;

use super::{resident, stderr_of};

/// What memory may grow by after a fifth of the time, in KiB: allocators keep some to themselves.
const GROWTH: usize = 32 * 1024;

/// What the queue may take, so that its fullest moment comes early, also where its thread gets
/// little time.
const QUEUE: usize = 8 << 20;

/// How many rounds it makes at least: a round writes some 170 KiB.
const ROUNDS: usize = 30;

/// `LOGTREE_SOAK` gives the number of seconds; `.ci/soak` sets it.
#[test]
fn memory_stays_flat() {
    let report = stderr_of("soak", Duration::MAX);
    assert!(report.contains("resident"), "{report}");
    eprintln!("{report}");
}

pub(super) fn play() {
    let seconds = env::var("LOGTREE_SOAK").map_or(2, |text| text.parse().unwrap());
    let time = Duration::from_secs(seconds);
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    let file = RotatingFileHandler::builder(&path).max_bytes(1 << 20);
    let file = file.backup_count(2).open().unwrap();
    let queue = QueueHandler::builder()
        .max_bytes(QUEUE)
        .handlers([file.clone()])
        .start();
    let memory = MemoryHandler::new(100).with_target(queue.clone());
    let registry = Registry::new();
    registry.root().set_level(Level::INFO);
    registry.root().add_handler(memory.clone());
    registry
        .root()
        .add_handler(StreamHandler::new(std::io::sink()));
    let control = Control::new(&registry);
    let start = Instant::now();
    let (mut round, mut early) = (0, None);
    // Enough for two rotations, however slow the machine is.
    while start.elapsed() < time || round < ROUNDS {
        thread::scope(|threads| {
            for thread in 0..4 {
                let (registry, control) = (&registry, &control);
                threads.spawn(move || work(registry, control, thread, round));
            }
        });
        round += 1;
        if start.elapsed() >= time / 5 && early.is_none() {
            early = Some(resident());
        }
    }
    // A flush gives up after a while, and the queue may hold much.
    while memory.flush().is_err() {}
    let (early, late) = (early.unwrap_or_default(), resident());
    let counters = file.counters();
    eprintln!(
        "{} s, {round} rounds, {} records: {early} KiB resident after a fifth, {late} KiB at the end",
        start.elapsed().as_secs(),
        counters.written()
    );
    for counters in [memory.counters(), queue.counters(), counters] {
        assert_eq!(counters.queued(), 0);
        assert_eq!(counters.accepted(), counters.written() + counters.dropped());
    }
    assert!(late < early + GROWTH, "it grows");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 3);
}

/// What a thread does in its short life.
fn work(registry: &Registry, control: &Control, thread: usize, round: usize) {
    let logger = registry.get_logger(format!("app.part{thread}.of{}", round % 100));
    let client = || LevelTarget::client_id(format!("client{thread}.{}", round % 50));
    let soon = Duration::from_millis(1 + round as u64 % 20);
    control.set_level_for(client(), Level::DEBUG, soon).unwrap();
    let scope = Scope::new().with("request", round).level(Level::DEBUG);
    let _inside = scope.enter();
    for n in 0..100 {
        logtree::debug!(logger, n, of = "scope"; "a detail of round {round}");
        logtree::info!(logger, "a record of {} bytes: {}", n * 7, "x".repeat(n * 7));
    }
    control.clear_level(&client()).unwrap();
}
