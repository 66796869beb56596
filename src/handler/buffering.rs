//! The handler that gathers records to batches.

use std::fmt;

use super::{Handler, Sink, handler_type};
use crate::sync::{Arc, Mutex};
use crate::user_code;
use crate::{Error, Format, OwnedRecord, Record};

/// Gathers records, and calls a function with each batch: when there are `capacity` of them, at `flush`, at `close` and at the end of the
/// process. For what works in batches: a mail for a hundred records, a request for a thousand.
///
/// The function is called on the thread that logged the last record of the batch, with no lock held; batches of several threads
/// can come at the same time. It may log, though not to this handler without end.
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
        let sink = Arc::new(BufferingSink {
            capacity,
            records: Mutex::new(Vec::new()),
            deliver: Box::new(deliver),
        });
        Self {
            handler: Handler::new(Shared(Arc::clone(&sink))),
            sink,
        }
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
    deliver: Box<Deliver>,
}

impl BufferingSink {
    fn deliver(&self) {
        let records = std::mem::take(&mut *self.records.lock());
        if !records.is_empty() {
            (self.deliver)(&records);
        }
    }
}

impl Drop for BufferingSink {
    /// A handler that is let go of delivers its last batch.
    fn drop(&mut self) {
        // The end of a handler must not panic, and nobody is left to be told.
        user_code::call_ignoring_panic(|| self.deliver());
    }
}

struct Shared(Arc<BufferingSink>);

impl Sink for Shared {
    fn write(&self, record: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        // The user's code (a `Display` in the message) runs before the lock.
        let record = record.to_owned();
        let is_full = {
            let mut records = self.0.records.lock();
            records.push(record);
            records.len() >= self.0.capacity
        };
        if is_full {
            self.0.deliver();
        }
        Ok(())
    }

    fn flush(&self) -> Result<(), Error> {
        self.0.deliver();
        Ok(())
    }

    fn queued(&self) -> u64 {
        self.0.records.lock().len() as u64
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BufferingHandler")
    }
}
