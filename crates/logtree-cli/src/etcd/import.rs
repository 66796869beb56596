//! `logtree import --fleet`.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use logtree::control::fleet::{Export, Selector};

use crate::arguments::ImportArguments;
use crate::etcd::connection::Connection;
use crate::etcd::{change, plan, status};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::screen::Screen;

/// More than a fleet can have: 10,000 entries of 4 KiB.
const LONGEST: u64 = 64 * 1024 * 1024;

/// Sets what a file of `export` has, and removes what is not in it.
pub(super) fn import(
    screen: &mut Screen<'_>,
    connection: &Connection,
    arguments: &ImportArguments,
) -> Result<Exit, Failure> {
    let file = &arguments.file;
    let read = read(file).map_err(|error| format!("cannot read {}: {error}", file.display()));
    let export = Export::from_json(&read.map_err(Failure::usage)?).map_err(Failure::usage)?;
    let terms = change::terms(&arguments.fleet, arguments.if_revision);
    if arguments.dry_run {
        return plan::show(screen, connection.fleet.plan_import(&export, &terms));
    }
    let revision = change::consented(screen, &terms, false, |terms| {
        connection.fleet.import(&export, terms)
    })?;
    let what = format!("imported {} entries", export.entries.len());
    let (all, wait) = (Selector::all(), arguments.fleet.wait);
    let status = change::made(screen, connection, revision, &all, wait, &what)?;
    Ok(status.map_or(Exit::Done, |status| status::exit(&status)))
}

fn read(file: &Path) -> io::Result<Vec<u8>> {
    let input: Box<dyn Read> = match file.as_os_str() == "-" {
        true => Box::new(io::stdin()),
        false => Box::new(File::open(file)?),
    };
    let mut bytes = Vec::new();
    input.take(LONGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}
