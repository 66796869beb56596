//! The asynchronous path: records go through a queue to a thread of its own, which hands them to handlers.
//!
//! A caller writes its record as bytes ([`codec`]) into a ring of its own thread ([`lane`]), without a lock and without a call to
//! the system. The listener's thread ([`worker`]) takes them out, merges the threads' records by their time, and hands them on.

mod codec;
mod handler;
mod lane;
mod listener;
mod overflow;
mod put;
mod worker;

use std::fmt;
use std::time::Duration;

pub use self::handler::{QueueHandler, QueueHandlerBuilder};
pub use self::listener::QueueListener;
pub use self::overflow::{DropCounts, Overflow};

use self::lane::Lane;
use self::overflow::Drops;
use self::worker::{Work, Worker};
use crate::environment::Environment;
use crate::process;
use crate::sync::{Arc, AtomicBool, AtomicU32, AtomicU64, Mutex, Ordering};
use crate::turn::Turn;

/// Records on their way from the threads that log to a [`QueueListener`]. It is a handle: clones are the same queue.
///
/// Most programs need only a [`QueueHandler`] made by [`QueueHandler::new`], which brings queue and listener along.
///
/// Each thread that logs has a part of its own, [1 MiB](RecordQueueBuilder::bytes_per_thread) unless set, so threads do not wait for one
/// another, and a record keeps its place among those of its thread; between threads the order is that of their times as far as they are
/// taken out together.
///
/// # Python
/// `queue.Queue`, as far as `QueueHandler` and `QueueListener` use it.
///
/// # Examples
/// ```
/// use logtree::{QueueHandler, QueueListener, Record, RecordQueue, StreamHandler};
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
/// The defaults: 1 MiB for each thread that logs, any number of records, and callers wait for room, 10 seconds at most.
#[derive(Clone, Debug)]
#[must_use]
pub struct RecordQueueBuilder {
    options: Options,
}

#[derive(Clone, Debug)]
struct Options {
    bytes_per_thread: usize,
    max_records: Option<u64>,
    overflow: Overflow,
    block_at_most: Duration,
}

impl Default for RecordQueueBuilder {
    fn default() -> Self {
        Self {
            options: Options {
                bytes_per_thread: 1024 * 1024,
                max_records: None,
                overflow: Overflow::default(),
                block_at_most: Duration::from_secs(10),
            },
        }
    }
}

impl RecordQueueBuilder {
    /// How many bytes each thread that logs may have in it, 256 MiB at most; a record takes its texts and some 70 bytes. One that needs
    /// more than half of it is laid beside it.
    pub fn bytes_per_thread(mut self, bytes: usize) -> Self {
        /// They are taken from the system with a thread's first record, which must not fail.
        const MOST: usize = 256 * 1024 * 1024;
        self.options.bytes_per_thread = bytes.min(MOST);
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
        let shared = Shared {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            options: self.options,
            lanes: Mutex::new(Vec::new()),
            lanes_version: AtomicU64::new(0),
            late: Mutex::new(Vec::new()),
            late_count: AtomicU64::new(0),
            environments: Mutex::new(Arc::new(Vec::new())),
            records: AtomicU64::new(0),
            drops: Drops::default(),
            dropped_oldest: AtomicU64::new(0),
            closed: AtomicBool::new(false),
            generation: AtomicU32::new(process::generation()),
            worker: Worker::default(),
            turn: Turn::default(),
            work: Mutex::new(None),
        };
        RecordQueue {
            shared: Arc::new(shared),
        }
    }
}

/// What the two ends of a queue share.
struct Shared {
    id: u64,
    options: Options,
    lanes: Mutex<Vec<Arc<Lane>>>,
    /// Changed with the list, so that the listener's thread need not lock it to see that it is the same.
    lanes_version: AtomicU64,
    /// Records of threads that are too far gone for a part of their own.
    late: Mutex<Vec<Vec<u8>>>,
    late_count: AtomicU64,
    /// Where records come from: the registries, by number. It only grows.
    environments: Mutex<Arc<Vec<Arc<Environment>>>>,
    /// Kept only where the number of records is limited.
    records: AtomicU64,
    drops: Drops,
    /// Records that had been taken, and were dropped for newer ones.
    dropped_oldest: AtomicU64,
    /// Whether records are handed over by their callers from now on.
    closed: AtomicBool,
    /// Of the process whose records these are.
    generation: AtomicU32,
    worker: Worker,
    /// Of the thread that hands records over.
    turn: Turn,
    /// Taken out during a turn, as no lock is held while handlers work.
    work: Mutex<Option<Work>>,
}

impl Shared {
    fn queued(&self) -> u64 {
        let lanes: u64 = self.lanes.lock().iter().map(|lane| lane.queued()).sum();
        lanes + self.late_count.load(Ordering::Relaxed)
    }

    /// The number of an environment.
    fn number_of(&self, environment: &Arc<Environment>) -> u32 {
        let mut environments = self.environments.lock();
        let found = environments
            .iter()
            .position(|known| Arc::ptr_eq(known, environment));
        let at = found.unwrap_or_else(|| {
            Arc::make_mut(&mut environments).push(Arc::clone(environment));
            environments.len() - 1
        });
        drop(environments);
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    fn add_lane(&self, lane: &Arc<Lane>) {
        let mut lanes = self.lanes.lock();
        lanes.push(Arc::clone(lane));
        self.lanes_version.fetch_add(1, Ordering::Release);
        drop(lanes);
    }

    /// In a child process: what is in it is the parent's to write, and the thread is the parent's alone.
    #[cold]
    fn begin_anew(self: &Arc<Self>) {
        let mut lanes = self.lanes.lock();
        if self.generation.load(Ordering::Relaxed) == process::generation() {
            return;
        }
        lanes.clear();
        self.lanes_version.fetch_add(1, Ordering::Release);
        self.late.lock().clear();
        self.late_count.store(0, Ordering::Relaxed);
        self.records.store(0, Ordering::Relaxed);
        // What the parent's thread has in its hands is the parent's.
        self.work.lock().take();
        self.generation
            .store(process::generation(), Ordering::Relaxed);
        drop(lanes);
        worker::start_in_child(self);
    }
}
