//! The handler that gathers records to batches.

use std::time::Duration;

use crate::error::{Error, ErrorKind};
use crate::formatter::Format;
use crate::handler::handler::Handler;
use crate::handler::handler_type::handler_type;
use crate::handler::outbox::{Outbox, Recipient};
use crate::handler::sink::{Sink, SinkFacts, SinkStatus};
use crate::record::{OwnedRecord, Record};
use crate::sys::sync::{Arc, AtomicBool, Ordering};
use crate::sys::user_code::{self, Owned};

/// Gathers records, and calls a function with each batch: when there are `capacity` of them, at
/// `flush`, at `close` and at the end of the process; after that, each record by itself. For what
/// works in batches: a mail for a hundred records, a request for a thousand.
///
/// A batch has at most `capacity` records. The function is called for one batch at a time, in the
/// order of the records, on the thread that logged the last record of a batch, with no lock held.
/// Meanwhile other threads go on to log. Where another `capacity` records have come
/// before it returns, they wait for it, 10 seconds at most; then, or where it takes fewer than 10
/// records a second, records are dropped, counted as
/// [`DropReason::Full`](crate::handler::DropReason::Full), and no thread waits until the function
/// has returned. If it panics, all records of the batch count as dropped, and the panic goes to the
/// error hook. It may log; what it logs to this handler does not wait and comes in a later batch.
///
/// [`flush`](Handler::flush) returns when the function has had all that was logged before, and
/// waits for 10 seconds at most for a batch, as the end of the process does.
///
/// # Python
/// `logging.handlers.BufferingHandler`, whose `flush` a subclass defines.
///
/// # Examples
/// ```
/// use logtree::Record;
/// use logtree::handler::BufferingHandler;
/// use logtree::record::OwnedRecord;
/// use std::sync::mpsc::channel;
///
/// let (sender, receiver) = channel();
/// let handler = BufferingHandler::new(2, move |batch: &[OwnedRecord]| {
///     let texts = batch.iter().map(|record| record.message().to_owned());
///     let _ = sender.send(texts.collect::<Vec<_>>());
/// });
/// for text in ["a", "b", "c"] {
///     handler.handle(&Record::builder().message(text).build());
/// }
/// assert_eq!(receiver.try_recv()?, ["a", "b"]);
/// assert_eq!(handler.buffered(), 1);
/// # Ok::<(), std::sync::mpsc::TryRecvError>(())
/// ```
#[derive(Clone)]
pub struct BufferingHandler {
    handler: Handler,
    sink: Arc<BufferingSink>,
}

impl BufferingHandler {
    /// Batches of this many records, for a function; 0 or 1 calls it for each.
    #[must_use]
    pub fn new(capacity: usize, deliver: impl Fn(&[OwnedRecord]) + Send + Sync + 'static) -> Self {
        let (handler, sink) = Handler::with_shared(|ledger| {
            let function = Function {
                deliver: Owned::new(Box::new(deliver)),
                capacity,
            };
            let most = capacity.saturating_mul(2);
            BufferingSink {
                outbox: Outbox::new(function, ledger, capacity, most),
                closed: AtomicBool::new(false),
            }
        });
        Self { handler, sink }
    }

    /// How many records wait for the next batch.
    #[must_use]
    pub fn buffered(&self) -> usize {
        self.sink.outbox.waiting()
    }
}

handler_type!(BufferingHandler);

type Deliver = dyn Fn(&[OwnedRecord]) + Send + Sync;

/// What batches are delivered to.
struct Function {
    deliver: Owned<Box<Deliver>>,
    capacity: usize,
}

impl Recipient for Function {
    const WORDS: (&'static str, &'static str) = ("buffering handler", "function");
    // Within a batch, nothing shows that it gets on.
    const PATIENCE: Duration = Duration::from_secs(10);

    fn batch(&self) -> usize {
        self.capacity
    }

    fn begin(&self) -> Option<impl Fn(&[OwnedRecord]) -> Result<(), Error>> {
        Some(|batch: &[OwnedRecord]| {
            user_code::call(|| (self.deliver)(batch)).map_err(|panic| {
                let message = format!("the function for a batch panicked: {panic}");
                Error::new(ErrorKind::Panicked, message)
            })
        })
    }
}

struct BufferingSink {
    outbox: Outbox<Function>,
    /// Whether each record is delivered at once.
    closed: AtomicBool,
}

impl Drop for BufferingSink {
    /// A handler that is dropped delivers its last batch.
    fn drop(&mut self) {
        let _ = self.outbox.flush();
    }
}

impl Sink for BufferingSink {
    fn write(&self, record: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        let is_closed = || self.closed.load(Ordering::Relaxed);
        self.outbox.put(record, is_closed)
    }

    fn flush(&self) -> Result<(), Error> {
        self.outbox.flush()
    }

    fn close(&self) -> Result<(), Error> {
        // Before the last flush, so that no record is left after it.
        self.closed.store(true, Ordering::Relaxed);
        self.outbox.flush()
    }

    fn reset_after_fork(&self) {
        self.outbox.reset_after_fork();
    }

    fn facts(&self) -> SinkFacts {
        SinkFacts::new("BufferingHandler")
    }

    fn status(&self) -> SinkStatus {
        SinkStatus::default().with_queued(self.outbox.held() as u64)
    }
}
