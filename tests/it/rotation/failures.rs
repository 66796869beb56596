//! Rotations that cannot be done, and what a program finds after one.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use logtree::handler::RotatingFileHandler;
use tempfile::tempdir;

use crate::files::{log, read, until};
use crate::rotation::names;

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
