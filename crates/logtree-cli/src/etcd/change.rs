//! What verbs that change a fleet have in common.

use std::thread;
use std::time::{Duration, Instant};

use logtree::control::Change;
use logtree::control::fleet::{Logged, ReportState, Revision, Selector, Standing, Status, Terms};
use logtree::{Error, ErrorKind};
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
    let sets_levels = changes.iter().any(|change| {
        matches!(
            change,
            Change::Level(..) | Change::LevelFor(..) | Change::GroupLevel(_, Some(_))
        )
    });
    let before = connection.fleet.snapshot();
    let before = before.map_err(|error| failure(&error))?.number();
    let revision = consented(screen, &terms, true, |terms| {
        connection.fleet.apply(&of, changes.clone(), terms)
    })?;
    let wait = arguments.terms.wait;
    let Some(status) = made(screen, connection, revision, &of, wait, what)? else {
        return Ok(Exit::Done);
    };
    let is_new = revision.number > before && is_own(connection, revision)?;
    match sets_levels && is_new {
        true => undo_if_suspended(screen, connection, revision, &status),
        false => Ok(status::exit(&status)),
    }
}

/// Makes a change; where it needs consent, and standard input and error are a terminal, asks for
/// that. What takes a share may also be made for some instances only.
pub(super) fn consented(
    screen: &mut Screen<'_>,
    terms: &Terms,
    takes_share: bool,
    make: impl Fn(&Terms) -> Result<Revision, Error>,
) -> Result<Revision, Failure> {
    let error = match make(terms) {
        Ok(revision) => return Ok(revision),
        Err(error) => error,
    };
    let ErrorKind::NeedsConsent(number) = error.kind() else {
        return Err(failure(&error));
    };
    let less = match takes_share {
        true => "; of some of them, such as --share 2, it is less",
        false => "",
    };
    let question = format!("this concerns {}{less}. Make it?", loggers(number));
    if !screen.is_agreed(&question) {
        return Err(not_consented(&error, takes_share));
    }
    let made = make(&terms.clone().with_consent(number));
    made.map_err(|error| not_consented(&error, takes_share))
}

/// Returns the failure of a change, with what can be done where it needs consent.
fn not_consented(error: &Error, takes_share: bool) -> Failure {
    let ErrorKind::NeedsConsent(number) = error.kind() else {
        return failure(error);
    };
    let or = match takes_share {
        true => ", or for some of them, such as --share 2",
        false => "",
    };
    let concerned = loggers(number);
    Failure::usage(format!(
        "this concerns {concerned}: repeat it with --yes {number}{or}"
    ))
}

fn loggers(number: u64) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{number} logger{s} of all instances")
}

/// Undoes a change that at least one in twenty instances has suspended: it would be no different on
/// the others.
fn undo_if_suspended(
    screen: &mut Screen<'_>,
    connection: &Connection,
    revision: Revision,
    status: &Status,
) -> Result<Exit, Failure> {
    let is_suspended = |one: &&Standing| {
        one.report.state == ReportState::Suspended && one.report.n >= revision.number
    };
    let suspended = status.instances.iter().filter(is_suspended).count();
    if suspended == 0 || suspended * 20 < status.instances.len() {
        return Ok(status::exit(status));
    }
    let terms = Terms::new().with_origin(origin());
    let undone = connection.fleet.undo(revision.number, &terms);
    undone.map_err(|error| failure(&error))?;
    screen.notice(&format!("undone: {suspended} instances have suspended it"));
    Ok(Exit::Failed)
}

/// Reports whether a revision is a change by this user: one that changes nothing has the revision
/// of the change before, which may be another user's.
fn is_own(connection: &Connection, revision: Revision) -> Result<bool, Failure> {
    let most = usize::try_from(Logged::KEPT).unwrap_or(usize::MAX);
    let history = connection.fleet.history(most);
    let history = history.map_err(|error| failure(&error))?;
    let logged = history.iter().find(|logged| logged.n == revision.number);
    Ok(logged.is_some_and(|logged| logged.by == origin()))
}

/// Says that a change was made, and waits for its instances if that was asked for. Returns how far
/// they are then.
pub(super) fn made(
    screen: &mut Screen<'_>,
    connection: &Connection,
    revision: Revision,
    of: &Selector,
    wait_for: Option<Duration>,
    what: &str,
) -> Result<Option<Status>, Failure> {
    let made = format!("{}: {what} (revision {revision})", connection.service);
    if !screen.json {
        screen.line(&escaped(&made))?;
    } else if wait_for.is_none() {
        screen.json(&json!({"revision": revision.number, "changed": what}))?;
    }
    let Some(time) = wait_for else {
        return Ok(None);
    };
    let status = wait(connection, of, time)?;
    status::show(screen, &status)?;
    Ok(Some(status))
}

/// Waits until all instances of a selector have reported since the latest change for them, or the
/// time is over.
fn wait(connection: &Connection, of: &Selector, time: Duration) -> Result<Status, Failure> {
    let start = Instant::now();
    loop {
        let asked = Instant::now();
        let status = connection.fleet.status(of);
        let status = status.map_err(|error| failure(&error))?;
        let took = asked.elapsed();
        let is_settled = |one: &Standing| one.report.n >= one.expected;
        if status.instances.iter().all(is_settled) || start.elapsed() >= time {
            return Ok(status);
        }
        // A large fleet is looked at less often.
        let left = time.saturating_sub(start.elapsed());
        thread::sleep(AGAIN.max(took * 4).min(left));
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
