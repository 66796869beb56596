//! Rotated files that are compressed.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use std::{fs, thread};

use logtree::formatter::TimeZone;
use logtree::handler::{RotatingFileHandler, TimedRotatingFileHandler, When};
use logtree::time::{ManualClock, Timestamp};
use tempfile::tempdir;

use crate::files::{exactly_once, log, read, until};
use crate::rotation::names;

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
