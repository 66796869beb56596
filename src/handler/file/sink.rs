//! The sink of all handlers of files.

use std::fmt;

use crate::error::{Chain, Error, ErrorKind};
use crate::formatter::{Format, with_line};
use crate::handler::Handler;
use crate::handler::exclusive::Exclusive;
use crate::handler::file::compress::Compressor;
use crate::handler::file::device::Device;
use crate::handler::file::file_mode::FileMode;
use crate::handler::file::options::{Buffering, FileOptions};
use crate::handler::file::rotation::Rotation;
use crate::handler::file::state::{State, Upkeep};
use crate::handler::file::{beside, compression};
use crate::handler::ledger::Ledger;
use crate::handler::sink::{Sink, StreamId};
use crate::handler::ticker::{self, Tick};
use crate::level::Level;
use crate::record::Record;
use crate::sys::process;
use crate::sys::sync::{Arc, AtomicU64, Ordering, Weak};

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
    ledger: Ledger,
    pub(super) compressor: Compressor,
    itself: Weak<Self>,
}

/// What became of a record that was accepted.
struct Appended {
    /// It is in the buffer, or was.
    kept: bool,
    trouble: Option<Trouble>,
}

/// What went wrong beside a record, and harmed none.
enum Trouble {
    /// The file could not be rotated, or opened at its path.
    OldFile(Error),
    /// The buffer could not be written.
    Kept(Error),
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
        let mut state = State::new(upkeep);
        state.begin(&options)?;
        let interval = options.buffering.map(|buffering| buffering.interval);
        let ledger = Ledger::new();
        let sink = Arc::new_cyclic(|itself| Self {
            kind,
            options,
            state: Exclusive::new(state),
            queued: AtomicU64::new(0),
            ledger: ledger.clone(),
            compressor: Compressor::default(),
            itself: Weak::clone(itself),
        });
        if let Some(interval) = interval {
            ticker::every(interval, &sink);
        }
        let handler = Handler::over(Box::new(Shared(Arc::clone(&sink))), ledger);
        Ok((handler, sink))
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

    /// Lends the rotation out while no other process works on the file.
    ///
    /// # Errors
    /// The same, and where another process keeps the lock.
    pub(super) fn with_rotation_alone<R>(
        &self,
        work: impl FnOnce(&mut Rotation) -> R,
    ) -> Result<R, Error> {
        self.state.with(|state| {
            state.alone(|state, locked| match &mut state.upkeep {
                Upkeep::Rotate(rotation) if locked => Ok(work(rotation)),
                _ => Err(Error::new(ErrorKind::TimedOut, "another process locks it")),
            })
        })
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
        let rotated = state.rotate(&self.options);
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
    fn open_again(&self, state: &mut State) -> Result<(), Error> {
        if state.closed {
            if self.options.file_mode == FileMode::Truncate {
                // To open it again would empty it (statement 72).
                return Err(Error::new(ErrorKind::Closed, "the log file was closed"));
            }
            state.closed = false;
        }
        Ok(())
    }

    /// Puts a line into the file, or into the buffer.
    fn append(&self, state: &mut State, line: &[u8], level: Level) -> Result<Appended, Error> {
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
        let trouble = self.see_to_upkeep(state, line.len(), locked).err();
        let mut trouble = trouble.map(Trouble::OldFile);
        let buffering = match self.options.buffering {
            None if state.corked => Some(Buffering {
                level: Level::OFF,
                ..Buffering::default()
            }),
            buffering => buffering,
        };
        match buffering {
            None => {
                // What could not be written while it was corked; a part of a line may stand in the file already.
                self.write_out(state)?;
                self.write_line(state, line)?;
            }
            Some(buffering) => {
                let failed = self.append_to_buffer(state, line, level, buffering)?;
                trouble = trouble.or(failed.map(Trouble::Kept));
            }
        }
        let kept = buffering.is_some();
        Ok(Appended { kept, trouble })
    }

    #[inline]
    fn write_line(&self, state: &mut State, line: &[u8]) -> Result<(), Error> {
        let written = state.device(&self.options)?.write_lines(line);
        written.map_err(|error| self.cannot_write(error))
    }

    /// Puts a line into the buffer. Returns an error if the buffer could not be written, for the first time since it could.
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
            // A failure keeps them: it is reported once, and by each record for which there is no room any more.
            let written = self.write_out(state);
            kept = Self::first_of_outage(state, written);
        }
        // What a configuration asks for beyond that comes as it is needed.
        let reserve = buffering.capacity.min(MOST_RESERVED);
        state.buffer.push(line, reserve);
        self.count_queued(state);
        // The interval is the ticker's, so that no record asks for the time. At the end of the process, nothing writes it out later.
        if level >= buffering.level || process::is_ending() {
            let written = self.write_out(state);
            kept = kept.or(Self::first_of_outage(state, written));
        }
        Ok(kept)
    }

    /// Writes the buffer out; what cannot be written stays in it.
    #[inline]
    fn write_out(&self, state: &mut State) -> Result<(), Error> {
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

    /// What a caller does with the result of [`write_out`](Self::write_out) who can give it to nobody: the first error of an outage
    /// is returned, to be reported.
    fn first_of_outage(state: &mut State, written: Result<(), Error>) -> Option<Error> {
        let error = written.err()?;
        let is_known = std::mem::replace(&mut state.is_failing, true);
        (!is_known).then_some(error)
    }

    /// The same without a record at hand: other processes may have rotated the file, or rotate it just now.
    fn write_out_shared(&self, state: &mut State) -> Result<(), Error> {
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
    fn count_queued(&self, state: &State) {
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
        Error::io(format!("cannot write to the log file {path}"), error)
    }

    /// Writes the buffer out, for a caller that can give an error to nobody.
    fn write_out_now(&self) {
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

impl Tick for FileSink {
    fn tick(&self) {
        self.write_out_now();
    }
}

/// The sink as its handler holds it; the handler's own type holds it as well, and so does a thread that compresses.
struct Shared(Arc<FileSink>);

impl Drop for Shared {
    /// A handler that is dropped loses nothing.
    fn drop(&mut self) {
        let _ = self.close();
    }
}

impl Sink for Shared {
    fn write(&self, record: &Record<'_>, formatter: &dyn Format) -> Result<(), Error> {
        let sink = &*self.0;
        with_line(formatter, record, false, |line| {
            line.push('\n');
            let append = |state: &mut State| sink.append(state, line.as_bytes(), record.level());
            let appended = sink.state.with(append)?;
            // Out of the lock: what is called here may be user code.
            if appended.kept {
                sink.ledger.kept(record);
            }
            match appended.trouble {
                None => {}
                Some(Trouble::OldFile(error)) => {
                    let error = Chain::one_line(&error).to_string();
                    let diagnostics = &record.environment.diagnostics;
                    diagnostics.line_seldom(format_args!(
                        "logtree: {}; the old file is written on",
                        error.escape_debug()
                    ));
                }
                Some(Trouble::Kept(error)) => sink.ledger.failed(error),
            }
            Ok(())
        })
    }

    fn write_through(&self, record: &Record<'_>, formatter: &dyn Format) -> Result<(), Error> {
        let sink = &*self.0;
        with_line(formatter, record, false, |line| {
            line.push('\n');
            sink.state.with(|state| {
                sink.open_again(state)?;
                sink.write_out_shared(state)?;
                state.alone(|state, _| sink.write_line(state, line.as_bytes()))
            })
        })
    }

    fn flush(&self) -> Result<(), Error> {
        let sink = &*self.0;
        sink.state.with(|state| sink.write_out_shared(state))
    }

    fn close(&self) -> Result<(), Error> {
        let sink = &*self.0;
        let mut lost = 0;
        let closed = sink.state.with(|state| {
            let written = sink.write_out_shared(state);
            if written.is_err() {
                // Nobody will come for them any more.
                lost = state.buffer.records();
                if let (true, Some(device)) = (state.buffer.is_cut(), &mut state.device) {
                    device.give_up_line();
                }
                state.buffer.clear();
                sink.count_queued(state);
            }
            state.close();
            written
        });
        match closed {
            Err(error) if lost > 0 => {
                // Which makes it the error of the handler's `close`.
                sink.ledger.dropped(lost, error);
                Ok(())
            }
            closed => closed,
        }
    }

    fn reopen(&self) -> Result<(), Error> {
        let sink = &*self.0;
        sink.state.with(|state| {
            sink.write_out(state)?;
            state.reopen(&sink.options)
        })
    }

    fn queued(&self) -> u64 {
        self.0.queued.load(Ordering::Relaxed)
    }

    fn stream_id(&self) -> Option<StreamId> {
        Some(StreamId::of_path(&self.0.options.path))
    }

    fn set_corked(&self, corked: bool) {
        // Refused only inside its own namer, where there is nothing to write out.
        let _ = self.0.state.with(|state| {
            state.corked = corked;
            Ok(())
        });
        if !corked {
            self.0.write_out_now();
        }
    }

    fn in_child(&self) {
        self.0.compressor.ended();
        // Refused where a thread of the parent was inside; then nothing more is taken, and nothing written.
        let left = self.0.state.with(|state| {
            let left = std::mem::take(&mut state.buffer).records();
            state.corked = false;
            self.0.count_queued(state);
            Ok(left)
        });
        // The parent writes them.
        self.0.ledger.written(left.unwrap_or(0));
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.0.options.path.display().to_string();
        write!(f, "{} {}", self.0.kind, path.escape_debug())
    }
}
