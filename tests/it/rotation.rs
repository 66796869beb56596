//! Files that are rotated.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use std::{fs, thread};

use logtree::Registry;
use logtree::formatter::TimeZone;
use logtree::handler::{RotatingFileHandler, TimedRotatingFileHandler, When};
use logtree::time::{ManualClock, Timestamp};
use tempfile::tempdir;

use crate::files::{exactly_once, log, read, until};

fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// A rename that fails loses nothing, and is tried again.
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
    until("the name is tried again", || {
        logtree::warn!(logger, "jkl");
        first.exists()
    });
    assert_eq!(read(&path), "jkl\n");
    assert!(read(&first).starts_with("abc\ndef\nghi\n"));
}

/// A rename that cannot succeed is not tried for each record.
#[test]
fn what_fails_is_tried_again_after_a_while_only() {
    let directory = tempdir().unwrap();
    let tries = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&tries);
    let handler = RotatingFileHandler::builder(directory.path().join("a.log"))
        .max_bytes(2)
        .backup_count(2)
        .rotator(move |_, _| {
            counted.fetch_add(1, Ordering::Relaxed);
            Err(std::io::ErrorKind::PermissionDenied.into())
        })
        .open()
        .unwrap();
    (0..1000).for_each(|_| log(&handler, "x"));
    assert_eq!(handler.counters().dropped(), 0);
    // The waits grow: ten tries take longer than any machine takes for this.
    let tries = tries.load(Ordering::Relaxed);
    assert!((1..20).contains(&tries), "{tries} tries");
}

/// A file that cannot be moved costs none of the backups, however often it is tried, and they stay
/// where they are.
#[test]
fn a_rotation_that_fails_changes_nothing() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    for number in 1..=3 {
        fs::write(
            format!("{}.{number}", path.display()),
            format!("backup {number}\n"),
        )
        .unwrap();
    }
    let fails = Arc::new(AtomicBool::new(true));
    let now = Arc::clone(&fails);
    let handler = RotatingFileHandler::builder(&path)
        .backup_count(3)
        .rotator(move |from, to| {
            if now.load(Ordering::Relaxed) {
                return Err(std::io::ErrorKind::PermissionDenied.into());
            }
            fs::rename(from, to)
        })
        .open()
        .unwrap();
    log(&handler, "record");
    for _ in 0..10 {
        assert!(handler.rotate().is_err());
    }
    let of = |suffix: &str| read(directory.path().join(format!("a.log{suffix}")));
    assert_eq!(
        names(directory.path()),
        ["a.log", "a.log.1", "a.log.2", "a.log.3"]
    );
    assert_eq!(
        (of(".1"), of(".3")),
        ("backup 1\n".into(), "backup 3\n".into())
    );
    fails.store(false, Ordering::Relaxed);
    assert!(handler.rotate().unwrap());
    assert_eq!(
        (of(".1"), of(".3")),
        ("record\n".into(), "backup 2\n".into())
    );
    // And an empty file displaces none of them.
    assert!(!handler.rotate().unwrap());
    assert_eq!(
        (of(".1"), of(".3")),
        ("record\n".into(), "backup 2\n".into())
    );
}

/// A namer may have one name for all numbers: then there is one backup.
#[test]
fn a_namer_may_have_one_name_only() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    for count in [1, 3] {
        let old = path.with_file_name("a.old");
        let namer = old.clone();
        let handler = RotatingFileHandler::builder(&path)
            .max_bytes(1)
            .backup_count(count)
            .namer(move |_| namer.clone())
            .open()
            .unwrap();
        (0..4).for_each(|n| log(&handler, &n.to_string()));
        assert_eq!((read(&path), read(old)), ("3\n".into(), "2\n".into()));
        assert_eq!(names(directory.path()), ["a.log", "a.old"]);
    }
}

/// A lower count at the next start: files beyond it may belong to others, and are left alone.
#[test]
fn numbers_beyond_the_count_are_left_alone() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    let open = |count| {
        let builder = RotatingFileHandler::builder(&path).max_bytes(1);
        builder.backup_count(count).open().unwrap()
    };
    let handler = open(4);
    (0..5).for_each(|n| log(&handler, &n.to_string()));
    let handler = open(2);
    (5..8).for_each(|n| log(&handler, &n.to_string()));
    let files: Vec<_> = names(directory.path())
        .iter()
        .map(|name| read(directory.path().join(name)))
        .collect();
    assert_eq!(files, ["7\n", "6\n", "5\n", "1\n", "0\n"]);
}

/// A program that was killed while the file was on its way to number 1: the next rotation goes on
/// from there.
#[test]
fn a_file_on_its_way_is_the_newest() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    let of = |number: usize| directory.path().join(format!("a.log.{number}"));
    for (number, text) in [(0, "3\n"), (1, "2\n"), (3, "1\n")] {
        fs::write(of(number), text).unwrap();
    }
    let handler = RotatingFileHandler::builder(&path)
        .backup_count(3)
        .open()
        .unwrap();
    log(&handler, "4");
    handler.rotate().unwrap();
    assert_eq!(
        names(directory.path()),
        ["a.log", "a.log.1", "a.log.2", "a.log.3"]
    );
    let texts: String = (1..=3).map(|number| read(of(number))).collect();
    assert_eq!(texts, "4\n3\n2\n");
}

/// Two records of a day make a file: the newest are kept, whatever was removed before.
#[test]
fn by_time_the_newest_are_kept() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("t.log");
    let clock = Arc::new(ManualClock::new(Timestamp::from_nanos(0)));
    let open = || {
        TimedRotatingFileHandler::builder(&path)
            .when(When::Midnight)
            .time_zone(TimeZone::Utc)
            .max_bytes(4)
            .backup_count(3)
            .clock(clock.clone())
            .open()
            .unwrap()
    };
    let all = || -> String {
        let files = names(directory.path());
        let mut texts: Vec<_> = files
            .iter()
            .map(|name| read(directory.path().join(name)))
            .collect();
        texts.sort();
        texts.concat()
    };
    let handler = open();
    (10..22).for_each(|n| log(&handler, &n.to_string()));
    assert_eq!(all(), "18\n19\n20\n21\n");
    // Another start, and a number that the operator has removed.
    drop(handler);
    fs::remove_file(directory.path().join("t.log.1970-01-01.9")).unwrap();
    let handler = open();
    (22..24).for_each(|n| log(&handler, &n.to_string()));
    assert_eq!(all(), "20\n21\n22\n23\n");
    assert!(names(directory.path()).contains(&"t.log.1970-01-01.12".to_owned()));
    // The clock is set forward and back again; it is not a year until the next rotation either.
    let day = |days: i64| Timestamp::from_nanos(days * 24 * 60 * 60 * 1_000_000_000);
    for (n, days) in [(24, 400), (25, 401), (26, 1), (27, 2), (28, 3), (29, 4)] {
        clock.set(day(days));
        log(&handler, &n.to_string());
    }
    assert_eq!(all(), "26\n27\n28\n29\n");
    assert!(names(directory.path()).contains(&"t.log.1970-01-04".to_owned()));
}

/// A `FileHandler` beside a rotating one on the same path writes to the newest file.
#[test]
fn another_handler_of_the_path_follows_a_rotation() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    let rotating = RotatingFileHandler::builder(&path)
        .max_bytes(20)
        .backup_count(2)
        .open()
        .unwrap();
    let appending = logtree::handler::FileHandler::open(&path).unwrap();
    let other = logtree::handler::FileHandler::open(directory.path().join("b.log")).unwrap();
    (0..20).for_each(|n| log(&rotating, &format!("record {n}")));
    log(&appending, "last");
    log(&other, "other");
    let kept: String = names(directory.path())
        .iter()
        .filter(|name| name.starts_with("a.log"))
        .map(|name| read(directory.path().join(name)))
        .collect();
    assert!(kept.contains("last\n"), "{kept}");
    // A file that is not rotated stays open, as usual.
    fs::rename(
        directory.path().join("b.log"),
        directory.path().join("b.old"),
    )
    .unwrap();
    (0..20).for_each(|n| log(&rotating, &format!("record {n}")));
    log(&other, "other");
    assert_eq!(read(directory.path().join("b.old")), "other\nother\n");
}

/// Anything but a plain file is never renamed; a link that is followed stays a link.
#[cfg(unix)]
#[test]
fn only_plain_files_are_rotated() {
    let directory = tempdir().unwrap();
    let (volume, link) = (
        directory.path().join("volume"),
        directory.path().join("app.log"),
    );
    fs::create_dir(&volume).unwrap();
    std::os::unix::fs::symlink(volume.join("app.log"), &link).unwrap();
    let handler = RotatingFileHandler::builder(&link)
        .follow_symlinks(true)
        .max_bytes(2)
        .backup_count(2)
        .open()
        .unwrap();
    (0..4).for_each(|n| log(&handler, &n.to_string()));
    assert!(link.is_symlink());
    assert_eq!(names(&volume), ["app.log", "app.log.1", "app.log.2"]);
    for path in ["/dev/null", "/dev/stdout"] {
        let handler = RotatingFileHandler::builder(path)
            .max_bytes(1)
            .backup_count(2)
            .open()
            .unwrap();
        assert!(!handler.rotate().unwrap(), "{path}");
    }
    // Something else takes its place: it is not moved.
    let path = directory.path().join("b.log");
    let handler = RotatingFileHandler::builder(&path)
        .backup_count(2)
        .open()
        .unwrap();
    log(&handler, "mine");
    fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink(&link, &path).unwrap();
    assert!(handler.rotate().is_err());
    assert!(path.is_symlink());
    assert_eq!(handler.counters().dropped(), 0);
}

/// A link planted at a rotated name is replaced, not followed.
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
            // Without the panic hook, which all tests of the process share.
            std::panic::resume_unwind(Box::new("boom"))
        })
        .open()
        .unwrap();
    handler.set_error_hook(|_| {});
    registry.root().add_handler(handler.clone());
    logtree::warn!(logger, "abc");
    logtree::warn!(logger, "def");
    logtree::warn!(logger, "ghi");
    // The record at which it panicked is counted; the file is intact, and is written on.
    let counters = handler.counters();
    assert_eq!(counters.accepted(), counters.written() + counters.dropped());
    assert!(read(&path).starts_with("abc\n"));
}

/// A name that is taken gets a number, nothing is overwritten; and size rotates beside time.
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

/// An interval counts from when the file was made, not from its last line.
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

/// Another process has moved the full file away: the present file has room, and is not rotated.
#[test]
fn what_others_have_rotated_is_not_rotated_again() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    let handler = RotatingFileHandler::builder(&path)
        .max_bytes(10)
        .backup_count(3)
        .open()
        .unwrap();
    log(&handler, "1234567");
    fs::rename(&path, directory.path().join("moved")).unwrap();
    fs::write(&path, "new\n").unwrap();
    log(&handler, "abc");
    assert_eq!(names(directory.path()), ["a.log", "moved"]);
    assert_eq!(read(&path), "new\nabc\n");
}

/// Sizes are those of the file, whichever process wrote to it: no file reaches the limit, and each
/// is as full as possible.
#[test]
fn several_processes_keep_one_limit() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    let open = |_| {
        RotatingFileHandler::builder(&path)
            .max_bytes(100)
            .backup_count(100)
            .multi_process(true)
            .open()
            .unwrap()
    };
    // Each opens the lock separately, as processes do.
    let handlers: Vec<_> = (0..3).map(open).collect();
    for n in 0..60 {
        log(&handlers[n % 3], &format!("{n:09}"));
    }
    drop(handlers);
    let files = names(directory.path());
    let files = files.iter().filter(|name| !name.ends_with(".lock"));
    let texts: Vec<_> = files
        .map(|name| read(directory.path().join(name)))
        .collect();
    assert_eq!(texts.len(), 7);
    // Nine lines fill a file: with the tenth, it would reach the limit.
    let full = texts.iter().filter(|text| text.len() == 90).count();
    assert_eq!(full, 6, "{texts:?}");
    let mut lines: Vec<_> = texts.iter().flat_map(|text| text.lines()).collect();
    lines.sort_unstable();
    assert!(
        lines
            .iter()
            .enumerate()
            .all(|(n, line)| *line == format!("{n:09}"))
    );
    assert_eq!(lines.len(), 60);
}

/// Each thread's records, over all files.
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

    fn unpacked(path: &Path) -> String {
        let mut text = String::new();
        let mut reader = flate2::read::GzDecoder::new(fs::File::open(path).unwrap());
        reader.read_to_string(&mut text).unwrap();
        text
    }

    fn wait_for(path: &Path, gone: &Path) {
        until("it is compressed", || path.exists() && !gone.exists());
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

    /// A crash between the steps leaves each record once.
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
        // What was never compressed is, and nothing is left over.
        let expected = ["a.log", "a.log.1.gz", "a.log.2.gz", "a.log.3.gz"];
        until("all is compressed", || names(directory.path()) == expected);
        assert_eq!(unpacked(&numbered(&path, 1, true)), "x\n");
        assert_eq!(unpacked(&numbered(&path, 2, true)), "both\n");
        assert_eq!(unpacked(&numbered(&path, 3, true)), "plain\n");
    }

    /// The lines of all files, and how many files there are.
    fn lines(directory: &Path) -> (Vec<String>, usize) {
        let names = names(directory);
        let texts = names.iter().map(|name| {
            let path = directory.join(name);
            if name.ends_with(".gz") {
                unpacked(&path)
            } else {
                read(path)
            }
        });
        let mut lines: Vec<_> = texts
            .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
            .collect();
        lines.sort();
        (lines, names.len())
    }

    fn is_settled(directory: &Path) -> bool {
        let names = names(directory);
        let plain = |name: &&String| !name.ends_with(".gz") && !name.ends_with(".lock");
        names.iter().filter(plain).count() == 1
    }

    #[test]
    fn compression_may_be_switched_on_and_off() {
        let directory = tempdir().unwrap();
        let path = directory.path().join("a.log");
        for (round, compress) in [true, false, true, false, false, true]
            .into_iter()
            .enumerate()
        {
            let handler = RotatingFileHandler::builder(&path)
                .backup_count(9)
                .compress(compress)
                .open()
                .unwrap();
            log(&handler, &round.to_string());
            handler.rotate().unwrap();
            if compress {
                until("all is compressed", || is_settled(directory.path()));
            }
        }
        let (lines, files) = lines(directory.path());
        assert_eq!(lines, ["0", "1", "2", "3", "4", "5"]);
        assert_eq!(files, 7);
    }

    /// By time: without compression, only those count that this crate has compressed.
    #[test]
    fn compressed_files_of_an_earlier_start_count() {
        let directory = tempdir().unwrap();
        let path = directory.path().join("t.log");
        let clock = Arc::new(ManualClock::new(Timestamp::from_nanos(0)));
        let theirs = directory.path().join("t.log.1969-01-01.gz");
        fs::write(&theirs, "an operator's").unwrap();
        for compress in [true, false] {
            let handler = TimedRotatingFileHandler::builder(&path)
                .when(When::Midnight)
                .time_zone(TimeZone::Utc)
                .backup_count(if compress { 9 } else { 2 })
                .compress(compress)
                .clock(clock.clone())
                .open()
                .unwrap();
            for n in 0..3 {
                log(&handler, &n.to_string());
                clock.advance(Duration::from_secs(24 * 60 * 60));
                handler.rotate().unwrap();
                if compress {
                    until("it is compressed", || is_settled(directory.path()));
                }
            }
        }
        assert_eq!(
            names(directory.path()),
            [
                "t.log",
                "t.log.1969-01-01.gz",
                "t.log.1970-01-05",
                "t.log.1970-01-06"
            ]
        );
    }

    /// What a crash leaves of a compression, by time; and two files that happen to have one name
    /// are both kept.
    #[test]
    fn leftovers_are_put_right_by_time_as_well() {
        let directory = tempdir().unwrap();
        for name in ["01-01", "01-01.gz.tmp", "01-02", "01-02.gz", "01-03.gz.tmp"] {
            let path = directory.path().join(format!("t.log.1969-{name}"));
            fs::write(path, format!("{name}\n")).unwrap();
        }
        let handler = TimedRotatingFileHandler::builder(directory.path().join("t.log"))
            .when(When::Midnight)
            .time_zone(TimeZone::Utc)
            .compress(true)
            .clock(Arc::new(ManualClock::new(Timestamp::from_nanos(0))))
            .open()
            .unwrap();
        log(&handler, "x");
        handler.rotate().unwrap();
        let expected = [
            "t.log",
            "t.log.1969-01-01.gz",
            "t.log.1969-01-02.1.gz",
            "t.log.1969-01-02.gz",
            "t.log.1970-01-01.gz",
        ];
        until("all is compressed", || names(directory.path()) == expected);
        let of = |name: &str| directory.path().join(name);
        assert_eq!(unpacked(&of("t.log.1969-01-01.gz")), "01-01\n");
        assert_eq!(unpacked(&of("t.log.1969-01-02.1.gz")), "01-02\n");
        assert_eq!(read(of("t.log.1969-01-02.gz")), "01-02.gz\n");
    }

    /// Rotations while files are compressed, by several handlers that share them as processes do.
    #[test]
    fn rotations_and_compression_do_not_disturb_each_other() {
        const RECORDS: usize = 60;
        let directory = tempdir().unwrap();
        let path = directory.path().join("a.log");
        let open = |_| {
            RotatingFileHandler::builder(&path)
                .backup_count(1_000)
                .compress(true)
                .multi_process(true)
                .open()
                .unwrap()
        };
        let handlers: Vec<_> = (0..3).map(open).collect();
        thread::scope(|scope| {
            for (thread, handler) in handlers.iter().enumerate() {
                scope.spawn(move || {
                    for n in 0..RECORDS {
                        log(handler, &format!("{thread} {n}"));
                        handler.rotate().unwrap();
                    }
                });
            }
        });
        log(&handlers[0], "0 60");
        until("all is compressed", || {
            // A handler may have left a file to another one that could not compress it.
            let _ = handlers[0].rotate();
            is_settled(directory.path())
        });
        drop(handlers);
        let (mut lines, _) = lines(directory.path());
        lines.retain(|line| line != "0 60");
        exactly_once(&lines.join("\n"), 3, RECORDS);
    }
}
