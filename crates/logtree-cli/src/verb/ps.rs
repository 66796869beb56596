//! `logtree ps`.

use std::thread;
use std::time::{Duration, Instant};

use logtree::time::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::client::Request;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fleet::Fleet;
use crate::screen::{Cell, Screen, Table, Tone};
use crate::verb::span;

/// Between the two looks from which the rate is computed.
const INTERVAL: Duration = Duration::from_millis(300);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    pid: u32,
    started: String,
    #[serde(default)]
    overrides: u64,
    #[serde(default)]
    default_level: String,
    #[serde(default)]
    disable_all: bool,
    #[serde(default)]
    accepted: u64,
}

struct Seen {
    json: Value,
    status: Status,
    rate: f64,
}

/// Lists the processes.
pub(crate) fn ps(screen: &mut Screen<'_>, fleet: &Fleet) -> Result<Exit, Failure> {
    let replies = fleet.ask(|process| {
        let look = || {
            let json = process.client.call(&Request::get("/v1/status"))?.json()?;
            let status: Status = serde_json::from_value(json.clone())
                .map_err(|error| Failure::new(format!("cannot read the response: {error}")))?;
            Ok::<_, Failure>((json, status, Instant::now()))
        };
        let (_, first, start) = look()?;
        thread::sleep(INTERVAL);
        let (json, status, end) = look()?;
        let accepted = status.accepted.saturating_sub(first.accepted);
        let seconds = (end - start).as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "for reading")]
        let rate = accepted as f64 / seconds;
        Ok(Seen { json, status, rate })
    });
    let as_json = |seen: &Seen| {
        let mut all = seen.json.clone();
        all["recordsPerSecond"] = json!((seen.rate * 10.0).round() / 10.0);
        all
    };
    screen.replies(replies, as_json, |screen, replies| {
        let mut table = Table::new([
            "NAME",
            "PID",
            "UPTIME",
            "ROOT",
            "LEVELS SET",
            "RECORDS/S",
            "STATE",
        ]);
        for (label, Seen { status, rate, .. }) in replies {
            let uptime =
                status.started.parse().ok().map(|started: Timestamp| {
                    span::shown(span::between(started, Timestamp::now()))
                });
            let state = match status.disable_all {
                true => Cell::new("off").tone(Tone::Warning),
                false => Cell::new("on").tone(Tone::Pale),
            };
            table.row([
                Cell::new(label.rsplit_once('[').map_or(&**label, |(name, _)| name)),
                Cell::new(status.pid),
                Cell::or_dash(uptime),
                Cell::level(&status.default_level),
                Cell::new(status.overrides),
                Cell::new(format!("{rate:.1}")),
                state,
            ]);
        }
        Ok(screen.table(table)?)
    })
}
