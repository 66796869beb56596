//! How a file is opened and written: what all handlers of files have in common.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::Error;
use crate::handler::file::file_id::FileId;
use crate::handler::file::file_mode::FileMode;
use crate::handler::file::{resolve, system};
use crate::handler::options::HandlerOptions;
use crate::level::Level;
use crate::sys::private_file::{self, Access, Links, PRIVATE};

/// How a file is opened and written.
#[derive(Clone, Debug)]
pub(in crate::handler) struct FileOptions {
    pub(super) path: PathBuf,
    /// For the first opening.
    pub(super) file_mode: FileMode,
    pub(super) delay: bool,
    /// Permission bits of a file that is made.
    pub(super) mode: u32,
    pub(super) create_dirs: bool,
    pub(super) follow_symlinks: bool,
    pub(super) buffering: Option<Buffering>,
    /// Until there is a handler.
    pub(super) handler: HandlerOptions,
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
            file_mode: FileMode::Append,
            delay: false,
            mode: PRIVATE,
            create_dirs: false,
            follow_symlinks: resolve::is_stream(path),
            buffering: None,
            handler: HandlerOptions::default(),
        }
    }

    pub(super) fn buffering(&mut self) -> &mut Buffering {
        self.buffering.get_or_insert_default()
    }

    /// Opens the file, to be appended to; by its mode the first time.
    pub(super) fn open(&self, mode: FileMode) -> Result<File, Error> {
        self.try_open(mode).map_err(|error| self.cannot_open(error))
    }

    pub(super) fn cannot_open(&self, error: io::Error) -> Error {
        let path = self.path.display();
        let why = match self.path.symlink_metadata() {
            Ok(found) if found.is_symlink() && !self.follow_symlinks => {
                " (it is a symbolic link, which is not followed)"
            }
            Ok(found) if found.is_dir() => " (it is a directory)",
            _ => "",
        };
        let message = format!("cannot open the log file {path}{why}");
        Error::io(message, error).with_path(&self.path)
    }

    fn try_open(&self, mode: FileMode) -> io::Result<File> {
        if self.create_dirs {
            if let Some(directory) = self.path.parent() {
                private_file::create_directories(directory)?;
            }
        }
        loop {
            match self.create(&self.path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                created => return created,
            }
            if mode == FileMode::CreateNew {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            match self.open_existing() {
                Ok(file) => {
                    // A device or a pipe cannot be cut.
                    if mode == FileMode::Truncate && file.metadata()?.is_file() {
                        file.set_len(0)?;
                    }
                    return Ok(file);
                }
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                // Removed in between, or a link to a file that is still to be made.
                Err(error) => match self.path.symlink_metadata() {
                    Ok(found) if found.is_symlink() && self.follow_symlinks => {
                        match self.create(&resolve::end_of_links(&self.path)) {
                            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                            created => return created,
                        }
                    }
                    Ok(_) => return Err(error),
                    Err(_) => {}
                },
            }
        }
    }

    /// Makes a file, by itself, so that only a file of our own gets our permissions.
    fn create(&self, path: &Path) -> io::Result<File> {
        system::before("create")?;
        let file = private_file::create(path, Access::Append, self.mode)?;
        self.set_mode(&file);
        Ok(file)
    }

    fn open_existing(&self) -> io::Result<File> {
        system::before("open")?;
        private_file::open(&self.path, Access::Append, self.links())
    }

    /// Opens the file to read it; for plain files, as a pipe would take this for its reader.
    pub(super) fn open_to_read(&self) -> io::Result<File> {
        private_file::open(&self.path, Access::Read, self.links())
    }

    /// What stands at the path, or what it leads to where links are followed.
    pub(super) fn file_at_path(&self) -> io::Result<FileId> {
        if self.follow_symlinks {
            FileId::at_path(&self.path)
        } else {
            FileId::at(&self.path)
        }
    }

    fn links(&self) -> Links {
        if self.follow_symlinks {
            Links::Follow
        } else {
            Links::Refuse
        }
    }

    /// Whatever the process's mask: the permissions asked for are those that the file gets. Where
    /// the file system has fixed ones, as vfat has, the file is as good as it can be: it was
    /// made with no more than those asked for.
    #[cfg(unix)]
    fn set_mode(&self, file: &File) {
        use std::os::unix::fs::PermissionsExt;

        let Ok(found) = file.metadata() else { return };
        let mut permissions = found.permissions();
        if permissions.mode() & 0o7777 != self.mode {
            permissions.set_mode(self.mode);
            let _ = system::before("chmod").and_then(|()| file.set_permissions(permissions));
        }
    }

    #[cfg(not(unix))]
    fn set_mode(&self, _: &File) {}
}

/// The methods of a builder that are the same for all handlers of files.
macro_rules! file_options {
    ($builder:ident) => {
        crate::handler::options::handler_options!($builder, options.handler);

        impl $builder {
            /// Empties the file when it is first opened:
            /// [`FileMode::Truncate`](crate::handler::FileMode::Truncate), or
            /// [`Append`](crate::handler::FileMode::Append) for `false`. Python's mode `w`.
            pub fn truncate(self, truncate: bool) -> Self {
                self.file_mode(if truncate {
                    crate::handler::file::file_mode::FileMode::Truncate
                } else {
                    crate::handler::file::file_mode::FileMode::Append
                })
            }

            /// What becomes of a file that is there when it is first opened; it is appended to
            /// unless set.
            ///
            /// # Python
            /// The argument `mode`.
            pub fn file_mode(mut self, mode: crate::handler::file::file_mode::FileMode) -> Self {
                self.options.file_mode = mode;
                self
            }

            /// Opens the file with the first record only. Python's `delay`.
            pub fn delay(mut self, delay: bool) -> Self {
                self.options.delay = delay;
                self
            }

            /// The permission bits of a file that is made, whatever the process's mask; `0o600`
            /// unless set, so that no other user can read it: for a log shipper under another
            /// user of the file's group it is `0o640`. A file that is there keeps its own,
            /// and a file system without permissions, such as vfat, gives its own. Only on Unix.
            ///
            /// # Python
            /// There, the process's mask alone decides, so that most files can be read by all.
            pub fn mode(mut self, mode: u32) -> Self {
                self.options.mode = mode & 0o7777;
                self
            }

            /// Makes the directories that are missing, open to the user alone (`0o700`); off by
            /// default.
            pub fn create_dirs(mut self, create: bool) -> Self {
                self.options.create_dirs = create;
                self
            }

            /// Whether the path itself may be a symbolic link; off by default, but for the system's
            /// names of the process's streams (`/dev/stdin`, `/dev/stdout`, `/dev/stderr`,
            /// `/dev/fd/N`, terminals, `/dev/null`). Links among its directories are followed.
            /// A link whose target is not there yet has it made. A file that is rotated is renamed
            /// beside the target, and the link stays.
            ///
            /// # Python
            /// Links are followed always.
            pub fn follow_symlinks(mut self, follow: bool) -> Self {
                self.options.follow_symlinks = follow;
                self
            }

            /// Keeps lines in memory and writes them in blocks: when there are `capacity` bytes,
            /// with a record of [`flush_level`](Self::flush_level), after
            /// [`flush_interval`](Self::flush_interval), at `flush`, `close` and the end of the
            /// process. What is in memory is lost when the process is killed. Off by default: each
            /// record is written before the logging call returns.
            ///
            /// While the file cannot be written the lines are kept, up to 16 times the capacity;
            /// further ones are dropped and counted.
            pub fn buffered(mut self, capacity: usize) -> Self {
                self.options.buffering().capacity = capacity.max(1);
                self
            }

            /// The level from which a record is written at once, with all before it; `ERROR` unless
            /// set. Turns [buffering](Self::buffered) on, with 64 KiB.
            pub fn flush_level(mut self, level: impl Into<crate::level::Level>) -> Self {
                self.options.buffering().level = level.into();
                self
            }

            /// How long a record may lie in memory; a second unless set. Turns
            /// [buffering](Self::buffered) on, with 64 KiB.
            pub fn flush_interval(mut self, interval: std::time::Duration) -> Self {
                self.options.buffering().interval = interval;
                self
            }
        }
    };
}
pub(super) use file_options;
