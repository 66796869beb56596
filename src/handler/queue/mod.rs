//! The asynchronous path: records go through a queue to a thread of its own, which hands them to handlers.
//!
//! A caller writes its record as bytes ([`codec`]) into a ring of its own thread ([`lane`]), without a lock and without a call to
//! the system ([`put`]). The listener's thread ([`worker`]) takes them out in the order in which they were put in ([`merge`]), and
//! hands them on ([`work`]).

mod account;
mod budget;
mod codec;
mod environments;
mod flush;
mod handler;
mod lane;
mod listener;
mod merge;
mod overflow;
mod put;
mod ring;
mod targets;
#[cfg(test)]
mod tests;
mod work;
mod worker;

use std::fmt;
use std::time::Duration;

pub use self::handler::{QueueHandler, QueueHandlerBuilder};
pub use self::listener::QueueListener;
pub use self::overflow::{DropCounts, Overflow};

use self::account::Account;
use self::budget::Budget;
use self::environments::Environments;
use self::lane::{Lane, LaneEntry, Sizes, ring_size};
use self::overflow::Drops;
use self::ring::Spares;
use self::work::Work;
use self::worker::Worker;
use crate::sys::process;
use crate::sys::sync::{Arc, AtomicBool, AtomicU32, AtomicU64, Mutex, Ordering};
use crate::sys::turn::Turn;

/// Records on their way from the threads that log to a [`QueueListener`]. It is a handle: clones are the same queue.
///
/// Most programs need only a [`QueueHandler`] made by [`QueueHandler::new`], which brings queue and listener along.
///
/// Each thread that logs has a part of its own, which grows up to [1 MiB](RecordQueueBuilder::bytes_per_thread) unless set, so threads
/// do not wait for one another. All together take up to [64 MiB](RecordQueueBuilder::max_bytes) unless set. Records come out in the
/// order in which they were put in, also those of different threads: an answer never before its question.
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
/// let handler = QueueHandler::of(&queue);
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
    shared: Arc<Shared>,
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
        usize::try_from(self.shared.queued()).unwrap_or(usize::MAX)
    }

    /// Whether it is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many records it has dropped, by level.
    #[must_use]
    pub fn drops(&self) -> DropCounts {
        self.shared.drops.read()
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
/// The defaults: up to 1 MiB for each thread that logs and 64 MiB for all of them, any number of records, and callers wait for room,
/// 10 seconds at most.
#[derive(Clone, Debug)]
#[must_use]
pub struct RecordQueueBuilder {
    options: Options,
}

#[derive(Clone, Debug)]
struct Options {
    bytes_per_thread: usize,
    max_bytes: usize,
    max_records: Option<u64>,
    overflow: Overflow,
    block_at_most: Duration,
}

impl Default for RecordQueueBuilder {
    fn default() -> Self {
        Self {
            options: Options {
                bytes_per_thread: 1024 * 1024,
                max_bytes: 64 * 1024 * 1024,
                max_records: None,
                overflow: Overflow::default(),
                block_at_most: Duration::from_secs(10),
            },
        }
    }
}

impl RecordQueueBuilder {
    /// How many bytes each thread that logs may have in it, 1 MiB unless set, 256 MiB at most and 1 KiB at least; a record takes its
    /// texts and some 80 bytes. The memory is taken as it is needed, in blocks. A record that is longer than that goes through when
    /// nothing else of its thread is in the queue.
    pub fn bytes_per_thread(mut self, bytes: usize) -> Self {
        self.options.bytes_per_thread = bytes.clamp(1024, 256 * 1024 * 1024);
        self
    }

    /// How many bytes of memory the records of all threads may take together, 64 MiB unless set, 1 GiB at most and 64 KiB at least. A
    /// thread that has logged keeps a block of 2 to 64 KiB of it until it ends. Where seven eighths are taken, threads that have none
    /// yet share the rest, more slowly. A record that is longer than all of it is dropped.
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.options.max_bytes = bytes.clamp(64 * 1024, 1024 * 1024 * 1024);
        self
    }

    /// How many records may be in it, of all threads together; any number unless set. One that is just being handed over does not count.
    /// Records are then taken out one by one, which is slower. Python's `maxsize`.
    pub fn max_records(mut self, records: u64) -> Self {
        self.options.max_records = Some(records);
        self
    }

    /// What is done with a record for which there is no room.
    pub fn overflow(mut self, overflow: Overflow) -> Self {
        self.options.overflow = overflow;
        self
    }

    /// How long a caller waits for room, where it waits; 10 seconds unless set. The record is dropped then, so that a device that
    /// hangs does not stop the program for ever.
    pub fn block_at_most(mut self, time: Duration) -> Self {
        self.options.block_at_most = time;
        self
    }

    /// The queue.
    #[must_use]
    pub fn build(self) -> RecordQueue {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let budget = Budget::new(self.options.max_bytes);
        let spares = Arc::new(Spares::new(ring_size(self.options.bytes_per_thread)));
        let shared = Shared {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            options: self.options,
            lanes: Mutex::new(Vec::new()),
            budget,
            spares,
            environments: Environments::new(),
            stamps: AtomicU64::new(0),
            unused_stamps: AtomicU64::new(0),
            records: AtomicU64::new(0),
            drops: Drops::default(),
            closed: AtomicBool::new(false),
            generation: AtomicU32::new(process::generation()),
            worker: Worker::default(),
            turn: Turn::default(),
            work: Mutex::new(Work::default()),
        };
        RecordQueue {
            shared: Arc::new(shared),
        }
    }
}

/// What the two ends of a queue share.
///
/// Locks are held for a moment only, and never while user code runs. In this order where several are: `lanes`, that of a lane,
/// that of the spare rings; `work` before each of them.
struct Shared {
    id: u64,
    options: Options,
    lanes: Mutex<Vec<Arc<Lane>>>,
    budget: Arc<Budget>,
    spares: Arc<Spares>,
    environments: Environments,
    /// The place of the next record among those of all threads.
    stamps: AtomicU64,
    /// Stamps whose records were dropped.
    unused_stamps: AtomicU64,
    /// Kept only where the number of records is limited.
    records: AtomicU64,
    drops: Drops,
    /// Whether records are handed over by their callers from now on.
    closed: AtomicBool,
    /// Of the process whose records these are.
    generation: AtomicU32,
    worker: Worker,
    /// Of the thread that hands records over, which is one at a time, so that they keep their order.
    turn: Turn,
    work: Mutex<Work>,
}

impl Shared {
    fn queued(&self) -> u64 {
        self.queued_where(|_| true)
    }

    /// Those of one handler.
    fn queued_of(&self, account: u64) -> u64 {
        self.queued_where(|lane| lane.account() == account)
    }

    fn queued_where(&self, is_meant: impl Fn(&Lane) -> bool) -> u64 {
        let lanes = self.lanes.lock();
        let meant = lanes.iter().filter(|lane| is_meant(lane));
        let queued = meant.map(|lane| lane.queued()).sum();
        drop(lanes);
        queued
    }

    #[inline]
    fn is_closed(&self) -> bool {
        // Behind the stamp of a record: see `close`.
        self.closed.load(Ordering::SeqCst)
    }

    /// From now on records are handed over by their callers.
    fn close_door(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }

    /// From now on records are left to the listener's thread.
    fn open_door(&self) {
        self.closed.store(false, Ordering::SeqCst);
    }

    /// Whether there is somebody to hand records to, but no handler.
    #[inline]
    fn leads_nowhere(&self) -> bool {
        self.worker.leads_nowhere()
    }

    /// Whether what is in it belongs to the process that this one was forked from.
    #[inline]
    fn is_of_parent(&self) -> bool {
        self.generation.load(Ordering::Relaxed) != process::generation()
    }

    /// A way in.
    fn add_lane(&self, account: &Account, most: usize, limit: usize) -> LaneEntry {
        let sizes = Sizes {
            most,
            budget: Arc::clone(&self.budget),
            limit,
        };
        let entry = LaneEntry::new(account, sizes, &self.spares);
        self.lanes.lock().push(Arc::clone(entry.lane()));
        entry
    }

    /// In a child process: what is in it is the parent's to write and to report, and the thread is the parent's alone.
    #[cold]
    fn begin_anew(self: &Arc<Self>) {
        let mut lanes = self.lanes.lock();
        if !self.is_of_parent() {
            return;
        }
        lanes.drain(..).for_each(|lane| lane.leave_to_parent());
        self.unused_stamps.store(0, Ordering::Relaxed);
        self.records.store(0, Ordering::Relaxed);
        let stamp = self.stamps.load(Ordering::Relaxed);
        *self.work.lock() = Work::after(stamp, self.drops.read());
        self.generation
            .store(process::generation(), Ordering::Relaxed);
        drop(lanes);
        worker::start_in_child(self);
    }
}
