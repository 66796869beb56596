//! How a file is opened and written: what all handlers of files have in common.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::{Error, ErrorKind, Level};

/// How a file is opened and written.
#[derive(Clone, Debug)]
pub(in crate::handler) struct FileOptions {
    pub(super) path: PathBuf,
    pub(super) truncate: bool,
    pub(super) delay: bool,
    /// Permission bits of a file that is made.
    pub(super) mode: u32,
    pub(super) create_dirs: bool,
    pub(super) follow_symlinks: bool,
    pub(super) buffering: Option<Buffering>,
}

/// When a buffer is written out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Buffering {
    pub(super) capacity: usize,
    pub(super) level: Level,
    pub(super) interval: Duration,
}

impl Default for Buffering {
    fn default() -> Self {
        Self {
            capacity: 64 * 1024,
            level: Level::ERROR,
            interval: Duration::from_secs(1),
        }
    }
}

impl FileOptions {
    pub(in crate::handler) fn new(path: &Path) -> Self {
        Self {
            // So that a later change of the directory does not matter; Python does the same.
            path: std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
            truncate: false,
            delay: false,
            mode: 0o600,
            create_dirs: false,
            // What stands there is the system's own.
            follow_symlinks: path.starts_with("/dev"),
            buffering: None,
        }
    }

    pub(super) fn buffering(&mut self) -> &mut Buffering {
        self.buffering.get_or_insert_default()
    }

    /// Opens the file, to be appended to. `truncate` empties it first.
    pub(super) fn open(&self, truncate: bool) -> Result<File, Error> {
        self.try_open(truncate).map_err(|error| {
            let path = self.path.display();
            let why = match self.path.symlink_metadata() {
                Ok(found) if found.is_symlink() && !self.follow_symlinks => {
                    " (it is a symbolic link, which is not followed)"
                }
                Ok(found) if found.is_dir() => " (it is a directory)",
                _ => "",
            };
            let message = format!("cannot open the log file {path}{why}");
            Error::new(ErrorKind::Io, message).with_source(error)
        })
    }

    fn try_open(&self, truncate: bool) -> io::Result<File> {
        if self.create_dirs {
            if let Some(directory) = self.path.parent() {
                self.make_directory(directory)?;
            }
        }
        loop {
            // By itself, so that only a file of our own gets our permissions.
            match self.flags().create_new(true).open(&self.path) {
                Ok(file) => {
                    self.set_mode(&file)?;
                    return Ok(file);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
            match self.flags().open(&self.path) {
                Ok(file) => {
                    // A device or a pipe cannot be cut.
                    if truncate && file.metadata()?.is_file() {
                        file.set_len(0)?;
                    }
                    return Ok(file);
                }
                // Removed in between.
                Err(error)
                    if error.kind() == io::ErrorKind::NotFound
                        && self.path.symlink_metadata().is_err() => {}
                Err(error) => return Err(error),
            }
        }
    }

    #[cfg(unix)]
    fn flags(&self) -> OpenOptions {
        use std::os::unix::fs::OpenOptionsExt;

        let mut options = OpenOptions::new();
        // Not blocking: to open a pipe that nobody reads must fail, not wait.
        let mut flags = libc::O_NONBLOCK | libc::O_NOCTTY | libc::O_CLOEXEC;
        if !self.follow_symlinks {
            flags |= libc::O_NOFOLLOW;
        }
        options.append(true).mode(self.mode).custom_flags(flags);
        options
    }

    #[cfg(not(unix))]
    fn flags(&self) -> OpenOptions {
        let mut options = OpenOptions::new();
        options.append(true);
        options
    }

    /// Whatever the process's mask: the permissions asked for are those that the file gets.
    #[cfg(unix)]
    fn set_mode(&self, file: &File) -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt;

        let mut permissions = file.metadata()?.permissions();
        if permissions.mode() & 0o7777 != self.mode {
            permissions.set_mode(self.mode);
            file.set_permissions(permissions)?;
        }
        Ok(())
    }

    #[cfg(not(unix))]
    fn set_mode(&self, _: &File) -> io::Result<()> {
        Ok(())
    }

    #[cfg(unix)]
    fn make_directory(&self, directory: &Path) -> io::Result<()> {
        use std::os::unix::fs::DirBuilderExt;

        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).mode(0o700).create(directory)
    }

    #[cfg(not(unix))]
    fn make_directory(&self, directory: &Path) -> io::Result<()> {
        fs::create_dir_all(directory)
    }
}

/// What a file is, whatever its name: a file that was renamed is the same, one that was put in its place is another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileId(u64, u64);

impl FileId {
    #[cfg(unix)]
    pub(super) fn of(metadata: &fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;

        Self(metadata.dev(), metadata.ino())
    }

    /// Elsewhere a file that is open cannot be renamed, so its name is enough.
    #[cfg(not(unix))]
    pub(super) fn of(_: &fs::Metadata) -> Self {
        Self(0, 0)
    }
}

/// The methods of a builder that are the same for all handlers of files.
macro_rules! file_options {
    ($builder:ident) => {
        impl $builder {
            /// Empties the file when it is first opened. Python's mode `w`.
            pub fn truncate(mut self, truncate: bool) -> Self {
                self.options.truncate = truncate;
                self
            }

            /// Opens the file with the first record only. Python's `delay`.
            pub fn delay(mut self, delay: bool) -> Self {
                self.options.delay = delay;
                self
            }

            /// The permission bits of a file that is made, whatever the process's mask; `0o600` unless set. A file that is there keeps
            /// its own. Only on Unix.
            pub fn mode(mut self, mode: u32) -> Self {
                self.options.mode = mode & 0o7777;
                self
            }

            /// Makes the directories that are missing, open to the user alone (`0o700`); off by default.
            pub fn create_dirs(mut self, create: bool) -> Self {
                self.options.create_dirs = create;
                self
            }

            /// Whether the path itself may be a symbolic link; off by default, but for paths below `/dev`. Links among its
            /// directories are followed.
            pub fn follow_symlinks(mut self, follow: bool) -> Self {
                self.options.follow_symlinks = follow;
                self
            }

            /// Keeps lines in memory and writes them in blocks: when there are `capacity` bytes, with a record of
            /// [`flush_level`](Self::flush_level), after [`flush_interval`](Self::flush_interval), at `flush`, `close` and the
            /// end of the process. What is in memory is lost when the process is killed. Off by default: each record is
            /// written before the logging call returns.
            ///
            /// While the file cannot be written the lines are kept, up to 16 times the capacity; further ones are dropped and
            /// counted.
            pub fn buffered(mut self, capacity: usize) -> Self {
                self.options.buffering().capacity = capacity.max(1);
                self
            }

            /// The level from which a record is written at once, with all before it; `ERROR` unless set. Turns
            /// [buffering](Self::buffered) on, with 64 KiB.
            pub fn flush_level(mut self, level: impl Into<crate::Level>) -> Self {
                self.options.buffering().level = level.into();
                self
            }

            /// How long a record may lie in memory; a second unless set. Turns [buffering](Self::buffered) on, with 64 KiB.
            pub fn flush_interval(mut self, interval: std::time::Duration) -> Self {
                self.options.buffering().interval = interval;
                self
            }
        }
    };
}
pub(super) use file_options;
