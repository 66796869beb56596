//! `logtree set --fleet`.

use logtree::Level;
use logtree::control::{Change, LevelTarget, TargetType};

use crate::arguments::SetArguments;
use crate::etcd::connection::{Connection, selector};
use crate::etcd::{change, plan};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::screen::Screen;

/// Sets levels of a fleet.
pub(super) fn set(
    screen: &mut Screen<'_>,
    connection: &Connection,
    arguments: &SetArguments,
) -> Result<Exit, Failure> {
    let mut changes = Vec::new();
    let mut what = Vec::new();
    for one in &arguments.levels {
        let level: Level = one.level.parse().map_err(Failure::usage)?;
        changes.push(Change::Level(target(&arguments.kind, &one.name)?, level));
        what.push(format!("{}={}", one.name, one.level));
    }
    let terms = change::terms(&arguments.fleet.terms, arguments.if_revision);
    let terms = change::ending(terms, arguments.time.as_deref())?;
    if arguments.dry_run {
        let terms = terms.with_force(arguments.fleet.force);
        let of = selector(&arguments.fleet.instances);
        return plan::show(screen, connection.fleet.plan(&of, changes, &terms));
    }
    what.extend(arguments.time.as_ref().map(|time| format!("for {time}")));
    let what = what.join(" ");
    change::make(screen, connection, changes, terms, &arguments.fleet, &what)
}

/// Returns the target of a type and a name, of which `root` is the default level's.
pub(super) fn target(kind: &str, name: &str) -> Result<LevelTarget, Failure> {
    let kind: TargetType = kind.parse().map_err(Failure::usage)?;
    Ok(match (kind, name) {
        (TargetType::Logger, "root") | (TargetType::Default, _) => LevelTarget::default_level(),
        (kind, name) => LevelTarget::new(kind, name),
    })
}
