//! Files and queues of a process that forks.

use std::fs;
use std::path::Path;
use std::time::Duration;

use tempfile::tempdir;

use crate::SOON;
use crate::files::{LATE, assert_all, play};

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
