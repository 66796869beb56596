//! The handler of a file that is rotated when it gets too long.

use std::path::{Path, PathBuf};
use std::{fmt, io};

use crate::error::Error;
use crate::formatter::with_line;
use crate::handler::file::compression::Rotated;
use crate::handler::file::file_mode::FileMode;
use crate::handler::file::log_file::LogFile;
use crate::handler::file::names::{Namer, Names};
use crate::handler::file::options::{FileOptions, file_options};
use crate::handler::file::process_lock::ProcessLock;
use crate::handler::file::rotation::{Rotation, Rotator};
use crate::handler::file::schedule::Schedule;
use crate::handler::file::state::Upkeep;
use crate::handler::file::{resolve, sink};
use crate::handler::handler::Handler;
use crate::handler::handler_type::handler_type;
use crate::handler::io::retry::Retry;
use crate::record::Record;
use crate::sys::sync::Arc;
use crate::time::{Clock, SystemClock};

/// What both rotating handlers, and their builders, have in common.
macro_rules! rotating {
    ($handler:ident, $builder:ident) => {
        impl $handler {
            /// The path, absolute.
            #[must_use]
            pub fn path(&self) -> &Path {
                &self.file.options().path
            }

            /// Rotates now, whatever the limits. Returns whether there was anything to do: an empty
            /// file, or one that is no plain file, is not renamed.
            ///
            /// # Python
            /// `doRollover`.
            ///
            /// # Errors
            /// [`ErrorKind::Io`](crate::ErrorKind::Io) when the file could not be renamed; it is
            /// then written on.
            pub fn rotate(&self) -> Result<bool, Error> {
                self.file.rotate()
            }

            /// Whether a record would make it rotate first. Python's `shouldRollover`.
            ///
            /// # Errors
            /// Those of the formatter.
            pub fn should_rotate(&self, record: &Record<'_>) -> Result<bool, Error> {
                $crate::handler::file::rotating::should_rotate(&self.handler, &self.file, record)
            }
        }

        #[cfg(test)]
        impl $handler {
            pub(super) fn file(&self) -> &LogFile {
                &self.file
            }
        }

        impl $builder {
            /// The length in bytes that the file is to stay below; 0, the default, is no limit.
            pub fn max_bytes(mut self, bytes: u64) -> Self {
                self.rotation.max_bytes = bytes;
                self
            }

            /// Gives rotated files other names: it is called with the usual path and returns the
            /// one to use, and must do so for the same path each time. It is called inside the
            /// file's lock; what it logs to the same handler is refused.
            ///
            /// # Python
            /// `namer`.
            pub fn namer(
                mut self,
                namer: impl Fn(&Path) -> PathBuf + Send + Sync + 'static,
            ) -> Self {
                self.rotation.namer = Some(Arc::new(namer));
                self
            }

            /// Moves the full file away in place of a rename: from the first path to the second, at
            /// which nothing stands. By size, that is number 1, or number 0 where there is a
            /// number 1 already: the file comes first, the others move up, and it goes
            /// on to number 1. It is called inside the file's lock; what it logs to the same
            /// handler is refused. Where it fails, the file is written on, and no other one was
            /// moved. On Windows the file is closed meanwhile.
            ///
            /// # Python
            /// `rotator`.
            pub fn rotator(
                mut self,
                rotator: impl Fn(&Path, &Path) -> io::Result<()> + Send + Sync + 'static,
            ) -> Self {
                self.rotation.rotator = Some(Arc::new(rotator));
                self
            }

            /// Compresses rotated files, which get `.gz` after their names; on a thread of its own,
            /// one file at a time, while logging and rotation go on.
            ///
            /// A crash leaves the plain file, the compressed one, or both; the next rotation puts
            /// that right, and compresses what was left plain. It may be switched on and off:
            /// compressed files count among those that are kept either way (by time, those that
            /// this crate has compressed). Two different files that happen to have one name are
            /// both kept.
            #[cfg(feature = "gzip")]
            pub fn compress(mut self, compress: bool) -> Self {
                self.rotation.compress = compress;
                self
            }

            /// Whether several processes write and rotate the file, each with such a handler. They
            /// then lock a file beside it, `PATH.lock`, which costs two system calls and a look
            /// at the path for each record. Off by default: then only one process may rotate,
            /// and others may append by a
            /// [`WatchedFileHandler`](crate::handler::WatchedFileHandler), which notices; a
            /// [`FileHandler`](crate::handler::FileHandler) notices rotations of its own process
            /// only.
            ///
            /// On Unix and on Windows. WebAssembly has no processes, so the handler is refused
            /// there with [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig).
            pub fn multi_process(mut self, multi_process: bool) -> Self {
                self.rotation.multi_process = multi_process;
                self
            }

            /// Where it gets the time from; the system's clock unless set.
            pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
                self.rotation.clock = Some(Arc::new(clock));
                self
            }
        }
    };
}
pub(super) use rotating;

/// Writes lines to a file, and begins a new one when it would get too long: `app.log` becomes
/// `app.log.1`, that becomes `app.log.2`, and so on.
///
/// The file is rotated before a record that would make it `max_bytes` long or longer; one record
/// that is longer has a file for itself. Files are renamed, never copied or cut, so at any moment
/// each record is in one of them. Where one cannot be renamed the old one is written on, no other
/// one has moved, and the next try waits: 20 ms at first, at most half a minute. A file on its way
/// to number 1 is `app.log.0` for a moment; a program that ends just then leaves it there, and the
/// next rotation goes on.
///
/// Only the numbers up to `backup_count` are the handler's: with a lower one than before, files of
/// higher numbers stay, and are to be removed by hand.
///
/// For what all handlers of files have in common see [`FileHandler`](super::FileHandler).
///
/// # Python
/// `logging.handlers.RotatingFileHandler`. The length is counted in bytes, not in characters; a
/// failing rename loses nothing.
///
/// # Examples
/// ```
/// use logtree::Record;
/// use logtree::handler::RotatingFileHandler;
///
/// let directory = std::env::temp_dir().join("logtree-doc-rotating");
/// let path = directory.join("app.log");
/// let file = RotatingFileHandler::builder(&path).max_bytes(20).backup_count(2);
/// let file = file.create_dirs(true).open()?;
/// for text in ["first line", "second line"] {
///     file.handle(&Record::builder().message(text).build());
/// }
/// assert_eq!(std::fs::read_to_string(&path)?, "second line\n");
/// assert_eq!(std::fs::read_to_string(directory.join("app.log.1"))?, "first line\n");
/// # std::fs::remove_dir_all(directory)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct RotatingFileHandler {
    handler: Handler,
    file: Arc<LogFile>,
}

impl RotatingFileHandler {
    /// Starts a handler; without [`max_bytes`](RotatingFileHandlerBuilder::max_bytes) and
    /// [`backup_count`](RotatingFileHandlerBuilder::backup_count) it never rotates by itself.
    pub fn builder(path: impl AsRef<Path>) -> RotatingFileHandlerBuilder {
        RotatingFileHandlerBuilder {
            options: FileOptions::new(path.as_ref()),
            rotation: RotationOptions::default(),
        }
    }
}

handler_type!(RotatingFileHandler);
rotating!(RotatingFileHandler, RotatingFileHandlerBuilder);

/// Makes a [`RotatingFileHandler`].
///
/// The defaults: no limit, no rotated files, one process; and those of
/// [`FileHandlerBuilder`](super::FileHandlerBuilder).
#[derive(Clone, Debug)]
#[must_use]
pub struct RotatingFileHandlerBuilder {
    options: FileOptions,
    rotation: RotationOptions,
}

file_options!(RotatingFileHandlerBuilder);

impl RotatingFileHandlerBuilder {
    /// How many rotated files are kept, `.1` being the newest. With 0, the default, the file is
    /// never rotated. What stands at higher numbers is never touched.
    pub fn backup_count(mut self, count: usize) -> Self {
        self.rotation.backup_count = count;
        self
    }

    /// Opens the file. One with a limit is never emptied, as in Python.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io), with the path, when it cannot be opened.
    pub fn open(mut self) -> Result<RotatingFileHandler, Error> {
        if self.rotation.max_bytes > 0 && self.options.file_mode == FileMode::Truncate {
            self.options.file_mode = FileMode::Append;
        }
        let rotation = self.rotation.build(&self.options, None)?;
        let upkeep = Upkeep::Rotate(Box::new(rotation));
        let (handler, file) = sink::open("RotatingFileHandler", self.options, upkeep)?;
        Ok(RotatingFileHandler { handler, file })
    }
}

/// What the builders of rotating handlers collect.
#[derive(Clone, Default)]
pub(super) struct RotationOptions {
    pub(super) max_bytes: u64,
    pub(super) backup_count: usize,
    pub(super) namer: Option<Namer>,
    pub(super) rotator: Option<Rotator>,
    pub(super) compress: bool,
    pub(super) multi_process: bool,
    pub(super) clock: Option<Arc<dyn Clock>>,
}

impl RotationOptions {
    pub(super) fn build(
        self,
        options: &FileOptions,
        schedule: Option<Schedule>,
    ) -> Result<Rotation, Error> {
        let lock = self.multi_process.then(|| ProcessLock::open(options));
        let is_stream = resolve::is_stream(&options.path);
        let base = if options.follow_symlinks && !is_stream {
            // What is renamed is the file, not the link to it.
            resolve::end_of_links(&options.path)
        } else {
            options.path.clone()
        };
        Ok(Rotation {
            max_bytes: self.max_bytes,
            schedule,
            backup_count: self.backup_count,
            // A stream of another process, and the like.
            is_stream: is_stream || base.starts_with("/proc"),
            names: Names {
                base,
                namer: self.namer,
            },
            rotator: self.rotator,
            compress: self.compress,
            clock: self.clock.unwrap_or_else(|| Arc::new(SystemClock)),
            lock: lock.transpose()?,
            rollover_at: None,
            since: 0,
            made: Vec::new(),
            retry: Retry::default(),
        })
    }
}

impl fmt::Debug for RotationOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RotationOptions")
            .field("max_bytes", &self.max_bytes)
            .field("backup_count", &self.backup_count)
            .field("compress", &self.compress)
            .field("multi_process", &self.multi_process)
            .finish_non_exhaustive()
    }
}

/// Whether a record would make a handler rotate first: it is formatted to be measured.
pub(super) fn should_rotate(
    handler: &Handler,
    file: &LogFile,
    record: &Record<'_>,
) -> Result<bool, Error> {
    let len = with_line(&*handler.formatter(), record, false, |line| {
        Ok(line.len() + 1)
    })?;
    let due = file.with_rotation(|rotation, device| rotation.is_due(device, 0, len))?;
    Ok(due.unwrap_or(false))
}
