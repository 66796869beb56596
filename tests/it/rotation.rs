//! Files that are rotated.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use logtree::{
    ManualClock, Registry, RotatingFileHandler, TimeZone, TimedRotatingFileHandler, Timestamp, When,
};
use tempfile::tempdir;

use crate::files::{exactly_once, log, read};

fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// 81, deviating, and fault 11: a rename that fails loses nothing, and is tried again.
#[test]
fn a_blocked_name_keeps_the_old_file_in_use() {
    let directory = tempdir().unwrap();
    let (path, first) = (
        directory.path().join("a.log"),
        directory.path().join("a.log.1"),
    );
    fs::create_dir_all(first.join("in the way")).unwrap();
    let handler = RotatingFileHandler::builder(&path)
        .max_bytes(4)
        .backup_count(2)
        .open()
        .unwrap();
    let (registry, complaints) = crate::support::registry_with_stderr();
    registry.root().add_handler(handler.clone());
    let logger = registry.get_logger("a");
    for text in ["abc", "def", "ghi"] {
        logtree::warn!(logger, "{text}");
    }
    assert_eq!(read(&path), "abc\ndef\nghi\n");
    assert_eq!(handler.counters().dropped(), 0);
    // One report, not one for each record.
    let complaints = complaints.lines();
    assert_eq!(complaints.len(), 1, "{complaints:?}");
    assert!(complaints[0].contains("cannot rotate") && complaints[0].contains("a.log"));
    assert!(handler.rotate().is_err());
    fs::remove_dir_all(&first).unwrap();
    thread::sleep(Duration::from_millis(400));
    logtree::warn!(logger, "jkl");
    assert_eq!(
        (read(&path).as_str(), read(&first).as_str()),
        ("jkl\n", "abc\ndef\nghi\n")
    );
}

/// 14: a link planted at a rotated name is replaced, not followed.
#[cfg(unix)]
#[test]
fn planted_links_are_replaced() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    let victim = directory.path().join("victim");
    fs::write(&victim, "precious").unwrap();
    for name in ["a.log.1", "a.log.2"] {
        std::os::unix::fs::symlink(&victim, directory.path().join(name)).unwrap();
    }
    let handler = RotatingFileHandler::builder(&path)
        .max_bytes(1)
        .backup_count(3)
        .open()
        .unwrap();
    (0..5).for_each(|n| log(&handler, &n.to_string()));
    assert_eq!(read(&victim), "precious");
    assert_eq!(read(directory.path().join("a.log.3")), "1\n");
}

#[test]
fn a_namer_and_a_rotator_may_log_and_panic() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    let registry = Registry::new();
    let logger = registry.get_logger("a");
    let inner = logger.clone();
    let handler = RotatingFileHandler::builder(&path)
        .max_bytes(4)
        .backup_count(1)
        .rotator(move |_, _| {
            logtree::warn!(inner, "from the rotator");
            panic!("boom")
        })
        .open()
        .unwrap();
    handler.set_error_hook(|_| {});
    registry.root().add_handler(handler.clone());
    std::panic::set_hook(Box::new(|_| {}));
    logtree::warn!(logger, "abc");
    logtree::warn!(logger, "def");
    logtree::warn!(logger, "ghi");
    let _ = std::panic::take_hook();
    // The record at which it panicked is counted; the file is whole, and goes on.
    let counters = handler.counters();
    assert_eq!(counters.accepted(), counters.written() + counters.dropped());
    assert!(read(&path).starts_with("abc\n"));
}

/// 88, deviating: a name that is taken gets a number, nothing is written over; and size rotates beside time.
#[test]
fn time_and_size_together_never_write_over_anything() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("t.log");
    fs::write(directory.path().join("t.log.1970-01-01"), "there before\n").unwrap();
    let clock = Arc::new(ManualClock::new(Timestamp::from_nanos(0)));
    let handler = TimedRotatingFileHandler::builder(&path)
        .when(When::Midnight)
        .time_zone(TimeZone::Utc)
        .max_bytes(8)
        .clock(clock.clone())
        .open()
        .unwrap();
    for text in ["abc", "def", "ghi"] {
        log(&handler, text);
    }
    clock.advance(Duration::from_secs(24 * 60 * 60));
    log(&handler, "jkl");
    let of = |suffix: &str| read(directory.path().join(format!("t.log{suffix}")));
    assert_eq!(of(".1970-01-01"), "there before\n");
    assert_eq!(of(".1970-01-01.1"), "abc\n");
    assert_eq!(of(".1970-01-01.2"), "def\n");
    assert_eq!(of(".1970-01-01.3"), "ghi\n");
    assert_eq!(of(""), "jkl\n");
}

/// 86, deviating: an interval counts from when the file was made, not from its last line.
#[test]
fn a_restart_keeps_the_phase() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("t.log");
    let open = || {
        let builder = TimedRotatingFileHandler::builder(&path).when(When::Hour);
        builder.open().unwrap()
    };
    let first = open();
    log(&first, "1");
    let due = first.rollover_at().unwrap();
    drop(first);
    if fs::metadata(&path).unwrap().created().is_err() {
        println!("skipped: the file system does not tell when a file was made");
        return;
    }
    // As if it had been written to for half an hour.
    let made = fs::metadata(&path).unwrap().created().unwrap();
    let later = made + Duration::from_secs(1800);
    fs::File::options()
        .append(true)
        .open(&path)
        .unwrap()
        .set_modified(later)
        .unwrap();
    let second = open();
    let drift = second.rollover_at().unwrap().seconds() - due.seconds();
    assert!((0..=1).contains(&drift), "{drift}");
}

#[test]
fn a_buffered_file_rotates_with_its_buffer() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    let handler = RotatingFileHandler::builder(&path)
        .max_bytes(10)
        .backup_count(9)
        .buffered(1024)
        .open()
        .unwrap();
    (0..6).for_each(|n| log(&handler, &format!("m{n}")));
    handler.close().unwrap();
    assert_eq!(read(&path), "m3\nm4\nm5\n");
    assert_eq!(read(directory.path().join("a.log.1")), "m0\nm1\nm2\n");
}

/// The oracle of many threads, over all files.
#[test]
fn many_threads_rotate_one_file() {
    const THREADS: usize = 8;
    const RECORDS: usize = 2_000;
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    let handler = RotatingFileHandler::builder(&path)
        .max_bytes(2_000)
        .backup_count(10_000)
        .open()
        .unwrap();
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let handler = &handler;
            scope.spawn(move || (0..RECORDS).for_each(|n| log(handler, &format!("{thread} {n}"))));
        }
    });
    let names = names(directory.path());
    assert!(names.len() > 50);
    let text: String = names
        .iter()
        .map(|name| read(directory.path().join(name)))
        .collect();
    exactly_once(&text, THREADS, RECORDS);
}

#[cfg(feature = "gzip")]
mod gzip {
    use super::*;

    use std::io::Read;
    use std::path::PathBuf;
    use std::time::Instant;

    fn unpacked(path: &Path) -> String {
        let mut text = String::new();
        let mut reader = flate2::read::GzDecoder::new(fs::File::open(path).unwrap());
        reader.read_to_string(&mut text).unwrap();
        text
    }

    fn wait_for(path: &Path, gone: &Path) {
        let start = Instant::now();
        while !path.exists() || gone.exists() {
            assert!(
                start.elapsed() < Duration::from_secs(10),
                "never compressed"
            );
            thread::sleep(Duration::from_millis(2));
        }
    }

    fn numbered(path: &Path, number: usize, gz: bool) -> PathBuf {
        let end = if gz { ".gz" } else { "" };
        format!("{}.{number}{end}", path.display()).into()
    }

    #[test]
    fn rotated_files_are_compressed_and_shifted() {
        let directory = tempdir().unwrap();
        let path = directory.path().join("a.log");
        let handler = RotatingFileHandler::builder(&path)
            .max_bytes(1)
            .backup_count(2)
            .mode(0o640)
            .compress(true)
            .open()
            .unwrap();
        for n in 0..4 {
            log(&handler, &n.to_string());
            if n > 0 {
                wait_for(&numbered(&path, 1, true), &numbered(&path, 1, false));
            }
        }
        assert_eq!(read(&path), "3\n");
        assert_eq!(unpacked(&numbered(&path, 1, true)), "2\n");
        assert_eq!(unpacked(&numbered(&path, 2, true)), "1\n");
        assert_eq!(names(directory.path()).len(), 3);
        #[cfg(unix)]
        assert_eq!(crate::support::mode(&numbered(&path, 1, true)), 0o640);
    }

    /// 21: a crash between the steps leaves each record once.
    #[test]
    fn what_a_crash_leaves_is_put_right() {
        let directory = tempdir().unwrap();
        let path = directory.path().join("a.log");
        let pack = |text: &str, to: &Path| {
            use std::io::Write;
            let file = fs::File::create(to).unwrap();
            let mut writer = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
            writer.write_all(text.as_bytes()).unwrap();
            writer.finish().unwrap();
        };
        // Killed between the rename and the removal of the source; and another time before.
        fs::write(numbered(&path, 1, false), "both\n").unwrap();
        pack("both\n", &numbered(&path, 1, true));
        fs::write(numbered(&path, 2, false), "plain\n").unwrap();
        fs::write(format!("{}.2.gz.tmp", path.display()), "half").unwrap();
        let handler = RotatingFileHandler::builder(&path)
            .max_bytes(1)
            .backup_count(5)
            .compress(true)
            .open()
            .unwrap();
        log(&handler, "x");
        log(&handler, "y");
        wait_for(&numbered(&path, 1, true), &numbered(&path, 1, false));
        assert_eq!(unpacked(&numbered(&path, 1, true)), "x\n");
        assert_eq!(unpacked(&numbered(&path, 2, true)), "both\n");
        assert_eq!(read(numbered(&path, 3, false)), "plain\n");
        assert_eq!(
            names(directory.path()),
            ["a.log", "a.log.1.gz", "a.log.2.gz", "a.log.3"]
        );
    }
}
