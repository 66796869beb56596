//! The handler of a file that others move away.

use std::path::Path;

use crate::error::Error;
use crate::handler::file::log_file::LogFile;
use crate::handler::file::options::{FileOptions, file_options};
use crate::handler::file::plain::plain_file;
use crate::handler::file::sink;
use crate::handler::file::state::Upkeep;
use crate::handler::handler::Handler;
use crate::handler::handler_type::handler_type;
use crate::sys::sync::Arc;

/// Writes lines to whatever file is at a path: one that was renamed, removed or replaced is left,
/// and a new one begun. For use with `logrotate` and its like, in its modes `create` and
/// `copytruncate`.
///
/// The path is looked at before each record, and before each block where it is
/// [buffered](WatchedFileHandlerBuilder::buffered). A record that is just being written while the
/// file is moved is in the moved one. While no new file can be opened the old one is written on.
/// For the rest see [`FileHandler`](super::FileHandler).
///
/// `copytruncate` loses what is written between the copy and the cut, as with any writer; `create`
/// loses nothing.
///
/// # Python
/// `logging.handlers.WatchedFileHandler`.
///
/// # Examples
/// ```
/// use logtree::Record;
/// use logtree::handler::WatchedFileHandler;
///
/// let directory = std::env::temp_dir().join("logtree-doc-watched");
/// let path = directory.join("app.log");
/// let file = WatchedFileHandler::builder(&path).create_dirs(true).open()?;
/// file.handle(&Record::builder().message("one").build());
/// std::fs::rename(&path, directory.join("app.log.1"))?;
/// file.handle(&Record::builder().message("two").build());
/// assert_eq!(std::fs::read_to_string(&path)?, "two\n");
/// # std::fs::remove_dir_all(directory)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct WatchedFileHandler {
    handler: Handler,
    file: Arc<LogFile>,
}

plain_file! {
    WatchedFileHandler, Upkeep::Watch;
    /// Makes a [`WatchedFileHandler`]; the defaults are those of
    /// [`FileHandlerBuilder`](super::FileHandlerBuilder).
    WatchedFileHandlerBuilder
}
