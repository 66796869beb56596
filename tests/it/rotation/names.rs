//! Names of rotated files, and which of them are kept.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use logtree::Registry;
use logtree::formatter::TimeZone;
use logtree::handler::{RotatingFileHandler, TimedRotatingFileHandler, When};
use logtree::time::{ManualClock, Timestamp};
use tempfile::tempdir;

use crate::files::{log, read};
use crate::rotation::names;

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

/// A suffix of one's own: files with it are removed, and those of other names are left alone.
#[test]
fn files_may_have_another_suffix() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("t.log");
    let clock = Arc::new(ManualClock::new(Timestamp::from_nanos(0)));
    let others = ["t.log.1969-12-31", "t.log.19691231x", "t.log.196912"];
    for name in others {
        fs::write(directory.path().join(name), "").unwrap();
    }
    let builder = TimedRotatingFileHandler::builder(&path)
        .when(When::Midnight)
        .time_zone(TimeZone::Utc)
        .max_bytes(4)
        .backup_count(2)
        .clock(clock.clone());
    let handler = builder.suffix("%Y%m%d").open().unwrap();
    let day = |days: i64| Timestamp::from_nanos(days * 24 * 60 * 60 * 1_000_000_000);
    for (n, days) in [(10, 0), (11, 1), (12, 1), (13, 2), (14, 40)] {
        clock.set(day(days));
        log(&handler, &n.to_string());
    }
    let mut names = names(directory.path());
    names.retain(|name| !others.contains(&&**name));
    assert_eq!(names, ["t.log", "t.log.19700102.1", "t.log.19700103"]);
    assert_eq!(read(directory.path().join("t.log.19700102.1")), "12\n");
    assert_eq!(read(directory.path().join("t.log.19700103")), "13\n");
    for name in others {
        assert!(directory.path().join(name).exists(), "{name}");
    }
}
