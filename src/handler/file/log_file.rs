//! A log file, its buffer and its upkeep: [`LogFile`].

use std::time::Duration;

use crate::error::{Error, ErrorKind};
use crate::handler::file::beside::{self, Renames};
use crate::handler::file::compress::Compressor;
use crate::handler::file::compression::{self, Rotated};
use crate::handler::file::device::Device;
use crate::handler::file::file_mode::FileMode;
use crate::handler::file::options::{Buffering, FileOptions};
use crate::handler::file::rotation::Rotation;
use crate::handler::file::state::{State, Upkeep};
use crate::handler::io::exclusive::Exclusive;
use crate::handler::ledger::Ledger;
use crate::level::Level;
use crate::sys::process;
use crate::sys::sync::{Arc, AtomicU64, Ordering, Weak};
use crate::sys::timer::{Alarm, Timed};

/// How much memory a buffer takes before anything is in it.
const MOST_RESERVED: usize = 1024 * 1024;

/// How many times its capacity a buffer may grow while its file cannot be written.
const MAX_BUFFERS: usize = 16;

/// The file that lines are written to. Its handler's type, its sink and a thread that compresses
/// share it.
#[derive(Debug)]
pub(super) struct LogFile {
    pub(super) kind: &'static str,
    pub(super) options: FileOptions,
    pub(super) state: Exclusive<State>,
    /// Records in the buffer.
    pub(super) queued: AtomicU64,
    pub(super) ledger: Ledger,
    pub(super) compressor: Compressor,
    alarm: Alarm,
    renames: Renames,
    itself: Weak<Self>,
}

/// What became of a record that was accepted.
pub(super) struct Appended {
    /// It is in the buffer, or was.
    pub(super) kept: bool,
    pub(super) setback: Option<Setback>,
}

/// What went wrong beside a record, and harmed none.
pub(super) enum Setback {
    /// The file could not be rotated, or opened at its path.
    OldFile(Error),
    /// The buffer could not be written.
    Kept(Error),
}

impl LogFile {
    /// Opens the file, unless that is delayed.
    ///
    /// # Errors
    /// When the file could not be opened.
    pub(super) fn open(
        kind: &'static str,
        options: FileOptions,
        upkeep: Upkeep,
    ) -> Result<Arc<Self>, Error> {
        let mut state = State::new(upkeep);
        state.begin(&options)?;
        let file = Arc::new_cyclic(|itself| Self {
            kind,
            renames: Renames::of(&options.path),
            options,
            state: Exclusive::new(state),
            queued: AtomicU64::new(0),
            ledger: Ledger::new(),
            compressor: Compressor::default(),
            alarm: Alarm,
            itself: Weak::clone(itself),
        });
        if let Some(interval) = file.next() {
            // Without a thread, a buffer is written out by the records that come.
            let _ = file.alarm.set(&file, interval);
        }
        Ok(file)
    }

    pub(super) fn options(&self) -> &FileOptions {
        &self.options
    }

    /// Rotates now. Reports whether there was anything to do.
    ///
    /// # Errors
    /// When the file could not be renamed; it is then written on.
    pub(super) fn rotate(&self) -> Result<bool, Error> {
        self.state.with(|state| {
            state.alone(|state, locked| {
                if !locked {
                    let path = self.options.path.display();
                    let message =
                        format!("cannot rotate the log file {path}: another process locks it");
                    return Err(Error::new(ErrorKind::TimedOut, message));
                }
                state.follow_other_processes(&self.options);
                self.write_out(state)?;
                self.rotate_locked(state)
            })
        })
    }

    fn rotate_locked(&self, state: &mut State) -> Result<bool, Error> {
        let rotated = match self.renames.take() {
            Ok(_turn) => state.rotate(&self.options),
            Err(_) => {
                if let Upkeep::Rotate(rotation) = &mut state.upkeep {
                    rotation.retry.failed();
                }
                let path = self.options.path.display();
                let message =
                    format!("cannot rotate the log file {path}: another handler renames its files");
                Err(Error::new(ErrorKind::TimedOut, message))
            }
        };
        if let Upkeep::Rotate(rotation) = &state.upkeep {
            if rotation.compress {
                if let Some(itself) = self.itself.upgrade() {
                    compression::start(&itself);
                }
            }
        }
        rotated
    }

    /// Goes on after it was closed.
    #[inline]
    pub(super) fn open_again(&self, state: &mut State) -> Result<(), Error> {
        if state.closed {
            if self.options.file_mode == FileMode::Truncate {
                // To open it again would empty it.
                return Err(Error::new(ErrorKind::Closed, "the log file was closed"));
            }
            state.closed = false;
        }
        Ok(())
    }

    /// Puts a line into the file, or into the buffer.
    pub(super) fn append(
        &self,
        state: &mut State,
        line: &[u8],
        level: Level,
    ) -> Result<Appended, Error> {
        self.open_again(state)?;
        state.alone(|state, locked| self.append_locked(state, line, level, locked))
    }

    #[inline]
    fn append_locked(
        &self,
        state: &mut State,
        line: &[u8],
        level: Level,
        locked: bool,
    ) -> Result<Appended, Error> {
        let setback = self.see_to_upkeep(state, line.len(), locked).err();
        let mut setback = setback.map(Setback::OldFile);
        let buffering = match self.options.buffering {
            None if state.is_corked() => Some(Buffering {
                level: Level::OFF,
                ..Buffering::default()
            }),
            buffering => buffering,
        };
        match buffering {
            None => {
                // What could not be written while it was corked; a part of a line may stand in the
                // file already.
                self.write_out(state)?;
                self.write_line(state, line)?;
            }
            Some(buffering) => {
                let failed = self.append_to_buffer(state, line, level, buffering)?;
                setback = setback.or(failed.map(Setback::Kept));
            }
        }
        let kept = buffering.is_some();
        Ok(Appended { kept, setback })
    }

    #[inline]
    pub(super) fn write_line(&self, state: &mut State, line: &[u8]) -> Result<(), Error> {
        let written = state.device(&self.options)?.write_lines(line);
        written.map_err(|error| self.cannot_write(error))
    }

    /// Puts a line into the buffer. Returns an error if the buffer could not be written, for the
    /// first time since it could.
    fn append_to_buffer(
        &self,
        state: &mut State,
        line: &[u8],
        level: Level,
        buffering: Buffering,
    ) -> Result<Option<Error>, Error> {
        if state.buffer.len() + line.len() > buffering.capacity.saturating_mul(MAX_BUFFERS) {
            self.write_out(state)?;
        }
        let mut kept = None;
        if state.buffer.len() + line.len() > buffering.capacity {
            // A failure keeps them: it is reported once, and by each record for which there is no
            // room any more.
            let written = self.write_out(state);
            kept = Self::first_of_outage(state, written);
        }
        // What a configuration asks for beyond that comes as it is needed.
        let reserve = buffering.capacity.min(MOST_RESERVED);
        state.buffer.push(line, reserve);
        self.count_queued(state);
        // The interval is the timer's, so that no record asks for the time. At the end of the
        // process, nothing writes it out later.
        if level >= buffering.level || process::is_ending() {
            let written = self.write_out(state);
            kept = kept.or(Self::first_of_outage(state, written));
        }
        Ok(kept)
    }

    /// Writes the buffer out; what cannot be written stays in it.
    #[inline]
    pub(super) fn write_out(&self, state: &mut State) -> Result<(), Error> {
        if state.buffer.is_empty() {
            return Ok(());
        }
        self.write_out_lines(state)
    }

    fn write_out_lines(&self, state: &mut State) -> Result<(), Error> {
        state.device(&self.options)?;
        let State { device, buffer, .. } = &mut *state;
        let written = match device {
            Some(device) => device.write_some(buffer.bytes()),
            None => Ok(()),
        };
        let before = buffer.records();
        match &written {
            Ok(()) => buffer.clear(),
            Err((_, some)) => buffer.wrote(*some),
        }
        self.ledger.written(before - buffer.records());
        self.count_queued(state);
        let written = written.map_err(|(error, _)| self.cannot_write(error));
        state.is_failing &= written.is_err();
        written
    }

    /// Keeps the first error of an outage from a [`write_out`](Self::write_out), to be reported
    /// where there is no caller to return it to.
    fn first_of_outage(state: &mut State, written: Result<(), Error>) -> Option<Error> {
        let error = written.err()?;
        let is_known = std::mem::replace(&mut state.is_failing, true);
        (!is_known).then_some(error)
    }

    /// The same without a record at hand: other processes may have rotated the file, or rotate it
    /// just now.
    pub(super) fn write_out_shared(&self, state: &mut State) -> Result<(), Error> {
        if !state.is_shared() || state.buffer.is_empty() {
            return self.write_out(state);
        }
        state.alone(|state, locked| {
            state.follow_other_processes(&self.options);
            let waiting = state.buffer.len();
            let is_due = match &mut state.upkeep {
                Upkeep::Rotate(rotation) => rotation.is_due(state.device.as_ref(), 0, waiting),
                _ => false,
            };
            if locked && is_due && !state.buffer.is_cut() {
                // The old file is as good, if need be.
                let _ = self.rotate_locked(state);
            }
            self.write_out(state)
        })
    }

    /// Under the lock, so no other thread writes it.
    pub(super) fn count_queued(&self, state: &State) {
        self.queued.store(state.buffer.records(), Ordering::Relaxed);
    }

    #[inline]
    fn see_to_upkeep(&self, state: &mut State, more: usize, locked: bool) -> Result<(), Error> {
        match state.upkeep {
            Upkeep::Nothing => {
                if state.sees_rotation() {
                    self.follow(state)
                } else {
                    Ok(())
                }
            }
            Upkeep::Rotate(_) => self.rotate_if_due(state, more, locked),
            Upkeep::Watch => self.follow(state),
        }
    }

    /// Goes over to the file that the path leads to now.
    fn follow(&self, state: &mut State) -> Result<(), Error> {
        // A file that another handler rotates is followed by its name, others not.
        let follows =
            matches!(state.upkeep, Upkeep::Watch) || beside::is_rotated(&self.options.path);
        if !follows || !state.is_left(&self.options) {
            return Ok(());
        }
        // To where they were logged.
        self.write_out(state)?;
        // Where it cannot be opened, the old one is better than none.
        state.reopen(&self.options)
    }

    fn rotate_if_due(&self, state: &mut State, more: usize, locked: bool) -> Result<(), Error> {
        let buffered = state.buffer.len();
        state.follow_other_processes(&self.options);
        // Its length must be known.
        state.device(&self.options)?;
        let Upkeep::Rotate(rotation) = &mut state.upkeep else {
            return Ok(());
        };
        let may = locked && rotation.retry.is_due();
        if !may || !rotation.is_due(state.device.as_ref(), buffered, more) {
            return Ok(());
        }
        self.write_out(state)?;
        if state.is_left(&self.options) {
            // It was rotated already, or moved away: what stands there now may have room.
            state.reopen(&self.options)?;
        }
        let is_still_due = match &mut state.upkeep {
            Upkeep::Rotate(rotation) => rotation.is_due(state.device.as_ref(), 0, more),
            _ => false,
        };
        if is_still_due {
            self.rotate_locked(state)?;
        }
        Ok(())
    }

    fn cannot_write(&self, error: std::io::Error) -> Error {
        let path = self.options.path.display();
        let message = format!("cannot write to the log file {path}");
        Error::io(message, error).with_path(&self.options.path)
    }

    /// Writes the buffer out, and reports an error, as there is no caller to return it to.
    pub(super) fn write_out_now(&self) {
        let failed = self.state.with(|state| {
            let written = self.write_out_shared(state);
            Ok(Self::first_of_outage(state, written))
        });
        // Refused is only its own namer, and a second error of an outage is known.
        if let Ok(Some(error)) = failed {
            self.ledger.failed(error);
        }
    }
}

impl Rotated for LogFile {
    fn compressor(&self) -> &Compressor {
        &self.compressor
    }

    fn with_rotation<R>(
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

    fn with_rotation_alone<R>(&self, work: impl FnOnce(&mut Rotation) -> R) -> Result<R, Error> {
        self.state.with(|state| {
            state.alone(|state, locked| match &mut state.upkeep {
                Upkeep::Rotate(rotation) if locked => match self.renames.take() {
                    Ok(_turn) => Ok(work(rotation)),
                    Err(_) => Err(Error::new(
                        ErrorKind::TimedOut,
                        "another handler has its turn",
                    )),
                },
                _ => Err(Error::new(ErrorKind::TimedOut, "another process locks it")),
            })
        })
    }
}

impl Timed for LogFile {
    fn on_time(&self) {
        self.write_out_now();
    }

    fn next(&self) -> Option<Duration> {
        let interval = self.options.buffering?.interval;
        Some(interval.max(Duration::from_millis(1)))
    }
}
