//! Lines that a crash or a full disk cut off: no record is appended to them.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use logtree::Handler;
use logtree::handler::{
    FileHandler, FileMode, RotatingFileHandler, TimedRotatingFileHandler, WatchedFileHandler,
};
use tempfile::tempdir;

use crate::files::{log, read};

/// Writes to the file as another program does.
fn append(path: &Path, text: &str) {
    let mut file = fs::File::options().append(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

/// Opens the file as one of several processes does.
fn of_one_process(path: &Path) -> RotatingFileHandler {
    let builder = RotatingFileHandler::builder(path).max_bytes(1_000);
    builder.backup_count(1).multi_process(true).open().unwrap()
}

/// Returns a handler for each way to open an existing file.
fn handlers(path: &Path) -> Vec<(&'static str, Handler)> {
    let buffered = FileHandler::builder(path).flush_interval(Duration::from_secs(3600));
    let sized = RotatingFileHandler::builder(path).max_bytes(1_000);
    vec![
        ("plain", FileHandler::open(path).unwrap().into()),
        (
            "delayed",
            FileHandler::builder(path)
                .delay(true)
                .open()
                .unwrap()
                .into(),
        ),
        ("buffered", buffered.open().unwrap().into()),
        ("watched", WatchedFileHandler::open(path).unwrap().into()),
        ("by size", sized.backup_count(2).open().unwrap().into()),
        (
            "by time",
            TimedRotatingFileHandler::builder(path)
                .open()
                .unwrap()
                .into(),
        ),
    ]
}

#[test]
fn a_line_that_an_earlier_run_cut_off_is_ended() {
    for (before, expected) in [
        ("whole\nhal", "whole\nhal\none\ntwo\n"),
        ("h", "h\none\ntwo\n"),
        // The possible remains of a power failure.
        ("whole\n\0\0\0", "whole\n\0\0\0\none\ntwo\n"),
        ("whole\n", "whole\none\ntwo\n"),
        ("\n", "\none\ntwo\n"),
        ("", "one\ntwo\n"),
    ] {
        for number in 0.. {
            let directory = tempdir().unwrap();
            let path = directory.path().join("a.log");
            fs::write(&path, before).unwrap();
            let Some((name, handler)) = handlers(&path).into_iter().nth(number) else {
                break;
            };
            log(&handler, "one");
            log(&handler, "two");
            handler.close().unwrap();
            assert_eq!(read(&path), expected, "{name}");
            // Closed and opened again with the next record, and after it was torn again.
            append(&path, "torn");
            log(&handler, "three");
            handler.close().unwrap();
            assert_eq!(read(&path), format!("{expected}torn\nthree\n"), "{name}");
        }
    }
}

#[test]
fn a_file_that_is_emptied_has_no_torn_line() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    fs::write(&path, "torn").unwrap();
    let builder = FileHandler::builder(&path).file_mode(FileMode::Truncate);
    log(&builder.open().unwrap(), "one");
    assert_eq!(read(&path), "one\n");
}

#[test]
fn a_torn_file_that_is_opened_again_is_ended() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    let handler = FileHandler::open(&path).unwrap();
    log(&handler, "one");
    append(&path, "torn");
    handler.reopen().unwrap();
    log(&handler, "two");
    assert_eq!(read(&path), "one\ntorn\ntwo\n");
}

/// The end of the torn line counts: the file is rotated before its limit is reached.
#[test]
fn the_end_of_a_torn_line_counts() {
    for (max_bytes, rotated) in [(10, Some("12345")), (11, None)] {
        let directory = tempdir().unwrap();
        let path = directory.path().join("a.log");
        fs::write(&path, "12345").unwrap();
        let builder = RotatingFileHandler::builder(&path).max_bytes(max_bytes);
        log(&builder.backup_count(1).open().unwrap(), "abc");
        let backup = fs::read_to_string(directory.path().join("a.log.1")).ok();
        assert_eq!(backup.as_deref(), rotated);
        let expected = if rotated.is_some() {
            "abc\n"
        } else {
            "12345\nabc\n"
        };
        assert_eq!(read(&path), expected);
    }
}

/// One of several processes was killed in the middle of a line, while the others have the file
/// open.
#[test]
fn a_line_of_another_process_is_ended_too() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    let (one, other) = (of_one_process(&path), of_one_process(&path));
    log(&one, "one");
    log(&other, "two");
    append(&path, "torn");
    log(&one, "three");
    // It was ended once, and by one of them.
    log(&other, "four");
    log(&one, "five");
    append(&path, "whole\n");
    log(&other, "six");
    let expected = "one\ntwo\ntorn\nthree\nfour\nfive\nwhole\nsix\n";
    assert_eq!(read(&path), expected);
}

/// Both see the torn line when they open the file; only one of them ends it.
#[test]
fn a_torn_line_is_ended_by_one_process() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    fs::write(&path, "torn").unwrap();
    let (one, other) = (of_one_process(&path), of_one_process(&path));
    log(&one, "one");
    log(&other, "two");
    assert_eq!(read(&path), "torn\none\ntwo\n");
}

/// A file that may be written but not read, as that of a confined program, is appended to as it is.
#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_read_is_written() {
    use std::os::unix::fs::PermissionsExt;

    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    fs::write(&path, "whole\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o200)).unwrap();
    log(&FileHandler::open(&path).unwrap(), "one");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(read(&path), "whole\none\n");
}
