//! The scenes of the children. A failed assertion ends the child with an error, which its parent
//! detects.

use std::cell::{Cell, RefCell};
use std::io::{self, Write};
use std::sync::{Mutex, mpsc};
use std::time::Duration;
use std::{fmt, panic, thread};

use logtree::handler::{DropReason, StreamHandler};
use logtree::{
    BasicConfig, ErrorKind, Formatter, Handler, Level, Registry, get_logger, install,
    set_stream_logger, shutdown,
};

use super::resident;

pub(super) fn play(scene: &str) {
    match scene {
        "stderr_fails" => stderr_fails(),
        "many_lines" => many_lines(),
        "displays" => displays(),
        "sleeps" => sleeps(),
        "changes" => changes(),
        "thread_locals" => thread_locals(),
        "panic_hook" => panic_hook(),
        "huge" => huge(),
        "controls" => controls(),
        "small_stack" => small_stack(),
        "soak" => super::soak::play(),
        "targets" => targets(),
        "taken" => taken(),
        "max_level" => max_level(),
        "facade" => facade(),
        "stream_logger" => stream_logger(),
        other => panic!("unknown scene {other}"),
    }
}

/// Standard error in local time on the root: the set-up that aborts or panics in most crates.
fn to_stderr(format: &str) -> Handler {
    let handler = StreamHandler::stderr().with_formatter(Formatter::new(format).unwrap());
    get_logger("").add_handler(handler.clone());
    install().unwrap();
    handler.into()
}

fn stderr_fails() {
    // The reader is closed after this process has started; a fork of the parent may keep it open a
    // moment longer.
    while io::stderr().write(b".").is_ok() {
        thread::sleep(Duration::from_millis(1));
    }
    let handler = to_stderr("%(asctime)s %(message)s");
    panic::set_hook(Box::new(|info| log::error!("panic: {info}")));
    for n in 0..100_000 {
        log::error!("line {n}");
    }
    let _ = panic::catch_unwind(|| panic!("the hook logs to a dead stream"));
    let counters = handler.counters();
    assert_eq!(
        (counters.written(), counters.dropped_for(DropReason::Io)),
        (0, 100_001)
    );
}

fn many_lines() {
    let handler = to_stderr("%(message)s");
    let filling = "x".repeat(80);
    for n in 0..20_000 {
        log::error!("line {n} {filling}");
    }
    assert_eq!(handler.counters().written(), 20_000);
}

struct Fails;

impl fmt::Display for Fails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("half")?;
        Err(fmt::Error)
    }
}

struct Panics;

impl fmt::Display for Panics {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("boom")
    }
}

/// Logs itself at one depth less.
struct Logs(u32);

impl fmt::Display for Logs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 > 0 {
            log::error!("{}", Self(self.0 - 1));
        }
        write!(f, "depth {};", self.0)
    }
}

fn displays() {
    let handler = to_stderr("%(asctime)s %(message)s");
    panic::set_hook(Box::new(|_| {}));
    for _ in 0..1000 {
        log::error!("{Panics}");
        log::error!("{Fails}");
    }
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..50).for_each(|_| log::error!("{}", Logs(8))));
        }
    });
    assert_eq!(handler.counters().written(), 2000 + 8 * 50 * 9);
    // Deeper than the limit: records that are too deep are dropped and counted, and nothing else
    // happens.
    let before = handler.counters().written();
    log::error!("{}", Logs(100));
    assert_eq!(
        (
            handler.counters().written() - before,
            Registry::global().dropped()
        ),
        (32, 1)
    );
}

fn sleeps() {
    struct Sleeps(mpsc::Sender<()>, Mutex<mpsc::Receiver<()>>);
    impl fmt::Display for Sleeps {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.send(()).unwrap();
            self.1.lock().unwrap().recv().unwrap();
            f.write_str("slept")
        }
    }
    to_stderr("%(asctime)s %(message)s");
    let (sender, asleep) = mpsc::channel();
    let (wake, is_woken) = mpsc::channel();
    let sleeper = thread::spawn(move || log::error!("{}", Sleeps(sender, Mutex::new(is_woken))));
    asleep.recv().unwrap();
    // If it waited, it would hang.
    for n in 0..1000 {
        log::error!("not held up {n}");
    }
    wake.send(()).unwrap();
    sleeper.join().unwrap();
}

fn changes() {
    struct Changes(u16, Handler);
    impl fmt::Display for Changes {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            get_logger("").set_level(Level::new(self.0 % 20 + 1));
            let logger = get_logger(format!("changed.{}", self.0));
            logger.add_handler(self.1.clone());
            logger.set_propagate(false);
            logger.remove_handler(&self.1);
            get_logger("").remove_handler(&self.1);
            get_logger("").add_handler(self.1.clone());
            self.1.set_formatter(Formatter::default());
            self.1.set_name("changes");
            let _ = Registry::global().dump().to_string();
            shutdown();
            write!(f, "changed {}", self.0)
        }
    }
    let handler = to_stderr("%(message)s");
    for n in 0..100 {
        log::error!("{}", Changes(n, handler.clone()));
    }
}

fn thread_locals() {
    struct LastWords(&'static str);
    impl Drop for LastWords {
        fn drop(&mut self) {
            log::error!("last words of {}", self.0);
        }
    }
    thread_local! {
        static FIRST: RefCell<Option<LastWords>> = const { RefCell::new(None) };
        static SECOND: RefCell<Option<LastWords>> = const { RefCell::new(None) };
        static NEVER_LOGGED: Cell<Option<LastWords>> = const { Cell::new(None) };
    }
    to_stderr("%(asctime)s %(thread)d %(threadName)s %(message)s");
    for n in 0..300 {
        let thread = thread::spawn(move || {
            let first = || FIRST.with(|cell| *cell.borrow_mut() = Some(LastWords("first")));
            let second = || SECOND.with(|cell| *cell.borrow_mut() = Some(LastWords("second")));
            NEVER_LOGGED.set(Some(LastWords("never")));
            if n % 2 == 0 {
                first();
                if n % 3 == 0 {
                    log::error!("between");
                }
                second();
            } else {
                second();
                if n % 3 == 0 {
                    log::error!("between");
                }
                first();
            }
            if n % 5 == 0 {
                log::error!("at the end");
            }
        });
        thread.join().unwrap();
    }
}

fn panic_hook() {
    struct Dropped;
    impl Drop for Dropped {
        fn drop(&mut self) {
            log::error!("dropped while unwinding");
        }
    }
    to_stderr("%(asctime)s %(message)s");
    panic::set_hook(Box::new(|info| {
        log::error!(
            "hook: {}",
            info.payload().downcast_ref::<&str>().unwrap_or(&"")
        );
    }));
    let panicked = thread::spawn(|| {
        let _dropped = Dropped;
        panic!("on purpose");
    });
    assert!(panicked.join().is_err());
}

fn huge() {
    let handler = to_stderr("%(message)s");
    log::error!("warm up {}", 1);
    // The memory that is still allocated; what the allocator does with freed memory does not count.
    let used = allocation_counter::measure(|| {
        for power in 0..=26 {
            let message = "x".repeat(1 << power);
            log::error!("{message}{}", "");
        }
    });
    assert_eq!(handler.counters().written(), 28);
    assert!(
        used.bytes_current < 1 << 20,
        "{} bytes were kept",
        used.bytes_current
    );
}

fn controls() {
    let evil = "a\0b\rc\x1b[2Jd\u{9b}31me\u{202e}f\ng";
    to_stderr("%(message)s");
    // As one line: newlines are escaped or indented, and here they are escaped.
    let formatter = Formatter::builder()
        .format("record %(name)s %(message)s")
        .multiline(logtree::formatter::Multiline::Escape);
    for handler in get_logger("").handlers() {
        handler.set_formatter(formatter.clone().build().unwrap());
    }
    let source = [(evil, evil)];
    let mut record = log::Record::builder();
    record
        .target(evil)
        .level(log::Level::Error)
        .key_values(&source);
    log::logger().log(&record.args(format_args!("{evil}")).build());
}

fn small_stack() {
    to_stderr("%(message)s");
    let pairs: Vec<(String, u64)> = (0..10_000).map(|n| (format!("key{n}"), n)).collect();
    let small = thread::Builder::new()
        .stack_size(128 * 1024)
        .spawn(move || {
            let mut record = log::Record::builder();
            record.level(log::Level::Error).key_values(&pairs);
            log::logger().log(&record.args(format_args!("many")).build());
        });
    small.unwrap().join().unwrap();
}

fn targets() {
    const ALL: u32 = if cfg!(debug_assertions) {
        1_000_000
    } else {
        10_000_000
    };
    let handler = StreamHandler::new(io::sink());
    get_logger("").add_handler(handler.clone());
    get_logger("app.known").set_level(Level::ERROR);
    install().unwrap();
    let names = Registry::global().logger_names();
    let log = |range: std::ops::Range<u32>| {
        let mut target = String::new();
        for n in range {
            target.clear();
            fmt::Write::write_fmt(&mut target, format_args!("app::known::{}.{n}", n % 977))
                .unwrap();
            log::error!(target: &target, "{n}");
        }
    };
    log(0..100_000);
    let before = resident();
    log(100_000..ALL);
    let grown = resident().saturating_sub(before);
    assert!(grown < 1024, "{grown} KiB grown");
    assert_eq!(Registry::global().logger_names(), names);
    assert_eq!(handler.counters().written(), u64::from(ALL));
}

fn taken() {
    struct Other;
    impl log::Log for Other {
        fn enabled(&self, _: &log::Metadata<'_>) -> bool {
            true
        }
        fn log(&self, _: &log::Record<'_>) {}
        fn flush(&self) {}
    }
    log::set_logger(&Other).unwrap();
    log::set_max_level(log::LevelFilter::Info);
    assert_eq!(install().unwrap_err().kind(), ErrorKind::AlreadyInstalled);
    set_stream_logger("x", Level::TRACE);
    let _ = BasicConfig::new().level(Level::TRACE).install().unwrap();
    assert_eq!(
        log::max_level(),
        log::LevelFilter::Info,
        "the other backend's level is left alone"
    );
}

fn max_level() {
    install().unwrap();
    install().unwrap();
    let max = |expected: log::LevelFilter| assert_eq!(log::max_level(), expected);
    max(log::LevelFilter::Warn);
    get_logger("a.b").set_level(Level::DEBUG);
    max(log::LevelFilter::Debug);
    get_logger("c").set_level(Level::TRACE);
    max(log::LevelFilter::Trace);
    get_logger("c").set_disabled(true);
    max(log::LevelFilter::Debug);
    Registry::global().disable(Level::INFO);
    max(log::LevelFilter::Warn);
    Registry::global().disable(Level::CRITICAL);
    max(log::LevelFilter::Off);
    Registry::global().disable(Level::NOTSET);
    max(log::LevelFilter::Debug);
    get_logger("a.b").set_level(Level::NOTSET);
    max(log::LevelFilter::Warn);
    {
        let _capture = logtree::test::Capture::new(&get_logger("x"));
        max(log::LevelFilter::Trace);
    }
    max(log::LevelFilter::Warn);
    get_logger("").set_level(Level::OFF);
    max(log::LevelFilter::Off);
    // A registry that is not the backend has no effect.
    Registry::new().root().set_level(Level::TRACE);
    max(log::LevelFilter::Off);
}

fn facade() {
    to_stderr("%(name)s %(levelname)s %(message)s");
    get_logger("app.net").set_level(Level::INFO);
    get_logger("app::net::tcp");
    get_logger("app.quiet").set_level(Level::OFF);
    let names = Registry::global().logger_names();
    log::info!(target: "app::net::tcp", size = 3; "known");
    log::info!(target: "app::net::other", "nearest");
    log::info!(target: "app::network", "hidden: not below app.net");
    log::error!(target: "app.quiet.part", "hidden: off");
    log::warn!(target: "", "empty target");
    assert!(log::log_enabled!(target: "app::net", log::Level::Info));
    assert!(!log::log_enabled!(target: "app::net", log::Level::Debug));
    assert_eq!(Registry::global().logger_names(), names);

    // A target cached as off is noticed when it opens and closes; so is a nearer logger.
    let target = String::from("app::net::tcp::connection");
    let debug = |text: &str| (0..4).for_each(|_| log::debug!(target: &target, "{text}"));
    debug("hidden: below the level");
    get_logger("app.net").set_level(Level::DEBUG);
    debug("opened");
    get_logger("app.net").set_level(Level::INFO);
    debug("hidden: closed again");
    get_logger("app.net.tcp.connection").set_level(Level::DEBUG);
    debug("a nearer logger");
    log::logger().flush();
}

fn stream_logger() {
    set_stream_logger("boto3", Level::DEBUG);
    set_stream_logger("botocore.client.S3", Level::INFO);
    log::debug!(target: "boto3::session", "by the facade");
    let s3 = get_logger("botocore.client.S3");
    logtree::debug!(s3, "hidden");
    logtree::info!(s3, bucket = "photos"; "put");
    logtree::error!(get_logger("boto3.x"), "by the macro");
    log::error!(target: "botocore.other", "by the last resort");
    log::info!(target: "other", "hidden");
}
