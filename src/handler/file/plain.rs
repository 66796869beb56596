//! The handler of a plain file.

use std::path::Path;

use crate::error::Error;
use crate::handler::file::log_file::LogFile;
use crate::handler::file::options::{FileOptions, file_options};
use crate::handler::file::sink;
use crate::handler::file::state::Upkeep;
use crate::handler::handler::Handler;
use crate::handler::handler_type::handler_type;
use crate::sys::sync::Arc;

/// A handler of one file, which stays where it is, and its builder.
macro_rules! plain_file {
    ($handler:ident, $upkeep:expr; $(#[$doc:meta])* $builder:ident) => {
        impl $handler {
            /// Appends to a file, which is made if it is not there.
            ///
            /// # Errors
            /// [`ErrorKind::Io`](crate::ErrorKind::Io), with the path, when it cannot be opened.
            pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
                Self::builder(path).open()
            }

            /// Returns a builder with further options.
            pub fn builder(path: impl AsRef<Path>) -> $builder {
                $builder {
                    options: FileOptions::new(path.as_ref()),
                }
            }

            /// The path, absolute.
            #[must_use]
            pub fn path(&self) -> &Path {
                &self.file.options().path
            }
        }

        handler_type!($handler);

        $(#[$doc])*
        #[derive(Clone, Debug)]
        #[must_use]
        pub struct $builder {
            options: FileOptions,
        }

        file_options!($builder);

        impl $builder {
            /// Opens the file.
            ///
            /// # Errors
            /// [`ErrorKind::Io`](crate::ErrorKind::Io), with the path, when it cannot be opened;
            /// never with [`delay`](Self::delay).
            pub fn open(self) -> Result<$handler, Error> {
                let (handler, file) = sink::open(stringify!($handler), self.options, $upkeep)?;
                Ok($handler { handler, file })
            }
        }
    };
}
pub(super) use plain_file;

/// Writes lines to a file.
///
/// Each record is one `write` of its whole line to a file opened for appending, so lines of several
/// handlers or processes do not mix, and what was logged is with the system when the call returns:
/// it survives the end of the program, however that comes. A write that fails is counted and
/// reported; a line that was cut off is ended before the next one, also one that an earlier run of
/// the program left in the file.
///
/// The file is made with permissions for the user alone (`0o600`;
/// [`mode`](FileHandlerBuilder::mode) gives others), and a path that is a symbolic link is not
/// followed. It follows the file, not the name, unless a handler of the same process rotates it:
/// what [`WatchedFileHandler`](crate::handler::WatchedFileHandler) is for, or
/// [`reopen`](crate::Handler::reopen).
///
/// # Python
/// `logging.FileHandler`, in UTF-8. Closing ends one that
/// [truncates](FileHandlerBuilder::truncate); others open their file again with the next record. A
/// directory that is missing is the record's error, not the caller's. There, files get the
/// permissions that the process's mask leaves, and links are followed; here `/dev/stdout` and the
/// like are, other links (such as `/proc/1/fd/1`) must be [asked
/// for](FileHandlerBuilder::follow_symlinks).
///
/// # Examples
/// ```
/// use logtree::{Formatter, Registry};
/// use logtree::handler::FileHandler;
///
/// let directory = std::env::temp_dir().join("logtree-doc-file");
/// let file = FileHandler::builder(directory.join("app.log")).create_dirs(true).open()?;
/// let registry = Registry::new();
/// registry.root().add_handler(file.with_formatter(Formatter::new(Formatter::BASIC)?));
/// logtree::warn!(registry.get_logger("app"), "kept");
/// assert!(std::fs::read_to_string(directory.join("app.log"))?.ends_with("WARNING:app:kept\n"));
/// # std::fs::remove_dir_all(directory)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct FileHandler {
    handler: Handler,
    file: Arc<LogFile>,
}

plain_file! {
    FileHandler, Upkeep::Nothing;
    /// Makes a [`FileHandler`].
    ///
    /// The defaults: appends, opens at once, each record is written at once, permissions `0o600`,
    /// no directories are made.
    FileHandlerBuilder
}
