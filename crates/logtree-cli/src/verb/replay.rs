//! `logtree replay`.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal};
use std::path::Path;

use logtree::config::DictConfig;
use logtree::formatter::{ColorChoice, TimeZone};
use logtree::handler::StreamHandler;
use logtree::{Level, LevelSpec, Registry};
use logtree_replay::{Count, Layout, Replay, SAMPLE};
use serde_json::{Value, json};

use crate::arguments::ReplayArguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::screen::{Cell, Screen, Table, Tone};

/// Replays recorded events, and counts what each logger shows and hides.
pub(crate) fn replay(
    screen: &mut Screen<'_>,
    arguments: &ReplayArguments,
) -> Result<Exit, Failure> {
    let registry = Registry::new();
    registry.root().set_level(Level::INFO);
    set_up(screen, arguments, &registry)?;
    for spec in &arguments.level {
        let spec = LevelSpec::parse_in(&registry, spec);
        if let Some(problem) = spec.problems().first() {
            return Err(Failure::usage(format!("--level: {}", problem.message())));
        }
        spec.apply_in(&registry);
    }
    let input: Box<dyn BufRead> = match arguments.file.as_deref() {
        None => Box::new(SAMPLE.as_bytes()),
        Some(path) if path == Path::new("-") => Box::new(BufReader::new(io::stdin())),
        Some(path) => Box::new(BufReader::new(File::open(path).map_err(|error| {
            Failure::new(format!("cannot open {}: {error}", path.display()))
        })?)),
    };
    let mut replay = Replay::new(&registry).with_speed(arguments.speed);
    let counts_lines = !screen.terminal && io::stderr().is_terminal();
    replay.lines(input, |lines| {
        if counts_lines && lines % 1000 == 0 {
            let _ = write!(screen.errors, "\r{lines} lines");
        }
        true
    })?;
    if counts_lines {
        let _ = writeln!(screen.errors);
    }
    for handler in registry.handlers() {
        handler.flush()?;
    }
    show(screen, &replay)?;
    if let [first, ..] = replay.unread() {
        let count = replay.unread().len();
        let message = format!("lines without an event: {count}, the first is line {first}");
        screen.notice(&message);
    }
    Ok(Exit::failed_if(!replay.unread().is_empty()))
}

/// Gives the registry its handlers.
fn set_up(
    screen: &Screen<'_>,
    arguments: &ReplayArguments,
    registry: &Registry,
) -> Result<(), Failure> {
    if let Some(path) = &arguments.config {
        return Ok(DictConfig::from_file(path)?.install_in(registry)?);
    }
    let layout: Layout = arguments.format.parse().map_err(Failure::usage)?;
    let formatter = layout.formatter(TimeZone::Utc)?;
    let handler = match arguments.summary || screen.json {
        // Counts all the same what would be shown.
        true => StreamHandler::new(io::sink()),
        false => StreamHandler::stdout().with_color(match screen.color {
            true => ColorChoice::Always,
            false => ColorChoice::Never,
        }),
    };
    registry
        .root()
        .add_handler(handler.with_formatter(formatter));
    Ok(())
}

fn show(screen: &mut Screen<'_>, replay: &Replay) -> Result<(), Failure> {
    let counts = replay.counts();
    if screen.json {
        let one = |name: &str, count: Count| {
            json!({
                "logger": name,
                "seen": count.seen,
                "emitted": count.emitted,
                "suppressed": count.suppressed(),
            })
        };
        let loggers: Vec<Value> = counts
            .iter()
            .map(|(name, count)| one(name, count))
            .collect();
        let total = one("total", counts.total());
        return Ok(screen.json(&json!({
            "loggers": loggers,
            "total": total,
            "unread": replay.unread(),
        }))?);
    }
    if !screen.terminal {
        return Ok(screen.line(&counts.to_string())?);
    }
    let mut table = Table::new(["LOGGER", "SEEN", "EMITTED", "SUPPRESSED"]);
    for (name, count) in counts.iter().chain([("total", counts.total())]) {
        let tone = if count.suppressed() > 0 {
            Tone::Warning
        } else {
            Tone::Pale
        };
        table.row([
            Cell::new(name),
            Cell::new(count.seen),
            Cell::new(count.emitted),
            Cell::new(count.suppressed()).tone(tone),
        ]);
    }
    Ok(screen.table(table)?)
}
