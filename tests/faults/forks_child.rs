//! The scenes `forks KIND COUNT PATH`.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use logtree::control::{Control, LevelTarget};
use logtree::handler::{
    BufferingHandler, FileHandler, MemoryHandler, QueueHandler, RecordQueue, StreamHandler,
};
use logtree::record::OwnedRecord;
use logtree::{Formatter, Handler, Level, Record, Registry, Scope};

#[cfg(feature = "tracing")]
use super::forks_spans;
use super::forks_storm;

/// A child that does not end in this time counts as hung.
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
        #[cfg(feature = "signal")]
        "sighup" => sighup(path),
        #[cfg(feature = "socket")]
        "receiver" => super::forks_receiver::play(path),
        "std_locks" => std_locks(path),
        "scope" => scope(path),
        #[cfg(feature = "tracing")]
        "spans" => forks_spans::play(path),
        "left" => left(path),
        "inside" => inside(path),
        "inside_a_buffer" => inside_a_buffer(),
        "exit_inside" => exit_inside(path),
        "exit_busy" => exit_busy(path),
        kind => forks_storm::play(kind, count, path),
    }
}

/// Runs a function in a child, and fails if the child fails or hangs.
#[expect(unsafe_code, reason = "to fork is what is tested")]
pub(super) fn in_child(what: &str, run: impl FnOnce() -> bool) {
    // SAFETY: the child calls what a child of a process with threads must not rely on (it allocates
    // and locks); that this goes well is what is tested, and a child that hangs is killed.
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
            // SAFETY: it takes two numbers, the first one that of a child which was not waited for
            // yet.
            unsafe { libc::kill(child, libc::SIGKILL) };
            panic!("{what}: the child hung");
        }
        thread::sleep(Duration::from_micros(200));
    }
    assert_eq!(status, 0, "{what}: the child failed");
}

pub(super) fn until(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < LIMIT, "{what}");
        thread::sleep(Duration::from_millis(1));
    }
}

pub(super) fn log(handler: &Handler, text: &str) {
    handler.handle(&Record::builder().message(text).build());
}

pub(super) fn appending(path: &Path) -> File {
    File::options()
        .append(true)
        .create(true)
        .open(path)
        .unwrap()
}

pub(super) fn lines(path: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    for entry in fs::read_dir(path.parent().unwrap()).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        lines.extend(text.lines().map(str::to_owned));
    }
    lines
}

/// Reports that a thread is inside, and stays until it is released, or for ever in a child.
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

/// The timer writes out a buffer that no record fills.
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

/// A temporary level ends in the child as well.
fn expiry() {
    let registry = Registry::new();
    let control = Control::new(&registry);
    let logger = registry.get_logger("app");
    let target = LevelTarget::logger("app");
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
        // By a call, and by the child's own thread.
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

#[cfg(feature = "signal")]
#[expect(unsafe_code, reason = "to send a signal to the process itself")]
fn sighup(path: &Path) {
    logtree::setup::reopen_on_sighup().unwrap();
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

/// Another thread holds std's locks of the standard streams at the fork, as `eprintln!` does while
/// it writes its arguments.
fn std_locks(path: &Path) {
    let (inside, is_inside) = mpsc::channel();
    let (go_on, goes_on) = mpsc::channel::<()>();
    let holds = thread::spawn(move || {
        let _locks = (io::stderr().lock(), io::stdout().lock());
        inside.send(()).unwrap();
        let _ = goes_on.recv();
    });
    let (stderr, stdout) = (StreamHandler::stderr(), StreamHandler::stdout());
    let fails = StreamHandler::new(Fails);
    is_inside.recv().unwrap();
    in_child("std_locks", || {
        log(&stderr, "to stderr");
        log(&stdout, "to stdout");
        log(&fails, "the default report is written");
        // The handler that existed at the fork, and one created in the child.
        log(&StreamHandler::stderr(), "to stderr again");
        let counters = (stderr.counters(), stdout.counters(), fails.counters());
        (
            counters.0.written(),
            counters.1.written(),
            counters.2.dropped(),
        ) == (1, 1, 1)
    });
    drop(go_on);
    holds.join().unwrap();
    fs::write(path, "done").unwrap();
}

struct Fails;

impl Write for Fails {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::other("the device of the test fails"))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A thread forks inside a scope while another thread is in another scope: the child keeps its own
/// thread's scope until it leaves it, as does the parent.
fn scope(path: &Path) {
    let registry = Registry::new();
    let file = FileHandler::open(path).unwrap();
    let formatter = Formatter::new("%(levelname)s %(message)s").unwrap();
    registry.root().add_handler(file.with_formatter(formatter));
    let logger = registry.get_logger("app");
    let (inside, is_inside) = mpsc::channel();
    let (go_on, goes_on) = mpsc::channel::<()>();
    let both = |who: &str| {
        logtree::debug!(logger, "{who} debugs");
        logtree::warn!(logger, "{who} warns");
    };
    thread::scope(|threads| {
        threads.spawn(move || {
            let _scope = Scope::new().with("of", "other").level(Level::TRACE).enter();
            inside.send(()).unwrap();
            let _ = goes_on.recv();
        });
        is_inside.recv().unwrap();
        let mut outer = Some(Scope::new().with("tenant", 1).enter());
        let mut inner = Some(Scope::new().with("job", 2).level(Level::DEBUG).enter());
        in_child("scope", || {
            both("child inside");
            // Another thread of the child is in no scope.
            thread::scope(|threads| drop(threads.spawn(|| both("child beside"))));
            drop(inner.take());
            both("child outside");
            drop(outer.take());
            both("child at the end");
            !logger.is_enabled_for(Level::DEBUG)
        });
        both("parent");
        drop(go_on);
    });
    let expected = [
        "DEBUG child inside debugs tenant=1 job=2",
        "WARNING child inside warns tenant=1 job=2",
        "WARNING child beside warns",
        "WARNING child outside warns tenant=1",
        "WARNING child at the end warns",
        "DEBUG parent debugs tenant=1 job=2",
        "WARNING parent warns tenant=1 job=2",
    ];
    assert_eq!(lines(path), expected);
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
    // Without a listener, so that everything stays in the queue.
    let queue = QueueHandler::from_queue(&RecordQueue::new());
    let handlers: [Handler; 4] = [memory.into(), batches.into(), buffered.into(), queue.into()];
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

/// Forks when it is first called; parent and child both go on. The child notes that it is one.
#[expect(unsafe_code, reason = "to fork is what is tested")]
fn fork_once(child: &AtomicI32) {
    if child.load(Ordering::SeqCst) == PARENT {
        // SAFETY: as in `in_child`.
        child.store(unsafe { libc::fork() }, Ordering::SeqCst);
    }
}

/// The initial value for [`fork_once`]; 0 is the child.
const PARENT: i32 = -1;

struct ForksOnce(Arc<AtomicI32>);

impl Write for ForksOnce {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        fork_once(&self.0);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A child forked by a buffer's target or function counts the record in flight once, as its
/// parent's.
fn inside_a_buffer() {
    let made: [fn(&Arc<AtomicI32>) -> Handler; 3] = [
        |child| {
            let target = StreamHandler::new(ForksOnce(Arc::clone(child)));
            MemoryHandler::new(3).with_target(target).into()
        },
        |child| {
            let child = Arc::clone(child);
            BufferingHandler::new(3, move |_: &[OwnedRecord]| fork_once(&child)).into()
        },
        |child| {
            // Closed, so that the logging thread delivers.
            let queue = QueueHandler::new([StreamHandler::new(ForksOnce(Arc::clone(child)))]);
            queue.close().unwrap();
            queue.into()
        },
    ];
    for make in made {
        let child = Arc::new(AtomicI32::new(PARENT));
        let handler = make(&child);
        for round in 1..=2 {
            (0..3).for_each(|_| log(&handler, "x"));
            let counters = handler.counters();
            let counts = (counters.accepted(), counters.written(), counters.queued());
            assert_eq!(counts, (3 * round, 3 * round, 0), "{handler:?}");
        }
        end_child(child.load(Ordering::SeqCst));
    }
}

/// Ends the child, and waits for it in the parent.
#[expect(unsafe_code, reason = "to fork is what is tested")]
fn end_child(child: i32) {
    if child == 0 {
        // SAFETY: it ends the process, and calls nothing.
        unsafe { libc::_exit(0) };
    }
    let mut status = 0;
    // SAFETY: the address is that of a number that lives on.
    assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
    assert_eq!(status, 0, "the child failed");
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

/// Ends while four threads log to handlers with buffers; leaves what they had logged before beside
/// the log.
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
