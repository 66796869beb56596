//! The sink of all handlers of files: [`FileSink`].

use std::mem;

use crate::context::Notice;
use crate::error::{Chain, Error};
use crate::formatter::{Format, Line, with_line};
use crate::handler::file::file_mode::FileMode;
use crate::handler::file::log_file::{LogFile, Setback};
use crate::handler::file::options::FileOptions;
use crate::handler::file::state::{State, Upkeep};
use crate::handler::handler::Handler;
use crate::handler::sink::{Batch, Sink, SinkFacts, SinkStatus};
use crate::handler::stream_id::StreamId;
use crate::record::Record;
use crate::sys::presence::thread_number;
use crate::sys::process;
use crate::sys::sync::{Arc, Ordering};

/// Returns a handler over a file, opened unless that is delayed.
///
/// # Errors
/// When the file could not be opened.
pub(super) fn open(
    kind: &'static str,
    mut options: FileOptions,
    upkeep: Upkeep,
) -> Result<(Handler, Arc<LogFile>), Error> {
    let of_handler = mem::take(&mut options.handler);
    let file = LogFile::open(kind, options, upkeep)?;
    let handler = Handler::over(Box::new(FileSink(Arc::clone(&file))), &file.ledger);
    of_handler.apply_to(&handler);
    Ok((handler, file))
}

/// Writes lines to a file.
struct FileSink(Arc<LogFile>);

impl Drop for FileSink {
    /// A handler that is dropped loses nothing.
    fn drop(&mut self) {
        let file = &*self.0;
        if file.options.file_mode == FileMode::CreateNew && !process::is_child() {
            let _ = file.state.with(|state| {
                state.remove_unused(&file.options);
                Ok(())
            });
        }
        let _ = self.close();
    }
}

impl FileSink {
    fn put(&self, record: &Record<'_>, line: &mut Line) -> Result<(), Error> {
        let file = &*self.0;
        line.push('\n');
        let append = |state: &mut State| file.append(state, line.as_bytes(), record.level());
        let appended = file.state.with(append)?;
        // Out of the lock: what is called here may be user code.
        if appended.kept {
            file.ledger.kept(record);
        }
        match appended.setback {
            None => {}
            Some(Setback::OldFile(error)) => {
                let error = Chain::one_line(&error).to_string();
                record.environment.diagnostics.notice(
                    Notice::NotRotated,
                    format_args!(
                        "logtree: {}; the old file is written on",
                        error.escape_debug()
                    ),
                );
            }
            Some(Setback::Kept(error)) => file.ledger.failed(error),
        }
        Ok(())
    }
}

impl Sink for FileSink {
    fn write(&self, record: &Record<'_>, formatter: &dyn Format) -> Result<(), Error> {
        with_line(formatter, record, false, |line| self.put(record, line))
    }

    fn write_line(&self, record: &Record<'_>, line: &mut Line) -> Option<Result<(), Error>> {
        Some(self.put(record, line))
    }

    fn write_through(&self, record: &Record<'_>, formatter: &dyn Format) -> Result<(), Error> {
        let file = &*self.0;
        with_line(formatter, record, false, |line| {
            line.push('\n');
            file.state.with(|state| {
                file.open_again(state)?;
                file.write_out_shared(state)?;
                state.alone(|state, _| file.write_line(state, line.as_bytes()))
            })
        })
    }

    fn flush(&self) -> Result<(), Error> {
        let file = &*self.0;
        file.state.with(|state| file.write_out_shared(state))
    }

    fn close(&self) -> Result<(), Error> {
        let file = &*self.0;
        let mut lost = 0;
        let closed = file.state.with(|state| {
            let written = file.write_out_shared(state);
            if written.is_err() {
                // No later call will write them.
                lost = state.buffer.records();
                if let (true, Some(device)) = (state.buffer.is_cut(), &mut state.device) {
                    device.give_up_line();
                }
                state.buffer.clear();
                file.count_queued(state);
            }
            state.close();
            written
        });
        match closed {
            Err(error) if lost > 0 => {
                // Which makes it the error of the handler's `close`.
                file.ledger.dropped(lost, error);
                Ok(())
            }
            closed => closed,
        }
    }

    fn reopen(&self) -> Result<(), Error> {
        let file = &*self.0;
        file.state.with(|state| {
            file.write_out(state)?;
            state.reopen(&file.options)
        })
    }

    fn batch(&self, batch: Batch) {
        let corked_by = match batch {
            Batch::Begins => thread_number(),
            Batch::Ends => 0,
        };
        // Refused only inside its own namer, where there is nothing to write out.
        let _ = self.0.state.with(|state| {
            state.corked_by = corked_by;
            Ok(())
        });
        if corked_by == 0 {
            self.0.write_out_now();
        }
    }

    fn reset_after_fork(&self) {
        self.0.compressor.ended();
        // Refused where a thread of the parent was inside; then nothing more is taken, and nothing
        // written.
        let left = self.0.state.with(|state| {
            let left = mem::take(&mut state.buffer).records();
            state.corked_by = 0;
            self.0.count_queued(state);
            Ok(left)
        });
        // The parent writes them.
        self.0.ledger.written(left.unwrap_or(0));
    }

    fn facts(&self) -> SinkFacts {
        let path = &self.0.options.path;
        let shown = path.display().to_string();
        SinkFacts::new(format!("{} {}", self.0.kind, shown.escape_debug()))
            .of_lines()
            .with_stream(StreamId::of_path(path))
    }

    fn status(&self) -> SinkStatus {
        SinkStatus::default().with_queued(self.0.queued.load(Ordering::Relaxed))
    }
}
