//! Faults that a process may not survive, each in a separate child process.
//!
//! The child is this program again, with the scene in a variable. A child that does not end in two
//! minutes has hung (the limit is wider for those that log millions of records).

#[cfg(target_os = "linux")]
mod bars;
mod child;
#[cfg(unix)]
mod files;
#[cfg(unix)]
mod files_child;
#[cfg(unix)]
mod forks;
#[cfg(unix)]
mod forks_child;
#[cfg(all(unix, feature = "socket"))]
mod forks_delivery;
#[cfg(all(unix, feature = "socket"))]
mod forks_receiver;
#[cfg(all(unix, feature = "tracing"))]
mod forks_spans;
#[cfg(unix)]
mod forks_storm;
mod soak;

use std::fs::{self, File};
use std::io::{Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use std::{env, io, thread};

const VARIABLE: &str = "LOGTREE_FAULT";

/// The child's side: does nothing unless a scene is set.
#[test]
fn child() {
    let Ok(scene) = env::var(VARIABLE) else {
        return;
    };
    #[cfg(target_os = "linux")]
    if let Some(scene) = scene.strip_prefix("bars ") {
        return bars::play(scene);
    }
    #[cfg(unix)]
    if let Some(scene) = scene.strip_prefix("files ") {
        return files_child::play(scene);
    }
    #[cfg(unix)]
    if let Some(scene) = scene.strip_prefix("forks ") {
        return forks_child::play(scene);
    }
    child::play(&scene);
}

fn command(scene: &str) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args(["--exact", "child", "--nocapture", "--test-threads=1"])
        .env(VARIABLE, scene);
    command
}

fn wait(mut child: Child, limit: Duration) -> ExitStatus {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if start.elapsed() > limit {
            child.kill().unwrap();
            panic!("the child hung");
        }
        thread::sleep(Duration::from_millis(5));
    }
}

const SOON: Duration = Duration::from_secs(900);

/// Runs a scene and returns what it wrote to standard error.
fn stderr_of(scene: &str, limit: Duration) -> String {
    let mut child = command(scene)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = child.stderr.take().unwrap();
    let reader = thread::spawn(move || {
        let mut text = Vec::new();
        stderr
            .read_to_end(&mut text)
            .map(|_| String::from_utf8_lossy(&text).into_owned())
    });
    let status = wait(child, limit);
    let text = reader.join().unwrap().unwrap();
    assert!(status.success(), "{scene}: {status}\n{text}");
    text
}

/// A pipe without a reader.
#[test]
fn f01_stderr_without_a_reader() {
    let mut child = command("stderr_fails")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stderr.take());
    assert!(wait(child, SOON).success());
}

/// The device is full.
#[cfg(target_os = "linux")]
#[test]
fn f02_stderr_is_full() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let child = command("stderr_fails")
        .stdout(Stdio::null())
        .stderr(full)
        .spawn()
        .unwrap();
    assert!(wait(child, SOON).success());
}

/// A non-blocking pipe and a slow reader; no line is torn and none is lost.
#[cfg(target_os = "linux")]
#[test]
fn f03_stderr_would_block() {
    let Ok(python) = Command::new("python3").arg("--version").output() else {
        println!("skipped: python3, which makes the pipe non-blocking, is not installed");
        return;
    };
    assert!(python.status.success());
    // The child inherits the pipe's state; std has no call to set it.
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/faults/slow_reader.py");
    let mut by_python = Command::new("python3");
    by_python.arg(script).arg(env::current_exe().unwrap());
    by_python
        .args(["--exact", "child", "--nocapture", "--test-threads=1"])
        .env(VARIABLE, "many_lines");
    let output = by_python.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<_> = text
        .lines()
        .filter(|line| line.starts_with("line "))
        .collect();
    let expected: Vec<_> = (0..20_000)
        .map(|n| format!("line {n} {}", "x".repeat(80)))
        .collect();
    assert_eq!(lines.len(), expected.len());
    assert!(lines == expected, "torn or out of order");
}

/// A `Display` that panics, fails, or logs itself, on the same handler, from eight threads.
#[test]
fn f28_displays_that_misbehave() {
    let text = stderr_of("displays", SOON);
    assert_eq!(text.matches("<panic while formatting: boom>").count(), 1000);
    assert_eq!(text.matches("half<fmt error>").count(), 1000);
    for depth in 0..=8 {
        assert_eq!(
            text.matches(&format!("depth {depth};")).count(),
            8 * 50,
            "depth {depth}"
        );
    }
    // The inner record comes before the outer one.
    let (inner, outer) = (
        text.find("depth 0;").unwrap(),
        text.find("depth 8;").unwrap(),
    );
    assert!(inner < outer);
}

/// A `Display` that sleeps does not hold up other threads.
#[test]
fn f31_a_display_that_sleeps_holds_up_nobody() {
    stderr_of("sleeps", SOON);
}

/// A `Display` that changes the tree.
#[test]
fn f32_a_display_that_changes_the_tree() {
    let text = stderr_of("changes", SOON);
    assert!(text.contains("changed 99"), "{text}");
}

/// Logging while a thread's locals are destroyed, in both orders, with local time.
#[test]
fn f36_logging_in_a_threads_last_moments() {
    let text = stderr_of("thread_locals", Duration::from_secs(900));
    assert_eq!(text.matches("last words").count(), 3 * 300);
}

/// Logging from the panic hook, and while unwinding.
#[test]
fn f36_logging_while_panicking() {
    let text = stderr_of("panic_hook", SOON);
    assert!(
        text.contains("hook: on purpose") && text.contains("dropped while unwinding"),
        "{text}"
    );
}

/// Messages up to 64 MiB arrive whole, and the memory is given back.
#[test]
fn f23_huge_messages() {
    let mut child = command("huge")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = child.stderr.take().unwrap();
    let reader = thread::spawn(move || io::copy(&mut stderr, &mut CountX::default()).map(|_| ()));
    assert!(wait(child, Duration::from_secs(900)).success());
    reader.join().unwrap().unwrap();
}

/// Checks the lengths of the lines without keeping them.
#[derive(Default)]
struct CountX {
    run: usize,
    longest: usize,
}

impl Write for CountX {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for &byte in bytes {
            self.run = if byte == b'x' { self.run + 1 } else { 0 };
            self.longest = self.longest.max(self.run);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for CountX {
    fn drop(&mut self) {
        assert_eq!(self.longest, 64 << 20);
    }
}

/// Nothing in a message, a name, a key or a value makes a second line or drives the terminal.
#[test]
fn f24_control_characters() {
    let text = stderr_of("controls", SOON);
    let lines: Vec<_> = text
        .lines()
        .filter(|line| line.contains("record"))
        .collect();
    assert_eq!(lines.len(), 1, "{text:?}");
    assert!(!lines[0].chars().any(|c| c.is_control()), "{text:?}");
    for shown in ["\\x00", "\\r", "\\x1b[2J", "\\u{9b}", "\\u{202e}"] {
        assert!(lines[0].matches(shown).count() >= 4, "{shown} in {text:?}");
    }
}

/// Thousands of key-values on a small stack.
#[test]
fn f33_many_key_values_on_a_small_stack() {
    stderr_of("small_stack", SOON);
}

/// Ten million targets that no logger has, through the facade (a million without optimisation): no
/// logger is made and memory stays as it was.
#[test]
fn f42_hostile_targets() {
    stderr_of("targets", Duration::from_secs(1800));
}

/// Another backend is installed first.
#[test]
fn f45_the_facade_is_taken() {
    stderr_of("taken", SOON);
}

/// The facade's maximum level is always that of the most verbose logger.
#[test]
fn r04_max_level_follows_the_tree() {
    stderr_of("max_level", SOON);
}

/// Records of the facade land in the tree, with their key-values, and unknown targets make no
/// loggers.
#[test]
fn the_facades_records_land_in_the_tree() {
    let text = stderr_of("facade", SOON);
    for line in [
        "app.net.tcp INFO known size=3",
        "app.net.other INFO nearest",
        "root WARNING empty target",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(!text.contains("hidden"), "{text}");
    assert_eq!(text.matches("opened").count(), 4);
    assert_eq!(text.matches("a nearer logger").count(), 4);
}

/// The one-line set-up, as the user sees it.
#[test]
fn set_stream_logger_shows_what_it_says() {
    let text = stderr_of("stream_logger", SOON);
    let shown: Vec<_> = text
        .lines()
        .filter_map(|line| line.split_once(' ')?.1.split_once(' '))
        .map(|(_, rest)| rest)
        .collect();
    assert_eq!(
        shown,
        [
            "boto3.session [DEBUG] by the facade",
            "botocore.client.S3 [INFO] put bucket=photos",
            "boto3.x [ERROR] by the macro",
            "by the last resort"
        ]
    );
}

/// The memory of the process, in KiB.
fn resident() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap_or("0 kB");
    line.trim().trim_end_matches(" kB").parse().unwrap_or(0)
}
