//! `logtree set --fleet`.

use logtree::Level;
use logtree::control::{Change, LevelTarget, TargetType};

use crate::arguments::{SetArguments, parse_duration};
use crate::etcd::change;
use crate::etcd::connection::Connection;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::screen::Screen;

/// Sets levels of a fleet.
pub(super) fn set(
    screen: &mut Screen<'_>,
    connection: &Connection,
    arguments: &SetArguments,
) -> Result<Exit, Failure> {
    if arguments.dry_run {
        return Err(Failure::usage("--dry-run is for processes"));
    }
    let mut changes = Vec::new();
    let mut what = Vec::new();
    for one in &arguments.levels {
        let level: Level = one.level.parse().map_err(Failure::usage)?;
        changes.push(Change::Level(target(&arguments.kind, &one.name)?, level));
        what.push(format!("{}={}", one.name, one.level));
    }
    let mut terms = change::terms(&arguments.fleet, arguments.if_revision);
    match arguments.time.as_deref() {
        Some("never") => terms = terms.without_end(),
        Some(time) => {
            terms = terms.with_time(parse_duration(time).map_err(Failure::usage)?);
            what.push(format!("for {time}"));
        }
        None => {}
    }
    let what = what.join(" ");
    change::make(screen, connection, changes, &terms, &arguments.fleet, &what)
}

/// Returns the target of a type and a name, of which `root` is the default level's.
pub(super) fn target(kind: &str, name: &str) -> Result<LevelTarget, Failure> {
    let kind: TargetType = kind.parse().map_err(Failure::usage)?;
    Ok(match (kind, name) {
        (TargetType::Logger, "root") | (TargetType::Default, _) => LevelTarget::default_level(),
        (kind, name) => LevelTarget::new(kind, name),
    })
}
