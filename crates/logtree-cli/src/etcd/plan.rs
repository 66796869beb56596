//! What a change of a fleet would do.

use logtree::Error;
use logtree::control::fleet::Plan;
use serde_json::json;

use crate::etcd::audit::{edit_json, edit_level};
use crate::etcd::connection::failure;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::screen::{Cell, Screen, Table};

/// Shows what a change would do, and the consent that it needs.
pub(super) fn show(screen: &mut Screen<'_>, plan: Result<Plan, Error>) -> Result<Exit, Failure> {
    let plan = plan.map_err(|error| failure(&error))?;
    if screen.json {
        let edits: Vec<_> = plan.edits.iter().map(edit_json).collect();
        screen.json(&json!({
            "revision": plan.revision.number, "changes": edits, "consent": plan.consent,
        }))?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new(["WHAT", "NOW", "THEN"]);
    for edit in &plan.edits {
        table.row([
            Cell::new(&edit.key),
            edit_level(edit.before.as_deref()),
            edit_level(edit.after.as_deref()),
        ]);
    }
    screen.table(table)?;
    if let Some(number) = plan.consent {
        screen.notice(&format!("this needs consent: --yes {number}"));
    }
    Ok(Exit::Done)
}
