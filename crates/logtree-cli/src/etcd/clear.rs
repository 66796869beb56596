//! `logtree clear --fleet`.

use logtree::control::Change;

use crate::arguments::ClearArguments;
use crate::etcd::change;
use crate::etcd::connection::Connection;
use crate::etcd::set::target;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::screen::Screen;

/// Clears levels of a fleet; all of the selected instances' if asked for.
pub(super) fn clear(
    screen: &mut Screen<'_>,
    connection: &Connection,
    arguments: &ClearArguments,
) -> Result<Exit, Failure> {
    let (changes, what) = match arguments.all {
        true => (
            vec![Change::ClearAll(None)],
            "cleared the levels".to_owned(),
        ),
        false => {
            let names = arguments.names.iter();
            let changes = names.map(|name| Ok(Change::Clear(target(&arguments.kind, name)?)));
            let what = format!("cleared {}", arguments.names.join(", "));
            (changes.collect::<Result<_, Failure>>()?, what)
        }
    };
    let terms = change::terms(&arguments.fleet.terms, arguments.if_revision);
    change::make(screen, connection, changes, terms, &arguments.fleet, &what)
}
