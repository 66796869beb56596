//! Replays recorded events at the levels given on the command line, and ends with a table of what
//! each logger showed and hid. `logtree replay` does the same, with more options.

use std::error::Error;
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Write};
use std::process::ExitCode;

use logtree::formatter::TimeZone;
use logtree::handler::StreamHandler;
use logtree::{Level, Registry};
use logtree_replay::{Layout, Replay, SAMPLE};

const USAGE: &str = "\
usage: logtree-replay [--level NAME=LEVEL]... [--level LEVEL] [FILE]

Replays a file of recorded events, one JSON object a line, or without FILE a
sample of boto3. The root is at INFO unless --level sets it.";

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            // Not `eprintln!`: it panics if the pipe has no reader.
            let _ = writeln!(io::stderr(), "logtree-replay: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode, Box<dyn Error>> {
    let registry = Registry::new();
    registry.root().set_level(Level::INFO);
    let path = read_arguments(&registry)?;

    let formatter = Layout::boto3().formatter(TimeZone::Utc)?;
    let output = StreamHandler::stdout().with_formatter(formatter);
    registry.root().add_handler(output);

    let input: Box<dyn BufRead> = match &path {
        Some(path) => Box::new(BufReader::new(
            File::open(path).map_err(|error| format!("cannot open {path}: {error}"))?,
        )),
        None => Box::new(SAMPLE.as_bytes()),
    };
    let mut replay = Replay::new(&registry);
    let visible = io::stderr().is_terminal() && !io::stdout().is_terminal();
    replay.lines(input, |lines| {
        if visible && lines % 1000 == 0 {
            let _ = write!(io::stderr(), "\r{lines} lines");
        }
        true
    })?;
    if visible {
        let _ = writeln!(io::stderr());
    }
    writeln!(io::stdout(), "{}", replay.counts())?;
    match replay.unread() {
        [] => Ok(ExitCode::SUCCESS),
        [first, ..] => {
            let count = replay.unread().len();
            Err(format!("lines without an event: {count}, the first is line {first}").into())
        }
    }
}

/// Sets the levels. Returns the path of the events, if given.
fn read_arguments(registry: &Registry) -> Result<Option<String>, Box<dyn Error>> {
    let mut path = None;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--level" {
            let rule = arguments.next().ok_or(USAGE)?;
            let (name, level) = rule.split_once('=').unwrap_or(("", &rule));
            registry
                .get_logger(name)
                .set_level(registry.parse_level(level)?);
        } else if argument.starts_with('-') || path.is_some() {
            return Err(USAGE.into());
        } else {
            path = Some(argument);
        }
    }
    Ok(path)
}
