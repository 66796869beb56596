//! Plays faults with all peers, and writes the table of the documentation's chapter on them:
//!
//! ```text
//! cargo run --release --bin faults     all peers; the full file system needs root on Linux
//! ```

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs::{self, File};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use peers::runner::{build, package};

/// What a peer is called, its binary, and what its workloads begin with.
const COLUMNS: &[(&str, &str, &str)] = &[
    ("**logtree**", "logtree", ""),
    ("env_logger", "env_logger", ""),
    ("log4rs", "log4rs", ""),
    ("flexi_logger", "flexi_logger", ""),
    ("fern", "fern", ""),
    ("simplelog", "simplelog", ""),
    ("tracing", "tracing", ""),
    ("logforth", "logforth", ""),
    ("spdlog-rs", "spdlog", ""),
    ("slog", "slog", ""),
    ("ftlog", "ftlog", ""),
    ("fast_log", "fast_log", ""),
];

/// Longer than this is a hang.
const LIMIT: Duration = Duration::from_secs(20);

type Judge = fn(&Run<'_>) -> String;

/// A row: what it says, and who judges it.
const ROWS: &[(&str, Judge)] = &[
    ("standard error is `/dev/full`, 10 lines", stderr_full),
    ("standard error is a pipe without a reader", stderr_unread),
    ("a `Display` that logs, to a file", |run| {
        run.display("ff_displaylogs")
    }),
    ("a `Display` that panics, then a record", |run| {
        run.display("ff_displaypanics")
    }),
    ("a `Display` that fails, then a record", |run| {
        run.display("ff_displayfails")
    }),
    ("logged in a thread-local's destructor, to a file", |run| {
        run.display("ff_threadlocal")
    }),
    ("`exit` right after 200,000 records, to a file", |run| {
        run.lost("ff_exit", 200_000)
    }),
    ("the same, asynchronously", |run| {
        run.lost("fa_exit", 200_000)
    }),
    ("8 threads with 50,000 each, to a file", |run| {
        run.lost("ff_threads", 400_000)
    }),
    (
        "the same, asynchronously (tracing and slog by their defaults)",
        |run| run.lost("fa_threads", 400_000),
    ),
    ("2 processes with 400,000 each, one file", two_processes),
    (
        "400,000 lines into a full file system of 1 MiB",
        full_file_system,
    ),
    ("the file is renamed, 100 more lines", renamed),
    ("message with ESC, LF, CR, BEL, U+009B, NUL", controls),
];

struct Run<'r> {
    binary: &'r Path,
    prefix: &'r str,
    directory: PathBuf,
}

enum Ended {
    Well,
    Badly(ExitStatus),
    Never,
    Unsupported,
}

impl Ended {
    fn text(&self) -> Option<String> {
        match self {
            Self::Well => None,
            Self::Unsupported => Some("–".to_owned()),
            Self::Never => Some("**hangs**".to_owned()),
            Self::Badly(status) => Some(match (status.code(), status.signal()) {
                (Some(101), _) => "**panics**".to_owned(),
                (_, Some(6)) => "**aborts**".to_owned(),
                (Some(code), _) => format!("**exit {code}**"),
                (_, Some(signal)) => format!("**signal {signal}**"),
                _ => "**ends badly**".to_owned(),
            }),
        }
    }
}

impl Run<'_> {
    fn path(&self) -> PathBuf {
        self.directory.join("a.log")
    }

    fn command(&self, scene: &str) -> Command {
        let mut command = Command::new(self.binary);
        command
            .args([&format!("{}{scene}", self.prefix), "1"])
            .env("TZ", "UTC")
            .env("PEERS_FILE", self.path())
            .current_dir(&self.directory)
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        command
    }

    fn wait(&self, mut child: Child) -> Ended {
        let start = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if start.elapsed() > LIMIT {
                child.kill().unwrap();
                child.wait().unwrap();
                return Ended::Never;
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        let mut output = String::new();
        if let Some(mut stdout) = child.stdout.take() {
            let _ = std::io::Read::read_to_string(&mut stdout, &mut output);
        }
        match output.trim() {
            "-" => Ended::Unsupported,
            _ if status.success() => Ended::Well,
            _ => Ended::Badly(status),
        }
    }

    fn play(&self, scene: &str) -> Ended {
        let _ = fs::remove_dir_all(&self.directory);
        fs::create_dir_all(&self.directory).unwrap();
        self.wait(self.command(scene).spawn().unwrap())
    }

    /// All that stands in the files there, whatever the peer calls them.
    fn content(&self) -> Vec<u8> {
        let mut content = Vec::new();
        let mut open = vec![self.directory.clone()];
        while let Some(directory) = open.pop() {
            for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
                if entry.path().is_dir() {
                    open.push(entry.path());
                } else if entry.file_name() != "filling" {
                    content.extend(fs::read(entry.path()).unwrap_or_default());
                }
            }
        }
        content
    }

    fn lines(&self) -> usize {
        self.content().iter().filter(|byte| **byte == b'\n').count()
    }

    fn display(&self, scene: &str) -> String {
        let ended = self.play(scene);
        if let Some(text) = ended.text() {
            // Some have no synchronous path to a file.
            return if matches!(ended, Ended::Unsupported) && scene.starts_with("ff") {
                let scene = scene.replacen("ff", "fa", 1);
                self.play(&scene).text().unwrap_or_else(|| "ok".to_owned())
            } else {
                text
            };
        }
        "ok".to_owned()
    }

    fn lost(&self, scene: &str, count: usize) -> String {
        if let Some(text) = self.play(scene).text() {
            return text;
        }
        match count.saturating_sub(self.lines()) {
            0 => "0 lost".to_owned(),
            lost => format!("**{lost} lost**"),
        }
    }
}

fn stderr_full(run: &Run<'_>) -> String {
    fs::create_dir_all(&run.directory).unwrap();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let child = run.command("fe_lines").stderr(full).spawn().unwrap();
    run.wait(child).text().unwrap_or_else(|| "ok".to_owned())
}

fn stderr_unread(run: &Run<'_>) -> String {
    fs::create_dir_all(&run.directory).unwrap();
    let mut child = run
        .command("fe_lines")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stderr.take());
    run.wait(child).text().unwrap_or_else(|| "ok".to_owned())
}

fn two_processes(run: &Run<'_>) -> String {
    let _ = fs::remove_dir_all(&run.directory);
    fs::create_dir_all(&run.directory).unwrap();
    let scene = "ff_many";
    let children = [(); 2].map(|()| run.command(scene).spawn().unwrap());
    for child in children {
        if let Some(text) = run.wait(child).text() {
            return text;
        }
    }
    let content = run.content();
    let text = String::from_utf8_lossy(&content);
    let whole = text
        .lines()
        .filter(|line| line.contains("0 ") && line.len() < 90)
        .count();
    match 800_000_usize.saturating_sub(whole) {
        0 => "0 lost".to_owned(),
        lost => format!("**{lost} lost**"),
    }
}

fn full_file_system(run: &Run<'_>) -> String {
    let _ = fs::remove_dir_all(&run.directory);
    fs::create_dir_all(&run.directory).unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"])
        .arg(&run.directory)
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !mounted {
        return "not run".to_owned();
    }
    let errors = run.directory.with_extension("errors");
    let scene = if run.binary.ends_with("peer-ftlog") || run.binary.ends_with("peer-fast_log") {
        "fa_many"
    } else {
        "ff_many"
    };
    let ended = run.wait(
        run.command(scene)
            .stderr(File::create(&errors).unwrap())
            .spawn()
            .unwrap(),
    );
    let noise = fs::metadata(&errors).map_or(0, |found| found.len());
    let torn = run.content().last().is_some_and(|byte| *byte != b'\n');
    let _ = Command::new("umount").arg(&run.directory).status();
    let _ = fs::remove_file(errors);
    ended.text().unwrap_or_else(|| {
        let noise = match noise {
            0 => "says nothing".to_owned(),
            1..10_000 => format!("{noise} bytes of errors"),
            _ => format!("**{:.1} MB of errors**", noise as f64 / 1e6),
        };
        if torn {
            format!("{noise}, torn end")
        } else {
            noise
        }
    })
}

fn renamed(run: &Run<'_>) -> String {
    if let Some(text) = run.play("ff_renamed").text() {
        return text;
    }
    let moved = fs::read(run.path().with_extension("moved")).unwrap_or_default();
    let lines = moved.iter().filter(|byte| **byte == b'\n').count();
    match lines {
        200 => "follows the file".to_owned(),
        100 => "a new file".to_owned(),
        other => format!("{other} in the old one"),
    }
}

fn controls(run: &Run<'_>) -> String {
    let ended = run.play("ff_controls");
    if let Ended::Unsupported = ended {
        if let Some(text) = run.play("fa_controls").text() {
            return text;
        }
    } else if let Some(text) = ended.text() {
        return text;
    }
    let content = run.content();
    let line = content.strip_suffix(b"\n").unwrap_or(&content);
    let raw: Vec<_> = [
        ("ESC", 0x1b_u8),
        ("LF", b'\n'),
        ("CR", b'\r'),
        ("BEL", 7),
        ("NUL", 0),
    ]
    .into_iter()
    .filter(|(_, byte)| line.contains(byte))
    .map(|(name, _)| name)
    .collect();
    let c1 = line.windows(2).any(|pair| pair == [0xc2, 0x9b]);
    // An indented line end cannot pass for a record.
    let indented = line.windows(5).any(|part| part == b"\n    ");
    let mut raw: Vec<_> = raw
        .into_iter()
        .map(|name| {
            if name == "LF" && indented {
                "LF, indented"
            } else {
                name
            }
        })
        .collect();
    if c1 {
        raw.push("U+009B");
    }
    match raw.as_slice() {
        [] => "all escaped".to_owned(),
        ["LF, indented"] => "escaped; LF indented".to_owned(),
        _ if raw.len() == 6 => "all raw".to_owned(),
        _ => format!("raw: {}", raw.join(", ")),
    }
}

fn main() {
    let mut cells: BTreeMap<(usize, usize), String> = BTreeMap::new();
    for (column, (name, binary, prefix)) in COLUMNS.iter().enumerate() {
        let binary = build(binary);
        let run = Run {
            binary: &binary,
            prefix,
            directory: std::env::temp_dir().join(format!("peers-faults-{}", std::process::id())),
        };
        for (row, (what, judge)) in ROWS.iter().enumerate() {
            let judged = judge(&run);
            eprintln!("{name}: {what}: {judged}");
            cells.insert((row, column), judged);
        }
        let _ = fs::remove_dir_all(&run.directory);
    }
    let names: Vec<_> = COLUMNS.iter().map(|(name, ..)| *name).collect();
    let mut text = format!(
        "| | {} |\n|---|{}\n",
        names.join(" | "),
        "---|".repeat(names.len())
    );
    for (row, (what, _)) in ROWS.iter().enumerate() {
        let of_row: Vec<_> = (0..COLUMNS.len())
            .map(|column| &*cells[&(row, column)])
            .collect();
        let _ = writeln!(text, "| {what} | {} |", of_row.join(" | "));
    }
    fs::write(package().join("../../src/docs/faults_table.md"), text).unwrap();
}
