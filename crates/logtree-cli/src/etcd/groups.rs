//! `logtree groups --fleet`.

use logtree::Level;
use logtree::control::Change;
use logtree::control::fleet::{GroupMembers, Key, Value};
use serde_json::json;

use crate::arguments::GroupsArguments;
use crate::etcd::change;
use crate::etcd::connection::{Connection, failure};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::screen::{Cell, Screen, Table};

/// Lists groups of a fleet, or changes one.
pub(super) fn groups(
    screen: &mut Screen<'_>,
    connection: &Connection,
    arguments: &GroupsArguments,
) -> Result<Exit, Failure> {
    let Some(name) = &arguments.group else {
        return match arguments.fleet.is_given() {
            true => Err(Failure::usage("expected the name of a group")),
            false => list(screen, connection),
        };
    };
    let fleet = &arguments.fleet.change;
    let is_level = arguments.level.is_some();
    if !is_level && (fleet.instances.is_given() || fleet.force) {
        return Err(Failure::usage(
            "a group is the same on all instances: only its level is for some of them",
        ));
    }
    let time = arguments.fleet.time.as_deref();
    if !is_level && time.is_some() {
        return Err(Failure::usage("expected a level with --for"));
    }
    let (change, mut what) = match (&arguments.level, &arguments.members) {
        (Some(level), _) => {
            let is_cleared = level.eq_ignore_ascii_case("inherited");
            let level = (!is_cleared).then(|| level.parse::<Level>()).transpose();
            let level = level.map_err(Failure::usage)?;
            let shown = level.map_or_else(|| "inherited".to_owned(), |level| level.to_string());
            (
                Change::GroupLevel(name.clone(), level),
                format!("{name} = {shown}"),
            )
        }
        (None, Some(members)) => (
            Change::Group(name.clone(), members.clone()),
            format!("{name} has {}", members.join(", ")),
        ),
        // Without members, there is none.
        (None, None) => (
            Change::Group(name.clone(), Vec::new()),
            format!("{name} is removed"),
        ),
    };
    what.extend(time.map(|time| format!(" for {time}")));
    let terms = change::ending(change::terms(&fleet.terms, None), time)?;
    change::make(screen, connection, vec![change], terms, fleet, &what)
}

fn list(screen: &mut Screen<'_>, connection: &Connection) -> Result<Exit, Failure> {
    let snapshot = connection.fleet.snapshot();
    let snapshot = snapshot.map_err(|error| failure(&error))?;
    let entries = snapshot.entries.iter();
    let groups = entries.filter_map(|(key, held)| match (key, &held.value) {
        (Key::Group(name), Value::Group(group)) => Some((name, group)),
        _ => None,
    });
    let groups: Vec<(&String, &GroupMembers)> = groups.collect();
    if screen.json {
        let all = groups.iter().map(|(name, group)| {
            json!({"name": name, "members": group.members, "by": group.by, "revision": group.n})
        });
        let all: Vec<_> = all.collect();
        screen.json(&json!({"revision": snapshot.number(), "groups": all}))?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new(["GROUP", "LOGGERS", "BY"]);
    for (name, group) in groups {
        table.row([
            Cell::new(name),
            Cell::new(group.members.join(", ")),
            Cell::new(&group.by),
        ]);
    }
    screen.table(table)?;
    Ok(Exit::Done)
}
