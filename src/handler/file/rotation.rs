//! The rotation of a file: when it is due, and the renaming.

use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{fmt, io};

use crate::error::Error;
use crate::handler::file::compress::{self, Pair};
use crate::handler::file::device::Device;
use crate::handler::file::names::{Form, Interval, IntervalFile, Names, Numbered};
use crate::handler::file::options::FileOptions;
use crate::handler::file::plan::{self, Step, Way};
use crate::handler::file::process_lock::ProcessLock;
use crate::handler::file::schedule::Schedule;
use crate::handler::file::system;
use crate::handler::io::retry::Retry;
use crate::sys::sync::Arc;
use crate::time;
use crate::time::{Clock, Timestamp};

/// Moves a full file away. Python's `rotator`.
pub(super) type Rotator = Arc<dyn Fn(&Path, &Path) -> io::Result<()> + Send + Sync>;

/// When a file is rotated, what becomes of it, and what is known of the next time.
///
/// A file is renamed, never cut or copied: a crash at any point leaves each record in one file.
/// Where it cannot be renamed, the old one is written on and the next try waits a while.
pub(super) struct Rotation {
    /// 0 is no limit.
    pub(super) max_bytes: u64,
    pub(super) schedule: Option<Schedule>,
    /// How many rotated files are kept. By size, 0 is no rotation; by time, it keeps all.
    pub(super) backup_count: usize,
    pub(super) names: Names,
    pub(super) rotator: Option<Rotator>,
    pub(super) compress: bool,
    pub(super) clock: Arc<dyn Clock>,
    /// Whether other processes write and rotate the same file.
    pub(super) lock: Option<ProcessLock>,
    /// The path is that of a stream, which is the system's.
    pub(super) is_stream: bool,
    /// Seconds since the epoch; known once the file was opened.
    pub(super) rollover_at: Option<i64>,
    /// From when on that was known: if the clock shows less, it was set back.
    pub(super) since: i64,
    /// The intervals of the files that it made itself, in that order, as far as they may still be
    /// there.
    pub(super) made: Vec<Interval>,
    pub(super) retry: Retry,
}

impl Rotation {
    fn now(&self) -> i64 {
        time::now_by(&*self.clock, |_| {}).seconds()
    }

    /// Whether it rotates at all.
    pub(super) fn is_on(&self) -> bool {
        !self.is_stream && (self.backup_count > 0 || self.schedule.is_some())
    }

    /// Takes note of a file that was opened: its interval begins when it was begun, and not in the
    /// future.
    pub(super) fn opened(&mut self, since: Option<SystemTime>) {
        if let Some(schedule) = &self.schedule {
            let now = self.now();
            self.since = since.map_or(now, |time| Timestamp::from(time).seconds().min(now));
            self.rollover_at = Some(schedule.next(self.since));
        }
    }

    /// Whether the file is to be rotated before so many more bytes are written; those that are
    /// buffered belong to it already.
    pub(super) fn is_due(&mut self, device: Option<&Device>, buffered: usize, more: usize) -> bool {
        let too_long = self.max_bytes > 0
            && self.is_on()
            && device.is_some_and(|device| {
                let size = device.size() + buffered as u64;
                size > 0 && size + more as u64 >= self.max_bytes
            });
        let too_old = self.is_too_old();
        let is_file = !self.is_stream && device.is_none_or(Device::is_regular);
        if too_old && !is_file {
            // So that it is not asked for each record (cpython#89564).
            self.opened(None);
        }
        is_file && (too_long || too_old)
    }

    fn is_too_old(&mut self) -> bool {
        let Some(time) = self.rollover_at else {
            return false;
        };
        let now = self.now();
        if now < self.since {
            // By the clock of then, it would be due in a year perhaps.
            self.opened(None);
            return false;
        }
        now >= time
    }

    /// Renames the files; the base's name is free afterwards.
    ///
    /// # Errors
    /// Where the base could not be renamed. Nothing is lost then, and what was moved before is
    /// where it was.
    pub(super) fn rename(&mut self, options: &FileOptions) -> Result<(), Error> {
        let renamed = match &self.schedule {
            None => self.rename_by_number(),
            Some(schedule) => {
                let now = self.now();
                let end = self.rollover_at.unwrap_or(now);
                let start = schedule.name_of_interval_before(end, now);
                let next = schedule.next(now);
                let renamed = self.rename_by_interval(start);
                if renamed.is_ok() {
                    (self.since, self.rollover_at) = (now, Some(next));
                }
                renamed
            }
        };
        match renamed {
            Ok(()) => {
                self.retry.succeeded();
                Ok(())
            }
            Err(error) => {
                self.retry.failed();
                let path = options.path.display();
                let message = format!("cannot rotate the log file {path}");
                Err(Error::io(message, error))
            }
        }
    }

    fn rename_by_number(&self) -> io::Result<()> {
        let name = |number| self.names.number(number);
        let zero = name(0);
        if zero != name(1) && !system::is_free(&zero)? {
            // The program ended, or a step failed, while it was on its way.
            let found = self.numbered()?;
            self.carry_out(&plan::by_number(&zero, &found, Way::Straight, name))?;
        }
        let found = self.numbered()?;
        self.carry_out(&plan::by_number(
            &self.names.base,
            &found,
            Way::ByZero,
            name,
        ))
    }

    /// What stands at the numbers. Of both forms of one file, which the end of a program may have
    /// left, one goes.
    fn numbered(&self) -> io::Result<Numbered> {
        let found = self.names.numbered(self.backup_count)?;
        let mut is_changed = false;
        for (number, _) in found
            .files
            .iter()
            .filter(|(_, form)| *form == Form::Compressed)
        {
            let plain = self.names.number(*number);
            if matches!(compress::pair(&plain), Ok(Pair::Same(_))) {
                system::remove(&plain)?;
                is_changed = true;
            }
        }
        if is_changed {
            return self.names.numbered(self.backup_count);
        }
        Ok(found)
    }

    fn rename_by_interval(&mut self, start: String) -> io::Result<()> {
        // Where the directory cannot be listed, nothing is removed, and the name is sought.
        let found = self.found();
        let known = found.as_deref().unwrap_or_default();
        let mut interval = plan::next_in_interval(start, known, &self.made);
        while !self.names.is_free(&self.names.interval(&interval))? {
            interval.number = interval
                .number
                .checked_add(1)
                .ok_or(io::ErrorKind::AlreadyExists)?;
        }
        let from = self.names.base.clone();
        let to = self.names.interval(&interval);
        let replaces = false;
        self.carry_out(&[Step::Rename { from, to, replaces }])?;
        if self.lock.is_some() {
            // The files of other processes are as old as their names say; only this one is known to
            // be the newest.
            self.made.clear();
        }
        self.made.push(interval);
        if let Ok(files) = self.found() {
            let too_many = self.too_many_of(files);
            self.carry_out(&too_many)?;
        }
        // What was removed need not be known any more, but no number may be given twice.
        let kept = self.made.len().saturating_sub(self.backup_count.max(1));
        self.made.drain(..kept);
        Ok(())
    }

    /// Does it. What is to be removed and cannot be stays.
    fn carry_out(&self, plan: &[Step]) -> io::Result<()> {
        for (at, step) in plan.iter().enumerate() {
            if let Err(error) = self.take_step(step) {
                // A rotator may have made another file of it, which cannot become the log again.
                let is_gone = at > 0 && self.rotator.is_some() && self.is_of_base(&plan[0]);
                for step in plan[usize::from(is_gone)..at].iter().rev() {
                    // What cannot go back is where the next try goes on.
                    if let Step::Rename { from, to, .. } = step {
                        let _ = system::rename_to_free(to, from);
                    }
                }
                return if is_gone { Ok(()) } else { Err(error) };
            }
            if self.rotator.is_some() && self.is_of_base(step) {
                if let Step::Rename { to, .. } = step {
                    if system::is_free(to)? {
                        // It has a place of the rotator's own.
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }

    fn is_of_base(&self, step: &Step) -> bool {
        matches!(step, Step::Rename { from, .. } if *from == self.names.base)
    }

    fn take_step(&self, step: &Step) -> io::Result<()> {
        match (step, &self.rotator) {
            (Step::Rename { from, to, .. }, Some(rotator)) if self.is_of_base(step) => {
                rotator(from, to)
            }
            (Step::Rename { from, to, replaces }, _) => {
                if *replaces {
                    system::rename(from, to)
                } else {
                    system::rename_to_free(from, to)
                }
            }
            (Step::Remove(path), _) => {
                let _ = system::remove(path);
                Ok(())
            }
        }
    }

    /// The files of intervals in the directory that count as its own.
    fn found(&self) -> io::Result<Vec<IntervalFile>> {
        match &self.schedule {
            Some(schedule) => self.names.of_intervals(&schedule.suffix),
            None => Ok(Vec::new()),
        }
    }

    /// The files of intervals beyond those that are kept, the oldest first. Python's
    /// `getFilesToDelete`.
    pub(super) fn too_many(&self) -> Vec<PathBuf> {
        let files = self.found().unwrap_or_default();
        let steps = self.too_many_of(files);
        let paths = steps.into_iter().filter_map(|step| match step {
            Step::Remove(path) => Some(path),
            Step::Rename { .. } => None,
        });
        paths.collect()
    }

    fn too_many_of(&self, mut files: Vec<IntervalFile>) -> Vec<Step> {
        let Some(schedule) = self.schedule.as_ref().filter(|_| self.backup_count > 0) else {
            return Vec::new();
        };
        // A compressed file may be another program's, unless this handler compresses, or did so.
        files.retain(|file| {
            file.is_file
                && match file.form {
                    Form::Plain => true,
                    Form::Compressed => self.compress || compress::is_own(&file.path),
                    Form::Unfinished => false,
                }
        });
        let mut files = plan::by_age(
            files,
            &self.made,
            &schedule.name_of_a_time_to_come(self.now()),
        );
        files.truncate(files.len().saturating_sub(self.backup_count));
        let paths = files.into_iter().flat_map(|(_, paths)| paths);
        paths.map(Step::Remove).collect()
    }

    /// The rotated files that are still to be compressed, by their plain names, the newest first.
    pub(super) fn uncompressed(&self) -> Vec<PathBuf> {
        if !self.compress {
            return Vec::new();
        }
        if self.schedule.is_none() {
            let found = self.names.numbered(self.backup_count).unwrap_or_default();
            let mut numbers: Vec<_> = found.files.iter().map(|(number, _)| *number).collect();
            numbers.dedup();
            return numbers
                .into_iter()
                .map(|number| self.names.number(number))
                .collect();
        }
        let mut files = self.found().unwrap_or_default();
        files.retain(|file| file.is_file && file.form != Form::Compressed);
        files.sort_by(|one, other| other.interval.cmp(&one.interval));
        files.dedup_by(|one, other| one.interval == other.interval);
        files
            .iter()
            .map(|file| self.names.interval(&file.interval))
            .collect()
    }

    /// The plain name at which a file stands now that stood at another one before.
    pub(super) fn moved_from(&self, path: &Path, is_it: impl Fn(&Path) -> bool) -> Option<PathBuf> {
        if is_it(path) {
            return Some(path.to_owned());
        }
        if self.schedule.is_some() {
            return None;
        }
        let found = self.names.numbered(self.backup_count).ok()?;
        let paths = found
            .files
            .iter()
            .map(|(number, _)| self.names.number(*number));
        paths.into_iter().find(|path| is_it(path))
    }

    /// Moves a file of an interval to the next number, as there is another one at its name.
    pub(super) fn give_another_name(&mut self, plain: &Path) -> io::Result<Option<PathBuf>> {
        let found = self.found()?;
        let Some(file) = found.iter().find(|file| file.path == plain) else {
            return Ok(None);
        };
        let interval = plan::next_in_interval(file.interval.start.clone(), &found, &self.made);
        let to = self.names.interval(&interval);
        system::rename_to_free(plain, &to)?;
        if let Some(known) = self.made.iter_mut().find(|known| **known == file.interval) {
            *known = interval;
        }
        Ok(Some(to))
    }

    /// The next rotation by time after a time.
    pub(super) fn rollover_after(&self, time: Timestamp) -> Option<i64> {
        let schedule = self.schedule.as_ref()?;
        Some(schedule.next(time.seconds()))
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
