//! `logtree off --fleet` and `logtree on --fleet`.

use logtree::control::{Change, LoggingOptions};

use crate::arguments::SwitchArguments;
use crate::etcd::change;
use crate::etcd::connection::Connection;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::screen::Screen;

/// Disables all logging of instances, or enables it again.
pub(super) fn switch(
    screen: &mut Screen<'_>,
    connection: &Connection,
    arguments: &SwitchArguments,
    disable: bool,
) -> Result<Exit, Failure> {
    let options = LoggingOptions::default().with_disable_all(disable);
    let terms = change::terms(&arguments.fleet.terms, None);
    let what = if disable { "off" } else { "on" };
    let changes = vec![Change::Options(options)];
    change::make(screen, connection, changes, terms, &arguments.fleet, what)
}
