//! Replays a recorded boto3 session at the levels given on the command line, and ends with a table
//! of what each logger showed and hid:
//!
//! ```text
//! cargo run -p replay_botocore -- --level botocore=INFO --level botocore.hooks=WARNING [FILE]
//! ```
//!
//! FILE has one event per line, as JSON with `created`, `name`, `levelno`, `message`, `filename`,
//! `lineno`, `funcName`, `threadName` and, optionally, `exc_text`. Without FILE, a sample of
//! recorded events is replayed. The root is at INFO unless `--level` sets it.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Write};
use std::process::ExitCode;

use logtree::formatter::TimeZone;
use logtree::handler::StreamHandler;
use logtree::record::Source;
use logtree::time::Timestamp;
use logtree::{Formatter, Level, Registry};
use serde_json::Value;

const SAMPLE: &str = include_str!("data/botocore-events.jsonl");
const USAGE: &str = "usage: replay_botocore [--level NAME=LEVEL]... [--level LEVEL] [FILE]";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Not `eprintln!`: it panics if the pipe has no reader.
            let _ = writeln!(io::stderr(), "replay_botocore: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let registry = Registry::new();
    registry.root().set_level(Level::INFO);
    let path = read_arguments(&registry)?;

    let formatter = Formatter::builder()
        .format(Formatter::BOTO3)
        .time_zone(TimeZone::Utc)
        .build()?;
    let output = StreamHandler::stdout().with_formatter(formatter);
    registry.root().add_handler(output);

    let input: Box<dyn BufRead> = match &path {
        Some(path) => Box::new(BufReader::new(
            File::open(path).map_err(|error| format!("cannot open {path}: {error}"))?,
        )),
        None => Box::new(SAMPLE.as_bytes()),
    };
    let mut table = Table::default();
    let mut progress = Progress::new();
    for (number, line) in input.lines().enumerate() {
        let event = serde_json::from_str(&line?)
            .map_err(|error| format!("line {}: {error}", number + 1))?;
        let (name, shown) =
            replay(&registry, &event).ok_or_else(|| format!("line {}: no event", number + 1))?;
        table.count(name, shown);
        progress.show(number + 1);
    }
    progress.end();
    table.print()?;
    Ok(())
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

/// Logs an event as recorded. Returns its logger's name and whether it was shown.
fn replay<'e>(registry: &Registry, event: &'e Value) -> Option<(&'e str, bool)> {
    let text = |key: &str| event[key].as_str().unwrap_or_default();
    let name = event["name"].as_str()?;
    let level = Level::new(u16::try_from(event["levelno"].as_u64()?).ok()?);
    let logger = registry.get_logger(name);
    let shown = logger.is_enabled_for(level);
    if shown {
        let source = Source::default()
            .with_file(text("filename"))
            .with_line(u32::try_from(event["lineno"].as_u64()?).ok()?)
            .with_function(text("funcName"));
        #[allow(
            clippy::cast_possible_truncation,
            reason = "to the microsecond, like the events"
        )]
        let time = Timestamp::from_nanos((event["created"].as_f64()? * 1e6) as i64 * 1000);
        let mut record = logger
            .record_builder(level)
            .message(text("message"))
            .time(time)
            .source(source);
        record = record.thread(0, text("threadName"));
        if let Some(error) = event["exc_text"].as_str() {
            record = record.error_text(error);
        }
        logger.handle(&record.build());
    }
    Some((name, shown))
}

/// Records seen and emitted, per logger.
#[derive(Default)]
struct Table(BTreeMap<String, (u64, u64)>);

impl Table {
    fn count(&mut self, name: &str, shown: bool) {
        let (seen, emitted) = match self.0.get_mut(name) {
            Some(counts) => counts,
            None => self.0.entry(name.to_owned()).or_default(),
        };
        *seen += 1;
        *emitted += u64::from(shown);
    }

    fn print(&self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        let total = self
            .0
            .values()
            .fold((0, 0), |sum, counts| (sum.0 + counts.0, sum.1 + counts.1));
        writeln!(
            out,
            "{:<32} {:>10} {:>10} {:>10}",
            "logger", "seen", "emitted", "suppressed"
        )?;
        for (name, (seen, emitted)) in self
            .0
            .iter()
            .map(|(name, counts)| (&**name, *counts))
            .chain([("total", total)])
        {
            writeln!(
                out,
                "{name:<32} {seen:>10} {emitted:>10} {:>10}",
                seen - emitted
            )?;
        }
        Ok(())
    }
}

/// A counter on the terminal, shown if the records themselves go elsewhere.
struct Progress {
    visible: bool,
}

impl Progress {
    fn new() -> Self {
        Self {
            visible: io::stderr().is_terminal() && !io::stdout().is_terminal(),
        }
    }

    fn show(&mut self, events: usize) {
        if self.visible && events % 1000 == 0 {
            self.visible = write!(io::stderr(), "\r{events} events").is_ok();
        }
    }

    fn end(&self) {
        if self.visible {
            let _ = writeln!(io::stderr());
        }
    }
}
