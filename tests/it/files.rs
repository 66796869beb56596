//! Plain and watched files.

use std::path::Path;
use std::sync::mpsc;
use std::time::{Duration, Instant};
use std::{fs, thread};

use logtree::handler::{DropReason, FileHandler, WatchedFileHandler};
use logtree::{ErrorKind, Handler, Level, Record, Registry};
use tempfile::tempdir;

pub(crate) fn log(handler: &Handler, text: &str) {
    handler.handle(&Record::builder().message(text).level(Level::INFO).build());
}

pub(crate) fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path).unwrap()
}

/// Waits until a condition holds, for as long as a busy machine may take.
pub(crate) fn until(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(600), "never: {what}");
        thread::sleep(Duration::from_millis(1));
    }
}

/// Files are private unless configured otherwise; an existing file keeps its permissions.
#[cfg(unix)]
#[test]
fn files_are_private() {
    use crate::support::mode;
    let directory = tempdir().unwrap();
    let path = directory.path().join("new/deep/a.log");
    FileHandler::builder(&path)
        .create_dirs(true)
        .open()
        .unwrap();
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    // Whatever the mask of the process is.
    let wide = directory.path().join("wide.log");
    FileHandler::builder(&wide).mode(0o666).open().unwrap();
    assert_eq!(mode(&wide), 0o666);
    FileHandler::open(&wide).unwrap();
    assert_eq!(mode(&wide), 0o666);
}

/// A planted link is refused, and what it points to is not touched.
#[cfg(unix)]
#[test]
fn links_are_not_followed_unless_asked_for() {
    let directory = tempdir().unwrap();
    let (victim, link) = (
        directory.path().join("victim"),
        directory.path().join("a.log"),
    );
    fs::write(&victim, "precious").unwrap();
    std::os::unix::fs::symlink(&victim, &link).unwrap();
    let error = FileHandler::builder(&link)
        .truncate(true)
        .open()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.to_string().contains("symbolic link"), "{error}");
    assert_eq!(read(&victim), "precious");
    let handler = FileHandler::builder(&link)
        .follow_symlinks(true)
        .open()
        .unwrap();
    log(&handler, "x");
    assert_eq!(read(&victim), "precious\nx\n");
    // What the system keeps there is meant to be followed.
    FileHandler::open("/dev/stdout").unwrap();
}

/// A pipe without a reader is an error, not a wait.
#[cfg(unix)]
#[test]
fn a_pipe_without_a_reader_is_refused_at_once() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("pipe");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&path)
            .status()
            .unwrap()
            .success()
    );
    let (opened, is_opened) = mpsc::channel();
    thread::spawn(move || opened.send(FileHandler::open(&path).is_ok()));
    // An open that blocks would do so for ever.
    assert_eq!(is_opened.recv_timeout(Duration::from_secs(600)), Ok(false));
}

#[test]
fn errors_name_the_file_and_the_cause() {
    let error = FileHandler::open("/no/such/directory/a.log").unwrap_err();
    let text = error.to_string();
    let path: std::path::PathBuf = ["no", "such", "directory", "a.log"].iter().collect();
    assert!(text.contains(path.to_str().unwrap()), "{text}");
    // Absolute, with the drive where there are drives.
    assert_eq!(error.path().map(|whole| whole.ends_with(&path)), Some(true));
    #[cfg(unix)]
    assert!(format!("{error:?}").contains("\ncaused by: No such file or directory"));
    let directory = tempdir().unwrap();
    let error = FileHandler::open(directory.path()).unwrap_err();
    assert!(error.to_string().contains("it is a directory"), "{error}");
}

/// Unlike in Python, a missing directory is an error of the record, and the file is tried again
/// later.
#[test]
fn a_delayed_file_is_opened_once_its_directory_is_there() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("later/a.log");
    let handler = FileHandler::builder(&path).delay(true).open().unwrap();
    handler.set_error_hook(|_| {});
    log(&handler, "lost");
    assert_eq!(handler.counters().dropped_for(DropReason::Io), 1);
    fs::create_dir(path.parent().unwrap()).unwrap();
    until("the file is tried again", || {
        log(&handler, "kept");
        handler.counters().written() == 1
    });
    let lost = handler.counters().dropped();
    let plural = if lost == 1 { "" } else { "s" };
    let notice = format!("{lost} record{plural} dropped: the device failed\n");
    log(&handler, "later");
    // The time to try the file again may come between the notice and the record.
    let text = read(&path);
    let is_told = text == format!("{notice}kept\nlater\n");
    assert!(
        is_told || text == format!("kept\n{notice}later\n"),
        "{text}"
    );
}

#[test]
fn a_buffer_is_written_when_full_when_severe_when_asked_and_at_the_end() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    let handler = FileHandler::builder(&path)
        .buffered(16)
        .flush_interval(Duration::from_secs(3600))
        .open()
        .unwrap();
    let severe = |text: &str| {
        let record = Record::builder().message(text).level(Level::ERROR);
        handler.handle(&record.build());
    };
    log(&handler, "one");
    let counters = handler.counters();
    assert_eq!(
        (read(&path).as_str(), counters.queued(), counters.written()),
        ("", 1, 0)
    );
    severe("two");
    assert_eq!(read(&path), "one\ntwo\n");
    log(&handler, "0123456789");
    log(&handler, "full!");
    assert_eq!(read(&path), "one\ntwo\n0123456789\n");
    handler.flush().unwrap();
    assert_eq!(read(&path), "one\ntwo\n0123456789\nfull!\n");
    log(&handler, "last");
    handler.close().unwrap();
    assert!(read(&path).ends_with("full!\nlast\n"));
    assert_eq!(
        (handler.counters().written(), handler.counters().queued()),
        (5, 0)
    );
}

#[test]
fn a_buffer_is_written_after_its_interval_without_further_records() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    let handler = FileHandler::builder(&path)
        .flush_interval(Duration::from_millis(20))
        .open()
        .unwrap();
    log(&handler, "one");
    until("the line came", || !read(&path).is_empty());
}

/// Reopening, as on `SIGHUP`.
#[test]
fn reopen_goes_to_the_new_file() {
    let directory = tempdir().unwrap();
    let (path, old) = (
        directory.path().join("a.log"),
        directory.path().join("a.old"),
    );
    let handler = FileHandler::open(&path).unwrap();
    log(&handler, "1");
    fs::rename(&path, &old).unwrap();
    log(&handler, "2");
    handler.reopen().unwrap();
    log(&handler, "3");
    assert_eq!(
        (read(&old).as_str(), read(&path).as_str()),
        ("1\n2\n", "3\n")
    );
    fs::remove_dir_all(directory.path()).unwrap();
    assert!(handler.reopen().is_err(), "and the old file stays in use");
    log(&handler, "4");
    assert_eq!(handler.counters().dropped(), 0);
}

/// The file is moved and removed all the time; no line is lost.
#[test]
fn a_watched_file_loses_nothing_while_it_is_moved() {
    const THREADS: usize = 4;
    const RECORDS: usize = 5_000;
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    let handler = WatchedFileHandler::open(&path).unwrap();
    let mut moved = 0;
    thread::scope(|scope| {
        let writers: Vec<_> = (0..THREADS)
            .map(|thread| {
                let handler = &handler;
                scope.spawn(move || {
                    (0..RECORDS).for_each(|n| log(handler, &format!("{thread} {n}")))
                })
            })
            .collect();
        while writers.iter().any(|writer| !writer.is_finished()) {
            if fs::rename(&path, directory.path().join(format!("a.{moved}"))).is_ok() {
                moved += 1;
            }
        }
    });
    // The last line may have come before the last move.
    let mut text = fs::read_to_string(&path).unwrap_or_default();
    (0..moved).for_each(|n| text += &read(directory.path().join(format!("a.{n}"))));
    exactly_once(&text, THREADS, RECORDS);
    assert!(moved > 0);
}

/// Each thread's numbers, each once; in the order of files they need not be.
pub(crate) fn exactly_once(text: &str, threads: usize, records: usize) {
    let mut seen = vec![vec![0_u32; records]; threads];
    for line in text.lines() {
        let (thread, number) = line
            .split_once(' ')
            .unwrap_or_else(|| panic!("torn: {line:?}"));
        let number: usize = number.parse().unwrap_or_else(|_| panic!("torn: {line:?}"));
        seen[thread.parse::<usize>().unwrap()][number] += 1;
    }
    for (thread, seen) in seen.iter().enumerate() {
        let wrong = seen.iter().position(|count| *count != 1);
        assert_eq!(
            wrong,
            None,
            "thread {thread}, times {:?}",
            wrong.map(|at| seen[at])
        );
    }
}

/// The same, and each thread's numbers ascend.
pub(crate) fn exactly_once_in_order(text: &str, threads: usize, records: usize) {
    exactly_once(text, threads, records);
    let mut next = vec![0; threads];
    for line in text.lines() {
        let (thread, number) = line.split_once(' ').unwrap();
        let thread: usize = thread.parse().unwrap();
        assert_eq!(
            number.parse::<usize>().unwrap(),
            next[thread],
            "thread {thread}"
        );
        next[thread] += 1;
    }
}

#[test]
fn many_threads_and_one_file() {
    for capacity in [None, Some(4096)] {
        let directory = tempdir().unwrap();
        let path = directory.path().join("a.log");
        let mut builder = FileHandler::builder(&path);
        if let Some(capacity) = capacity {
            builder = builder.buffered(capacity);
        }
        let handler = builder.open().unwrap();
        thread::scope(|scope| {
            for thread in 0..8 {
                let handler = &handler;
                scope.spawn(move || {
                    (0..10_000).for_each(|n| log(handler, &format!("{thread} {n}")));
                });
            }
        });
        handler.close().unwrap();
        exactly_once_in_order(&read(&path), 8, 10_000);
        assert_eq!(handler.counters().written(), 80_000);
    }
}

/// While the device is full lines are kept, as far as there is room, and the others are counted.
#[cfg(target_os = "linux")]
#[test]
fn a_buffer_waits_for_its_device() {
    let handler = FileHandler::builder("/dev/full")
        .buffered(64)
        .open()
        .unwrap();
    handler.set_error_hook(|_| {});
    (0..1000).for_each(|n| log(&handler, &format!("line {n}")));
    let counters = handler.counters();
    assert_eq!(counters.accepted(), 1000);
    assert_eq!(counters.written(), 0);
    assert!(counters.queued() > 50 && counters.dropped_for(DropReason::Io) > 500);
    assert!(handler.flush().is_err());
    assert!(handler.close().is_err());
    assert_eq!(handler.counters().dropped_for(DropReason::Io), 1000);
}

#[test]
fn presets_to_files() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    let registry = Registry::new();
    let config = logtree::BasicConfig::new().file(&path).level(Level::INFO);
    assert_eq!(
        config.install_in(&registry).unwrap(),
        logtree::setup::Installed::Done
    );
    logtree::info!(registry.get_logger("a"), "x");
    assert_eq!(read(&path), "INFO:a:x\n");
    let both = logtree::BasicConfig::new()
        .file(&path)
        .stream(std::io::stdout());
    assert_eq!(
        both.install_in(&registry).unwrap_err().kind(),
        ErrorKind::InvalidConfig
    );
    let missing = logtree::BasicConfig::new()
        .file("/no/such/a.log")
        .force(true);
    assert!(missing.install_in(&registry).is_err());
    assert_eq!(registry.root().handlers().len(), 1, "nothing was changed");
}

/// `app.log` leads to a file on another volume, which is not there yet; its name stays a link
/// whatever is done.
#[cfg(unix)]
#[test]
fn a_link_that_is_followed_may_lead_to_a_file_that_is_still_to_be_made() {
    use crate::support::mode;
    let directory = tempdir().unwrap();
    let (volume, link) = (
        directory.path().join("volume"),
        directory.path().join("app.log"),
    );
    fs::create_dir(&volume).unwrap();
    std::os::unix::fs::symlink("volume/next", &link).unwrap();
    std::os::unix::fs::symlink("app.log", volume.join("next")).unwrap();
    let handler = FileHandler::builder(&link)
        .follow_symlinks(true)
        .mode(0o640)
        .open()
        .unwrap();
    log(&handler, "one");
    assert_eq!(read(volume.join("app.log")), "one\n");
    assert_eq!(mode(&volume.join("app.log")), 0o640);
    // Links in a circle are an error, not a loop.
    std::os::unix::fs::symlink("circle", directory.path().join("circle")).unwrap();
    let circle = FileHandler::builder(directory.path().join("circle")).follow_symlinks(true);
    assert!(circle.open().is_err());
}

/// Any user can create a link there.
#[cfg(target_os = "linux")]
#[test]
fn links_below_dev_are_followed_for_the_streams_alone() {
    let directory = tempdir().unwrap();
    let victim = directory.path().join("victim");
    fs::write(&victim, "precious").unwrap();
    let planted = Path::new("/dev/shm").join(format!("logtree-{}.log", std::process::id()));
    std::os::unix::fs::symlink(&victim, &planted).unwrap();
    let around = Path::new("/dev/..").join(directory.path().strip_prefix("/").unwrap());
    std::os::unix::fs::symlink(&victim, directory.path().join("stdout")).unwrap();
    for path in [planted.clone(), around.join("stdout")] {
        let opened = FileHandler::builder(&path).truncate(true).open();
        let text = opened.unwrap_err().to_string();
        assert!(text.contains("symbolic link"), "{text}");
    }
    fs::remove_file(planted).unwrap();
    assert_eq!(read(&victim), "precious");
    for path in ["/dev/stdout", "/dev//stderr", "/dev/fd/1", "/dev/null"] {
        FileHandler::open(path).unwrap();
    }
}

/// Python's mode `x`: the file must be a new one, but after that it is the handler's own.
#[test]
fn a_file_can_be_asked_to_be_new() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    let open = || {
        FileHandler::builder(&path)
            .file_mode("x".parse().unwrap())
            .open()
    };
    let handler = open().unwrap();
    log(&handler, "one");
    handler.close().unwrap();
    log(&handler, "two");
    handler.reopen().unwrap();
    log(&handler, "three");
    assert_eq!(read(&path), "one\ntwo\nthree\n");
    assert_eq!(open().unwrap_err().kind(), ErrorKind::Io);
}

/// A part of the buffer could be written, and then it is closed: each record is counted as what
/// became of it, and the line that was cut off is ended.
#[cfg(target_os = "linux")]
#[test]
fn a_buffer_that_was_written_in_part_is_counted_record_by_record() {
    use std::io::Read;
    use std::os::unix::fs::OpenOptionsExt;

    let directory = tempdir().unwrap();
    let path = directory.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.unwrap().success());
    // A pipe takes 64 KiB, and nothing more until it is read.
    let mut reader = fs::File::options()
        .read(true)
        .custom_flags(libc::O_NONBLOCK)
        .open(&path)
        .unwrap();
    let handler = FileHandler::builder(&path)
        .buffered(1 << 20)
        .flush_interval(Duration::from_secs(3600))
        .open()
        .unwrap();
    let failures = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = std::sync::Arc::clone(&failures);
    handler.set_error_hook(move |failure| {
        seen.lock()
            .unwrap()
            .push((failure.lost(), failure.error().to_string()));
    });
    let text = "x".repeat(98);
    (0..1000).for_each(|_| log(&handler, &text));
    assert!(handler.flush().is_err());
    let counters = handler.counters();
    assert!(counters.written() > 100 && counters.queued() > 100);
    assert_eq!(counters.written() + counters.queued(), 1000);
    assert!(handler.close().is_err());
    let counters = handler.counters();
    assert_eq!(
        (counters.queued(), counters.written() + counters.dropped()),
        (0, 1000)
    );
    let mut read = || {
        let mut bytes = Vec::new();
        // First what there is, then the end.
        let _ = reader.read_to_end(&mut bytes);
        String::from_utf8(bytes).unwrap()
    };
    let found = read();
    let whole = found.matches(&format!("{text}\n")).count() as u64;
    assert_eq!(whole, counters.written());
    let failures = failures.lock().unwrap();
    assert_eq!(failures.len(), 1, "{failures:?}");
    assert_eq!(failures[0].0, counters.dropped());
    drop(failures);
    log(&handler, "next");
    handler.flush().unwrap();
    assert!((found + &read()).lines().any(|line| line == "next"));
}

/// A timer's failure to write reaches the error hook, once for each outage.
#[cfg(target_os = "linux")]
#[test]
fn a_buffer_that_cannot_be_written_is_reported_without_further_records() {
    let handler = FileHandler::builder("/dev/full")
        .flush_interval(Duration::from_millis(1))
        .open()
        .unwrap();
    let (sender, failures) = mpsc::channel();
    handler.set_error_hook(move |failure| {
        let _ = sender.send((failure.lost(), failure.error().to_string()));
    });
    log(&handler, "one");
    let (lost, text) = failures.recv().unwrap();
    assert_eq!(lost, 0);
    assert!(text.contains("/dev/full"), "{text}");
    assert_eq!(handler.counters().queued(), 1);
    drop(handler);
    // Then it is lost, which is reported as well.
    let lost: u64 = failures.iter().map(|(lost, _)| lost).sum();
    assert_eq!(lost, 1);
}
