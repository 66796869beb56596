//! What is played by `forks KIND COUNT PATH`.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use logtree::{
    BufferingHandler, FallbackHandler, FileHandler, Handler, Level, Logger, MemoryHandler,
    NullHandler, OwnedRecord, QueueHandler, Record, Registry, RotatingFileHandler, StreamHandler,
};

/// What a child that does not end in this time is called: hung.
const LIMIT: Duration = Duration::from_secs(300);

pub(super) fn play(scene: &str) {
    let mut words = scene.splitn(3, ' ');
    let (kind, count, path) = (words.next(), words.next(), words.next());
    let (kind, path) = (kind.unwrap(), Path::new(path.unwrap()));
    let count = count.unwrap().parse().unwrap();
    match kind {
        "hung_stream" | "hung_queue" | "hung_memory" => hung(kind, path),
        "ticker" => ticker(path),
        "expiry" => expiry(),
        #[cfg(feature = "reload")]
        "reload" => reload(path),
        #[cfg(feature = "reload")]
        "sighup" => sighup(path),
        "left" => left(path),
        "inside" => inside(path),
        "exit_inside" => exit_inside(path),
        "exit_busy" => exit_busy(path),
        kind => storm(kind, count, path),
    }
}

/// Runs a function in a child, and fails where that fails or hangs.
#[expect(unsafe_code, reason = "to fork is what is tested")]
fn in_child(what: &str, run: impl FnOnce() -> bool) {
    // SAFETY: the child calls what a child of a process with threads must not rely on (it allocates and locks); that this goes well is
    // what is tested, and a child that hangs is killed.
    let child = unsafe { libc::fork() };
    if child == 0 {
        let passed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).unwrap_or(false);
        // SAFETY: it ends the process, and calls nothing.
        unsafe { libc::_exit(i32::from(!passed)) };
    }
    let start = Instant::now();
    let mut status = 0;
    // SAFETY: the address is that of a number that lives on.
    while unsafe { libc::waitpid(child, &raw mut status, libc::WNOHANG) } == 0 {
        if start.elapsed() > LIMIT {
            // SAFETY: it takes two numbers, the first one that of a child which was not waited for yet.
            unsafe { libc::kill(child, libc::SIGKILL) };
            panic!("{what}: the child hung");
        }
        thread::sleep(Duration::from_micros(200));
    }
    assert_eq!(status, 0, "{what}: the child failed");
}

fn until(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < LIMIT, "{what}");
        thread::sleep(Duration::from_millis(1));
    }
}

fn log(handler: &Handler, text: &str) {
    handler.handle(&Record::builder().message(text).build());
}

fn appending(path: &Path) -> File {
    File::options()
        .append(true)
        .create(true)
        .open(path)
        .unwrap()
}

fn rotating(path: &Path) -> RotatingFileHandler {
    let builder = RotatingFileHandler::builder(path).max_bytes(20_000);
    let builder = builder.backup_count(1_000_000).multi_process(true);
    builder.open().unwrap()
}

fn lines(path: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    for entry in fs::read_dir(path.parent().unwrap()).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        lines.extend(text.lines().map(str::to_owned));
    }
    lines
}

fn handler_of(kind: &str, path: &Path) -> (Handler, Option<RotatingFileHandler>) {
    let file = || FileHandler::open(path).unwrap();
    let mut rotates = None;
    let handler = match kind {
        "stream" => StreamHandler::new(appending(path)).into(),
        "file" => file().into(),
        "buffered" => {
            let builder = FileHandler::builder(path).buffered(1000);
            builder.open().unwrap().into()
        }
        "rotating" => {
            let handler = rotating(path);
            rotates = Some(handler.clone());
            handler.into()
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
        "fallback" => FallbackHandler::new([file().into(), file().into()]).into(),
        other => panic!("unknown kind {other}"),
    };
    (handler, rotates)
}

const LOGGING: usize = 5;

fn storm(kind: &str, count: usize, path: &Path) {
    let (handler, rotates) = handler_of(kind, path);
    let registry = Registry::new();
    registry.root().add_handler(handler.clone());
    let logger = registry.get_logger("app");
    let (stop, counts) = (
        AtomicBool::new(false),
        [const { AtomicU64::new(0) }; LOGGING],
    );
    thread::scope(|scope| {
        for (thread, logged) in counts.iter().enumerate() {
            let (stop, logger) = (&stop, &logger);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let n = logged.fetch_add(1, Ordering::Relaxed);
                    logtree::warn!(logger, "{thread} {n}");
                    thread::sleep(Duration::from_micros(50));
                }
            });
        }
        for thread in 0..3 {
            let (stop, registry, handler) = (&stop, &registry, &handler);
            scope.spawn(move || {
                let mut n = 0;
                while !stop.load(Ordering::Relaxed) {
                    configure(registry, handler, thread, n);
                    n += 1;
                    thread::sleep(Duration::from_micros(20));
                }
            });
        }
        for child in 0..count {
            in_child(kind, || {
                as_child(&registry, &logger, &handler, rotates.as_ref(), child)
            });
        }
        stop.store(true, Ordering::Relaxed);
    });
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

/// All that takes a lock of the crate, one thing after another.
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
        logtree::handler_names(),
    );
}

fn as_child(
    registry: &Registry,
    logger: &Logger,
    handler: &Handler,
    rotates: Option<&RotatingFileHandler>,
    child: usize,
) -> bool {
    let dropped = handler.counters().dropped();
    logtree::warn!(logger, "child {child} 0");
    configure(registry, handler, 0, child);
    logtree::warn!(logger, "child {child} 1");
    let rotated = rotates.is_none_or(|handler| handler.rotate().unwrap());
    logtree::warn!(logger, "child {child} 2");
    handler.flush().unwrap();
    let counters = handler.counters();
    rotated && counters.dropped() == dropped && counters.queued() == 0
}

/// Reports that a thread is inside, and stays there until it is told to go on, or for ever in a child.
struct Hangs {
    inside: mpsc::Sender<()>,
    go_on: mpsc::Receiver<()>,
}

impl Write for Hangs {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inside.send(()).unwrap();
        let _ = self.go_on.recv();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn hung(kind: &str, path: &Path) {
    let (inside, is_inside) = mpsc::channel();
    let (go_on, goes_on) = mpsc::channel();
    let stream = StreamHandler::new(Hangs {
        inside,
        go_on: goes_on,
    });
    stream.set_error_hook(|_| {});
    let handler: Handler = match kind {
        "hung_stream" => stream.clone().into(),
        "hung_queue" => QueueHandler::new([stream.clone()]).into(),
        _ => MemoryHandler::new(1).with_target(stream.clone()).into(),
    };
    handler.set_error_hook(|_| {});
    let hanging = handler.clone();
    let hangs = thread::spawn(move || log(&hanging, "hangs"));
    is_inside.recv().unwrap();
    let file = FileHandler::open(path).unwrap();
    in_child(kind, || {
        for _ in 0..10 {
            log(&handler, "lost");
        }
        let _ = handler.flush();
        log(&file, "kept");
        file.counters().written() == 1 && stream.counters().dropped() == 10
    });
    drop(go_on);
    hangs.join().unwrap();
    handler.flush().unwrap();
    assert_eq!(stream.counters().written(), 1);
    assert_eq!(lines(path), ["kept"]);
}

/// The ticker writes a buffer out that no record fills.
fn ticker(path: &Path) {
    let builder = FileHandler::builder(path).buffered(1 << 20);
    let handler = builder
        .flush_interval(Duration::from_millis(1))
        .open()
        .unwrap();
    log(&handler, "parent");
    until("the parent's ticker runs", || lines(path) == ["parent"]);
    in_child("ticker", || {
        log(&handler, "child");
        until("the child's ticker runs", || {
            lines(path) == ["parent", "child"]
        });
        true
    });
}

/// A level for a while ends in the child as well.
fn expiry() {
    use logtree::control::{Control, Target};

    let registry = Registry::new();
    let control = Control::new(&registry);
    let logger = registry.get_logger("app");
    let target = Target::logger("app");
    control
        .set_level_for(target, Level::DEBUG, Duration::from_secs(1))
        .unwrap();
    assert_eq!(logger.effective_level(), Level::DEBUG);
    in_child("expiry", || {
        until("the child ends it", || {
            logger.effective_level() == Level::WARNING
        });
        true
    });
    until("the parent ends it", || {
        logger.effective_level() == Level::WARNING
    });
}

#[cfg(feature = "reload")]
fn reload(path: &Path) {
    use logtree::config::Reloader;

    let path = path.with_extension("json");
    let level =
        |level: &str| format!(r#"{{"version": 1, "loggers": {{"app": {{"level": "{level}"}}}}}}"#);
    fs::write(&path, level("DEBUG")).unwrap();
    let registry = Registry::new();
    let builder = Reloader::builder(&path).registry(&registry);
    let reloader = builder.interval(Duration::from_millis(1)).start().unwrap();
    let logger = registry.get_logger("app");
    in_child("reload", || {
        fs::write(&path, level("ERROR")).unwrap();
        // By hand, and by the child's own thread.
        let _ = reloader.reload().unwrap();
        assert_eq!(logger.level(), Level::ERROR);
        fs::write(&path, level("CRITICAL")).unwrap();
        until("the child follows the file", || {
            logger.level() == Level::CRITICAL
        });
        true
    });
    until("the parent follows the file", || {
        logger.level() == Level::CRITICAL
    });
}

#[cfg(feature = "reload")]
#[expect(unsafe_code, reason = "to send a signal to the process itself")]
fn sighup(path: &Path) {
    logtree::reopen_on_sighup().unwrap();
    let handler = FileHandler::open(path).unwrap();
    log(&handler, "parent");
    in_child("sighup", || {
        fs::rename(path, path.with_extension("1")).unwrap();
        // SAFETY: it takes two numbers.
        unsafe { libc::kill(libc::getpid(), libc::SIGHUP) };
        log(&handler, "child");
        until("the record is in the new file", || {
            fs::read_to_string(path).is_ok_and(|text| text == "child\n")
        });
        true
    });
}

fn left(path: &Path) {
    let memory = MemoryHandler::new(10).with_target(FileHandler::open(path).unwrap());
    let delivered = Arc::new(AtomicU64::new(0));
    let sum = Arc::clone(&delivered);
    let batches = BufferingHandler::new(10, move |batch: &[OwnedRecord]| {
        sum.fetch_add(batch.len() as u64, Ordering::Relaxed);
    });
    let other = path.with_extension("buffered");
    let buffered = FileHandler::builder(&other).buffered(1 << 20);
    let buffered = buffered
        .flush_interval(Duration::from_secs(3600))
        .open()
        .unwrap();
    let handlers: [Handler; 3] = [memory.into(), batches.into(), buffered.into()];
    let adds_up = || {
        handlers.iter().all(|handler| {
            let counters = handler.counters();
            let sum = counters.written() + counters.dropped() + counters.queued();
            counters.accepted() == sum && counters.dropped() == 0
        })
    };
    for handler in &handlers {
        (0..5).for_each(|_| log(handler, "parent"));
    }
    in_child("left", || {
        for handler in &handlers {
            handler.flush().unwrap();
            log(handler, "child");
            handler.flush().unwrap();
        }
        delivered.load(Ordering::Relaxed) == 1 && adds_up()
    });
    for handler in &handlers {
        handler.flush().unwrap();
    }
    let lines = lines(path);
    let count = |text: &str| lines.iter().filter(|line| *line == text).count();
    assert_eq!((count("parent"), count("child")), (10, 2));
    assert!(delivered.load(Ordering::Relaxed) == 5 && adds_up());
}

/// Forks when it first writes.
struct Forks(Option<Handler>, File);

impl Write for Forks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(other) = self.0.take() {
            let copy = self.1.try_clone()?;
            in_child("inside", || {
                log(&other, "child");
                let mut file = &copy;
                file.write_all(b"child, inside\n").is_ok()
            });
        }
        self.1.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn inside(path: &Path) {
    let other = FileHandler::open(path.with_extension("other")).unwrap();
    let handler = StreamHandler::new(Forks(Some(other.into()), appending(path)));
    log(&handler, "parent");
    log(&handler, "parent");
    assert_eq!(
        fs::read_to_string(path).unwrap(),
        "child, inside\nparent\nparent\n"
    );
    assert_eq!(
        fs::read_to_string(path.with_extension("other")).unwrap(),
        "child\n"
    );
}

/// Ends the process when it first writes.
struct Exits;

impl Write for Exits {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        std::process::exit(0)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn exit_inside(path: &Path) {
    let builder = FileHandler::builder(path).buffered(1 << 20);
    let buffered = builder.open().unwrap();
    let exits = MemoryHandler::new(1).with_target(StreamHandler::new(Exits));
    let other = path.with_extension("other");
    let queue = QueueHandler::new([FileHandler::open(&other).unwrap()]);
    for n in 0..1000 {
        log(&buffered, &n.to_string());
        log(&queue, &n.to_string());
    }
    log(&exits, "the end");
}

/// Ends while four threads log to handlers with buffers; leaves what they had logged before beside the log.
fn exit_busy(path: &Path) {
    let builder = FileHandler::builder(path).buffered(1 << 20);
    let file: Handler = builder.open().unwrap().into();
    let memory = MemoryHandler::new(1000).with_target(file.clone());
    let to = file.clone();
    let batches = BufferingHandler::new(1000, move |batch: &[OwnedRecord]| {
        for record in batch {
            to.handle(&record.as_record());
        }
    });
    let handlers: [Handler; 4] = [
        file.clone(),
        memory.clone().into(),
        batches.into(),
        memory.into(),
    ];
    let counts: &'static [AtomicU64; 4] = Box::leak(Box::default());
    for (thread, handler) in handlers.into_iter().enumerate() {
        thread::spawn(move || {
            for n in 0.. {
                log(&handler, &format!("{thread} {n}"));
                counts[thread].store(n + 1, Ordering::SeqCst);
            }
        });
    }
    until("all threads log", || {
        counts
            .iter()
            .all(|count| count.load(Ordering::SeqCst) > 2500)
    });
    let counts = counts
        .each_ref()
        .map(|count| count.load(Ordering::SeqCst).to_string());
    fs::write(path.with_extension("counts"), counts.join(" ")).unwrap();
    std::process::exit(0);
}
