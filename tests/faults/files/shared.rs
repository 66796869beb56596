//! Files that other processes write to or move.

use std::fs;
use std::process::Command;
use std::time::Duration;

use logtree::handler::WatchedFileHandler;
use tempfile::tempdir;

use crate::files::{all_of, assert_all, log, numbers, scene};
use crate::wait;

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
