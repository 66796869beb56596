//! Which verb is for a fleet: [`perform`].

use crate::arguments::{Cli, EtcdTarget, Target, Verb};
use crate::etcd::connection::Connection;
use crate::etcd::{audit, clear, export, groups, import, levels, set, status, switch, undo};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::screen::Screen;

/// The variable that says which fleet is meant.
const VARIABLE: &str = "LOGTREE_FLEET";

/// Does what is for a fleet; `None` if the verb is for processes.
///
/// The variable is for verbs that a fleet has, unless processes are selected.
pub(crate) fn perform(cli: &Cli, screen: &mut Screen<'_>) -> Result<Option<Exit>, Failure> {
    let is_selected = is_selected(&cli.target);
    let variable = || std::env::var(VARIABLE).ok().filter(|url| !url.is_empty());
    let url = match &cli.etcd.fleet {
        Some(_) if is_selected => {
            return Err(Failure::usage(
                "--fleet, or some of the processes: not both",
            ));
        }
        Some(url) => url.clone(),
        None if is_selected => return require_none(cli),
        None => match variable() {
            Some(url) => url,
            None => return require_none(cli),
        },
    };
    let connect = || Connection::new(&url, &cli.etcd);
    let exit = match &cli.verb {
        Verb::Set(arguments) => set::set(screen, &connect()?, arguments),
        Verb::Clear(arguments) => clear::clear(screen, &connect()?, arguments),
        Verb::Off(arguments) => switch::switch(screen, &connect()?, arguments, true),
        Verb::On(arguments) => switch::switch(screen, &connect()?, arguments, false),
        Verb::Levels(arguments) => levels::levels(screen, &connect()?, arguments),
        Verb::Status(arguments) => status::status(screen, &connect()?, arguments),
        Verb::Audit => audit::audit(screen, &connect()?),
        Verb::Undo(arguments) => undo::undo(screen, &connect()?, arguments),
        Verb::Groups(arguments) => groups::groups(screen, &connect()?, arguments),
        Verb::Export => export::export(screen, &connect()?),
        Verb::Import(arguments) => import::import(screen, &connect()?, arguments),
        _ if cli.etcd.fleet.is_some() => {
            return Err(Failure::usage(
                "this verb is for processes: a fleet has set, clear, off, on, levels, groups, status, \
                 audit, undo, export and import",
            ));
        }
        _ => return Ok(None),
    };
    exit.map(Some)
}

fn is_selected(target: &Target) -> bool {
    !target.pid.is_empty()
        || target.name.is_some()
        || !target.socket.is_empty()
        || !target.url.is_empty()
}

/// Refuses what only a fleet has.
fn require_none(cli: &Cli) -> Result<Option<Exit>, Failure> {
    let EtcdTarget {
        fleet: _,
        fleet_user,
        fleet_password_file: _,
        fleet_authorities,
        fleet_certificate,
        fleet_key: _,
    } = &cli.etcd;
    let mut is_for_fleet =
        fleet_user.is_some() || fleet_authorities.is_some() || fleet_certificate.is_some();
    is_for_fleet |= match &cli.verb {
        Verb::Set(arguments) => {
            arguments.fleet.is_given() || arguments.time.as_deref() == Some("never")
        }
        Verb::Clear(arguments) => arguments.fleet.is_given(),
        Verb::Off(arguments) | Verb::On(arguments) => arguments.fleet.is_given(),
        Verb::Groups(arguments) => arguments.fleet.is_given(),
        Verb::Status(_) | Verb::Undo(_) | Verb::Export | Verb::Import(_) => true,
        _ => false,
    };
    match is_for_fleet {
        true => Err(Failure::usage(
            "expected --fleet etcd://HOST:PORT/SERVICE: only a fleet has that",
        )),
        false => Ok(None),
    }
}
