//! The bridge of the whole program: [`install`].

use tracing_core::{Dispatch, dispatcher};

use crate::error::{Error, ErrorKind};
use crate::registry::Registry;

/// Makes the global registry the default subscriber of `tracing`: from now on, the events of all
/// threads and crates are its records, except where a scoped subscriber is set.
///
/// It sets no level and no handler. The levels of loggers decide, before and after.
///
/// # Errors
/// [`ErrorKind::AlreadyInstalled`] if the program has a global default already, this one included;
/// it stays.
///
/// # Examples
/// ```
/// logtree::tracing::install()?;
/// logtree::get_logger("my_crate").set_level(logtree::Level::DEBUG);
/// tracing::debug!(target: "my_crate::part", rows = 3, "lands in the tree");
/// # Ok::<(), logtree::Error>(())
/// ```
pub fn install() -> Result<(), Error> {
    let subscriber = Registry::global().tracing_subscriber();
    let set = dispatcher::set_global_default(Dispatch::new(subscriber));
    set.map_err(|source| {
        Error::new(
            ErrorKind::AlreadyInstalled,
            "another default subscriber of tracing is installed",
        )
        .with_source(source)
    })
}
