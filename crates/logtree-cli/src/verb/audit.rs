//! `logtree audit`.

use logtree::time::Timestamp;
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
    until: Option<String>,
    disable_all: Option<bool>,
    group: Option<String>,
    #[serde(default)]
    members: Option<Vec<String>>,
    role: Option<String>,
}

/// Lists the latest changes of all processes, by time.
pub(crate) fn audit(screen: &mut Screen<'_>, fleet: &Fleet) -> Result<Exit, Failure> {
    let replies = fleet.ask(|process| process.client.call(&Request::get("/v1/audit"))?.json());
    screen.replies(replies, Value::clone, |screen, replies| {
        let mut changes = Vec::new();
        for (label, json) in replies {
            let all: Audit = serde_json::from_value(json.clone()).map_err(|error| {
                Failure::new(format!("{label}: cannot read the response: {error}"))
            })?;
            changes.extend(all.changes.into_iter().map(|change| (label, change)));
        }
        // Not as text, whose fractions have as many digits as they need.
        changes.sort_by_cached_key(|(_, change)| change.time.parse::<Timestamp>().ok());
        let mut table = Table::new([
            "TIME", "PROCESS", "REVISION", "TARGET", "OLD", "NEW", "UNTIL", "BY",
        ]);
        for (label, change) in changes {
            let (time, revision) = (to_millis(&change.time), change.revision);
            let origin = Cell::new(&change.origin);
            let [target, old, new] = difference(&change);
            let until = change.until.as_deref().map(to_millis);
            table.row([
                Cell::new(time),
                Cell::new(label),
                Cell::new(revision),
                target,
                old,
                new,
                Cell::new(until.unwrap_or_default()),
                origin,
            ]);
        }
        Ok(screen.table(table)?)
    })
}

/// Returns what was changed, before and after.
fn difference(change: &Change) -> [Cell; 3] {
    let unknown = || Cell::new("-").tone(Tone::Pale);
    let level = |level: &Option<String>| match level {
        Some(level) => Cell::level(level),
        None => Cell::new("inherited").tone(Tone::Pale),
    };
    if let Some(target) = &change.target {
        let target = match change.kind.as_deref() {
            None | Some("LOGGER" | "DEFAULT") => target.clone(),
            Some(kind) => format!("{kind} {target}"),
        };
        return [Cell::new(target), level(&change.old), level(&change.new)];
    }
    if let (Some(group), Some(members)) = (&change.group, &change.members) {
        let group = format!("group {group}");
        return [Cell::new(group), unknown(), Cell::new(members.join(", "))];
    }
    if let Some(role) = &change.role {
        return [Cell::new("role"), unknown(), Cell::new(role)];
    }
    let new = match change.disable_all {
        Some(true) => Cell::new("off").tone(Tone::Warning),
        Some(false) => Cell::new("on"),
        // A kind that is newer than this program.
        None => return [unknown(), unknown(), unknown()],
    };
    [Cell::new("all logging"), unknown(), new]
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_change_of_an_unknown_kind_is_no_switch_of_all_logging() {
        let first = |change: Value| {
            let [what, _, new] = difference(&serde_json::from_value(change).unwrap());
            format!("{what:?} {new:?}")
        };
        let base = json!({"time": "", "revision": 1, "origin": "api"});
        let unknown = first(base.clone());
        assert!(!unknown.contains("all logging"), "{unknown}");
        let mut switch = base;
        switch["disableAll"] = true.into();
        assert!(first(switch).contains("all logging"));
    }
}
