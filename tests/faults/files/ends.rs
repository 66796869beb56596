//! The end of a process: what was logged is written.

use std::time::{Duration, Instant};
use std::{fs, thread};

use logtree::handler::FileHandler;
use tempfile::tempdir;

use crate::SOON;
use crate::files::{
    LATE, all_of, assert_all, log, numbers, play, records_of_all, scene, with_fault,
};

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
