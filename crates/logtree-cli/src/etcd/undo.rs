//! `logtree undo --fleet`.

use logtree::control::fleet::Selector;

use crate::arguments::UndoArguments;
use crate::etcd::connection::{Connection, failure};
use crate::etcd::{change, status};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::screen::Screen;

/// Undoes a change of a fleet.
pub(super) fn undo(
    screen: &mut Screen<'_>,
    connection: &Connection,
    arguments: &UndoArguments,
) -> Result<Exit, Failure> {
    let terms = change::terms(&arguments.fleet, None);
    let revision = connection.fleet.undo(arguments.change, &terms);
    let revision = revision.map_err(|error| failure(&error))?;
    let what = format!("undid change {}", arguments.change);
    let (all, wait) = (Selector::all(), arguments.fleet.wait);
    let status = change::made(screen, connection, revision, &all, wait, &what)?;
    Ok(status.map_or(Exit::Done, |status| status::exit(&status)))
}
