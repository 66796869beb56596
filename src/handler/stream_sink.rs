//! The sink of streams: [`StreamSink`].

use std::io::Write;

use crate::error::Error;
use crate::formatter::{Format, Line, with_line_of};
use crate::handler::io::exclusive::Exclusive;
use crate::handler::io::line_writer::LineWriter;
use crate::handler::sink::{Sink, SinkFacts};
use crate::handler::stream_id::StreamId;
use crate::handler::terminal::{Above, Terminal};
use crate::record::Record;
use crate::sys::captured_stderr::CapturedStderr;
use crate::sys::sync::{AtomicBool, Ordering};

pub(super) struct Stream {
    pub(super) lines: LineWriter<Box<dyn Write + Send>>,
    /// `None` is a newline.
    pub(super) terminator: Option<Box<str>>,
    pub(super) above: Above,
}

/// The sink of a stream.
pub(super) struct StreamSink {
    pub(super) stream: Exclusive<Stream>,
    pub(super) color: AtomicBool,
    pub(super) terminal: Terminal,
    pub(super) name: &'static str,
    pub(super) id: StreamId,
}

impl StreamSink {
    /// Writes a record by a formatter, whose type may be known.
    // Always: it is called once for each type.
    #[inline(always)]
    pub(super) fn write_by<F: Format + ?Sized>(
        &self,
        record: &Record<'_>,
        formatter: &F,
    ) -> Result<(), Error> {
        let color = self.color.load(Ordering::Relaxed);
        let line = self.terminal.line(color, record);
        with_line_of(line, formatter, record, |line| self.put(line))
    }

    // Always: it is called in two places, each of which is on the way of a record.
    #[inline(always)]
    fn put(&self, line: &mut Line) -> Result<(), Error> {
        let stream = &mut *self.stream.enter()?;
        stream.above.leave_out(line);
        match &stream.terminator {
            None => line.push('\n'),
            Some(terminator) => line.push_str(terminator),
        }
        let written = stream.lines.write_lines(line.as_bytes());
        written.map_err(|error| Error::io("cannot write to the stream", error))?;
        flush(&mut stream.lines)
    }
}

impl Sink for StreamSink {
    fn write(&self, record: &Record<'_>, formatter: &dyn Format) -> Result<(), Error> {
        self.write_by(record, formatter)
    }

    fn write_line(&self, _: &Record<'_>, line: &mut Line) -> Option<Result<(), Error>> {
        (!self.color.load(Ordering::Relaxed)).then(|| self.put(line))
    }

    fn flush(&self) -> Result<(), Error> {
        self.stream.with(|stream| flush(&mut stream.lines))
    }

    fn facts(&self) -> SinkFacts {
        SinkFacts::new(format!("StreamHandler {}", self.name))
            .with_stream(self.id)
            .of_lines()
            .of_the_caller(self.name == CapturedStderr::NAME)
    }
}

#[inline]
fn flush(lines: &mut LineWriter<Box<dyn Write + Send>>) -> Result<(), Error> {
    let flushed = lines.flush();
    flushed.map_err(|error| Error::io("cannot flush the stream", error))
}
