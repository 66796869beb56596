//! Processes that are killed while they spool and send.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use logtree::delivery::{Backoff, Connection, Entry, Outcome, Spool, Transport};
use logtree::handler::DeliveryHandler;
use logtree::{Error, ErrorKind, Record};

use super::program::Program;
use super::until_within;

/// How many records are in the memory at most, and on their way.
const IN_MEMORY: u64 = 2;
const ON_THE_WAY: u64 = 3;

/// Long enough for every machine.
const LONG: Duration = Duration::from_secs(600);

/// Says on standard output what it has sent, and is away now and then.
struct Printing {
    is_reliable: bool,
}

impl Transport for Printing {
    fn connect(&self) -> Result<Box<dyn Connection>, Error> {
        Ok(Box::new(Sending {
            attempts: u64::from(!self.is_reliable),
        }))
    }

    fn describe(&self) -> String {
        "Printing".to_owned()
    }
}

struct Sending {
    attempts: u64,
}

impl Connection for Sending {
    fn send(&mut self, batch: &[Entry]) -> Outcome {
        if self.attempts > 0 {
            self.attempts += 1;
            if self.attempts % 7 > 2 {
                let error = Error::new(ErrorKind::Io, "away");
                return Outcome::Retry {
                    sent: 0,
                    after: None,
                    error,
                };
            }
        }
        let numbers = batch
            .iter()
            .map(|entry| String::from_utf8_lossy(entry.payload()));
        let lines: String = numbers.map(|number| format!("sent {number}\n")).collect();
        print(&lines);
        Outcome::Sent
    }
}

fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes());
    let _ = out.flush();
}

fn handler(directory: &Path, is_reliable: bool) -> DeliveryHandler {
    let handler = DeliveryHandler::builder(Printing { is_reliable })
        .max_records(usize::try_from(IN_MEMORY).unwrap())
        .batch_records(usize::try_from(ON_THE_WAY).unwrap())
        .backoff(Backoff::new(Duration::ZERO, Duration::ZERO))
        .spool(Spool::new(directory).sync_each(true))
        .close_within(LONG)
        .start()
        .unwrap();
    handler.set_error_hook(|_| {});
    handler
}

/// One number after another is logged by processes that are killed at any moment. The next one
/// goes on with their spool; what they said to have logged is sent, but for what was in their
/// memory.
#[test]
fn a_killed_process_loses_what_was_in_its_memory_alone() {
    const PROCESS: &str = "LOGTREE_TEST_SPOOL";
    if let Ok(given) = env::var(PROCESS) {
        let (first, directory) = given.split_once(' ').unwrap();
        let first: u64 = first.parse().unwrap();
        let handler = handler(Path::new(directory), first == 0);
        if first == 0 {
            // A flush waits for the records of its own process alone.
            until_within(LONG, || handler.health().spooled_bytes == 0);
            return;
        }
        for number in first.. {
            handler.handle(&Record::builder().message(number.to_string()).build());
            print(&format!("logged {number}\n"));
        }
    }
    let crashes: u64 = env::var("LOGTREE_CRASHES").map_or(10, |crashes| crashes.parse().unwrap());
    let directory = tempfile::tempdir().unwrap();
    let spool = directory.path().join("spool");
    let process = |first: u64| {
        let name = "delivery::crashes::a_killed_process_loses_what_was_in_its_memory_alone";
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--exact", name, "--nocapture"]);
        Program::start(command.env(PROCESS, format!("{first} {}", spool.display())))
    };
    // The last number that each process logged, by its first one; how often each number was sent.
    let mut logged = BTreeMap::new();
    let mut sent: BTreeMap<u64, u64> = BTreeMap::new();
    // The processes that sent.
    let mut senders = BTreeSet::new();
    let mut note = |line: &str, first: u64| {
        let number = |prefix| {
            let number: &str = line.strip_prefix(prefix)?;
            // A notice of what was dropped, on a full disk, is none.
            Some(number.parse().unwrap_or_else(|_| panic!("{line}")))
        };
        if let Some(number) = number("logged ") {
            logged.insert(first, number);
        } else if let Some(number) = number("sent ") {
            *sent.entry(number).or_default() += 1;
            senders.insert(first);
        }
    };
    for crash in 0..crashes {
        let first = 1 + crash * 1_000_000;
        let mut program = process(first);
        // Some are killed early, some after several segments of a few outages.
        let killed_after = 5 + usize::try_from(crash * 7919 % 251).unwrap();
        let mut at = 0;
        while let Some(line) = program.line() {
            note(&line, first);
            if at == killed_after {
                program.kill();
            }
            at += 1;
        }
    }
    let mut last = process(0);
    while let Some(line) = last.line() {
        note(&line, 0);
    }
    last.end();

    // The last one logs nothing; some had sent for their predecessors alone when they were killed.
    let senders_alone = senders
        .iter()
        .filter(|first| **first > 0 && !logged.contains_key(first));
    assert_eq!(logged.len() as u64 + senders_alone.count() as u64, crashes);
    let mut lost = 0;
    for (first, last) in logged {
        let missing: Vec<u64> = (first..=last)
            .filter(|number| !sent.contains_key(number))
            .collect();
        // Those on the way may be much older than those in the memory: they are tried again while
        // later ones are spooled.
        let in_memory = IN_MEMORY + ON_THE_WAY;
        assert!(
            missing.len() as u64 <= in_memory,
            "{missing:?} of {first} to {last}"
        );
        lost += missing.len();
    }
    let twice: u64 = sent.values().map(|times| times - 1).sum();
    // A crash may hit a batch between its receiver and the note of it.
    assert!(twice <= crashes * ON_THE_WAY, "{twice} duplicates");
    println!(
        "{crashes} crashes: {} sent, {twice} twice, {lost} lost in memory",
        sent.len()
    );
}
