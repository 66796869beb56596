//! `logtree export --fleet`.

use crate::etcd::connection::{Connection, failure};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::screen::Screen;

/// Prints what is set without an end.
pub(super) fn export(screen: &mut Screen<'_>, connection: &Connection) -> Result<Exit, Failure> {
    let export = connection.fleet.export();
    let json = export.map_err(|error| failure(&error))?.to_json();
    let value = serde_json::from_str(&json).map_err(Failure::new)?;
    screen.json(&value)?;
    Ok(Exit::Done)
}
