//! Faults of files and queues.

mod children;
mod devices;
mod ends;
mod shared;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use logtree::{Handler, Record};

use super::{command, wait};

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

fn log(handler: &Handler, text: &str) {
    handler.handle(&Record::builder().message(text).build());
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
