//! Whole lines to a writer, in whatever pieces it takes them.

use crate::sys::host::Instant;
use std::io::{self, ErrorKind as IoErrorKind, Write};
use std::time::Duration;
use std::{mem, thread};

/// A device that takes nothing for this long is given up for the record.
const PATIENCE: Duration = Duration::from_secs(1);

/// Writes lines: each in one `write` where the writer takes it in one, and no line ever in the
/// middle of another.
#[derive(Debug)]
pub(in crate::handler) struct LineWriter<W> {
    writer: W,
    /// The last line was cut off and not ended.
    torn: bool,
}

impl<W: Write> LineWriter<W> {
    pub(in crate::handler) fn new(writer: W) -> Self {
        Self {
            writer,
            torn: false,
        }
    }

    pub(in crate::handler) fn get_ref(&self) -> &W {
        &self.writer
    }

    /// Replaces the writer. Returns the old one.
    pub(in crate::handler) fn replace(&mut self, writer: W) -> W {
        self.torn = false;
        mem::replace(&mut self.writer, writer)
    }

    /// Writes whole lines; where that fails, what was begun is ended before the next ones.
    #[inline]
    pub(in crate::handler) fn write_lines(&mut self, lines: &[u8]) -> io::Result<()> {
        self.write_some(lines).map_err(|(error, written)| {
            if written > 0 {
                self.torn = !lines[..written].ends_with(b"\n");
            }
            error
        })
    }

    /// The same, for a caller that keeps what was not written and comes again with it. Returns how
    /// much was.
    #[inline]
    pub(in crate::handler) fn write_some(
        &mut self,
        lines: &[u8],
    ) -> Result<(), (io::Error, usize)> {
        if self.torn {
            self.end_torn_line().map_err(|error| (error, 0))?;
        }
        let unfinished = Unfinished(&mut self.torn);
        let first = self.writer.write(lines);
        mem::forget(unfinished);
        match first {
            // As it nearly always is.
            Ok(written) if written == lines.len() => Ok(()),
            first => self.finish(lines, first),
        }
    }

    /// Sets whether the writer's last line is one that was cut off, and that will not be gone on
    /// with.
    pub(in crate::handler) fn set_torn(&mut self, torn: bool) {
        self.torn = torn;
    }

    /// Whether the last line was cut off and not ended.
    pub(in crate::handler) fn is_torn(&self) -> bool {
        self.torn
    }

    #[inline]
    pub(in crate::handler) fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }

    #[cold]
    fn end_torn_line(&mut self) -> io::Result<()> {
        let first = self.writer.write(b"\n");
        self.finish(b"\n", first).map_err(|(error, _)| error)?;
        self.torn = false;
        Ok(())
    }

    /// Goes on after a first write: `write_all`, but it knows how far it came and waits a while for
    /// a device that would block.
    #[cold]
    fn finish(&mut self, bytes: &[u8], first: io::Result<usize>) -> Result<(), (io::Error, usize)> {
        let (mut written, mut result, mut blocked_since) = (0, first, None);
        let unfinished = Unfinished(&mut self.torn);
        let ended = loop {
            let error = match result {
                Ok(0) if !bytes.is_empty() => Some(io::Error::from(IoErrorKind::WriteZero)),
                Ok(more) => {
                    written += more;
                    blocked_since = None;
                    None
                }
                Err(error) if error.kind() == IoErrorKind::Interrupted => None,
                Err(error)
                    if error.kind() == IoErrorKind::WouldBlock
                        && blocked_since.get_or_insert_with(Instant::now).elapsed() < PATIENCE =>
                {
                    thread::sleep(Duration::from_millis(1));
                    None
                }
                Err(error) => Some(error),
            };
            if let Some(error) = error {
                break Err((error, written));
            }
            if written >= bytes.len() {
                break Ok(());
            }
            result = self.writer.write(&bytes[written..]);
        };
        mem::forget(unfinished);
        ended
    }
}

/// Notes that a line may have been cut off, should the writer panic: how much it took then is not
/// known.
struct Unfinished<'w>(&'w mut bool);

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        *self.0 = true;
    }
}
