//! `logtree audit`.

use serde::Deserialize;
use serde_json::Value;

use crate::client::Request;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fleet::Fleet;
use crate::screen::{Cell, Screen, Table, Tone};

#[derive(Deserialize)]
struct Audit {
    changes: Vec<Change>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    time: String,
    revision: u64,
    origin: String,
    target: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    old: Option<String>,
    new: Option<String>,
    disable_all: Option<bool>,
}

/// Lists the latest changes of all processes, by time.
pub(crate) fn audit(screen: &mut Screen<'_>, fleet: &Fleet) -> Result<Exit, Failure> {
    let replies = fleet.ask(|process| process.client.call(&Request::get("/v1/audit"))?.json());
    screen.replies(replies, Value::clone, |screen, replies| {
        let mut changes = Vec::new();
        for (label, json) in replies {
            let all: Audit = serde_json::from_value(json.clone()).map_err(|error| {
                Failure::new(format!("{label}: cannot read the answer: {error}"))
            })?;
            changes.extend(all.changes.into_iter().map(|change| (label, change)));
        }
        // Times are in one format and zone.
        changes.sort_by(|(_, a), (_, b)| a.time.cmp(&b.time));
        let mut table = Table::new(["TIME", "PROCESS", "REVISION", "TARGET", "OLD", "NEW", "BY"]);
        for (label, change) in changes {
            let target = match (change.target, change.kind.as_deref()) {
                (Some(target), None | Some("LOGGER" | "DEFAULT")) => target,
                (Some(target), Some(kind)) => format!("{kind} {target}"),
                (None, _) => "all logging".to_owned(),
            };
            let level = |level: Option<String>| match (level, change.disable_all) {
                (Some(level), _) => Cell::level(&level),
                (None, Some(_)) => Cell::new("-").tone(Tone::Pale),
                (None, None) => Cell::new("inherited").tone(Tone::Pale),
            };
            let new = match change.disable_all {
                Some(true) => Cell::new("off").tone(Tone::Warning),
                Some(false) => Cell::new("on"),
                None => level(change.new),
            };
            table.row([
                Cell::new(to_millis(&change.time)),
                Cell::new(label),
                Cell::new(change.revision),
                Cell::new(target),
                level(change.old),
                new,
                Cell::new(change.origin),
            ]);
        }
        Ok(screen.table(table)?)
    })
}

/// Shortens a time to milliseconds: `2026-11-26T23:49:36.896Z`.
fn to_millis(time: &str) -> String {
    match time.split_once('.') {
        Some((seconds, rest)) => {
            let digits: String = rest
                .chars()
                .take_while(char::is_ascii_digit)
                .take(3)
                .collect();
            format!("{seconds}.{digits}Z")
        }
        None => time.to_owned(),
    }
}
