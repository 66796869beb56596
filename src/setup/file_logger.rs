//! botocore's one-line set-up of a file: [`set_file_logger`].

use std::path::Path;

use crate::error::Error;
use crate::filter::RedactingFilter;
use crate::formatter::Formatter;
use crate::handler::{FileHandler, Handler, MadeBy};
use crate::level::Level;
use crate::registry::Registry;
use crate::setup::last_resort;

/// Appends a logger's records, and those of all below it, from a level on, to a file; every crate's records land in the tree.
///
/// It adds a [`FileHandler`] of that level with the format `%(asctime)s - %(name)s - %(levelname)s - %(message)s`, sets the logger to
/// `DEBUG`, so that other handlers still see everything, and makes the global registry the backend of the `log` facade where
/// there is no other. `""` is the root: everything. Known credentials are written as `***` ([`RedactingFilter`]). Returns the
/// handler.
///
/// The level is the handler's: what raises a logger's level later shows more on a stream, and not in the file, until the handler's
/// level is lowered too. Called again for the same logger and path, it replaces its own handler; a record that a handler nearer
/// to its logger has written to the same path is not written again.
///
/// # Python
/// `botocore.session.Session.set_file_logger` (row B12), which adds a further handler at each call.
///
/// # Errors
/// [`ErrorKind::Io`](crate::ErrorKind::Io), with the path, when the file cannot be opened; nothing is changed then.
///
/// # Examples
/// ```
/// use logtree::Level;
/// use logtree::setup::set_file_logger;
///
/// let path = std::env::temp_dir().join("logtree-doc-set-file-logger.log");
/// set_file_logger("botocore", Level::INFO, &path)?;
/// log::info!(target: "botocore::hooks", "kept");
/// assert!(std::fs::read_to_string(&path)?.ends_with(" - botocore.hooks - INFO - kept\n"));
/// # std::fs::remove_file(path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn set_file_logger(
    name: impl AsRef<str>,
    level: impl Into<Level>,
    path: impl AsRef<Path>,
) -> Result<Handler, Error> {
    let formatter = Formatter::preset(Formatter::BOTOCORE).build_preset();
    let handler = FileHandler::open(path)?
        .with_level(level)
        .with_formatter(formatter);
    let handler = Handler::from(handler).with_once_per_stream(true);
    handler.add_filter(RedactingFilter::shared_preset());
    handler.note_maker(MadeBy::FileLogger);
    let registry = Registry::global();
    let logger = registry.get_logger(name);
    logger.set_level(Level::DEBUG);
    let is_earlier = |known: &Handler| {
        known.made_by() == Some(MadeBy::FileLogger) && known.stream_id() == handler.stream_id()
    };
    // The end of the earlier one closes the file, out of the tree's lock.
    drop(logger.exchange_handler(is_earlier, handler.clone()));
    last_resort::name_loggers(registry, true);
    // Another backend stays: this crate's own macros work without the facade.
    let _ = crate::facade::install();
    Ok(handler)
}
