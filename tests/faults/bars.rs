//! Records and progress bars of indicatif on one terminal, and where there is none.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use logtree::handler::{QueueHandler, StreamHandler};
use logtree::{Formatter, Handler, Registry};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use super::{SOON, command, stderr_of, wait};

const THREADS: u32 = 4;
const RECORDS: u32 = 2_500;
const COLUMNS: u16 = 80;

/// The scenes of the children: four threads, each with a bar, log 10,000 records.
pub(super) fn play(scene: &str) {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let bars = MultiProgress::new();
    let stream = StreamHandler::stderr().around({
        let bars = bars.clone();
        move |write| {
            CALLS.fetch_add(1, Ordering::Relaxed);
            bars.suspend(write);
        }
    });
    stream.set_formatter(Formatter::new("%(message)s").unwrap());
    let handler = match scene {
        "queue" => Handler::from(QueueHandler::new([stream.clone()])),
        _ => Handler::from(stream.clone()),
    };
    let registry = Registry::new();
    registry.root().add_handler(handler.clone());
    let mut kept = Vec::new();
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (bars, root) = (&bars, registry.root());
            // Kept to the end, as indicatif leaves the lines of finished ones where they are.
            let bar = bars.add(ProgressBar::new(RECORDS.into()));
            let style = ProgressStyle::with_template("bar {msg} [{bar:20}] {pos}/{len}");
            bar.set_style(style.unwrap().progress_chars("=> "));
            bar.set_message(thread.to_string());
            kept.push(bar.clone());
            scope.spawn(move || {
                for n in 0..RECORDS {
                    logtree::error!(root, "record {thread} {n} {}", "x".repeat(n as usize % 50));
                    bar.inc(1);
                    if n % 500 == 499 {
                        bars.suspend(|| {
                            eprintln!("prompt {thread} {n}");
                            // Which the thread of the queue writes later.
                            if scene == "queue" {
                                logtree::error!(root, "inside {thread} {n}");
                            }
                        });
                    }
                }
                bar.finish();
            });
        }
    });
    handler.flush().unwrap();
    let written = stream.counters().written();
    let inside = if scene == "queue" { THREADS * 5 } else { 0 };
    assert_eq!(written, u64::from(THREADS * RECORDS + inside));
    let around = if io::stderr().is_terminal() {
        written
    } else {
        0
    };
    assert_eq!(u64::from(CALLS.load(Ordering::Relaxed)), around);
}

/// Runs a scene on a terminal. Returns what it sent there.
fn sent_to_terminal(scene: &str) -> String {
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&terminal).unwrap();
    unlockpt(&terminal).unwrap();
    let size = Winsize {
        ws_row: 24,
        ws_col: COLUMNS,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(&terminal, size).unwrap();
    let path = ptsname(&terminal, Vec::new()).unwrap();
    let mut options = File::options();
    let stderr = options.write(true).open(path.to_str().unwrap()).unwrap();
    let mut command = command(scene);
    let variables = ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "FORCE_COLOR"];
    for variable in variables {
        command.env_remove(variable);
    }
    command.env("TERM", "xterm-256color").stdout(Stdio::null());
    let child = command.stderr(stderr).spawn().unwrap();
    // The command has the stream too.
    drop(command);
    let reader = thread::spawn(move || {
        let mut bytes = Vec::new();
        // Where no process has it open any more, a terminal of Linux fails.
        let _ = File::from(terminal).read_to_end(&mut bytes);
        String::from_utf8(bytes).unwrap()
    });
    let status = wait(child, SOON);
    let sent = reader.join().unwrap();
    assert!(status.success(), "{status}\n{sent}");
    sent
}

/// A terminal without a bottom: what it shows and has shown above, after all that overwrote it.
#[derive(Default)]
struct Screen {
    lines: Vec<Vec<char>>,
    row: usize,
    column: usize,
}

impl Screen {
    fn lines_of(sent: &str) -> Vec<String> {
        let (mut screen, mut chars) = (Self::default(), sent.chars());
        while let Some(char) = chars.next() {
            match char {
                '\r' => screen.column = 0,
                '\n' => screen.row += 1,
                '\x1b' => {
                    assert_eq!(chars.next(), Some('['));
                    let mut number = String::new();
                    let command = chars.find(|&char| {
                        number.push(char);
                        char.is_ascii_alphabetic()
                    });
                    number.pop();
                    screen.obey(command.unwrap(), &number);
                }
                _ => screen.put(char),
            }
        }
        let lines = screen.lines.iter().map(|line| line.iter().collect());
        let mut lines: Vec<String> = lines.collect();
        while lines.last().is_some_and(|line| line.trim().is_empty()) {
            lines.pop();
        }
        lines
    }

    fn obey(&mut self, command: char, number: &str) {
        let count = number.parse().unwrap_or(1);
        match (command, number) {
            ('A', _) => self.row = self.row.checked_sub(count).unwrap(),
            ('B', _) => self.row += count,
            ('K', "2") => self.line().clear(),
            ('K', "" | "0") => {
                let column = self.column;
                self.line().truncate(column);
            }
            ('J', "" | "0") => {
                let column = self.column;
                self.line().truncate(column);
                self.lines.truncate(self.row + 1);
            }
            ('m', _) => {}
            other => panic!("unknown: {other:?}"),
        }
    }

    fn line(&mut self) -> &mut Vec<char> {
        let rows = self.lines.len().max(self.row + 1);
        self.lines.resize(rows, Vec::new());
        &mut self.lines[self.row]
    }

    /// As terminals do, it begins the next line where there is another character.
    fn put(&mut self, char: char) {
        if self.column == usize::from(COLUMNS) {
            (self.row, self.column) = (self.row + 1, 0);
        }
        let column = self.column;
        let line = self.line();
        if line.len() <= column {
            line.resize(column + 1, ' ');
        }
        line[column] = char;
        self.column += 1;
    }
}

/// What the child prints, thread by thread, without the bars.
fn expected(scene: &str) -> Vec<Vec<String>> {
    let of_thread = |thread| {
        let mut lines = Vec::new();
        for n in 0..RECORDS {
            let filling = "x".repeat(n as usize % 50);
            lines.push(format!("record {thread} {n} {filling}"));
            if n % 500 == 499 {
                lines.push(format!("prompt {thread} {n}"));
                if scene == "queue" {
                    lines.push(format!("inside {thread} {n}"));
                }
            }
        }
        lines
    };
    (0..THREADS).map(of_thread).collect()
}

/// Asserts that each line is there once and whole, and in the order of its thread.
fn assert_whole(lines: &[String], scene: &str) {
    let mut found = vec![Vec::new(); THREADS as usize];
    for line in lines {
        let thread = line
            .split(' ')
            .nth(1)
            .and_then(|thread| thread.parse().ok());
        let of_thread: Option<&mut Vec<_>> = thread.and_then(|thread: usize| found.get_mut(thread));
        of_thread
            .unwrap_or_else(|| panic!("{line:?}"))
            .push(line.clone());
    }
    for (found, expected) in found.iter_mut().zip(expected(scene)) {
        if scene == "queue" {
            // Prompts are not written by the queue, and come earlier.
            let mut expected = expected;
            expected.sort();
            found.sort();
            assert!(*found == expected, "torn or lost");
        } else {
            assert!(*found == expected, "torn, lost or out of order");
        }
    }
}

#[test]
fn records_and_progress_bars_share_a_terminal() {
    for scene in ["direct", "queue"] {
        let sent = sent_to_terminal(&format!("bars {scene}"));
        // They were drawn, while records were written.
        assert!(sent.matches("bar ").count() > 2 * THREADS as usize);
        let lines = Screen::lines_of(&sent);
        let (records, bars) = lines.split_at(lines.len() - THREADS as usize);
        assert_whole(records, scene);
        let mut bars: Vec<_> = bars.iter().map(|bar| bar.trim_end()).collect();
        bars.sort_unstable();
        let full = "=".repeat(20);
        let expected = (0..THREADS).map(|n| format!("bar {n} [{full}] {RECORDS}/{RECORDS}"));
        assert_eq!(bars, expected.collect::<Vec<_>>());
    }
}

/// Nothing is suspended there, and no escape is written.
#[test]
fn without_a_terminal_records_pass_progress_bars_by() {
    for scene in ["direct", "queue"] {
        let text = stderr_of(&format!("bars {scene}"), SOON);
        let lines: Vec<_> = text.lines().map(str::to_owned).collect();
        assert_whole(&lines, scene);
    }
}
