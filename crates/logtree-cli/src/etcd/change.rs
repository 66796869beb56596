//! What verbs that change a fleet have in common.

use std::thread;
use std::time::{Duration, Instant};

use logtree::control::Change;
use logtree::control::fleet::{ReportState, Revision, Selector, Status, Terms};
use serde_json::json;

use crate::arguments::{FleetChange, FleetTerms, parse_duration};
use crate::etcd::connection::{Connection, failure, selector};
use crate::etcd::status;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::screen::{Screen, escaped};

/// How often instances are looked at.
const AGAIN: Duration = Duration::from_millis(200);

/// Returns the terms of a change, by this user.
pub(super) fn terms(arguments: &FleetTerms, expect: Option<u64>) -> Terms {
    let mut terms = Terms::new().with_origin(origin());
    if let Some(reason) = &arguments.reason {
        terms = terms.with_reason(reason);
    }
    if let Some(number) = arguments.yes {
        terms = terms.with_consent(number);
    }
    match expect {
        Some(number) => terms.with_expect(Revision::new(number, 0)),
        None => terms,
    }
}

/// Has levels end after a time as it was typed, or not end.
pub(super) fn ending(terms: Terms, time: Option<&str>) -> Result<Terms, Failure> {
    Ok(match time {
        Some("never") => terms.without_end(),
        Some(time) => terms.with_time(parse_duration(time).map_err(Failure::usage)?),
        None => terms,
    })
}

/// Makes a change of some instances, says so, and waits for them if that was asked for.
pub(super) fn make(
    screen: &mut Screen<'_>,
    connection: &Connection,
    changes: Vec<Change>,
    terms: Terms,
    arguments: &FleetChange,
    what: &str,
) -> Result<Exit, Failure> {
    let of = selector(&arguments.instances);
    let terms = terms.with_force(arguments.force);
    let revision = connection.fleet.apply(&of, changes, &terms);
    let revision = revision.map_err(|error| failure(&error))?;
    made(
        screen,
        connection,
        revision,
        &of,
        arguments.terms.wait,
        what,
    )
}

/// Says that a change was made, and waits for its instances if that was asked for.
pub(super) fn made(
    screen: &mut Screen<'_>,
    connection: &Connection,
    revision: Revision,
    of: &Selector,
    wait_for: Option<Duration>,
    what: &str,
) -> Result<Exit, Failure> {
    let fleet = &connection.fleet;
    let made = format!("{}: {what} (revision {revision})", connection.service);
    let Some(time) = wait_for else {
        match screen.json {
            true => screen.json(&json!({"revision": revision.number, "changed": what}))?,
            false => screen.line(&escaped(&made))?,
        }
        return Ok(Exit::Done);
    };
    if !screen.json {
        screen.line(&escaped(&made))?;
    }
    let status = wait(connection, of, time)?;
    let exit = status::show(screen, &status)?;
    // One in twenty costs too much: it would be no different on the others.
    let is_suspended = |one: &&_| state(one) == ReportState::Suspended;
    let suspended = status.instances.iter().filter(is_suspended).count();
    if suspended > 0 && suspended * 20 >= status.instances.len() {
        let undone = fleet.undo(revision.number, &Terms::new().with_origin(origin()));
        undone.map_err(|error| failure(&error))?;
        screen.notice(&format!("undone: {suspended} instances have suspended it"));
        return Ok(Exit::Failed);
    }
    Ok(exit)
}

fn state(standing: &logtree::control::fleet::Standing) -> ReportState {
    standing.report.state
}

/// Waits until all instances of a selector have what is set, or the time is over.
fn wait(connection: &Connection, of: &Selector, time: Duration) -> Result<Status, Failure> {
    let start = Instant::now();
    loop {
        let status = connection.fleet.status(of);
        let status = status.map_err(|error| failure(&error))?;
        let is_settled = |one: &_| state(one) != ReportState::Ok;
        let confirmed = status.confirmed();
        let settled = status
            .instances
            .iter()
            .filter(|one| is_settled(one))
            .count();
        if confirmed + settled >= status.instances.len() || start.elapsed() >= time {
            return Ok(status);
        }
        thread::sleep(AGAIN);
    }
}

/// Returns who makes a change, as far as the system says: everyone believes it.
pub(super) fn origin() -> String {
    let user = ["USER", "LOGNAME", "USERNAME"];
    let user = user.iter().find_map(|name| std::env::var(name).ok());
    #[cfg(unix)]
    let host = rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned();
    #[cfg(not(unix))]
    let host = std::env::var("COMPUTERNAME").unwrap_or_default();
    format!("{}@{host}", user.as_deref().unwrap_or("cli"))
}
