//! The handler of streams: standard error, standard output, any writer.

use std::fmt;
use std::io::{self, ErrorKind as IoErrorKind, Write};
use std::thread;
use std::time::{Duration, Instant};

use super::{Handler, Sink, StreamId, handler_type};
use crate::formatter::{ColorChoice, with_line};
use crate::sync::{Arc, AtomicBool, AtomicUsize, Mutex, Ordering};
use crate::{Error, ErrorKind, Format, Record};

/// Writes lines to a stream: standard error, standard output, or any writer.
///
/// Each record is one `write` of its whole line and its terminator, then a flush, under the stream's own lock; a partial write is
/// finished. A stream that takes nothing for a second is given up for that record (a non-blocking pipe that is full),
/// and a line that was cut off is ended before the next one begins.
///
/// Colours, where the formatter has them, follow [`ColorChoice::Auto`] for the two standard streams, and are off for
/// writers.
///
/// # Python
/// `logging.StreamHandler`. It takes the process's stream, not a variable that can be replaced.
///
/// # Examples
/// ```
/// use logtree::{Record, StreamHandler};
///
/// let handler = StreamHandler::new(Vec::new());
/// handler.handle(&Record::builder().message("hello").build());
/// assert_eq!(handler.counters().written(), 1);
/// ```
#[derive(Clone)]
pub struct StreamHandler {
    handler: Handler,
    sink: Arc<StreamSink>,
}

impl StreamHandler {
    /// To standard error.
    #[must_use]
    pub fn stderr() -> Self {
        let color = ColorChoice::Auto.resolve(&io::stderr());
        Self::of(Box::new(io::stderr()), "<stderr>", StreamId::STDERR, color)
    }

    /// To standard output.
    #[must_use]
    pub fn stdout() -> Self {
        let color = ColorChoice::Auto.resolve(&io::stdout());
        Self::of(Box::new(io::stdout()), "<stdout>", StreamId::STDOUT, color)
    }

    /// To a writer. It is called under the stream's lock; what it logs itself does not come back to it.
    #[must_use]
    pub fn new(writer: impl Write + Send + 'static) -> Self {
        Self::of(Box::new(writer), "<writer>", StreamId::unique(), false)
    }

    /// To a writer that stands for standard error, as an isolated registry may have one.
    pub(crate) fn in_place_of_stderr(writer: Box<dyn Write + Send>) -> Self {
        Self::of(writer, "<stderr>", StreamId::STDERR, false)
    }

    fn of(writer: Box<dyn Write + Send>, name: &'static str, id: StreamId, color: bool) -> Self {
        let stream = Stream {
            writer,
            terminator: None,
            torn: false,
        };
        let sink = Arc::new(StreamSink {
            stream: Mutex::new(stream),
            owner: AtomicUsize::new(0),
            color: AtomicBool::new(color),
            name,
            id,
        });
        Self {
            handler: Handler::new(Shared(Arc::clone(&sink))),
            sink,
        }
    }

    /// The same, with colours shown or not, whatever the stream is.
    #[must_use]
    pub fn with_color(self, choice: ColorChoice) -> Self {
        match choice {
            ColorChoice::Auto => {}
            ColorChoice::Always => self.sink.color.store(true, Ordering::Relaxed),
            ColorChoice::Never => self.sink.color.store(false, Ordering::Relaxed),
        }
        self
    }

    /// The same, with another end of each line than a newline; it may be empty.
    ///
    /// # Python
    /// `StreamHandler.terminator`.
    #[must_use]
    pub fn with_terminator(self, terminator: impl Into<String>) -> Self {
        self.sink.stream.lock().terminator = Some(terminator.into());
        self
    }

    /// Writes to another writer from now on; the old one is flushed and given back.
    ///
    /// # Python
    /// `StreamHandler.setStream`.
    ///
    /// # Errors
    /// When the old one could not be flushed; it then stays in use. [`ErrorKind::Reentrant`] when called by the writer itself.
    pub fn set_stream(
        &self,
        writer: impl Write + Send + 'static,
    ) -> Result<Box<dyn Write + Send>, Error> {
        let mut writer: Box<dyn Write + Send> = Box::new(writer);
        self.sink.with_stream(|stream| {
            stream
                .writer
                .flush()
                .map_err(|error| Error::io("cannot flush the old stream", error))?;
            stream.torn = false;
            std::mem::swap(&mut stream.writer, &mut writer);
            Ok(())
        })?;
        Ok(writer)
    }
}

handler_type!(StreamHandler);

impl fmt::Debug for StreamHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.handler, f)
    }
}

/// A stream that takes nothing for this long is given up for the record.
const PATIENCE: Duration = Duration::from_secs(1);

struct Stream {
    writer: Box<dyn Write + Send>,
    /// `None` is a newline.
    terminator: Option<String>,
    /// The last line was cut off and not ended.
    torn: bool,
}

impl Stream {
    #[inline]
    fn write_line(&mut self, line: &[u8]) -> Result<(), Error> {
        if self.torn {
            self.end_torn_line()?;
        }
        match self.writer.write(line) {
            // As it nearly always is.
            Ok(written) if written == line.len() => {}
            first => self.finish(line, first).map_err(|(error, written)| {
                self.torn = written > 0;
                error
            })?,
        }
        self.writer
            .flush()
            .map_err(|error| Error::io("cannot flush the stream", error))
    }

    #[cold]
    fn end_torn_line(&mut self) -> Result<(), Error> {
        let first = self.writer.write(b"\n");
        self.finish(b"\n", first).map_err(|(error, _)| error)?;
        self.torn = false;
        Ok(())
    }

    /// Goes on after a first write: `write_all`, but it knows how far it came and waits a while for a stream that would
    /// block.
    #[cold]
    fn finish(&mut self, bytes: &[u8], first: io::Result<usize>) -> Result<(), (Error, usize)> {
        let (mut written, mut result, mut blocked_since) = (0, first, None);
        loop {
            let error = match result {
                Ok(0) => Some(io::Error::from(IoErrorKind::WriteZero)),
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
                return Err((Error::io("cannot write to the stream", error), written));
            }
            if written >= bytes.len() {
                return Ok(());
            }
            result = self.writer.write(&bytes[written..]);
        }
    }
}

struct StreamSink {
    stream: Mutex<Stream>,
    /// The thread inside the lock, or 0: what a writer logs must not wait for the writer.
    owner: AtomicUsize,
    color: AtomicBool,
    name: &'static str,
    id: StreamId,
}

impl StreamSink {
    fn with_stream<R>(
        &self,
        work: impl FnOnce(&mut Stream) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let me = thread_mark();
        // Relaxed: only this thread ever stores its own mark, and it sees its own stores.
        if self.owner.load(Ordering::Relaxed) == me {
            return Err(Error::new(
                ErrorKind::Reentrant,
                "the stream's writer logged to the same stream",
            ));
        }
        let mut stream = self.stream.lock();
        self.owner.store(me, Ordering::Relaxed);
        let _reset = Reset(&self.owner);
        work(&mut stream)
    }
}

/// Gives the mark up while the lock is still held, also when the writer panics.
struct Reset<'o>(&'o AtomicUsize);

impl Drop for Reset<'_> {
    fn drop(&mut self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

/// A number that no other living thread has, known even while a thread's locals are destroyed.
fn thread_mark() -> usize {
    thread_local! {
        static PLACE: u8 = const { 0 };
    }
    PLACE.with(|place| std::ptr::from_ref(place) as usize)
}

/// The sink as its handler holds it; the [`StreamHandler`] holds it as well.
struct Shared(Arc<StreamSink>);

impl Sink for Shared {
    fn write(&self, record: &Record<'_>, formatter: &dyn Format) -> Result<(), Error> {
        let sink = &*self.0;
        with_line(
            formatter,
            record,
            sink.color.load(Ordering::Relaxed),
            |line| {
                sink.with_stream(|stream| {
                    match &stream.terminator {
                        None => line.push('\n'),
                        Some(terminator) => line.push_str(terminator),
                    }
                    stream.write_line(line.as_bytes())
                })
            },
        )
    }

    fn flush(&self) -> Result<(), Error> {
        self.0.with_stream(|stream| {
            stream
                .writer
                .flush()
                .map_err(|error| Error::io("cannot flush the stream", error))
        })
    }

    fn stream_id(&self) -> Option<StreamId> {
        Some(self.0.id)
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StreamHandler {}", self.0.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DropReason;

    /// Takes some bytes, then fails, then works again.
    struct Flaky {
        steps: Vec<Result<usize, IoErrorKind>>,
        out: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Flaky {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let step = if self.steps.is_empty() {
                Ok(bytes.len())
            } else {
                self.steps.remove(0)
            };
            let taken = step.map_err(io::Error::from)?.min(bytes.len());
            self.out.lock().extend_from_slice(&bytes[..taken]);
            Ok(taken)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn written(
        steps: Vec<Result<usize, IoErrorKind>>,
        messages: &[&str],
    ) -> (String, StreamHandler) {
        let out = Arc::new(Mutex::new(Vec::new()));
        let handler = StreamHandler::new(Flaky {
            steps,
            out: Arc::clone(&out),
        });
        handler.set_error_hook(|_| {});
        for message in messages {
            handler.handle(&Record::builder().message(*message).build());
        }
        let text = String::from_utf8(out.lock().clone()).unwrap();
        (text, handler)
    }

    /// Faults 3 and 4: partial writes, EAGAIN and EINTR.
    #[test]
    fn a_line_is_finished_whatever_the_pieces() {
        let steps = vec![
            Ok(2),
            Err(IoErrorKind::Interrupted),
            Err(IoErrorKind::WouldBlock),
            Ok(1),
        ];
        assert_eq!(written(steps, &["abcdef"]).0, "abcdef\n");
    }

    /// Fault 5: the device is full in the middle of a line, and then has room again.
    #[test]
    fn a_torn_line_is_ended_and_the_loss_is_told_in_the_stream() {
        let (text, handler) = written(
            vec![Ok(3), Err(IoErrorKind::StorageFull)],
            &["abcdef", "next"],
        );
        assert_eq!(text, "abc\n1 record dropped: the device failed\nnext\n");
        let counters = handler.counters();
        assert_eq!(
            (
                counters.written(),
                counters.dropped_for(DropReason::Io),
                counters.accepted()
            ),
            (1, 1, 2)
        );
    }

    #[test]
    fn a_writer_that_logs_is_not_waited_for() {
        struct Logging(Arc<Mutex<Option<Handler>>>);
        impl Write for Logging {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                let handler = self.0.lock().clone();
                handler
                    .unwrap()
                    .handle(&Record::builder().message("from the writer").build());
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let slot = Arc::new(Mutex::new(None));
        let handler = StreamHandler::new(Logging(Arc::clone(&slot)));
        handler.set_error_hook(|failure| assert_eq!(failure.error.kind(), ErrorKind::Reentrant));
        *slot.lock() = Some(Handler::from(handler.clone()));
        handler.handle(&Record::builder().message("first").build());
        let counters = handler.counters();
        assert_eq!(
            (
                counters.written(),
                counters.dropped_for(DropReason::Reentrant)
            ),
            (1, 1)
        );
        *slot.lock() = None;
    }

    #[test]
    fn terminator_and_set_stream() {
        let out = Arc::new(Mutex::new(Vec::new()));
        let flaky = || Flaky {
            steps: Vec::new(),
            out: Arc::clone(&out),
        };
        let handler = StreamHandler::new(flaky()).with_terminator("");
        handler.handle(&Record::builder().message("a").build());
        handler.set_stream(flaky()).unwrap();
        handler.handle(&Record::builder().message("b").build());
        assert_eq!(*out.lock(), b"ab");
        assert_eq!(format!("{handler:?}"), "<StreamHandler <writer> (NOTSET)>");
    }
}
