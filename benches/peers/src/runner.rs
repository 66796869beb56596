//! What the programs that run the peers share.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

/// The folder of this package.
pub fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Builds a peer by itself and keeps its binary aside, as the next one's features build the common
/// parts again.
pub fn build(name: &str) -> PathBuf {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .current_dir(package())
        .args(["build", "--quiet", "--release", "--bin", name]);
    if !matches!(name, "noop" | "logtree") {
        cargo.args(["--features", name]);
    }
    assert!(cargo.status().unwrap().success(), "cannot build {name}");
    let target = env::current_exe().unwrap().parent().unwrap().to_owned();
    let kept = target.join(format!("peer-{name}"));
    fs::copy(target.join(name), &kept).unwrap();
    kept
}

/// Runs a workload; `None` where the peer does not have it.
pub fn run(binary: &Path, workload: &str, calls: u64) -> Option<f64> {
    run_all(binary, workload, calls).first().copied()
}

/// The same, with all numbers that it prints.
pub fn run_all(binary: &Path, workload: &str, calls: u64) -> Vec<f64> {
    let output = Command::new(binary)
        .args([workload, &calls.to_string()])
        .env("TZ", "UTC")
        .stderr(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let last = text.lines().last().unwrap_or_default();
    last.split(' ')
        .filter_map(|number| number.parse().ok())
        .collect()
}

/// Instructions a call.
pub fn count(binary: &Path, workload: &str, few: u64, many: u64) -> Option<u64> {
    let total = |calls: u64| {
        let output = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(binary)
            .args([workload, &calls.to_string()])
            .envs([("TZ", "UTC"), ("PEERS_ONE_PASS", "1")])
            .output()
            .expect("valgrind is installed");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let line = text
            .lines()
            .find_map(|line| line.split_once("Collected : "))?
            .1
            .trim()
            .parse::<u64>();
        String::from_utf8_lossy(&output.stdout)
            .trim()
            .parse::<f64>()
            .ok()
            .and(line.ok())
    };
    Some((total(many)?.saturating_sub(total(few)?)) / (many - few))
}
