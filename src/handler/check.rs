//! A suite that a sink has to pass: [`check_sink`].

use std::collections::BTreeMap;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use crate::error::{Error, ErrorKind};
use crate::formatter::{Format, Line};
use crate::handler::handler::Handler;
use crate::handler::sink::Batch;
use crate::record::Record;
use crate::sys::sync::{Arc, Mutex};

/// How long a case may take before it counts as hanging.
const PATIENCE: Duration = Duration::from_secs(30);

/// Checks that a sink keeps the contract of [`Sink`](crate::handler::Sink). Returns a sentence for
/// each rule that it breaks, so an empty list is good news.
///
/// `make` returns a new handler over the sink, without filters. `lines` returns all that has been
/// written by all of them, a string for each record: the lines of a file, or the messages that
/// arrived somewhere. Each record is logged with the handler's formatter, and found by its message.
///
/// # Panics
/// When `make` or `lines` does.
///
/// # Examples
/// ```
/// use logtree::handler::{Sink, check_sink, formatted};
/// use logtree::formatter::Format;
/// use logtree::{Error, Handler, Record};
/// use std::sync::{Arc, Mutex};
///
/// #[derive(Default)]
/// struct Lines(Mutex<Vec<String>>);
///
/// impl Sink for Lines {
///     fn write(&self, record: &Record<'_>, format: &dyn Format) -> Result<(), Error> {
///         formatted(format, record, |line| {
///             self.0.lock().unwrap().push(line.as_str().to_owned());
///             Ok(())
///         })
///     }
/// }
///
/// let sink = Arc::new(Lines::default());
/// let broken = check_sink(
///     || Handler::new(Arc::clone(&sink)),
///     || sink.0.lock().unwrap().clone(),
/// );
/// assert!(broken.is_empty(), "{broken:#?}");
/// ```
#[must_use]
pub fn check_sink<H: Into<Handler>>(
    make: impl Fn() -> H,
    lines: impl Fn() -> Vec<String>,
) -> Vec<String> {
    let mut suite = Suite {
        lines: &lines,
        broken: Vec::new(),
    };
    let cases: [fn(&mut Suite<'_>, &Handler); 6] = [
        |suite, handler| suite.writes_in_order(handler),
        |suite, handler| suite.flushes_and_closes_at_any_time(handler),
        |suite, handler| suite.takes_batches(handler),
        |suite, handler| suite.takes_many_threads(handler),
        |suite, handler| suite.formats_before_it_locks(handler),
        |suite, handler| suite.reports_a_formatter_that_fails(handler),
    ];
    for case in cases {
        let handler = make().into();
        handler.set_error_hook(|_| {});
        case(&mut suite, &handler);
        suite.balances(&handler);
    }
    suite.keeps_its_facts(&make().into());
    suite.broken
}

struct Suite<'s> {
    lines: &'s dyn Fn() -> Vec<String>,
    broken: Vec<String>,
}

impl Suite<'_> {
    fn expect(&mut self, holds: bool, rule: &str) {
        if !holds {
            self.broken.push(rule.to_owned());
        }
    }

    /// Returns the numbers of the records of a case that were written, in their order.
    fn written(&self, case: &str) -> Vec<usize> {
        let number = |line: &String| {
            let (_, rest) = line.split_once(&format!("{case}#"))?;
            let digits = rest.split(|c: char| !c.is_ascii_digit()).next();
            digits?.parse().ok()
        };
        (self.lines)().iter().filter_map(number).collect()
    }

    fn writes_in_order(&mut self, handler: &Handler) {
        (0..100).for_each(|n| log(handler, "order", n));
        let flushed = handler.flush();
        self.expect(flushed.is_ok(), "a flush succeeds");
        let written = self.written("order");
        self.expect(
            written.iter().copied().eq(0..100),
            "after a flush, each record has been written once, in order",
        );
    }

    fn flushes_and_closes_at_any_time(&mut self, handler: &Handler) {
        let early = handler.flush().and_then(|()| handler.flush());
        self.expect(early.is_ok(), "a flush of nothing succeeds, twice");
        log(handler, "close", 0);
        let closed = handler.close().and_then(|()| handler.close());
        self.expect(closed.is_ok(), "a close succeeds, twice");
        self.expect(
            self.written("close") == [0],
            "after a close, what was taken before has been written",
        );
        log(handler, "close", 1);
        let _ = handler.flush();
        let is_written = self.written("close").contains(&1);
        self.expect(
            is_written || handler.counters().dropped() == 1,
            "a write after a close works or returns an error",
        );
        let _ = handler.close();
    }

    fn takes_batches(&mut self, handler: &Handler) {
        handler.core.batch(Batch::Begins);
        (0..10).for_each(|n| log(handler, "batch", n));
        handler.core.batch(Batch::Ends);
        let _ = handler.flush();
        let written = self.written("batch");
        self.expect(
            written.iter().copied().eq(0..10),
            "records between the two ends of a batch are written in order",
        );
    }

    fn takes_many_threads(&mut self, handler: &Handler) {
        const THREADS: usize = 4;
        const EACH: usize = 100;
        thread::scope(|scope| {
            for thread in 0..THREADS {
                scope.spawn(move || {
                    (0..EACH).for_each(|n| log(handler, "threads", thread * EACH + n));
                });
            }
        });
        let _ = handler.flush();
        let written = self.written("threads");
        let mut last = BTreeMap::new();
        let in_order = written.iter().all(|number| {
            let before = last.insert(number / EACH, *number);
            before.is_none_or(|before| before < *number)
        });
        self.expect(
            in_order && written.len() == THREADS * EACH,
            "records of many threads are written once, those of each thread in order",
        );
    }

    fn formats_before_it_locks(&mut self, handler: &Handler) {
        struct Logs(Mutex<Option<Handler>>);
        impl Format for Logs {
            fn format(&self, record: &Record<'_>, line: &mut Line) -> Result<(), Error> {
                line.push_str(record.message());
                let inner = self.0.lock().take();
                if let Some(handler) = inner {
                    log(&handler, "inner", 0);
                }
                Ok(())
            }
        }
        let formatter = Logs(Mutex::new(Some(handler.clone())));
        handler.set_formatter(formatter);
        let (done, ends) = channel();
        let own = handler.clone();
        let spawned = thread::Builder::new().spawn(move || {
            log(&own, "outer", 0);
            let _ = own.flush();
            let _ = done.send(());
        });
        let hangs = ends.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout);
        self.expect(
            spawned.is_ok() && !hangs,
            "a formatter may log to the same handler: formatting comes before the lock",
        );
        if !hangs {
            self.expect(
                self.written("outer") == [0],
                "a record whose formatter logs to the same handler is written",
            );
        }
    }

    fn reports_a_formatter_that_fails(&mut self, handler: &Handler) {
        struct Fails;
        impl Format for Fails {
            fn format(&self, record: &Record<'_>, line: &mut Line) -> Result<(), Error> {
                line.push_str(record.message());
                Err(Error::new(ErrorKind::Io, "no line"))
            }
        }
        let failures = Arc::new(Mutex::new(0_u64));
        let count = Arc::clone(&failures);
        handler.set_error_hook(move |failure| *count.lock() += failure.lost());
        handler.set_formatter(Fails);
        log(handler, "fails", 0);
        let _ = handler.flush();
        let is_written = !self.written("fails").is_empty();
        let dropped = handler.counters().dropped();
        // A sink that has no use for lines never calls it.
        let is_unused = dropped == 0;
        self.expect(
            is_unused || !is_written,
            "a line that the formatter failed in is not written",
        );
        let reported = *failures.lock();
        self.expect(reported == dropped, "each dropped record is reported once");
    }

    fn balances(&mut self, handler: &Handler) {
        let counters = handler.counters();
        let sum = counters.written() + counters.dropped() + counters.queued();
        self.expect(
            counters.accepted() == sum,
            "accepted = written + dropped + queued",
        );
    }

    fn keeps_its_facts(&mut self, handler: &Handler) {
        let facts = handler.core.sink.facts();
        self.expect(facts == handler.core.facts, "the facts do not change");
        self.expect(
            !facts.description.is_empty(),
            "the description is not empty",
        );
        let status = handler.core.status();
        self.expect(status.queued == 0, "a new sink has nothing queued");
    }
}

fn log(handler: &Handler, case: &str, number: usize) {
    let message = format!("{case}#{number}.");
    handler.handle(&Record::builder().message(message).build());
}
