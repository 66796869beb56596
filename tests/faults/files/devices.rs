//! Devices and directories that fail.

use std::fs::{self, File};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use logtree::Handler;
use logtree::handler::{DropReason, FileHandler, WatchedFileHandler};
use tempfile::tempdir;

use crate::files::{all_of, log, records_of_all, with_fault};

/// A file system of a mebibyte, where the test may mount one.
struct Small(tempfile::TempDir);

impl Small {
    fn mount() -> Option<Self> {
        let directory = tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"])
            .arg(directory.path())
            .stderr(Stdio::null())
            .status();
        if !mounted.is_ok_and(|status| status.success()) {
            println!("skipped: a file system cannot be mounted here");
            return None;
        }
        Some(Self(directory))
    }

    fn remount(&self, how: &str) {
        let mut command = Command::new("mount");
        command
            .args(["-o", &format!("remount,{how}")])
            .arg(self.0.path());
        assert!(command.status().unwrap().success());
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

/// Logs a text until a condition holds: failed writes are retried after a while.
fn log_until(handler: &Handler, text: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(900));
        log(handler, text);
        thread::sleep(Duration::from_millis(1));
    }
}

/// A device is full, then has room again: lines are whole, all are counted, and the loss is
/// reported.
#[test]
fn a_full_device_loses_no_count_and_tears_no_line() {
    let Some(small) = Small::mount() else { return };
    let path = small.0.path().join("a.log");
    let filling = small.0.path().join("filling");
    fs::write(&filling, vec![0; 256 * 1024]).unwrap();
    let handler = FileHandler::open(&path).unwrap();
    handler.set_error_hook(|_| {});
    let text = "x".repeat(99);
    (0..20_000).for_each(|_| log(&handler, &text));
    let full = handler.counters();
    assert_eq!(full.accepted(), 20_000);
    assert!(full.dropped_for(DropReason::Io) > 5_000 && full.written() > 5_000);
    fs::remove_file(filling).unwrap();
    log(&handler, "room again");
    let content = fs::read_to_string(&path).unwrap();
    let (whole, others): (Vec<_>, Vec<_>) = content.lines().partition(|line| *line == text);
    assert_eq!(whole.len() as u64, full.written());
    // The line that was cut off is ended, then comes the notice.
    let notice = format!("{} records dropped: the device failed", full.dropped());
    let rest: Vec<_> = others
        .into_iter()
        .filter(|line| !text.starts_with(line))
        .collect();
    assert_eq!(rest, [notice.as_str(), "room again"]);
}

/// A directory that is removed, and one that cannot be written to.
#[test]
fn directories_that_go_and_come_back() {
    let directory = tempdir().unwrap();
    let inner = directory.path().join("logs");
    let path = inner.join("a.log");
    let handler = WatchedFileHandler::builder(&path)
        .create_dirs(true)
        .open()
        .unwrap();
    log(&handler, "1");
    fs::remove_dir_all(&inner).unwrap();
    log(&handler, "2");
    assert_eq!(fs::read_to_string(&path).unwrap(), "2\n");

    let Some(small) = Small::mount() else { return };
    let path = small.0.path().join("a.log");
    let handler = WatchedFileHandler::open(&path).unwrap();
    handler.set_error_hook(|_| {});
    log(&handler, "1");
    fs::rename(&path, small.0.path().join("a.old")).unwrap();
    // The open file can still be written to; the new one cannot be created.
    log(&handler, "2");
    handler.close().unwrap();
    fs::remove_file(&path).unwrap();
    small.remount("ro");
    log(&handler, "3");
    assert_eq!(handler.counters().dropped_for(DropReason::Io), 1);
    small.remount("rw");
    let before = handler.counters().written();
    log_until(&handler, "4", || handler.counters().written() > before);
    let lost = handler.counters().dropped();
    let plural = if lost == 1 { "" } else { "s" };
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        format!("{lost} record{plural} dropped: the device failed\n4\n")
    );
}

/// Too many open files at the moment of a rotation.
#[test]
fn a_rotation_without_a_free_descriptor_goes_on_in_the_old_file() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    let handler = logtree::handler::RotatingFileHandler::builder(&path)
        .max_bytes(4)
        .backup_count(3)
        .open()
        .unwrap();
    log(&handler, "abc");
    let limit = fs::read_to_string("/proc/self/limits").unwrap();
    let most: usize = limit
        .lines()
        .find_map(|line| {
            line.strip_prefix("Max open files")?
                .split_whitespace()
                .next()?
                .parse()
                .ok()
        })
        .unwrap();
    if most > 100_000 {
        println!("skipped: more descriptors are allowed than can be taken");
        return;
    }
    let mut taken = Vec::new();
    while let Ok(file) = File::open("/dev/null") {
        taken.push(file);
    }
    log(&handler, "def");
    drop(taken);
    assert_eq!(handler.counters().dropped(), 0);
    // The name is free, and the new file can now be created.
    log_until(&handler, "ghi", || path.exists());
    let files = all_of(directory.path(), "a.log");
    let text: String = files
        .iter()
        .rev()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let after = text.strip_prefix("abc\ndef\n").unwrap();
    assert!(
        !after.is_empty() && after.lines().all(|line| line == "ghi"),
        "{text}"
    );
    assert_eq!(handler.counters().written(), text.lines().count() as u64);
}

/// Renames and writes fail at times: records that were not written are counted, the others are in
/// order.
#[test]
fn calls_that_fail_now_and_then() {
    for (calls, fault) in [
        ("rename,renameat,renameat2", "error=EXDEV:when=1+2"),
        ("rename,renameat,renameat2", "error=EACCES:when=2+3"),
        ("write", "error=ENOSPC:when=5+7"),
        ("write", "error=EIO:when=3+4"),
        ("write", "error=EDQUOT:when=9+2"),
        ("write", "error=EINTR:when=1+2"),
    ] {
        let directory = tempdir().unwrap();
        let path = directory.path().join("a.log");
        let limit = Duration::from_secs(900);
        if with_fault("few_rotating", &path, calls, fault, limit).is_none() {
            return;
        }
        let found = records_of_all(directory.path());
        assert!(
            found.is_sorted_by(|a, b| a < b),
            "{calls} {fault}: {found:?}"
        );
        if calls != "write" || fault.contains("EINTR") {
            let first = found.first().copied().unwrap_or(0);
            assert!(
                found.iter().copied().eq(first..200),
                "{calls} {fault}: {found:?}"
            );
        }
        // The child has counted its records, and left the counts in a file.
        let counts = fs::read_to_string(directory.path().join("counts")).unwrap();
        let (written, dropped) = counts.split_once(' ').unwrap();
        let (written, dropped): (u64, u64) = (written.parse().unwrap(), dropped.parse().unwrap());
        assert_eq!(written + dropped, 200, "{calls} {fault}");
    }
}
