//! `logtree levels`.

use logtree::time::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::arguments::LevelsArguments;
use crate::client::Request;
use crate::discovery::Process;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fleet::Fleet;
use crate::screen::{Cell, Screen, Table, Tone};
use crate::verb::span;

/// The loggers of a process.
#[derive(Deserialize)]
pub(super) struct Loggers {
    pub(super) loggers: Vec<Logger>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Logger {
    pub(super) name: String,
    pub(super) configured: Option<String>,
    pub(super) effective: String,
    pub(super) inherited_from: Option<String>,
    #[serde(default)]
    disabled: bool,
    warning: Option<String>,
    #[serde(default)]
    overrides: Vec<Override>,
}

#[derive(Deserialize)]
struct Override {
    until: Option<String>,
    origin: Option<String>,
}

/// Asks a process for its loggers.
pub(super) fn ask(
    process: &Process,
    prefix: Option<&str>,
    configured: bool,
) -> Result<Value, Failure> {
    let request = Request::get("/v1/loggers")
        .query("prefix", prefix.map(str::to_owned))
        .query("configured", configured.then(|| "true".to_owned()));
    process.client.call(&request)?.json()
}

/// Lists loggers with their levels.
pub(crate) fn levels(
    screen: &mut Screen<'_>,
    fleet: &Fleet,
    arguments: &LevelsArguments,
) -> Result<Exit, Failure> {
    let prefix = arguments.prefix.as_deref();
    let replies = fleet.ask(|process| ask(process, prefix, arguments.configured));
    screen.replies(replies, Value::clone, |screen, replies| {
        let mut rows = Vec::new();
        for (label, json) in replies {
            let all: Loggers = serde_json::from_value(json.clone()).map_err(|error| {
                Failure::new(format!("{label}: cannot read the response: {error}"))
            })?;
            let mut above: Vec<String> = Vec::new();
            for logger in all.loggers {
                let depth = depth(&mut above, &logger.name);
                rows.push((label, logger, depth));
            }
        }
        // Stable, so that the order of the loggers is that of the processes' responses.
        if !arguments.tree {
            rows.sort_by(|(_, a, _), (_, b, _)| key(a).cmp(&key(b)));
        }
        let mut table = Table::new([
            "PROCESS",
            "LOGGER",
            "LEVEL",
            "EFFECTIVE",
            "FROM",
            "UNTIL",
            "BY",
            "NOTE",
        ]);
        for (label, logger, depth) in &rows {
            table.row(row(label, logger, arguments.tree.then_some(*depth)));
        }
        let alone = fleet.processes().len() == 1;
        let table = if alone {
            table.without("PROCESS")
        } else {
            table
        };
        Ok(screen.table(table)?)
    })
}

fn row(label: &str, logger: &Logger, depth: Option<(usize, usize)>) -> [Cell; 8] {
    let name = match (depth, &*logger.name) {
        (_, "" | "root") => "root".to_owned(),
        (None, name) => name.to_owned(),
        (Some(depth), name) => {
            let (depth, above) = depth;
            format!("{}{}", "  ".repeat(depth), &name[above..])
        }
    };
    let set = logger.overrides.first();
    let until = set.and_then(|set| set.until.as_deref()).map(|until| {
        let left = until
            .parse()
            .ok()
            .map(|until: Timestamp| span::shown(span::between(Timestamp::now(), until)));
        left.map_or_else(|| until.to_owned(), |left| format!("{left} left"))
    });
    let level = match &logger.configured {
        Some(level) => Cell::level(level),
        None => Cell::new("-").tone(Tone::Pale),
    };
    let note = match logger.disabled {
        true => Some("disabled".to_owned()),
        false => logger.warning.clone(),
    };
    let from = match (&logger.configured, logger.inherited_from.as_deref()) {
        (Some(_), _) | (None, None) => "itself",
        (None, Some("")) => "root",
        (None, Some(from)) => from,
    };
    [
        Cell::new(label),
        Cell::new(name),
        level,
        Cell::level(&logger.effective),
        Cell::new(from).tone(Tone::Pale),
        Cell::or_dash(until),
        Cell::or_dash(set.and_then(|set| set.origin.as_deref())),
        note.map_or_else(Cell::default, |note| Cell::new(note).tone(Tone::Warning)),
    ]
}

/// The root first, then by name.
fn key(logger: &Logger) -> (bool, &str) {
    (!matches!(&*logger.name, "" | "root"), &logger.name)
}

/// Returns how many of the loggers `above`, which have been listed, this one is below, and where
/// its name goes on after that of the nearest.
fn depth(above: &mut Vec<String>, name: &str) -> (usize, usize) {
    if matches!(name, "" | "root") {
        return (0, 0);
    }
    let is_above = |above: &String| {
        let rest = name.strip_prefix(above.as_str());
        rest.is_some_and(|rest| rest.starts_with('.'))
    };
    while above.last().is_some_and(|last| !is_above(last)) {
        above.pop();
    }
    let start = above.last().map_or(0, |last| last.len() + 1);
    above.push(name.to_owned());
    (above.len(), start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depths_follow_the_segments() {
        let mut above = Vec::new();
        let names = ["root", "a", "a.b.c", "a.bc", "ab", "ab.c", "b"];
        let depths: Vec<_> = names.map(|name| depth(&mut above, name)).into();
        assert_eq!(
            depths,
            [(0, 0), (1, 0), (2, 2), (2, 2), (1, 0), (2, 3), (1, 0)]
        );
    }
}
