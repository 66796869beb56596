//! `logtree undo --fleet`.

use logtree::control::fleet::Terms;
use serde_json::json;

use crate::arguments::UndoArguments;
use crate::etcd::change::origin;
use crate::etcd::connection::{Connection, failure};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::screen::{Screen, escaped};

/// Undoes a change of a fleet.
pub(super) fn undo(
    screen: &mut Screen<'_>,
    connection: &Connection,
    arguments: &UndoArguments,
) -> Result<Exit, Failure> {
    let mut terms = Terms::new().with_origin(origin());
    if let Some(reason) = &arguments.reason {
        terms = terms.with_reason(reason);
    }
    let revision = connection.fleet.undo(arguments.change, &terms);
    let revision = revision.map_err(|error| failure(&error))?;
    let what = format!("undid change {}", arguments.change);
    match screen.json {
        true => screen.json(&json!({"revision": revision.number, "changed": what}))?,
        false => {
            let line = format!("{}: {what} (revision {revision})", connection.service);
            screen.line(&escaped(&line))?;
        }
    }
    Ok(Exit::Done)
}
