//! A lock between processes.

use std::fs::File;
use std::path::Path;

use crate::error::Error;
use crate::handler::file::file_mode::FileMode;
use crate::handler::file::options::FileOptions;
use crate::sys::process;

/// A file beside the log that processes lock while they look at it, write it and rotate it; of its own, as the log is renamed.
#[derive(Debug)]
pub(super) struct ProcessLock {
    options: FileOptions,
    file: File,
    /// Of the process that opened it: a lock belongs to the opening, which a child shares with its parent.
    generation: u32,
}

impl ProcessLock {
    /// Opens `PATH.lock`.
    ///
    /// # Errors
    /// Where it cannot be opened, and on systems without such locks.
    pub(super) fn open(options: &FileOptions) -> Result<Self, Error> {
        system::check(options)?;
        let mut name = options.path.clone().into_os_string();
        name.push(".lock");
        let options = FileOptions {
            path: name.into(),
            mode: options.mode,
            create_dirs: options.create_dirs,
            ..FileOptions::new(Path::new("lock"))
        };
        Ok(Self {
            file: options.open(FileMode::Append)?,
            generation: process::generation(),
            options,
        })
    }

    /// Takes the lock. Reports whether it got it within a second: a process that hangs with it must not stop the others from
    /// logging.
    pub(super) fn take(&mut self) -> bool {
        if self.generation != process::generation() {
            let Ok(file) = self.options.open(FileMode::Append) else {
                return false;
            };
            self.file = file;
            self.generation = process::generation();
        }
        system::take(&self.file)
    }

    pub(super) fn release(&self) {
        system::release(&self.file);
    }
}

#[cfg(unix)]
mod system {
    use std::fs::File;
    use std::thread;
    use std::time::Duration;

    use rustix::fs::{FlockOperation, flock};

    use super::FileOptions;
    use crate::error::Error;
    use crate::sys::host::Instant;

    /// The others hold it for a few microseconds.
    const YIELDS: u32 = 50;

    #[expect(clippy::unnecessary_wraps, reason = "elsewhere it fails")]
    pub(super) fn check(_: &FileOptions) -> Result<(), Error> {
        Ok(())
    }

    pub(super) fn take(file: &File) -> bool {
        let mut tries = 0;
        let mut start = None;
        while flock(file, FlockOperation::NonBlockingLockExclusive).is_err() {
            tries += 1;
            if tries < YIELDS {
                thread::yield_now();
            } else if start.get_or_insert_with(Instant::now).elapsed() > Duration::from_secs(1) {
                return false;
            } else {
                thread::sleep(Duration::from_micros(50));
            }
        }
        true
    }

    pub(super) fn release(file: &File) {
        // What fails here ends with the file.
        let _ = flock(file, FlockOperation::Unlock);
    }
}

#[cfg(not(unix))]
mod system {
    use std::fs::File;

    use super::FileOptions;
    use crate::error::{Error, ErrorKind};

    /// Without a lock records would be lost.
    pub(super) fn check(options: &FileOptions) -> Result<(), Error> {
        let path = options.path.display();
        let message = format!(
            "cannot share the log file {path} between processes: multi_process needs a Unix system"
        );
        Err(Error::new(ErrorKind::InvalidConfig, message))
    }

    pub(super) fn take(_: &File) -> bool {
        true
    }

    pub(super) fn release(_: &File) {}
}
