//! A lock between processes.

use std::fs::File;
use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::error::{Error, ErrorKind};

use crate::handler::file::file_mode::FileMode;
use crate::handler::file::options::FileOptions;
use crate::sys::host::Instant;
use crate::sys::{file_lock, process};

/// The others hold it for a few microseconds.
const YIELDS: u32 = 50;

/// A process that hangs with it must not stop the others from logging.
const PATIENCE: Duration = Duration::from_secs(1);

/// A file beside the log that processes lock while they look at it, write it and rotate it; of its
/// own, as the log is renamed.
#[derive(Debug)]
pub(super) struct ProcessLock {
    options: FileOptions,
    file: File,
    /// Of the process that opened it: a lock belongs to the opening, which a child shares with its
    /// parent.
    generation: u32,
}

impl ProcessLock {
    /// Opens `PATH.lock`.
    ///
    /// # Errors
    /// Where it cannot be opened, and where there are no processes.
    pub(super) fn open(options: &FileOptions) -> Result<Self, Error> {
        if !cfg!(any(unix, windows)) {
            let path = options.path.display();
            let message = format!("cannot share the log file {path}: there are no other processes");
            return Err(Error::new(ErrorKind::InvalidConfig, message));
        }
        let mut name = options.path.clone().into_os_string();
        name.push(".lock");
        let options = FileOptions {
            path: name.into(),
            mode: options.mode,
            create_dirs: options.create_dirs,
            ..FileOptions::new(Path::new("lock"))
        };
        Ok(Self {
            file: Self::open_file(&options)?,
            generation: process::generation(),
            options,
        })
    }

    fn open_file(options: &FileOptions) -> Result<File, Error> {
        let file = options.open(FileMode::Append)?;
        if cfg!(windows) {
            // There, one that is open for appending alone cannot be locked.
            let opened = options.open_to_read();
            return opened.map_err(|error| options.cannot_open(error));
        }
        Ok(file)
    }

    /// Takes the lock. Reports whether it got it within a second.
    pub(super) fn take(&mut self) -> bool {
        if self.generation != process::generation() {
            let Ok(file) = Self::open_file(&self.options) else {
                return false;
            };
            self.file = file;
            self.generation = process::generation();
        }
        let mut tries = 0;
        let mut start = None;
        while !file_lock::try_lock(&self.file) {
            tries += 1;
            if tries < YIELDS {
                thread::yield_now();
            } else if start.get_or_insert_with(Instant::now).elapsed() > PATIENCE {
                return false;
            } else {
                thread::sleep(Duration::from_micros(50));
            }
        }
        true
    }

    pub(super) fn release(&self) {
        file_lock::unlock(&self.file);
    }
}
