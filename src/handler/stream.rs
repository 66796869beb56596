//! The handler of streams: standard error, standard output, any writer.

use std::io::{self, IsTerminal, Write};

use crate::error::Error;
use crate::formatter::ColorChoice;
use crate::handler::handler::Handler;
use crate::handler::handler_type::handler_type;
use crate::handler::io::around::Around;
use crate::handler::io::exclusive::Exclusive;
use crate::handler::io::line_writer::LineWriter;
use crate::handler::live;
use crate::handler::stream_id::StreamId;
use crate::handler::stream_sink::{Stream, StreamSink};
use crate::handler::terminal::{Above, Terminal};
use crate::sys::captured_stderr::CapturedStderr;
use crate::sys::host::{self, Standard};
use crate::sys::sync::{Arc, AtomicBool, Ordering};

/// Writes lines to a stream: standard error, standard output, or any writer.
///
/// Each record is one `write` of its whole line and its terminator, then a flush, under the
/// stream's own lock; a partial write is finished. A stream that takes nothing for a second is
/// given up for that record (a non-blocking pipe that is full), and a line that was cut off is
/// ended before the next one begins.
///
/// In a child process made by `fork`, the standard streams are written to past std's locks, which
/// other threads of the parent may have had at the fork. There a line can come between the pieces
/// of what the child itself writes by `eprintln!`.
///
/// Colours, where the formatter has them, follow [`ColorChoice::Auto`] for the two standard
/// streams, and are off for writers.
///
/// # Python
/// `logging.StreamHandler`. It takes the process's stream, not a variable that can be replaced.
///
/// # Examples
/// ```
/// use logtree::Record;
/// use logtree::handler::StreamHandler;
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
    /// Returns a handler for standard error.
    #[must_use]
    pub fn stderr() -> Self {
        let color = shows_colors(Standard::Error, &io::stderr());
        Self::of(
            Box::new(host::stderr()),
            "<stderr>",
            StreamId::STDERR,
            color,
            Terminal::of(Standard::Error, &io::stderr()),
        )
    }

    /// Returns a handler for standard output.
    #[must_use]
    pub fn stdout() -> Self {
        let color = shows_colors(Standard::Output, &io::stdout());
        Self::of(
            Box::new(host::stdout()),
            "<stdout>",
            StreamId::STDOUT,
            color,
            Terminal::of(Standard::Output, &io::stdout()),
        )
    }

    /// Returns a handler for a writer, which is called with the stream's lock held. What the writer
    /// logs itself does not come back to it.
    #[must_use]
    pub fn new(writer: impl Write + Send + 'static) -> Self {
        let id = StreamId::unique();
        Self::of(Box::new(writer), "<writer>", id, false, Terminal::none())
    }

    /// To a writer that stands for standard error, as an isolated registry may have one.
    pub(crate) fn in_place_of_stderr(writer: Box<dyn Write + Send>) -> Self {
        let id = StreamId::STDERR;
        Self::of(writer, "<stderr>", id, false, Terminal::none())
    }

    fn of(
        writer: Box<dyn Write + Send>,
        name: &'static str,
        id: StreamId,
        color: bool,
        terminal: Terminal,
    ) -> Self {
        let stream = Stream {
            lines: LineWriter::new(writer),
            terminator: None,
            above: Above::default(),
        };
        let sink = Arc::new(StreamSink {
            stream: Exclusive::new(stream),
            color: AtomicBool::new(color),
            terminal,
            name,
            id,
        });
        Self {
            handler: Handler::over_stream(&sink),
            sink,
        }
    }

    /// Sets whether colours are shown, whatever the stream is.
    #[must_use]
    pub fn with_color(self, choice: ColorChoice) -> Self {
        match choice {
            ColorChoice::Auto => {}
            ColorChoice::Always => {
                match self.sink.id {
                    StreamId::STDOUT => host::enable_escapes(Standard::Output),
                    StreamId::STDERR => host::enable_escapes(Standard::Error),
                    _ => true,
                };
                self.sink.color.store(true, Ordering::Relaxed);
            }
            ColorChoice::Never => self.sink.color.store(false, Ordering::Relaxed),
        }
        self
    }

    /// Sets the end of each line, a newline by default; it may be empty.
    ///
    /// # Python
    /// `StreamHandler.terminator`.
    #[must_use]
    pub fn with_terminator(self, terminator: impl Into<String>) -> Self {
        let terminator = Some(terminator.into().into());
        // Only a writer that is just writing could be refused, and the handler is not in use yet.
        let _ = self.sink.stream.with(|stream| {
            stream.terminator = terminator;
            Ok(())
        });
        self
    }

    /// Writes to another writer from now on; the old one is flushed and given back.
    ///
    /// # Python
    /// `StreamHandler.setStream`.
    ///
    /// # Errors
    /// When the old one could not be flushed; it then stays in use.
    /// [`ErrorKind::Reentrant`](crate::ErrorKind::Reentrant) when called by the writer itself.
    pub fn set_stream(
        &self,
        writer: impl Write + Send + 'static,
    ) -> Result<Box<dyn Write + Send>, Error> {
        self.sink.stream.with(|stream| {
            let flushed = stream.lines.flush();
            flushed.map_err(|error| Error::io("cannot flush the old stream", error))?;
            Ok(stream.lines.replace(Box::new(writer)))
        })
    }

    /// Returns a handler for tests: it writes to standard error by way of `eprint!`, which the test
    /// harness captures on the thread of a test and on threads that the test starts. So the output
    /// of a test that passes is not shown, and that of one that fails contains its own records
    /// only.
    ///
    /// The line is written on the thread that logs, formatted before: a
    /// [`QueueHandler`](crate::handler::QueueHandler) in front of it passes each record on at once,
    /// on that thread, also where other handlers of this crate pass records to it; a handler of the
    /// program's own names them by [`SinkStatus`](crate::handler::SinkStatus). Threads that live
    /// longer than a test, as those of a runtime in a static, print into the output of the test
    /// that started them.
    ///
    /// # Examples
    /// ```
    /// use logtree::Registry;
    /// use logtree::handler::StreamHandler;
    ///
    /// let registry = Registry::new();
    /// registry.root().add_handler(StreamHandler::for_tests());
    /// logtree::warn!(registry.root(), "shown if the test fails");
    /// ```
    #[must_use]
    pub fn for_tests() -> Self {
        live::expect_callers();
        Self::of(
            Box::new(CapturedStderr),
            CapturedStderr::NAME,
            StreamId::STDERR,
            false,
            Terminal::none(),
        )
    }

    /// Calls a function around the writing of each line, as a progress bar needs it to move out of
    /// the way. The function gets what writes the line, and calls it once.
    ///
    /// The line has been formatted before. The function is called with the stream's lock held, on
    /// the thread that writes; what it logs itself does not come to this handler. Where it does
    /// not call what it is given, the record counts as dropped. Where a standard stream is no
    /// terminal, the function is not called, and lines are written without it.
    ///
    /// # Progress bars
    /// `MultiProgress::suspend` of [indicatif](https://docs.rs/indicatif) clears its bars, writes,
    /// and draws them again:
    ///
    /// ```
    /// use indicatif::{MultiProgress, ProgressBar};
    /// use logtree::handler::StreamHandler;
    ///
    /// let bars = MultiProgress::new();
    /// let stream = StreamHandler::stderr().around({
    ///     let bars = bars.clone();
    ///     move |write| bars.suspend(write)
    /// });
    /// let logger = logtree::get_logger("copy");
    /// logger.add_handler(stream);
    ///
    /// let bar = bars.add(ProgressBar::new(3));
    /// for file in ["a", "b", "c"] {
    ///     logtree::warn!(logger, file; "skipped");
    ///     bar.inc(1);
    /// }
    /// ```
    ///
    /// `suspend` holds a lock of indicatif's. What is logged inside a `suspend` of the program's
    /// own, around a prompt perhaps, would wait for that lock for ever; so would what the style of
    /// a bar logs. With a [`QueueHandler`](crate::handler::QueueHandler) in front of the stream it
    /// is written afterwards, by the queue's thread; with
    /// [`Overflow::DropNewest`](crate::handler::Overflow::DropNewest), the call never waits for
    /// room. After the end of the queue, the call writes by itself. The same holds for other
    /// libraries that lock the terminal.
    ///
    /// # Examples
    /// ```
    /// use logtree::Record;
    /// use logtree::handler::StreamHandler;
    /// use std::sync::atomic::{AtomicU32, Ordering};
    ///
    /// static LINES: AtomicU32 = AtomicU32::new(0);
    /// let handler = StreamHandler::new(Vec::new()).around(|write| {
    ///     LINES.fetch_add(1, Ordering::Relaxed);
    ///     write();
    /// });
    /// handler.handle(&Record::builder().message("hello").build());
    /// assert_eq!(LINES.load(Ordering::Relaxed), 1);
    /// ```
    #[must_use]
    pub fn around(self, wrap: impl Fn(&mut dyn FnMut()) + Send + Sync + 'static) -> Self {
        let is_shared = match self.sink.id {
            StreamId::STDOUT => io::stdout().is_terminal(),
            StreamId::STDERR => io::stderr().is_terminal(),
            _ => true,
        };
        if !is_shared {
            return self;
        }
        // Only a writer that is just writing could be refused, and the handler is not in use yet.
        let _ = self.sink.stream.with(|stream| {
            let writer = stream.lines.replace(Box::new(io::sink()));
            stream.lines.replace(Box::new(Around::new(writer, wrap)));
            Ok(())
        });
        self
    }
}

/// Reports whether a standard stream shows colours by itself.
fn shows_colors(stream: Standard, terminal: &impl IsTerminal) -> bool {
    ColorChoice::Auto.resolve(terminal) && host::enable_escapes(stream)
}

handler_type!(StreamHandler);

impl From<io::Stdout> for StreamHandler {
    fn from(_: io::Stdout) -> Self {
        Self::stdout()
    }
}

impl From<io::Stderr> for StreamHandler {
    fn from(_: io::Stderr) -> Self {
        Self::stderr()
    }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind as IoErrorKind;

    use super::*;
    use crate::error::ErrorKind;
    use crate::handler::counters::DropReason;
    use crate::record::Record;
    use crate::sys::sync::Mutex;

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

    /// Partial writes, EAGAIN and EINTR.
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

    /// The device is full in the middle of a line, and then has room again.
    #[test]
    fn a_torn_line_is_ended_and_the_loss_is_reported_in_the_stream() {
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
        handler.set_error_hook(|failure| assert_eq!(failure.error().kind(), ErrorKind::Reentrant));
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
