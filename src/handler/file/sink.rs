//! The sink of all handlers of files.

use std::fmt;

use super::compress::Compressor;
use super::device::Device;
use super::options::{Buffering, FileOptions};
use super::process_lock::ProcessLock;
use super::rotation::Rotation;
use crate::formatter::with_line;
use crate::handler::exclusive::Exclusive;
use crate::handler::retry::Retry;
use crate::handler::ticker::{self, Tick};
use crate::handler::{DropReason, Handler, Sink, StreamId};
use crate::process;
use crate::sync::{Arc, AtomicU64, Ordering};
use crate::{Error, ErrorKind, Format, Level, Record};

/// How much memory a buffer takes before anything is in it.
const MOST_RESERVED: usize = 1024 * 1024;

/// How many times its capacity a buffer may grow while its file cannot be written.
const MAX_BUFFERS: usize = 16;

/// Writes lines to a file.
#[derive(Debug)]
pub(super) struct FileSink {
    kind: &'static str,
    options: FileOptions,
    state: Exclusive<State>,
    /// Records in the buffer.
    queued: AtomicU64,
    /// Records that were in a buffer which could not be written.
    lost: AtomicU64,
}

#[derive(Debug)]
struct State {
    device: Option<Device>,
    upkeep: Upkeep,
    /// It is emptied at the first opening only.
    was_open: bool,
    closed: bool,
    /// Many records follow one another, so they are written in blocks.
    corked: bool,
    retry: Retry,
    buffer: LineBuffer,
}

/// What is seen to before each record.
#[derive(Debug)]
pub(super) enum Upkeep {
    Nothing,
    /// Whether the path still leads to the file.
    Watch,
    Rotate(Box<Rotation>),
}

/// Lines that are still to be written.
#[derive(Debug, Default)]
struct LineBuffer {
    lines: Vec<u8>,
}

impl FileSink {
    /// A handler over a file, opened unless that is delayed.
    ///
    /// # Errors
    /// When the file could not be opened.
    pub(super) fn open(
        kind: &'static str,
        options: FileOptions,
        upkeep: Upkeep,
    ) -> Result<(Handler, Arc<Self>), Error> {
        let mut state = State {
            device: None,
            upkeep,
            was_open: false,
            closed: false,
            corked: false,
            retry: Retry::default(),
            buffer: LineBuffer::default(),
        };
        if !options.delay {
            state.open(&options)?;
        } else if let (Upkeep::Rotate(rotation), false) = (&mut state.upkeep, options.path.exists())
        {
            rotation.opened(None);
        } else if let Upkeep::Rotate(rotation) = &mut state.upkeep {
            let modified = options.path.metadata().and_then(|found| found.modified());
            rotation.opened(modified.ok());
        }
        let interval = options.buffering.map(|buffering| buffering.interval);
        let sink = Arc::new(Self {
            kind,
            options,
            state: Exclusive::new(state),
            queued: AtomicU64::new(0),
            lost: AtomicU64::new(0),
        });
        if let Some(interval) = interval {
            ticker::every(interval, &sink);
        }
        Ok((Handler::new(Shared(Arc::clone(&sink))), sink))
    }

    pub(super) fn options(&self) -> &FileOptions {
        &self.options
    }

    /// Lends the rotation out.
    ///
    /// # Errors
    /// [`ErrorKind::Reentrant`] when called by a namer or rotator.
    pub(super) fn with_rotation<R>(
        &self,
        work: impl FnOnce(&mut Rotation, Option<&Device>) -> R,
    ) -> Result<Option<R>, Error> {
        self.state.with(|state| {
            Ok(match &mut state.upkeep {
                Upkeep::Rotate(rotation) => Some(work(rotation, state.device.as_ref())),
                _ => None,
            })
        })
    }

    /// Rotates now. Answers whether there was anything to do.
    ///
    /// # Errors
    /// When the file could not be renamed; it is then written on.
    pub(super) fn rotate(&self) -> Result<bool, Error> {
        self.state.with(|state| {
            self.write_out(state)?;
            let alone = state.lock(true);
            let rotated = state.rotate(&self.options);
            state.unlock(alone);
            rotated
        })
    }

    /// Puts a line into the file, or into the buffer. Answers with what went wrong beside it, and harmed no record.
    fn append(&self, state: &mut State, line: &[u8], level: Level) -> Result<Option<Error>, Error> {
        if state.closed {
            if self.options.truncate {
                // To open it again would empty it (statement 72).
                return Err(Error::new(ErrorKind::Closed, "the log file was closed"));
            }
            state.closed = false;
        }
        let locked = state.lock(false);
        let written = self.append_locked(state, line, level);
        state.unlock(locked);
        written
    }

    #[inline]
    fn append_locked(
        &self,
        state: &mut State,
        line: &[u8],
        level: Level,
    ) -> Result<Option<Error>, Error> {
        let trouble = self.see_to_upkeep(state, line.len()).err();
        match self.options.buffering {
            None if state.corked => {
                self.append_to_buffer(state, line, Level::NOTSET, Buffering::default())?;
            }
            None => {
                // What could not be written while it was corked; a part of a line may stand in the file already.
                self.write_out(state)?;
                let device = state.device(&self.options)?;
                let written = device.write_lines(line);
                written.map_err(|error| self.cannot_write(error))?;
            }
            Some(buffering) => self.append_to_buffer(state, line, level, buffering)?,
        }
        Ok(trouble)
    }

    fn append_to_buffer(
        &self,
        state: &mut State,
        line: &[u8],
        level: Level,
        buffering: Buffering,
    ) -> Result<(), Error> {
        if state.buffer.lines.len() + line.len() > buffering.capacity.saturating_mul(MAX_BUFFERS) {
            self.write_out(state)?;
        }
        let buffer = &mut state.buffer;
        if buffer.lines.capacity() == 0 {
            // What a configuration asks for beyond that comes as it is needed.
            buffer
                .lines
                .reserve_exact(buffering.capacity.min(MOST_RESERVED));
        }
        if buffer.lines.len() + line.len() > buffering.capacity {
            // A failure keeps them, and is told by `flush` and by the record for which there is no room any more.
            let _ = self.write_out(state);
        }
        state.buffer.lines.extend_from_slice(line);
        // Under the lock, so no other thread writes it.
        let queued = self.queued.load(Ordering::Relaxed);
        self.queued.store(queued + 1, Ordering::Relaxed);
        // The interval is the ticker's, so that no record asks for the time. At the end of the process, nothing writes it out later.
        if level >= buffering.level || process::is_ending() {
            let _ = self.write_out(state);
        }
        Ok(())
    }

    /// Writes the buffer out; what cannot be written stays in it.
    fn write_out(&self, state: &mut State) -> Result<(), Error> {
        if state.buffer.lines.is_empty() {
            return Ok(());
        }
        let mut lines = std::mem::take(&mut state.buffer.lines);
        let written = state.device(&self.options).and_then(|device| {
            device.write_some(&lines).map_err(|(error, written)| {
                lines.drain(..written);
                self.cannot_write(error)
            })
        });
        if written.is_ok() {
            lines.clear();
            self.queued.store(0, Ordering::Relaxed);
        }
        state.buffer.lines = lines;
        written
    }

    #[inline]
    fn see_to_upkeep(&self, state: &mut State, more: usize) -> Result<(), Error> {
        match &mut state.upkeep {
            Upkeep::Nothing => Ok(()),
            Upkeep::Watch => {
                let moved = |device: &Device| !device.is_at_its_path(&self.options);
                if !state.device.as_ref().is_some_and(moved) || !state.retry.is_due() {
                    return Ok(());
                }
                // To where they were logged.
                self.write_out(state)?;
                // Where it cannot be opened, the old one is better than none.
                state.reopen(&self.options)
            }
            Upkeep::Rotate(_) => self.rotate_if_due(state, more),
        }
    }

    fn rotate_if_due(&self, state: &mut State, more: usize) -> Result<(), Error> {
        let buffered = state.buffer.lines.len();
        state.follow_other_processes(&self.options);
        // Its length must be known.
        state.device(&self.options)?;
        let Upkeep::Rotate(rotation) = &mut state.upkeep else {
            return Ok(());
        };
        let may = rotation.retry.is_due() && !rotation.compressor.is_busy();
        if !may || !rotation.is_due(state.device.as_ref(), buffered, more) {
            return Ok(());
        }
        self.write_out(state)?;
        // Alone among the processes: another one may have done it meanwhile.
        state.unlock(true);
        let alone = state.lock(true);
        state.follow_other_processes(&self.options);
        let is_still_due = match &mut state.upkeep {
            Upkeep::Rotate(rotation) => alone && rotation.is_due(state.device.as_ref(), 0, more),
            _ => false,
        };
        if is_still_due {
            state.rotate(&self.options)?;
        }
        Ok(())
    }

    fn cannot_write(&self, error: std::io::Error) -> Error {
        let path = self.options.path.display();
        Error::io(format!("cannot write to the log file {path}"), error)
    }
}

impl State {
    /// The open file, opened if need be.
    #[inline]
    fn device(&mut self, options: &FileOptions) -> Result<&mut Device, Error> {
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
        let truncate = options.truncate && !self.was_open;
        match Device::open(options, truncate) {
            Ok(device) => {
                if let Upkeep::Rotate(rotation) = &mut self.upkeep {
                    rotation.opened(device.since());
                }
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

    /// Opens the path anew; where that fails the old file stays in use.
    fn reopen(&mut self, options: &FileOptions) -> Result<(), Error> {
        let old = self.device.take();
        let opened = self.open(options);
        if opened.is_err() {
            self.device = old;
        }
        opened
    }

    /// Renames the file and begins a new one.
    fn rotate(&mut self, options: &FileOptions) -> Result<bool, Error> {
        let Upkeep::Rotate(rotation) = &mut self.upkeep else {
            return Ok(false);
        };
        if rotation.schedule.is_none() && rotation.backup_count == 0 {
            return Ok(false);
        }
        if options.path.symlink_metadata().is_ok() {
            match rotation.rename(options) {
                Ok(target) => rotation.renamed(target),
                Err(error) => {
                    rotation.retry.failed();
                    return Err(error);
                }
            }
        }
        let next = rotation.rollover_at;
        if options.delay {
            self.device = None;
            return Ok(true);
        }
        // Where no new one can be opened, as when there are too many files, the renamed one is written on: nothing is lost.
        self.reopen(options)?;
        if let Upkeep::Rotate(rotation) = &mut self.upkeep {
            rotation.rollover_at = next;
        }
        Ok(true)
    }

    /// Locks other processes out, from rotating or from all; answers whether that went well.
    fn lock(&self, alone: bool) -> bool {
        match &self.upkeep {
            Upkeep::Rotate(rotation) => rotation.lock.as_ref().is_none_or(|lock| lock.take(alone)),
            _ => true,
        }
    }

    fn unlock(&self, locked: bool) {
        if let (Upkeep::Rotate(rotation), true) = (&self.upkeep, locked) {
            if let Some(lock) = &rotation.lock {
                lock.release();
            }
        }
    }

    /// Goes over to the file that another process has begun.
    fn follow_other_processes(&mut self, options: &FileOptions) {
        let Upkeep::Rotate(rotation) = &self.upkeep else {
            return;
        };
        if rotation.lock.is_none() {
            return;
        }
        let moved = |device: &Device| !device.is_at_its_path(options);
        if self.device.as_ref().is_some_and(moved) {
            let _ = self.reopen(options);
        }
        if let Some(device) = &mut self.device {
            device.measure();
        }
    }
}

impl Drop for FileSink {
    /// A handler that is let go of loses nothing.
    fn drop(&mut self) {
        let _ = self.state.with(|state| self.write_out(state));
    }
}

impl Tick for FileSink {
    fn tick(&self) {
        // A failure is told by the next flush, and by the record for which there is no room any more.
        let _ = self.state.with(|state| self.write_out(state));
    }
}

/// The sink as its handler holds it; the handler's own type holds it as well.
struct Shared(Arc<FileSink>);

impl Sink for Shared {
    fn write(&self, record: &Record<'_>, formatter: &dyn Format) -> Result<(), Error> {
        let sink = &*self.0;
        with_line(formatter, record, false, |line| {
            line.push('\n');
            let append = |state: &mut State| sink.append(state, line.as_bytes(), record.level());
            if let Some(trouble) = sink.state.with(append)? {
                // Out of the lock: whoever is told runs the user's code.
                let trouble = trouble.to_string();
                let trouble = trouble.escape_debug();
                let diagnostics = &record.environment.diagnostics;
                diagnostics.line_seldom(format_args!(
                    "logtree: {trouble}; the old file is written on"
                ));
            }
            Ok(())
        })
    }

    fn flush(&self) -> Result<(), Error> {
        self.0.state.with(|state| self.0.write_out(state))
    }

    fn close(&self) -> Result<(), Error> {
        self.0.state.with(|state| {
            let written = self.0.write_out(state);
            if written.is_err() {
                // Nobody will come for them any more.
                let lost = self.0.queued.swap(0, Ordering::Relaxed);
                self.0.lost.fetch_add(lost, Ordering::Relaxed);
                state.buffer.lines.clear();
                if let Some(device) = &mut state.device {
                    device.give_up_line();
                }
            }
            state.device = None;
            state.closed = true;
            written
        })
    }

    fn reopen(&self) -> Result<(), Error> {
        self.0.state.with(|state| {
            self.0.write_out(state)?;
            state.reopen(&self.0.options)
        })
    }

    fn stream_id(&self) -> Option<StreamId> {
        Some(StreamId::of_path(&self.0.options.path))
    }

    fn queued(&self) -> u64 {
        self.0.queued.load(Ordering::Relaxed)
    }

    fn lost(&self) -> (DropReason, u64) {
        (DropReason::Io, self.0.lost.load(Ordering::Relaxed))
    }

    fn set_corked(&self, corked: bool) {
        // Refused only inside its own namer, where there is nothing to write out.
        let _ = self.0.state.with(|state| {
            state.corked = corked;
            if corked {
                Ok(())
            } else {
                self.0.write_out(state)
            }
        });
    }

    fn in_child(&self) {
        // Refused where a thread of the parent was inside; then nothing more is taken, and nothing written.
        let _ = self.0.state.with(|state| {
            state.buffer = LineBuffer::default();
            state.corked = false;
            self.0.queued.store(0, Ordering::Relaxed);
            if let Upkeep::Rotate(rotation) = &mut state.upkeep {
                rotation.compressor = Compressor::default();
                // The system takes the parent's open file and the child's for one: neither would lock the other out.
                if let Some(own) = rotation
                    .lock
                    .as_ref()
                    .and_then(|_| ProcessLock::open(&self.0.options).ok())
                {
                    rotation.lock = Some(own);
                }
            }
            Ok(())
        });
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.0.options.path.display().to_string();
        write!(f, "{} {}", self.0.kind, path.escape_debug())
    }
}
