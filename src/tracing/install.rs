//! The bridge of the whole program: [`install`], [`try_init`].

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
    set_default(Dispatch::new(Registry::global().tracing_subscriber()))
}

/// Makes a subscriber with a `Layer` of this crate the default of `tracing`, and the global
/// registry the backend of the `log` facade.
///
/// It is for stacks of layers what `tracing-subscriber`'s `try_init` is, which installs another
/// backend. A backend that is installed already stays, whichever it is.
///
/// # Errors
/// [`ErrorKind::AlreadyInstalled`] if the program has a global default subscriber already; it
/// stays, and the facade's backend is not changed either.
///
/// # Examples
/// ```
/// # #[cfg(feature = "tracing-layer")] {
/// use tracing_subscriber::layer::SubscriberExt;
///
/// let subscriber = tracing_subscriber::registry().with(logtree::tracing::layer());
/// logtree::tracing::try_init(subscriber)?;
/// log::warn!("lands in the tree");
/// tracing::warn!("lands there too");
/// # }
/// # Ok::<(), logtree::Error>(())
/// ```
pub fn try_init(subscriber: impl Into<Dispatch>) -> Result<(), Error> {
    set_default(subscriber.into())?;
    // By another backend, records may reach the tree as events.
    let _ = Registry::global().install();
    Ok(())
}

fn set_default(dispatch: Dispatch) -> Result<(), Error> {
    let set = dispatcher::set_global_default(dispatch);
    set.map_err(|source| {
        Error::new(
            ErrorKind::AlreadyInstalled,
            "another default subscriber of tracing is installed",
        )
        .with_source(source)
    })
}
