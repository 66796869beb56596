//! The handler that gathers records to batches.

use std::fmt;

use super::{Handler, handler_type};
use crate::error::{Error, ErrorKind};
use crate::formatter::Format;
use crate::handler::ledger::Ledger;
use crate::handler::sink::Sink;
use crate::process;
use crate::record::{OwnedRecord, Record};
use crate::sync::{Arc, AtomicBool, Mutex, Ordering};
use crate::user_code::{self, Owned};

/// Gathers records, and calls a function with each batch: when there are `capacity` of them, at `flush`, at `close` and at the end of the
/// process; after that, each record by itself. For what works in batches: a mail for a hundred records, a request for a thousand.
///
/// The function is called on the thread that logged the last record of the batch, with no lock held; batches of several threads
/// can come at the same time. It may log, though not to this handler without end. If it panics, all records of the batch count as
/// dropped, and the panic goes to the error hook.
///
/// # Python
/// `logging.handlers.BufferingHandler`, whose `flush` a subclass defines.
///
/// # Examples
/// ```
/// use logtree::{BufferingHandler, OwnedRecord, Record};
/// use std::sync::mpsc::channel;
///
/// let (sender, receiver) = channel();
/// let handler = BufferingHandler::new(2, move |batch: &[OwnedRecord]| {
///     let _ = sender.send(batch.iter().map(|record| record.message().to_owned()).collect::<Vec<_>>());
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
        let (handler, sink) = Handler::with_shared(|ledger| BufferingSink {
            capacity,
            records: Mutex::new(Vec::new()),
            deliver: Owned::new(Box::new(deliver)),
            closed: AtomicBool::new(false),
            ledger,
        });
        Self { handler, sink }
    }

    /// How many records wait for the next batch.
    #[must_use]
    pub fn buffered(&self) -> usize {
        self.sink.records.lock().len()
    }
}

handler_type!(BufferingHandler);

impl fmt::Debug for BufferingHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.handler, f)
    }
}

type Deliver = dyn Fn(&[OwnedRecord]) + Send + Sync;

struct BufferingSink {
    capacity: usize,
    records: Mutex<Vec<OwnedRecord>>,
    deliver: Owned<Box<Deliver>>,
    /// Whether each record is delivered at once.
    closed: AtomicBool,
    ledger: Ledger,
}

impl BufferingSink {
    fn deliver(&self) {
        let records = std::mem::take(&mut *self.records.lock());
        if records.is_empty() {
            return;
        }
        let count = records.len() as u64;
        match user_code::call(|| (self.deliver)(&records)) {
            Ok(()) => self.ledger.written(count),
            Err(panic) => {
                let message = format!("the function for a batch panicked: {panic}");
                let error = Error::new(ErrorKind::Panicked, message);
                self.ledger.dropped(count, error);
            }
        }
    }
}

impl Drop for BufferingSink {
    /// A handler that is let go of delivers its last batch.
    fn drop(&mut self) {
        self.deliver();
    }
}

impl Sink for Arc<BufferingSink> {
    fn write(&self, record: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        // The user's code (a `Display` in the message) runs before the lock.
        let owned = record.to_owned();
        let is_full = {
            let mut records = self.records.lock();
            records.push(owned);
            // After the last flush, no other one comes.
            records.len() >= self.capacity
                || self.closed.load(Ordering::Relaxed)
                || process::is_ending()
        };
        self.ledger.kept(record);
        if is_full {
            self.deliver();
        }
        Ok(())
    }

    fn flush(&self) -> Result<(), Error> {
        BufferingSink::deliver(self);
        Ok(())
    }

    fn queued(&self) -> u64 {
        self.records.lock().len() as u64
    }

    fn close(&self) -> Result<(), Error> {
        self.closed.store(true, Ordering::Relaxed);
        Sink::flush(self)
    }

    fn in_child(&self) {
        let left = std::mem::take(&mut *self.records.lock());
        // The parent delivers them.
        self.ledger.written(left.len() as u64);
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BufferingHandler")
    }
}
