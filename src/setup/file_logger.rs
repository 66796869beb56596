//! botocore's one-line set-up of a file: [`set_file_logger`].

use std::path::Path;

use crate::error::Error;
use crate::formatter::{Format, Formatter};
use crate::handler::{FileHandler, Handler, MadeBy};
use crate::level::Level;
use crate::registry::Registry;
use crate::setup::preset::{self, Preset};
use crate::sys::sync::Arc;

/// Appends records of a logger and its descendants, at `level` and above, to a file. Also installs
/// the global registry as the `log` backend unless another backend is installed. Returns the
/// handler.
///
/// It adds a [`FileHandler`] with this level and the format
/// `%(asctime)s - %(name)s - %(levelname)s - %(message)s`, and sets the logger to `DEBUG`, so that
/// other handlers still see everything. The name `""` is the root: everything. Known credentials
/// are redacted ([`RedactingFilter`](crate::filter::RedactingFilter)).
///
/// The level is the handler's: making a logger more verbose later shows more on a stream, but not
/// in the file until the handler's level is lowered too. A second call for the same logger and path
/// replaces the first one's handler. A record that a handler nearer to its logger has written to
/// the same path is not written again.
///
/// # Python
/// `botocore.session.Session.set_file_logger`, which adds another handler with each call.
///
/// # Errors
/// [`ErrorKind::Io`](crate::ErrorKind::Io), with the path, if the file cannot be opened. Nothing is
/// changed then.
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
    let formatter: Arc<dyn Format> =
        Arc::new(Formatter::preset(Formatter::BOTOCORE).build_preset());
    let preset = Preset {
        made_by: Some(MadeBy::FileLogger),
        ..Preset::STDERR
    };
    let handler = preset.handler(FileHandler::open(path)?.with_level(level), &formatter);
    let registry = Registry::global();
    let logger = registry.get_logger(name);
    logger.set_level(Level::DEBUG);
    let is_earlier = |known: &Handler| {
        known.made_by() == Some(MadeBy::FileLogger) && known.stream_id() == handler.stream_id()
    };
    // Dropping the earlier handler closes its file, so outside the tree's lock.
    drop(logger.exchange_handler(is_earlier, handler.clone()));
    preset::name_loggers_in_last_resort(registry, true);
    preset::install_backend();
    Ok(handler)
}
