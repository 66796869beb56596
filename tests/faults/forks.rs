//! Forks while all is busy, with each kind of handler.

use std::env;
use std::process::Stdio;
use std::time::Duration;

use tempfile::tempdir;

use super::{command, wait};

/// Hours, as the machine may be busy; a child of the scene that hangs is found by the scene itself.
const LIMIT: Duration = Duration::from_secs(3 * 60 * 60);

fn play(scene: &str) {
    let directory = tempdir().unwrap();
    let path = directory.path().join("a.log");
    let mut command = command(&format!("forks {scene} {}", path.display()));
    let child = command.stdout(Stdio::null()).spawn().unwrap();
    assert!(wait(child, LIMIT).success(), "{scene}");
}

/// Eight threads log, set levels and configure, while children are made that do the same: none hangs, and each record of parent
/// and children is there once. `LOGTREE_FORKS` is how many children of each kind.
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
    ] {
        play(&format!("{kind} {forks}"));
    }
}

/// A thread hangs in its device at the fork: the child drops what is logged to it, counts it, and writes all else.
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
    #[cfg(feature = "reload")]
    for scene in ["reload", "sighup"] {
        play(&format!("{scene} 1"));
    }
}

/// What the parent had in a buffer is the parent's to write, and the counters of the child still add up.
#[test]
fn a_child_leaves_buffers_to_its_parent() {
    play("left 1");
}

/// A writer that forks: the child goes on inside it.
#[test]
fn a_writer_that_forks() {
    play("inside 1");
}
