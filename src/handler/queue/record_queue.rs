//! A queue between threads that log and handlers: [`RecordQueue`].

use std::fmt;
use std::time::Duration;

use crate::handler::queue::core::QueueCore;
use crate::handler::queue::options::Options;
use crate::handler::queue::overflow::Overflow;
use crate::level::drop_counts::DropCounts;
use crate::sys::sync::Arc;

/// Records on their way from the threads that log to a
/// [`QueueListener`](crate::handler::QueueListener). It is a handle: clones are the same queue.
///
/// Most programs need only a [`QueueHandler`](crate::handler::QueueHandler) made by
/// [`QueueHandler::new`](crate::handler::QueueHandler::new), which brings queue and listener along.
///
/// Each thread that logs has a part of its own, which grows up to [1
/// MiB](RecordQueueBuilder::bytes_per_thread) unless set, so threads do not wait for one another.
/// All together take up to [64 MiB](RecordQueueBuilder::max_bytes) unless set. Records come out in
/// the order in which they were put in, also those of different threads: an answer never before its
/// question.
///
/// # Python
/// `queue.Queue`, as far as `QueueHandler` and `QueueListener` use it.
///
/// # Examples
/// ```
/// use logtree::Record;
/// use logtree::handler::{QueueHandler, QueueListener, RecordQueue, StreamHandler};
///
/// let queue = RecordQueue::new();
/// let handler = QueueHandler::from_queue(&queue);
/// handler.handle(&Record::builder().message("kept").build());
/// assert_eq!(queue.len(), 1);
///
/// let target = StreamHandler::new(Vec::new());
/// let listener = QueueListener::new(&queue, [target.clone()]);
/// assert!(listener.start());
/// listener.stop();
/// assert_eq!(target.counters().written(), 1);
/// ```
#[derive(Clone)]
pub struct RecordQueue {
    pub(super) core: Arc<QueueCore>,
}

impl RecordQueue {
    /// A queue with the defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Starts a queue with another size or another rule for what is too much.
    pub fn builder() -> RecordQueueBuilder {
        RecordQueueBuilder::default()
    }

    /// How many records are in it, those just being handed over included. Python's `qsize`.
    #[must_use]
    pub fn len(&self) -> usize {
        usize::try_from(self.core.channel.queued()).unwrap_or(usize::MAX)
    }

    /// Whether it is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many records it has dropped, by level.
    #[must_use]
    pub fn drops(&self) -> DropCounts {
        self.core.channel.drops.read()
    }
}

impl Default for RecordQueue {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for RecordQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordQueue")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

/// Makes a [`RecordQueue`].
///
/// The defaults: up to 1 MiB for each thread that logs and 64 MiB for all of them, any number of
/// records, and callers wait for room, 10 seconds at most.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct RecordQueueBuilder {
    options: Options,
}

impl RecordQueueBuilder {
    /// How many bytes each thread that logs may have in it, 1 MiB unless set, 256 MiB at most and 1
    /// KiB at least; a record takes its texts and some 40 bytes. The memory is taken as it is
    /// needed, in blocks. A record that is longer than that goes through when nothing else of
    /// its thread is in the queue.
    pub fn bytes_per_thread(mut self, bytes: usize) -> Self {
        self.options.bytes_per_thread = bytes.clamp(1024, 256 * 1024 * 1024);
        self
    }

    /// How many bytes of memory the records of all threads may take together, 64 MiB unless set, 1
    /// GiB at most and 64 KiB at least. A thread that has logged keeps a block of 2 to 64 KiB
    /// of it until it ends. Where seven eighths are taken, threads that have none yet share the
    /// rest, more slowly. A record that is longer than all of it is dropped.
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.options.max_bytes = bytes.clamp(64 * 1024, 1024 * 1024 * 1024);
        self
    }

    /// How many records may be in it, of all threads together; any number unless set. One that is
    /// just being handed over does not count. Records are then taken out one by one, which is
    /// slower. Python's `maxsize`.
    pub fn max_records(mut self, records: u64) -> Self {
        self.options.max_records = Some(records);
        self
    }

    /// What is done with a record for which there is no room.
    pub fn overflow(mut self, overflow: Overflow) -> Self {
        self.options.overflow = overflow;
        self
    }

    /// How long a caller waits for room, where it waits; 10 seconds unless set. The record is
    /// dropped then, so that a device that hangs does not stop the program for ever.
    pub fn block_at_most(mut self, time: Duration) -> Self {
        self.options.block_at_most = time;
        self
    }

    /// Leaves reports of what is dropped to the handler.
    #[cfg(feature = "control")]
    pub(crate) fn without_reports(mut self) -> Self {
        self.options.reports_drops = false;
        self
    }

    /// Returns the queue.
    #[must_use]
    pub fn build(self) -> RecordQueue {
        RecordQueue {
            core: Arc::new(QueueCore::new(self.options)),
        }
    }
}
