//! A lock between processes.

use std::fs::File;
use std::path::Path;

use super::options::FileOptions;
use crate::Error;

/// A file beside the log that processes lock while they write (shared) or rotate (alone); of its own, as the log is renamed.
#[derive(Debug)]
pub(super) struct ProcessLock(File);

impl ProcessLock {
    /// Opens `PATH.lock`.
    pub(super) fn open(options: &FileOptions) -> Result<Self, Error> {
        let mut name = options.path.clone().into_os_string();
        name.push(".lock");
        let lock = FileOptions {
            path: name.into(),
            ..FileOptions::new(Path::new("lock"))
        };
        Ok(Self(
            FileOptions {
                mode: options.mode,
                create_dirs: options.create_dirs,
                ..lock
            }
            .open(false)?,
        ))
    }

    /// Takes the lock, beside others or alone; answers whether it got it within a second. A process that hangs with it must not
    /// stop the others from logging.
    pub(super) fn take(&self, alone: bool) -> bool {
        system::take(&self.0, alone)
    }

    pub(super) fn release(&self) {
        system::release(&self.0);
    }
}

#[cfg(unix)]
mod system {
    use crate::host::Instant;
    use std::fs::File;
    use std::thread;
    use std::time::Duration;

    use rustix::fs::{FlockOperation, flock};

    pub(super) fn take(file: &File, alone: bool) -> bool {
        let operation = if alone {
            FlockOperation::NonBlockingLockExclusive
        } else {
            FlockOperation::NonBlockingLockShared
        };
        let start = Instant::now();
        loop {
            match flock(file, operation) {
                Ok(()) => return true,
                Err(_) if start.elapsed() > Duration::from_secs(1) => return false,
                Err(_) => thread::sleep(Duration::from_micros(100)),
            }
        }
    }

    pub(super) fn release(file: &File) {
        // What fails here ends with the file.
        let _ = flock(file, FlockOperation::Unlock);
    }
}

#[cfg(not(unix))]
mod system {
    use std::fs::File;

    pub(super) fn take(_: &File, _: bool) -> bool {
        true
    }

    pub(super) fn release(_: &File) {}
}
