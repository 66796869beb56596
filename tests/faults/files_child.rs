//! Scenes of files and queues: `files SCENE PATH`.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{abort, exit};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::time::Duration;
use std::{panic, thread};

use logtree::formatter::Format;
use logtree::handler::{FileHandler, Overflow, QueueHandler, RotatingFileHandler, Sink};
use logtree::{Error, Handler, Record, shutdown};

pub(super) fn play(scene: &str) {
    let (scene, path) = scene.split_once(' ').expect("a scene and a path");
    let path = Path::new(path);
    match scene {
        "exit_queued" => {
            burst(&queued(path), 200_000);
            exit(0);
        }
        "exit_buffered" => {
            let file = FileHandler::builder(path).buffered(1 << 20);
            burst(&file.open().unwrap(), 10_000);
            exit(0);
        }
        "return_queued" => {
            // The handler stays alive, as one on a logger does.
            std::mem::forget(queued_burst(path));
        }
        "panic_queued" => {
            let handler = queued(path);
            panic::set_hook(Box::new(|_| {}));
            burst(&handler, 50_000);
            std::mem::forget(handler);
            panic!("on purpose");
        }
        "exit_on_another_thread" => {
            let handler = queued(path);
            burst(&handler, 50_000);
            let _ = thread::spawn(|| exit(0)).join();
        }
        "shut_down" => {
            let handler = queued(path);
            burst(&handler, 50_000);
            shutdown();
            log(&handler, 50_000);
            // Nothing is left to drain: late records were written at once.
            abort();
        }
        "exit_while_others_log" => exit_while_others_log(path),
        "exit_in_a_sink" => exit_in_a_sink(path),
        "drops_of_a_parent" => drops_of_a_parent(path),
        "fork_beside_a_device_that_hangs" => fork_beside_a_device_that_hangs(),
        "fork_queued" => fork_queued(path),
        "fork_storm" => fork_storm(path),
        "sequence" => sequence(&FileHandler::open(path).unwrap()),
        "sequence_rotating" => {
            let builder = RotatingFileHandler::builder(path).max_bytes(2_000);
            sequence(&builder.backup_count(100_000).open().unwrap());
        }
        "crash_in_a_line" => crash_in_a_line(path),
        "few_rotating" => few_rotating(path),
        "one_of_many" => one_of_many(path),
        other => panic!("unknown scene {other}"),
    }
}

fn queued(path: &Path) -> QueueHandler {
    QueueHandler::new([FileHandler::open(path).unwrap()])
}

fn queued_burst(path: &Path) -> QueueHandler {
    let handler = queued(path);
    burst(&handler, 50_000);
    handler
}

fn log(handler: &Handler, number: usize) {
    let text = format!("0 {number}");
    handler.handle(&Record::builder().message(text).build());
}

fn burst(handler: &Handler, count: usize) {
    (0..count).for_each(|number| log(handler, number));
}

/// Until it is killed.
fn sequence(handler: &Handler) {
    for number in 0..usize::MAX {
        log(handler, number);
    }
}

/// Logs until the system accepts only a part of a line, as on a full disk, and ends there.
fn crash_in_a_line(path: &Path) {
    limit_files_to(1_003);
    let handler = FileHandler::open(path).unwrap();
    handler.set_error_hook(|_| abort());
    burst(&handler, usize::MAX);
}

#[expect(unsafe_code, reason = "to have writes cut short")]
fn limit_files_to(bytes: libc::rlim_t) {
    let limit = libc::rlimit {
        rlim_cur: bytes,
        rlim_max: bytes,
    };
    // SAFETY: the address is that of a limit that lives on, and what ignores a signal needs none of
    // the program's code.
    unsafe {
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
        assert_eq!(libc::setrlimit(libc::RLIMIT_FSIZE, &raw const limit), 0);
    }
}

/// Two hundred records in files of about ten, of which three are kept beside the newest; leaves its
/// counts beside them.
fn few_rotating(path: &Path) {
    let builder = RotatingFileHandler::builder(path).max_bytes(50);
    let handler = builder.backup_count(3).open().unwrap();
    handler.set_error_hook(|_| {});
    burst(&handler, 200);
    let counters = handler.counters();
    let counts = format!("{} {}", counters.written(), counters.dropped());
    // By as many tries as it takes, as calls fail on purpose.
    let counts_path = path.with_file_name("counts");
    while fs::write(&counts_path, &counts).is_err() {}
}

/// One of several processes that rotate one file; its number is in the environment.
fn one_of_many(path: &Path) {
    let number = std::env::var("LOGTREE_NUMBER").unwrap();
    let handler = RotatingFileHandler::builder(path)
        .max_bytes(20_000)
        .backup_count(100_000)
        .multi_process(true)
        .open()
        .unwrap();
    for n in 0..5_000 {
        let text = format!("{number} {n}");
        handler.handle(&Record::builder().message(text).build());
    }
    assert_eq!(handler.counters().dropped(), 0);
}

#[expect(unsafe_code, reason = "to fork is what is tested")]
fn fork() -> libc::pid_t {
    // SAFETY: the child calls what a child of a process with threads must not rely on (it allocates
    // and locks); that this goes well is what is tested, and a child that hangs is killed.
    unsafe { libc::fork() }
}

#[expect(unsafe_code, reason = "to wait for what was forked")]
fn wait_for(child: libc::pid_t) -> i32 {
    let mut status = 0;
    // SAFETY: the address is that of a number that lives on.
    let waited = unsafe { libc::waitpid(child, &raw mut status, 0) };
    assert_eq!(waited, child);
    status
}

/// Four threads log without a pause while the process ends. What each had logged before is in a
/// file beside.
fn exit_while_others_log(path: &Path) {
    let handler = queued(path);
    let logged: &[AtomicUsize; 4] = Box::leak(Box::default());
    for (thread, logged) in logged.iter().enumerate() {
        let handler = handler.clone();
        thread::spawn(move || {
            for n in 0.. {
                let text = format!("{thread} {n}");
                handler.handle(&Record::builder().message(text).build());
                logged.store(n + 1, Ordering::Release);
            }
        });
    }
    while logged
        .iter()
        .any(|logged| logged.load(Ordering::Acquire) < 1_000)
    {
        thread::yield_now();
    }
    let logged = logged
        .iter()
        .map(|logged| logged.load(Ordering::Acquire).to_string());
    let logged: Vec<_> = logged.collect();
    fs::write(path.with_extension("logged"), logged.join(" ")).unwrap();
    exit(0);
}

/// A sink of a queue ends the process at its first record, while the queue holds more.
fn exit_in_a_sink(path: &Path) {
    struct Ends(Mutex<File>, Barrier, AtomicBool);
    impl Sink for Ends {
        fn write(&self, record: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
            writeln!(self.0.lock().unwrap(), "{}", record.message())?;
            if !self.2.swap(true, Ordering::Relaxed) {
                self.1.wait();
                exit(0);
            }
            Ok(())
        }
    }
    impl Sink for Shared {
        fn write(&self, record: &Record<'_>, format: &dyn Format) -> Result<(), Error> {
            self.0.write(record, format)
        }
    }
    struct Shared(Arc<Ends>);
    let file = File::create(path).unwrap();
    let ends = Arc::new(Ends(
        Mutex::new(file),
        Barrier::new(2),
        AtomicBool::new(false),
    ));
    let handler = QueueHandler::new([Handler::new(Shared(Arc::clone(&ends)))]);
    burst(&handler, 1_000);
    ends.1.wait();
    loop {
        thread::park();
    }
}

/// Drops of a parent's queue are reported by the parent.
fn drops_of_a_parent(path: &Path) {
    struct Held(Handler, Barrier);
    struct Shared(Arc<Held>);
    impl Sink for Shared {
        fn write(&self, record: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
            if record.message() == "0 0" {
                self.0.1.wait();
                self.0.1.wait();
            }
            self.0.0.handle(record);
            Ok(())
        }
    }
    let file = FileHandler::open(path).unwrap();
    let held = Arc::new(Held(file.into(), Barrier::new(2)));
    let handler = QueueHandler::builder()
        .max_records(1)
        .overflow(Overflow::DropNewest)
        .handler(Handler::new(Shared(Arc::clone(&held))))
        .start();
    handler.set_error_hook(|_| {});
    log(&handler, 0);
    held.1.wait();
    (1..10).for_each(|n| log(&handler, n));
    let child = fork();
    if child == 0 {
        log(&handler, 100);
        handler.flush().unwrap();
        exit(0);
    }
    held.1.wait();
    assert_eq!(wait_for(child), 0);
    handler.flush().unwrap();
    exit(0);
}

/// A child logs and ends, although a thread of its parent was inside a device that never returns.
fn fork_beside_a_device_that_hangs() {
    struct Hangs(Arc<Barrier>);
    impl Sink for Hangs {
        fn write(&self, record: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
            if record.message() == "0 0" {
                self.0.wait();
                loop {
                    thread::park();
                }
            }
            Ok(())
        }
    }
    let inside = Arc::new(Barrier::new(2));
    let handler = QueueHandler::new([Handler::new(Hangs(Arc::clone(&inside)))]);
    log(&handler, 0);
    inside.wait();
    let child = fork();
    if child == 0 {
        (1..100).for_each(|n| log(&handler, n));
        handler.flush().unwrap();
        drop(handler);
        exit(0);
    }
    assert_eq!(wait_for(child), 0);
    // Here it hangs, and is skipped.
    drop(handler);
    exit(0);
}

/// The parent's records are written by the parent alone, the child's by the child.
fn fork_queued(path: &Path) {
    let handler = queued(path);
    burst(&handler, 20_000);
    let child = fork();
    if child == 0 {
        for n in 0..1_000 {
            let text = format!("1 {n}");
            handler.handle(&Record::builder().message(text).build());
        }
        handler.flush().unwrap();
        exit(0);
    }
    assert_eq!(wait_for(child), 0);
    exit(0);
}

/// Threads log all the time, by a queue and to a file at once, while others are forked: no child
/// hangs.
fn fork_storm(path: &Path) {
    let queue = queued(path);
    let file = FileHandler::open(path).unwrap();
    for _ in 0..2 {
        let (queue, file) = (queue.clone(), file.clone());
        thread::spawn(move || {
            loop {
                log(&queue, 0);
                log(&file, 0);
                thread::sleep(Duration::from_micros(20));
            }
        });
    }
    for n in 0..100 {
        let child = fork();
        if child == 0 {
            let text = format!("child {n}");
            queue.handle(&Record::builder().message(text.as_str()).build());
            file.handle(&Record::builder().message(text).build());
            queue.flush().unwrap();
            exit(0);
        }
        assert_eq!(wait_for(child), 0, "child {n}");
    }
    exit(0);
}
