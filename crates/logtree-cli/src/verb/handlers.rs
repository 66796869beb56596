//! `logtree handlers`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::client::Request;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fleet::Fleet;
use crate::screen::{Cell, Screen, Table, Tone};

#[derive(Deserialize)]
struct Handlers {
    handlers: Vec<Handler>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Handler {
    name: Option<String>,
    kind: String,
    level: String,
    accepted: u64,
    written: u64,
    queued: u64,
    dropped: BTreeMap<String, u64>,
    /// By reason and level. Older processes do not say it.
    #[serde(default)]
    suppressed: BTreeMap<String, BTreeMap<String, u64>>,
    last_error: Option<LastError>,
}

#[derive(Deserialize)]
struct LastError {
    message: String,
}

/// Lists handlers and their counters.
pub(crate) fn handlers(screen: &mut Screen<'_>, fleet: &Fleet) -> Result<Exit, Failure> {
    let replies = fleet.ask(|process| process.client.call(&Request::get("/v1/handlers"))?.json());
    screen.replies(replies, Value::clone, |screen, replies| {
        let mut table = Table::new([
            "PROCESS",
            "NAME",
            "KIND",
            "LEVEL",
            "ACCEPTED",
            "WRITTEN",
            "QUEUED",
            "SUPPRESSED",
            "DROPPED",
            "LAST ERROR",
        ]);
        for (label, json) in replies {
            let all: Handlers = serde_json::from_value(json.clone()).map_err(|error| {
                Failure::new(format!("{label}: cannot read the response: {error}"))
            })?;
            for handler in all.handlers {
                table.row([
                    Cell::new(label),
                    Cell::or_dash(handler.name),
                    Cell::new(handler.kind),
                    Cell::level(&handler.level),
                    Cell::new(handler.accepted),
                    Cell::new(handler.written),
                    Cell::new(handler.queued),
                    suppressed(&handler.suppressed),
                    dropped(&handler.dropped),
                    handler.last_error.map_or_else(
                        || Cell::or_dash(None::<&str>),
                        |error| Cell::new(error.message).tone(Tone::Bad),
                    ),
                ]);
            }
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

/// Returns the number of records that filters suppressed, with the reasons.
fn suppressed(by_reason: &BTreeMap<String, BTreeMap<String, u64>>) -> Cell {
    let sums = by_reason.iter();
    by_reasons(sums.map(|(reason, by_level)| (reason, by_level.values().sum())))
}

/// Returns the number of records that were dropped, with the reasons.
fn dropped(by_reason: &BTreeMap<String, u64>) -> Cell {
    let cell = by_reasons(by_reason.iter().map(|(reason, count)| (reason, *count)));
    match by_reason.values().sum() {
        0 => cell,
        1_u64.. => cell.tone(Tone::Bad),
    }
}

fn by_reasons<'a>(counts: impl Iterator<Item = (&'a String, u64)>) -> Cell {
    let mut sum = 0;
    let reasons: Vec<_> = counts
        .map(|(reason, count)| {
            sum += count;
            format!("{count} {reason}")
        })
        .collect();
    match sum {
        0 => Cell::new(0),
        sum => Cell::new(format!("{sum}: {}", reasons.join(", "))),
    }
}
