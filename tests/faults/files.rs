//! Faults of files and queues.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use logtree::handler::{DropReason, FileHandler, WatchedFileHandler};
use logtree::{Handler, Record};
use tempfile::tempdir;

use super::{SOON, command, wait};

/// The limit after which a scene counts as hung.
const LATE: Duration = Duration::from_secs(900);

fn scene(name: &str, path: &Path) -> Command {
    let mut command = command(&format!("files {name} {}", path.display()));
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Runs a scene; reports whether it succeeded.
fn play(name: &str, path: &Path, limit: Duration) -> bool {
    wait(scene(name, path).spawn().unwrap(), limit).success()
}

/// The numbers of each thread or process occur once each, and those of one thread in order.
fn numbers(text: &str, of: &str) -> Vec<usize> {
    text.lines()
        .filter_map(|line| line.strip_prefix(of)?.strip_prefix(' '))
        .map(|number| {
            number
                .parse()
                .unwrap_or_else(|_| panic!("torn: {number:?}"))
        })
        .collect()
}

fn assert_all(text: &str, of: &str, count: usize) {
    let found = numbers(text, of);
    assert_eq!(found.len(), count, "records of {of}");
    assert!(found.iter().copied().eq(0..count), "out of order or twice");
}

/// No record is missing before one that was written, nor one logged before the end began.
#[test]
fn an_exit_while_others_log_leaves_no_holes() {
    for _ in 0..10 {
        let directory = tempdir().unwrap();
        let path = directory.path().join("a.log");
        assert!(play("exit_while_others_log", &path, LATE));
        let text = fs::read_to_string(&path).unwrap();
        let logged = fs::read_to_string(path.with_extension("logged")).unwrap();
        for (thread, logged) in logged.split(' ').enumerate() {
            let found = numbers(&text, &thread.to_string());
            assert!(found.len() >= logged.parse().unwrap(), "thread {thread}");
            assert!(found.iter().copied().eq(0..found.len()), "thread {thread}");
        }
    }
}

#[test]
fn an_exit_by_a_sink_writes_what_the_queue_holds() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    assert!(play("exit_in_a_sink", &path, LATE));
    assert_all(&fs::read_to_string(&path).unwrap(), "0", 1_000);
}

#[test]
fn a_child_does_not_report_what_its_parents_queue_dropped() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    assert!(play("drops_of_a_parent", &path, LATE));
    let text = fs::read_to_string(&path).unwrap();
    let reports = text.lines().filter(|line| line.contains("dropped"));
    assert_eq!(reports.count(), 1, "{text}");
    assert!(text.contains("0 100\n"), "{text}");
}

#[test]
fn a_child_logs_though_a_device_of_its_parent_hangs() {
    assert!(play(
        "fork_beside_a_device_that_hangs",
        Path::new("-"),
        SOON
    ));
}

fn all_of(directory: &Path, base: &str) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy();
            name.starts_with(base) && !name.ends_with(".lock")
        })
        .collect();
    paths.sort();
    paths
}

/// `exit` right after 200,000 records.
#[test]
fn nothing_queued_or_buffered_is_lost_at_the_end() {
    for (name, count, ends_well) in [
        ("exit_queued", 200_000, true),
        ("exit_buffered", 10_000, true),
        ("return_queued", 50_000, true),
        ("panic_queued", 50_000, false),
        ("exit_on_another_thread", 50_000, true),
        ("shut_down", 50_001, false),
    ] {
        let directory = tempdir().unwrap();
        let path = directory.path().join("a.log");
        assert_eq!(
            play(name, &path, Duration::from_secs(900)),
            ends_well,
            "{name}"
        );
        assert_all(&fs::read_to_string(&path).unwrap(), "0", count);
    }
}

/// After a fork the child does not hang, and nothing is written twice.
#[test]
fn a_forked_child_writes_its_own_records_and_no_others() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    assert!(play("fork_queued", &path, Duration::from_secs(900)));
    let text = fs::read_to_string(&path).unwrap();
    assert_all(&text, "0", 20_000);
    assert_all(&text, "1", 1_000);
}

#[test]
fn no_forked_child_hangs_while_others_log() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    assert!(play("fork_storm", &path, Duration::from_secs(900)));
    let text = fs::read_to_string(&path).unwrap();
    for n in 0..100 {
        let line = format!("child {n}");
        let count = text.lines().filter(|found| *found == line).count();
        assert_eq!(count, 2, "{line}");
    }
}

/// Killed at any moment: what was logged is in one file, and whole.
#[test]
fn a_kill_leaves_whole_lines_in_one_file_each() {
    for (name, base) in [("sequence", "a.log"), ("sequence_rotating", "a.log")] {
        for delay in [1_u64, 3, 10, 30, 70, 150, 300] {
            let directory = tempdir().unwrap();
            let path = directory.path().join(base);
            let mut child = scene(name, &path).spawn().unwrap();
            let start = Instant::now();
            while !path.exists() {
                assert!(start.elapsed() < SOON);
                thread::sleep(Duration::from_millis(1));
            }
            thread::sleep(Duration::from_millis(delay));
            child.kill().unwrap();
            child.wait().unwrap();
            let mut found = Vec::new();
            for path in all_of(directory.path(), base) {
                let text = fs::read_to_string(&path).unwrap();
                assert!(
                    text.is_empty() || text.ends_with('\n'),
                    "torn: {}",
                    path.display()
                );
                found.extend(numbers(&text, "0"));
            }
            found.sort_unstable();
            assert!(
                found.iter().copied().eq(0..found.len()),
                "{name} after {delay} ms"
            );
        }
    }
}

/// The system cuts a write short, and the program ends there: the next start ends the line before
/// its first record.
#[test]
fn a_crash_in_the_middle_of_a_line_leaves_it_a_line_of_its_own() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    assert!(!play("crash_in_a_line", &path, LATE));
    let torn = fs::read_to_string(&path).unwrap();
    assert_eq!(torn.len(), 1_003, "the limit of its size");
    assert!(!torn.ends_with('\n'));
    let handler = FileHandler::open(&path).unwrap();
    log(&handler, "next");
    assert_eq!(fs::read_to_string(&path).unwrap(), torn + "\nnext\n");
}

/// Processes that rotate one file: every line exactly once.
#[test]
fn processes_share_a_rotating_file() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    let children: Vec<_> = (0..4)
        .map(|number| {
            let mut command = scene("one_of_many", &path);
            command.env("LOGTREE_NUMBER", number.to_string());
            command.spawn().unwrap()
        })
        .collect();
    for child in children {
        assert!(wait(child, Duration::from_secs(900)).success());
    }
    let files = all_of(directory.path(), "a.log");
    assert!(files.len() > 5, "{files:?}");
    for file in &files {
        let len = fs::metadata(file).unwrap().len();
        assert!(len < 20_000, "{len} bytes of 20,000 in {}", file.display());
    }
    let text: String = files
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    for number in 0..4 {
        let mut found = numbers(&text, &number.to_string());
        found.sort_unstable();
        assert!(
            found.iter().copied().eq(0..5_000),
            "process {number}: {}",
            found.len()
        );
    }
}

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

fn log(handler: &Handler, text: &str) {
    handler.handle(&Record::builder().message(text).build());
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

/// The real `logrotate`, in both of its modes.
#[test]
fn logrotate_moves_and_cuts() {
    if !Command::new("logrotate")
        .arg("--version")
        .output()
        .is_ok_and(|found| found.status.success())
    {
        println!("skipped: logrotate is not installed");
        return;
    }
    for mode in ["create", "copytruncate"] {
        let directory = tempdir().unwrap();
        let (path, config) = (
            directory.path().join("a.log"),
            directory.path().join("conf"),
        );
        let rule = format!(
            "{} {{\n rotate 9\n su root root\n {mode}\n}}\n",
            path.display()
        );
        fs::write(&config, rule).unwrap();
        let handler = WatchedFileHandler::open(&path).unwrap();
        for round in 0..3 {
            for n in 0..100 {
                log(&handler, &format!("0 {}", round * 100 + n));
            }
            let rotated = Command::new("logrotate")
                .args(["--force", "--state"])
                .arg(directory.path().join("state"))
                .arg(&config)
                .output()
                .unwrap();
            let complaints = String::from_utf8_lossy(&rotated.stderr).into_owned();
            assert!(rotated.status.success(), "{complaints}");
        }
        log(&handler, "0 300");
        let files = all_of(directory.path(), "a.log");
        assert_eq!(files.len(), 4, "{mode}: {files:?}");
        let text: String = files
            .iter()
            .rev()
            .map(|path| fs::read_to_string(path).unwrap())
            .collect();
        // After a cut there is no hole in front of the next line.
        assert!(!text.contains('\0'), "{mode}");
        assert_all(&text, "0", 301);
    }
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

/// Runs a scene with a fault injected into system calls of a kind; `None` where that is impossible.
fn with_fault(name: &str, path: &Path, calls: &str, fault: &str, limit: Duration) -> Option<()> {
    let plain = scene(name, path);
    let mut command = Command::new("strace");
    command
        .args([
            "-f",
            "-q",
            "-o",
            "/dev/null",
            "-e",
            &format!("trace={calls}"),
        ])
        .args(["-e", &format!("inject={calls}:{fault}")])
        .arg(plain.get_program())
        .args(plain.get_args())
        .envs(
            plain
                .get_envs()
                .filter_map(|(key, value)| Some((key, value?))),
        )
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let Ok(child) = command.spawn() else {
        println!("skipped: strace, which makes calls fail, is not installed");
        return None;
    };
    wait(child, limit);
    Some(())
}

/// The records in the files of a rotating handler, from the oldest file to the newest.
fn records_of_all(directory: &Path) -> Vec<usize> {
    let mut files = all_of(directory, "a.log");
    let number = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        name.rsplit('.')
            .next()
            .unwrap()
            .parse::<usize>()
            .unwrap_or(0)
    };
    files.sort_by_key(|path| std::cmp::Reverse(number(path)));
    let texts = files.iter().map(|path| fs::read_to_string(path).unwrap());
    texts.flat_map(|text| numbers(&text, "0")).collect()
}

/// Killed at each step of a rotation, each record is in one file.
#[test]
fn a_kill_at_each_rename_leaves_each_record_in_one_file() {
    for step in 1..=24 {
        let directory = tempdir().unwrap();
        let path = directory.path().join("a.log");
        let fault = format!("signal=KILL:when={step}");
        let renames = "rename,renameat,renameat2";
        if with_fault(
            "few_rotating",
            &path,
            renames,
            &fault,
            Duration::from_secs(900),
        )
        .is_none()
        {
            return;
        }
        let found = records_of_all(directory.path());
        assert!(!found.is_empty() && found.len() < 200, "it was not killed");
        let first = found.first().copied().unwrap_or(0);
        assert!(
            found.iter().copied().eq(first..first + found.len()),
            "step {step}: {found:?}"
        );
        // The next start goes on.
        assert!(play("few_rotating", &path, SOON), "step {step}");
    }
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
