//! What a handler of files guards with its lock.

use std::io;
use std::panic::{self, AssertUnwindSafe};

use crate::error::{Error, ErrorKind};
use crate::handler::file::beside;
use crate::handler::file::device::Device;
use crate::handler::file::file_id::FileId;
use crate::handler::file::file_mode::FileMode;
use crate::handler::file::line_buffer::LineBuffer;
use crate::handler::file::options::FileOptions;
use crate::handler::file::process_lock::ProcessLock;
use crate::handler::file::rotation::Rotation;
use crate::handler::file::system;
use crate::handler::io::retry::Retry;
use crate::sys::presence::thread_number;

/// The file that is open, what is still to be written to it, and what is seen to before that.
#[derive(Debug)]
pub(super) struct State {
    pub(super) device: Option<Device>,
    pub(super) upkeep: Upkeep,
    pub(super) buffer: LineBuffer,
    /// The number of a thread from which many records follow one another, so that they are written
    /// in blocks; or 0. The records of others are written at once.
    pub(super) corked_by: usize,
    pub(super) closed: bool,
    /// The buffer could not be written last time, which was reported.
    pub(super) is_failing: bool,
    /// Its mode counts at the first opening only.
    was_open: bool,
    /// A file that was closed with a line in it that was cut off.
    torn: Option<FileId>,
    /// How many rotations of this process are known of; see [`beside`].
    seen: u64,
    retry: Retry,
}

/// What is seen to before each record.
#[derive(Debug)]
pub(super) enum Upkeep {
    Nothing,
    /// Whether the path still leads to the file.
    Watch,
    Rotate(Box<Rotation>),
}

impl State {
    pub(super) fn new(upkeep: Upkeep) -> Self {
        Self {
            device: None,
            upkeep,
            buffer: LineBuffer::default(),
            corked_by: 0,
            closed: false,
            is_failing: false,
            was_open: false,
            torn: None,
            seen: beside::count(),
            retry: Retry::default(),
        }
    }

    /// Reports whether the calling thread's records are written in blocks.
    #[inline]
    pub(super) fn is_corked(&self) -> bool {
        self.corked_by != 0 && self.corked_by == thread_number()
    }

    /// Opens the file, or takes note of one that is opened with the first record.
    pub(super) fn begin(&mut self, options: &FileOptions) -> Result<(), Error> {
        if !options.delay {
            return self.open(options);
        }
        if let Upkeep::Rotate(rotation) = &mut self.upkeep {
            let found = options.path.metadata();
            rotation.opened(found.and_then(|found| found.modified()).ok());
        }
        Ok(())
    }

    /// The open file, opened if need be.
    #[inline]
    pub(super) fn device(&mut self, options: &FileOptions) -> Result<&mut Device, Error> {
        if self.device.is_none() {
            if !self.retry.is_due() {
                let path = options.path.display();
                let message = format!("the log file {path} could not be opened a moment ago");
                return Err(Error::new(ErrorKind::Io, message));
            }
            self.open(options)?;
        }
        match &mut self.device {
            Some(device) => Ok(device),
            None => Err(Error::new(ErrorKind::Closed, "the log file is not open")),
        }
    }

    fn open(&mut self, options: &FileOptions) -> Result<(), Error> {
        let mode = if self.was_open {
            FileMode::Append
        } else {
            options.file_mode
        };
        match Device::open(options, mode, self.is_shared()) {
            Ok(mut device) => {
                if let Upkeep::Rotate(rotation) = &mut self.upkeep {
                    rotation.opened(device.since());
                }
                if self.torn.is_some() && self.torn == device.id() {
                    device.give_up_line();
                }
                self.torn = None;
                self.device = Some(device);
                self.was_open = true;
                self.retry.succeeded();
                Ok(())
            }
            Err(error) => {
                self.retry.failed();
                Err(error)
            }
        }
    }

    /// Opens what the path leads to now; where that fails the old file stays in use.
    pub(super) fn reopen(&mut self, options: &FileOptions) -> Result<(), Error> {
        let old = self.device.take();
        let opened = self.open(options);
        if opened.is_err() {
            self.device = old;
        }
        opened
    }

    /// Whether a new file is to be opened, as the path does not lead to this one any more.
    pub(super) fn is_left(&self, options: &FileOptions) -> bool {
        let moved = |device: &Device| !device.is_at_its_path(options);
        self.device.as_ref().is_some_and(moved) && self.retry.is_due()
    }

    /// Whether a handler of this process has rotated a file since the last call.
    #[inline]
    pub(super) fn sees_rotation(&mut self) -> bool {
        let count = beside::count();
        std::mem::replace(&mut self.seen, count) != count
    }

    /// Closes the file.
    pub(super) fn close(&mut self) {
        if let Some(device) = self.device.take() {
            self.torn = device.id().filter(|_| device.is_torn());
        }
        self.closed = true;
    }

    /// Removes the file that is open, if nothing stands in it or waits for it.
    pub(super) fn remove_unused(&mut self, options: &FileOptions) {
        let found = options.path.symlink_metadata();
        let is_empty = self.buffer.is_empty() && found.is_ok_and(|found| found.len() == 0);
        let device = self
            .device
            .take_if(|it| is_empty && it.is_at_its_path(options));
        if device.is_some() {
            drop(device);
            let _ = system::remove(&options.path);
        }
    }

    /// Goes over to the file that another process has begun.
    pub(super) fn follow_other_processes(&mut self, options: &FileOptions) {
        if !self.is_shared() {
            return;
        }
        if self.is_left(options) && !self.buffer.is_cut() {
            let _ = self.reopen(options);
        }
        if let Some(device) = &mut self.device {
            device.measure(self.buffer.is_cut());
        }
    }

    /// Whether other processes write and rotate the file as well.
    pub(super) fn is_shared(&self) -> bool {
        matches!(&self.upkeep, Upkeep::Rotate(rotation) if rotation.lock.is_some())
    }

    /// Works on the file while no other process does. The work gets `false` if one of them has the
    /// lock and does not give it back: then it must not rotate.
    #[inline]
    pub(super) fn alone<R>(&mut self, work: impl FnOnce(&mut Self, bool) -> R) -> R {
        if self.is_shared() {
            self.alone_among_processes(work)
        } else {
            work(self, true)
        }
    }

    #[inline(never)]
    fn alone_among_processes<R>(&mut self, work: impl FnOnce(&mut Self, bool) -> R) -> R {
        let locked = self.process_lock().is_some_and(ProcessLock::take);
        // Namers and rotators are user code: no panic of theirs keeps the lock.
        let done = panic::catch_unwind(AssertUnwindSafe(|| work(self, locked)));
        if let Some(lock) = self.process_lock().filter(|_| locked) {
            lock.release();
        }
        done.unwrap_or_else(|panic| panic::resume_unwind(panic))
    }

    fn process_lock(&mut self) -> Option<&mut ProcessLock> {
        match &mut self.upkeep {
            Upkeep::Rotate(rotation) => rotation.lock.as_mut(),
            _ => None,
        }
    }

    /// Renames the file and begins a new one. Returns whether there was anything to rename.
    pub(super) fn rotate(&mut self, options: &FileOptions) -> Result<bool, Error> {
        let Upkeep::Rotate(rotation) = &mut self.upkeep else {
            return Ok(false);
        };
        if !rotation.is_on() {
            return Ok(false);
        }
        match rotation.names.base.symlink_metadata() {
            Ok(found) if !found.is_file() => {
                // A device, a pipe; or something that was put in the place of the file that is
                // open.
                if !self.device.as_ref().is_some_and(Device::is_regular) {
                    return Ok(false);
                }
                rotation.retry.failed();
                let path = options.path.display();
                let message = format!("cannot rotate {path}: it is no plain file");
                return Err(Error::new(ErrorKind::Io, message));
            }
            Ok(found) if found.len() == 0 => {
                // Nothing is pushed off the end for nothing; by time, the next interval begins.
                rotation.opened(None);
                return Ok(false);
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                if self.device.as_ref().is_some_and(|it| !it.is_regular()) {
                    // A device that reports nothing of itself, as `NUL` on Windows.
                    return Ok(false);
                }
                rotation.retry.failed();
                let path = options.path.display();
                let message = format!("cannot rotate the log file {path}");
                return Err(Error::io(message, error));
            }
            // What was removed need not be renamed.
            Err(_) => {}
            Ok(_) => self.rename(options)?,
        }
        self.begin_new_file(options)?;
        Ok(true)
    }

    fn rename(&mut self, options: &FileOptions) -> Result<(), Error> {
        let Upkeep::Rotate(rotation) = &mut self.upkeep else {
            return Ok(());
        };
        // There, a file that is open cannot be removed by the name that it has.
        let closes = cfg!(windows) && rotation.rotator.is_some();
        if closes {
            self.device = None;
        }
        let renamed = rotation.rename(options);
        beside::note(&options.path);
        if closes && renamed.is_err() {
            self.open(options)?;
        }
        renamed
    }

    fn begin_new_file(&mut self, options: &FileOptions) -> Result<(), Error> {
        if options.delay {
            self.device = None;
            return Ok(());
        }
        let Upkeep::Rotate(rotation) = &self.upkeep else {
            return Ok(());
        };
        let times = (rotation.since, rotation.rollover_at);
        // Where no new one can be opened, as when there are too many files, the renamed one is
        // written on: nothing is lost.
        let reopened = self.reopen(options);
        if let Upkeep::Rotate(rotation) = &mut self.upkeep {
            (rotation.since, rotation.rollover_at) = times;
            if reopened.is_err() {
                rotation.retry.failed();
            }
        }
        reopened
    }
}
