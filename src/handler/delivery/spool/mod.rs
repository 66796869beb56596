//! Entries on disk, for outages that are longer than the memory lasts: [`Spool`].
//!
//! [`files`] are the files of one, [`segment`] is one of them, [`frame`] an entry in it, [`cursor`]
//! how far it has been sent.

mod cursor;
mod files;
mod frame;
mod segment;
#[cfg(test)]
mod tests;

#[cfg(unix)]
use std::fs;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

pub(super) use self::cursor::Cursor;
pub(super) use self::files::{Losses, SpoolFiles};
use crate::error::{Error, ErrorKind};
use crate::sys::file_lock;
use crate::sys::host::Instant;
use crate::sys::private_file::{self, Access, Links, PRIVATE};

/// A directory in which a [`DeliveryHandler`](crate::handler::DeliveryHandler) keeps records that
/// its memory has no room for while the receiver is away, and those that are left at the end of the
/// process.
///
/// What is in it is sent first, also by the next process. A directory belongs to one handler of one
/// process at a time; its files are for their user alone. A record may be sent twice where the
/// process was killed between the receiver's answer and the note of it, or the handler was closed
/// while it sent the record.
///
/// # What survives
/// - The end of the process, also by `kill -9`: all that was spooled.
/// - A power cut: all but the last 4 MiB, as files are synced when they are full and at the end of
///   the process; with [`sync_each`](Self::sync_each) all that was spooled.
/// - Damage of a file: all entries but the damaged ones, which are counted and reported; the file
///   is kept as `damaged.bad` until the next one.
///
/// # Examples
/// ```
/// use logtree::delivery::Spool;
///
/// let spool = Spool::new("/var/spool/shop").max_bytes(256 * 1024 * 1024);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Spool {
    directory: PathBuf,
    max_bytes: u64,
    syncs_each: bool,
}

impl Spool {
    /// Returns a spool in a directory, which is created where it is missing, of at most 64 MiB.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
            max_bytes: 64 * 1024 * 1024,
            syncs_each: false,
        }
    }

    /// Sets how many bytes all files may take together; 64 MiB by default, and 64 KiB at least.
    /// When they are reached, the oldest file goes: its records are counted as dropped.
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = bytes.max(64 * 1024);
        self
    }

    /// Sets whether a power cut spares all that was spooled; off by default, as it costs a call
    /// that waits for the disk for each batch.
    pub fn sync_each(mut self, sync: bool) -> Self {
        self.syncs_each = sync;
        self
    }

    /// Opens its files.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] where the directory cannot be used, belongs to another user, can be
    /// written by others or is in use, also after two seconds.
    pub(super) fn open(&self, boot: u64) -> Result<SpoolFiles, Error> {
        let failed = |error: io::Error| {
            let path = self.directory.display();
            Error::new(ErrorKind::Io, format!("cannot use the spool {path}")).with_source(error)
        };
        private_file::create_directories(&self.directory).map_err(failed)?;
        check_owner(&self.directory).map_err(failed)?;
        let lock = lock(&self.directory).map_err(failed)?;
        let (max_bytes, syncs_each) = (self.max_bytes, self.syncs_each);
        SpoolFiles::open(&self.directory, lock, boot, max_bytes, syncs_each).map_err(failed)
    }
}

/// A user who can write to the directory can have other records sent.
fn check_owner(directory: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;

        let metadata = fs::metadata(directory)?;
        if metadata.uid() != rustix::process::geteuid().as_raw() {
            return Err(io::Error::other("it belongs to another user"));
        }
        if metadata.mode() & 0o022 != 0 {
            return Err(io::Error::other("other users can write to it"));
        }
    }
    let _ = directory;
    Ok(())
}

/// How long a directory in use is waited for: a handler that was dropped just now lives on while
/// its thread reports a failure.
const PATIENCE: Duration = Duration::from_secs(2);
const NAP: Duration = Duration::from_millis(2);

fn lock(directory: &Path) -> io::Result<File> {
    let path = directory.join("lock");
    let file = match private_file::open(&path, Access::Write, Links::Refuse) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            private_file::create(&path, Access::Write, PRIVATE)?
        }
        opened => opened?,
    };
    let start = Instant::now();
    while !file_lock::try_lock(&file) {
        if start.elapsed() >= PATIENCE {
            return Err(io::Error::other("another handler or process uses it"));
        }
        thread::sleep(NAP);
    }
    Ok(file)
}
