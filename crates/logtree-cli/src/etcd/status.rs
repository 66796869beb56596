//! `logtree status --fleet`.

use logtree::control::fleet::{Standing, Status};
use serde_json::json;

use crate::arguments::StatusArguments;
use crate::etcd::connection::{Connection, failure, selector};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::screen::{Cell, Screen, Table, Tone};

/// Shows which instances have what is set.
pub(super) fn status(
    screen: &mut Screen<'_>,
    connection: &Connection,
    arguments: &StatusArguments,
) -> Result<Exit, Failure> {
    let status = connection.fleet.status(&selector(&arguments.instances));
    let status = status.map_err(|error| failure(&error))?;
    show(screen, &status)?;
    Ok(exit(&status))
}

/// Shows instances, and how many of them have what is set.
pub(super) fn show(screen: &mut Screen<'_>, status: &Status) -> Result<(), Failure> {
    if screen.json {
        let instances: Vec<_> = status.instances.iter().map(json).collect();
        screen.json(&json!({
            "revision": status.revision.number,
            "confirmed": status.confirmed(),
            "instances": instances,
        }))?;
    } else {
        let mut table = Table::new(["INSTANCE", "VERSION", "ZONE", "REVISION", "STATE", "NOTE"]);
        for one in &status.instances {
            table.row(row(one));
        }
        screen.table(table)?;
        screen.line(&status.to_string())?;
    }
    Ok(())
}

/// Returns how a program ends by how far the instances are.
pub(super) fn exit(status: &Status) -> Exit {
    match status.instances.len() {
        0 => Exit::NoProcess,
        all => Exit::failed_if(status.confirmed() < all),
    }
}

fn row(one: &Standing) -> [Cell; 6] {
    let report = &one.report;
    let tone = match one.is_confirmed() && one.silent().is_none() {
        true => Tone::Good,
        false => Tone::Warning,
    };
    let mut notes = report.refused.clone();
    notes.extend(
        report
            .local
            .iter()
            .map(|target| format!("{target} is its own")),
    );
    [
        Cell::new(&report.instance),
        Cell::or_dash(report.version.as_deref()),
        Cell::or_dash(report.zone.as_deref()),
        Cell::new(report.n),
        Cell::new(one).tone(tone),
        Cell::new(notes.join("; ")),
    ]
}

fn json(one: &Standing) -> serde_json::Value {
    let report = &one.report;
    json!({
        "instance": report.instance,
        "version": report.version,
        "zone": report.zone,
        "revision": report.n,
        "state": one.to_string(),
        "confirmed": one.is_confirmed(),
        "local": report.local,
        "refused": report.refused,
    })
}
