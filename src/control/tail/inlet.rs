//! The threads' side of the tails: [`Inlet`].

use std::time::Duration;

use crate::control::tail::exchange::Exchange;
use crate::control::tail::options::TailOptions;
use crate::control::tail::outlet::Outlet;
use crate::control::tail::own_thread::is_own_thread;
use crate::error::Error;
use crate::formatter::Format;
use crate::handler::{Handler, Overflow, QueueHandler, QueueListener, RecordQueue, Sink};
use crate::record::Record;
use crate::sys::sync::Arc;

/// How long a flush waits.
const PATIENCE: Duration = Duration::from_secs(1);

/// A thread's records on their way may take as many bytes as wait for a tail, within these bounds.
const MIN_BYTES: usize = 128 * 1024;
const MAX_BYTES: usize = 1024 * 1024;

/// How many threads may have as much.
const THREADS: usize = 8;

/// The sink of the handler that taps the tree. It copies a record once for all tails, into a queue
/// that drops the less severe the sooner, and leaves all else to the queue's thread.
pub(super) struct Inlet {
    exchange: Arc<Exchange>,
    queue: QueueHandler,
}

impl Inlet {
    /// Returns one with the end of its queue, which is to be started.
    pub(super) fn new(exchange: &Arc<Exchange>, options: &TailOptions) -> (Self, QueueListener) {
        let bytes = options.bytes.clamp(MIN_BYTES, MAX_BYTES);
        let queue = RecordQueue::builder()
            .bytes_per_thread(bytes)
            .max_bytes(THREADS * bytes)
            .overflow(Overflow::BySeverity)
            .block_at_most(Duration::ZERO)
            .without_reports()
            .build();
        let outlet = Handler::new(Outlet(Arc::clone(exchange)));
        let listener = QueueListener::new(&queue, [outlet]);
        let inlet = Self {
            exchange: Arc::clone(exchange),
            queue: QueueHandler::from_queue(&queue),
        };
        (inlet, listener)
    }
}

impl Sink for Inlet {
    #[inline]
    fn write(&self, record: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        if !is_own_thread() && self.exchange.may_want(record) && !self.queue.offer(record) {
            self.exchange.lost.note(record);
        }
        Ok(())
    }

    /// Waits until the tails have what was logged.
    fn flush(&self) -> Result<(), Error> {
        self.queue.flush_within(PATIENCE)
    }
}
