//! The rotation of a file: when it is due, and the renaming.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::compress::{self, Compressor};
use super::device::Device;
use super::names::Names;
use super::options::FileOptions;
use super::process_lock::ProcessLock;
use super::schedule::Schedule;
use crate::clock;
use crate::handler::retry::Retry;
use crate::sync::Arc;
use crate::{Clock, Error, Timestamp};

/// Moves a full file away. Python's `rotator`.
pub(super) type Rotator = Arc<dyn Fn(&Path, &Path) -> io::Result<()> + Send + Sync>;

/// When a file is rotated, what becomes of it, and what is known of the next time.
///
/// A file is renamed, never cut or copied: a crash at any point leaves each record in one file. Where it cannot be renamed, the
/// old one is written on and the next try waits a while.
pub(super) struct Rotation {
    /// 0 is no limit.
    pub(super) max_bytes: u64,
    pub(super) schedule: Option<Schedule>,
    /// How many rotated files are kept. By size, 0 is no rotation; by time, it keeps all.
    pub(super) backup_count: usize,
    pub(super) names: Names,
    pub(super) rotator: Option<Rotator>,
    pub(super) clock: Arc<dyn Clock>,
    /// Whether other processes write and rotate the same file.
    pub(super) lock: Option<ProcessLock>,
    /// Seconds since the epoch; known once the file was opened.
    pub(super) rollover_at: Option<i64>,
    pub(super) compressor: Compressor,
    pub(super) retry: Retry,
}

impl Rotation {
    fn now(&self) -> i64 {
        clock::ask(&*self.clock, |_| {}).seconds()
    }

    /// Takes note of a file that was opened: its interval begins when it was begun (statement 86).
    pub(super) fn opened(&mut self, since: Option<SystemTime>) {
        if let Some(schedule) = &self.schedule {
            let since = since.map_or_else(|| self.now(), |time| Timestamp::from(time).seconds());
            self.rollover_at = Some(schedule.next(since));
        }
    }

    /// Whether the file is to be rotated before so many more bytes are written (statements 78 and 79); those that are buffered belong
    /// to it already.
    pub(super) fn is_due(&mut self, device: Option<&Device>, buffered: usize, more: usize) -> bool {
        let regular = device.is_none_or(Device::is_regular);
        let too_long = self.max_bytes > 0
            && (self.backup_count > 0 || self.schedule.is_some())
            && device.is_some_and(|device| {
                let size = device.size() + buffered as u64;
                size > 0 && size + more as u64 >= self.max_bytes
            });
        let too_old = self.rollover_at.is_some_and(|time| self.now() >= time);
        if too_old && !regular {
            // So that it is not asked for each record (cpython#89564).
            self.opened(None);
        }
        regular && (too_long || too_old)
    }

    /// Renames the files; the base's name is free afterwards.
    ///
    /// # Errors
    /// Where the base could not be renamed. Nothing is lost then.
    pub(super) fn rename(&self, options: &FileOptions) -> Result<PathBuf, Error> {
        let target = match &self.schedule {
            None => self.shift(),
            Some(schedule) => {
                let now = self.now();
                let end = self.rollover_at.unwrap_or(now);
                Ok(self.names.free(&schedule.name_of_interval_before(end, now)))
            }
        };
        let moved = target.and_then(|target| {
            match &self.rotator {
                Some(rotator) => rotator(&options.path, &target)?,
                None => fs::rename(&options.path, &target)?,
            }
            Ok(target)
        });
        moved.map_err(|error| {
            let path = options.path.display();
            Error::io(format!("cannot rotate the log file {path}"), error)
        })
    }

    /// Makes room at number 1: each number becomes the next, the last one ends. From the highest on, so that a rename only
    /// ever replaces the one that is to end.
    fn shift(&self) -> io::Result<PathBuf> {
        let numbers = self.names.numbers(self.backup_count);
        // What is nobody's log is not ours to move, and what cannot be ended is not begun.
        if numbers.iter().any(|number| self.number(*number).is_dir()) {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        for number in numbers.into_iter().rev() {
            let from = self.number(number);
            if self.names.compressed {
                compress::recover(&from);
            }
            let Some(found) = self.names.existing(&from) else {
                continue;
            };
            if number == self.backup_count {
                // A rename replaces it, unless it has the other form.
                if found != from {
                    remove(&found)?;
                }
                continue;
            }
            let to = self.number(number + 1);
            let (to, other) = if found == from {
                (to.clone(), Names::compressed(&to))
            } else {
                (Names::compressed(&to), to)
            };
            if self.names.compressed {
                remove(&other)?;
            }
            fs::rename(found, to)?;
        }
        Ok(self.number(1))
    }

    fn number(&self, number: usize) -> PathBuf {
        self.names.with_suffix(&number.to_string())
    }

    /// What is done once the base's name is free: the next time, the files too many, the compression. What fails here is done the
    /// next time.
    pub(super) fn renamed(&mut self, target: PathBuf) {
        self.retry.succeeded();
        if let Some(schedule) = &self.schedule {
            self.rollover_at = Some(schedule.next(self.now()));
        }
        if self.names.compressed && target.symlink_metadata().is_ok() {
            self.compressor.start(target);
        }
        for path in self.too_many() {
            let _ = fs::remove_file(path);
        }
    }

    /// The files of intervals beyond those that are kept, the oldest first. Python's `getFilesToDelete`.
    pub(super) fn too_many(&self) -> Vec<PathBuf> {
        match &self.schedule {
            Some(schedule) if self.backup_count > 0 => {
                let mut files = self.names.of_intervals(schedule.when);
                files.truncate(files.len().saturating_sub(self.backup_count));
                files
            }
            _ => Vec::new(),
        }
    }

    /// The next rotation by time after a time.
    pub(super) fn rollover_after(&self, time: Timestamp) -> Option<i64> {
        let schedule = self.schedule.as_ref()?;
        Some(schedule.next(time.seconds()))
    }
}

/// Removes a file, if it is there.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

impl fmt::Debug for Rotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rotation")
            .field("max_bytes", &self.max_bytes)
            .field("schedule", &self.schedule)
            .field("backup_count", &self.backup_count)
            .finish_non_exhaustive()
    }
}
