//! `logtree audit --fleet`.

use logtree::control::fleet::{Edit, Logged};
use serde_json::json;

use crate::etcd::connection::{Connection, failure};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::screen::{Cell, Screen, Table, Tone};

/// Lists the latest changes of a fleet, the oldest first.
pub(super) fn audit(screen: &mut Screen<'_>, connection: &Connection) -> Result<Exit, Failure> {
    let most = usize::try_from(Logged::KEPT).unwrap_or(usize::MAX);
    let mut changes = connection
        .fleet
        .history(most)
        .map_err(|error| failure(&error))?;
    changes.reverse();
    if screen.json {
        let all: Vec<_> = changes.iter().map(json).collect();
        screen.json(&json!({ "changes": all }))?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new(["TIME", "REVISION", "WHAT", "OLD", "NEW", "BY", "REASON"]);
    for change in &changes {
        for edit in &change.edits {
            table.row([
                Cell::or_dash(change.at),
                Cell::new(change.n),
                Cell::new(&edit.key),
                edit_level(edit.before.as_deref()),
                edit_level(edit.after.as_deref()),
                Cell::new(&change.by),
                Cell::new(&change.reason).tone(Tone::Pale),
            ]);
        }
    }
    screen.table(table)?;
    Ok(Exit::Done)
}

fn json(change: &Logged) -> serde_json::Value {
    let edits: Vec<_> = change.edits.iter().map(edit_json).collect();
    json!({
        "time": change.at.map(|at| at.to_string()),
        "revision": change.n,
        "by": change.by,
        "reason": change.reason,
        "edits": edits,
    })
}

pub(super) fn edit_json(edit: &Edit) -> serde_json::Value {
    json!({"key": edit.key, "old": edit.before, "new": edit.after})
}

/// Returns what is, or was, at a key.
pub(super) fn edit_level(level: Option<&str>) -> Cell {
    match level {
        Some(level) => Cell::level(level),
        None => Cell::new("-").tone(Tone::Pale),
    }
}
