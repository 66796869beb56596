//! Several handlers, threads or processes, and one file.

use std::{fs, thread};

use logtree::handler::RotatingFileHandler;
use tempfile::tempdir;

use crate::files::{exactly_once, log, read};
use crate::rotation::names;

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
