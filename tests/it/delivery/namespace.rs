//! Tests that mount what only they see.

use std::process::Command;

const INSIDE: &str = "LOGTREE_TEST_NAMESPACE";

/// Whether this process may mount what it wants.
pub(super) fn is_inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}

/// Runs a test in a process that [is inside](is_inside). Says so on standard error where this one
/// has no right to start it.
pub(super) fn run(test: &str) {
    let mount = ["-m", "mount", "-t", "tmpfs", "tmpfs", "/run"];
    let tried = Command::new("unshare").args(mount).output();
    if !tried.is_ok_and(|tried| tried.status.success()) {
        eprintln!("!! skipped: no right to mount anything");
        return;
    }
    let inside = Command::new("unshare")
        .arg("-m")
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, "1")
        .output()
        .unwrap();
    let output = [inside.stdout, inside.stderr].concat();
    let shown = String::from_utf8_lossy(&output);
    // Also a test that does not exist ends with 0.
    let is_run = inside.status.success() && shown.contains("1 passed");
    assert!(is_run, "{test}: {shown}");
    for skipped in shown.lines().filter(|line| line.starts_with("!! ")) {
        eprintln!("{skipped}");
    }
}

pub(super) fn mount(arguments: &[&str]) {
    let status = Command::new("mount").args(arguments).status();
    assert!(status.unwrap().success());
}
