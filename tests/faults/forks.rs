//! Forks and exits under load, with each kind of handler.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use std::{env, fs};

use tempfile::tempdir;

use super::{command, stderr_of, wait};

/// Hours, as the machine may be busy; the scene itself detects a child that hangs.
const LIMIT: Duration = Duration::from_secs(3 * 60 * 60);

fn play(scene: &str) {
    let directory = tempdir().unwrap();
    play_at(scene, &directory.path().join("a.log"));
}

fn play_at(scene: &str, path: &Path) {
    let mut command = command(&format!("forks {scene} {}", path.display()));
    let child = command.stdout(Stdio::null()).spawn().unwrap();
    assert!(wait(child, LIMIT).success(), "{scene}");
}

/// Eight threads log, set levels, configure and use a control, while children are forked that do
/// the same: none hangs, and each record of parent and children is written once. `LOGTREE_FORKS` is
/// the number of children of each kind.
#[test]
fn no_child_hangs_or_repeats_whatever_the_handler() {
    let forks = env::var("LOGTREE_FORKS").unwrap_or_else(|_| "40".to_owned());
    for kind in [
        "stream",
        "file",
        "buffered",
        "rotating",
        "queue",
        "memory",
        "buffering",
        "fallback",
        "router",
        "timed",
        "watched",
        "panicking",
        "backlog",
    ] {
        play(&format!("{kind} {forks}"));
    }
}

/// A thread hangs in its device at the fork: the child drops and counts records for that device,
/// and writes all others.
#[test]
fn a_child_does_without_a_device_that_hangs() {
    for kind in ["stream", "queue", "memory"] {
        play(&format!("hung_{kind} 1"));
    }
}

/// Threads of the crate start again in a child.
#[test]
fn timers_of_a_child_run() {
    play("ticker 1");
    play("expiry 1");
    #[cfg(feature = "fleet")]
    play("fleet 1");
    #[cfg(feature = "reload")]
    play("reload 1");
    #[cfg(feature = "signal")]
    play("sighup 1");
}

/// In a child, no filter reports what the parent will.
#[test]
fn suppressed_records_are_reported_by_the_parent_alone() {
    play("suppressed 1");
}

/// What waits for a receiver, the spool and the connection are the parent's.
#[cfg(feature = "socket")]
#[test]
fn a_child_sends_its_own_records_by_a_connection_of_its_own() {
    play("delivery 1");
}

/// A receiver of other programs' records is the parent's alone.
#[cfg(feature = "socket")]
#[test]
fn a_child_receives_nothing() {
    play("receiver 1");
}

/// A thread of the parent held std's locks of the standard streams: the child's handlers and
/// reports do without them.
#[test]
fn a_child_writes_to_standard_streams_past_stds_locks() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    let text = stderr_of(&format!("forks std_locks 1 {}", path.display()), LIMIT);
    for line in [
        "to stderr\n",
        "to stderr again\n",
        "the device of the test fails\n",
    ] {
        assert_eq!(text.matches(line).count(), 1, "{line:?} in {text}");
    }
}

#[test]
fn a_fork_inside_a_scope() {
    play("scope 1");
}

/// Spans stay open in parent and child, which end them apart.
#[cfg(feature = "tracing")]
#[test]
fn a_fork_inside_of_spans() {
    play("spans 1");
}

/// The parent writes what it had in a buffer, and the counters of the child still add up.
#[test]
fn a_child_leaves_buffers_to_its_parent() {
    play("left 1");
}

/// A writer that forks: the child goes on inside it.
#[test]
fn a_writer_that_forks() {
    play("inside 1");
}

#[test]
fn a_target_of_a_buffer_that_forks() {
    play("inside_a_buffer 1");
}

/// A writer of a memory handler ends the process: the hooks do not wait for its lock, and
/// everything else is written.
#[test]
fn an_exit_inside_a_sink_writes_the_others_out() {
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    play_at("exit_inside 1", &path);
    for path in [path.with_extension("other"), path] {
        let text = fs::read_to_string(&path).unwrap();
        assert!(
            text.lines().eq((0..1000).map(|n| n.to_string())),
            "{path:?}"
        );
    }
}

/// What was logged before `exit` is written, and of each thread a prefix of its records: the
/// numbers from 0 on, in order.
#[test]
fn an_exit_while_others_log_leaves_no_holes() {
    for _ in 0..3 {
        let directory = tempdir().unwrap();
        let path = directory.path().join("a.log");
        play_at("exit_busy 1", &path);
        let text = fs::read_to_string(&path).unwrap();
        let counts = fs::read_to_string(path.with_extension("counts")).unwrap();
        for (thread, count) in counts.split(' ').enumerate() {
            let of = format!("{thread} ");
            let numbers = text.lines().filter_map(|line| line.strip_prefix(&of));
            let numbers: Vec<usize> = numbers.map(|number| number.parse().unwrap()).collect();
            let (found, count) = (numbers.len(), count.parse().unwrap());
            let stray = (0..found).find(|at| numbers[*at] != *at);
            assert_eq!(
                stray,
                None,
                "of {thread}: {:?}",
                stray.map(|at| &numbers[at..])
            );
            assert!(
                found >= count,
                "of {thread}: {found}, and {count} were logged before"
            );
        }
    }
}
