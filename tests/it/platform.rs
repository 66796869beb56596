//! Behaviour on each system, Windows included: several processes, the end of a process, devices,
//! replaced files and links.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::Arc;

use logtree::handler::{
    FileHandler, QueueHandler, RotatingFileHandler, TimedRotatingFileHandler, WatchedFileHandler,
    When,
};
use logtree::{ErrorKind, Handler};
use tempfile::tempdir;

use crate::files::{exactly_once_in_order, log, read};

/// The scene of a child, and its directory.
const VARIABLE: &str = "LOGTREE_PLATFORM";

/// This program, as a child process that runs a scene.
fn scene(name: &str, path: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "platform::child", "--test-threads=1"])
        .env(VARIABLE, format!("{name} {}", path.display()));
    command
}

fn play(name: &str, path: &Path) -> ExitStatus {
    scene(name, path).output().unwrap().status
}

/// The child's side: does nothing unless a scene is set.
#[test]
fn child() {
    let Ok(scene) = std::env::var(VARIABLE) else {
        return;
    };
    let (name, path) = scene.split_once(' ').unwrap();
    let path = Path::new(path);
    match name {
        "queued" => burst(QueueHandler::new([FileHandler::open(path).unwrap()])),
        "buffered" => {
            let builder = FileHandler::builder(path).buffered(1 << 20);
            burst(builder.open().unwrap());
        }
        number => {
            let handler = shared(path);
            (0..RECORDS).for_each(|n| log(&handler, &format!("{number} {n}")));
            assert_eq!(handler.counters().dropped(), 0);
        }
    }
}

const RECORDS: usize = 200;

/// Logs, and leaks the handler, as one on a logger is.
fn burst(handler: impl Into<Handler>) {
    let handler = handler.into();
    (0..RECORDS).for_each(|n| log(&handler, &format!("0 {n}")));
    std::mem::forget(handler);
}

fn shared(path: &Path) -> RotatingFileHandler {
    RotatingFileHandler::builder(path)
        .max_bytes(500)
        .backup_count(1_000)
        .multi_process(true)
        .open()
        .unwrap()
}

/// The log and its rotated files, the oldest first.
fn files(path: &Path) -> Vec<PathBuf> {
    let numbered = |number| PathBuf::from(format!("{}.{number}", path.display()));
    let mut files: Vec<_> = (1..)
        .map(numbered)
        .take_while(|path| path.exists())
        .collect();
    files.reverse();
    files.push(path.to_owned());
    files
}

/// Each record is in one file, in its process's order, and no file reaches the limit.
#[test]
fn processes_share_a_rotating_file() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    let children: Vec<_> = (0..3)
        .map(|number| scene(&number.to_string(), &path).spawn().unwrap())
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let texts: Vec<_> = files(&path).iter().map(read).collect();
    assert!(texts.len() > 3 && texts.iter().all(|text| text.len() < 500));
    exactly_once_in_order(&texts.concat(), 3, RECORDS);
}

#[cfg(not(any(unix, windows)))]
#[test]
fn a_file_cannot_be_shared_without_processes() {
    let builder = RotatingFileHandler::builder("a.log").multi_process(true);
    assert_eq!(builder.open().unwrap_err().kind(), ErrorKind::InvalidConfig);
}

/// At the return from `main`, nothing queued or buffered is lost.
#[test]
fn what_is_kept_is_written_at_the_end() {
    for name in ["queued", "buffered"] {
        let directory = tempdir().unwrap();
        let path = directory.path().join("a.log");
        assert!(play(name, &path).success(), "{name}");
        exactly_once_in_order(&read(&path), 1, RECORDS);
    }
}

/// A device reveals little about itself; it is written to, and never renamed.
#[test]
fn the_null_device_takes_lines() {
    let name = if cfg!(windows) { "NUL" } else { "/dev/null" };
    let rotating = RotatingFileHandler::builder(name)
        .max_bytes(1)
        .backup_count(1);
    let rotating = rotating.open().unwrap();
    for handler in [&*FileHandler::open(name).unwrap(), &*rotating] {
        (0..3).for_each(|_| log(handler, "x"));
        handler.flush().unwrap();
        assert_eq!(handler.counters().written(), 3);
    }
    assert!(!rotating.rotate().unwrap());
}

#[test]
fn each_error_names_its_file() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("no").join("a.log");
    let errors = [
        FileHandler::open(&path).unwrap_err(),
        WatchedFileHandler::open(&path).unwrap_err(),
        RotatingFileHandler::builder(&path).open().unwrap_err(),
        shared_error(&path),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(error.to_string().contains("a.log"), "{error}");
    }
}

fn shared_error(path: &Path) -> logtree::Error {
    let builder = RotatingFileHandler::builder(path).multi_process(true);
    builder.open().unwrap_err()
}

/// The file was renamed and its name taken by another one, while it is open.
#[test]
fn a_watched_file_that_is_replaced_is_left() {
    let directory = tempdir().unwrap();
    let (path, old) = (directory.path().join("a.log"), directory.path().join("old"));
    let handler = WatchedFileHandler::open(&path).unwrap();
    log(&handler, "one");
    fs::rename(&path, &old).unwrap();
    fs::write(&path, "another\n").unwrap();
    log(&handler, "two");
    assert_eq!(
        (read(&old), read(&path)),
        ("one\n".into(), "another\ntwo\n".into())
    );
}

/// As if for another volume. Where an open file cannot be removed, the handler has closed it.
#[test]
fn a_rotator_may_copy_and_remove() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    let handler = RotatingFileHandler::builder(&path)
        .max_bytes(4)
        .backup_count(2)
        .rotator(|from, to| {
            fs::copy(from, to)?;
            fs::remove_file(from)
        })
        .open()
        .unwrap();
    ["one", "two", "six"]
        .iter()
        .for_each(|text| log(&handler, text));
    let texts: Vec<_> = files(&path).iter().map(read).collect();
    assert_eq!(texts, ["one\n", "two\n", "six\n"]);
}

/// Where the system ignores the case of names, no backup is overwritten.
#[test]
fn names_in_another_case() {
    let directory = tempdir().unwrap();
    for name in ["App.log", "app.log"] {
        let path = directory.path().join(name);
        let handler = RotatingFileHandler::builder(&path)
            .max_bytes(3)
            .backup_count(10);
        let handler = handler.open().unwrap();
        (0..4).for_each(|n| log(&handler, &format!("{name} {n}")));
    }
    let mut lines = Vec::new();
    for entry in fs::read_dir(directory.path()).unwrap() {
        lines.extend(read(entry.unwrap().path()).lines().map(str::to_owned));
    }
    lines.sort();
    let expected: Vec<_> = ["App.log", "app.log"]
        .iter()
        .flat_map(|name| (0..4).map(move |n| format!("{name} {n}")))
        .collect();
    assert_eq!(lines, expected);
}

/// The target of a planted link is not written to.
#[cfg(any(unix, windows))]
#[test]
fn a_planted_link_is_not_followed() {
    #[cfg(unix)]
    use std::os::unix::fs::symlink;
    #[cfg(windows)]
    use std::os::windows::fs::symlink_file as symlink;

    let directory = tempdir().unwrap();
    let (victim, link) = (
        directory.path().join("victim"),
        directory.path().join("a.log"),
    );
    fs::write(&victim, "precious\n").unwrap();
    if symlink(&victim, &link).is_err() || !link.is_symlink() {
        println!("skipped: links cannot be made here");
        return;
    }
    assert!(FileHandler::open(&link).is_err());
    assert!(FileHandler::builder(&link).truncate(true).open().is_err());
    assert_eq!(read(&victim), "precious\n");
    let follows = FileHandler::builder(&link).follow_symlinks(true);
    log(&follows.open().unwrap(), "x");
    assert_eq!(read(&victim), "precious\nx\n");
}

/// Windows gives a new file the time at which one of its name was made that was renamed a moment
/// ago.
#[test]
fn a_file_that_was_begun_after_a_rotation_is_not_due() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("t.log");
    fs::write(&path, "new\n").unwrap();
    #[cfg(windows)]
    {
        use std::os::windows::fs::FileTimesExt;
        use std::time::{Duration, SystemTime};

        let long_ago = SystemTime::now() - Duration::from_secs(7 * 24 * 60 * 60);
        let file = fs::File::options().write(true).open(&path).unwrap();
        file.set_times(fs::FileTimes::new().set_created(long_ago))
            .unwrap();
    }
    let builder = TimedRotatingFileHandler::builder(&path).when(When::Day);
    let handler = builder
        .clock(Arc::new(logtree::time::SystemClock))
        .open()
        .unwrap();
    log(&handler, "newer");
    assert_eq!(read(&path), "new\nnewer\n");
}
