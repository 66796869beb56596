//! What lies between the threads that log and the one that hands over: [`Channel`].

use crate::handler::queue::account::Account;
use crate::handler::queue::budget::Budget;
use crate::handler::queue::environments::Environments;
use crate::handler::queue::lane::{Lane, LaneWriter, Sizes, ring_size};
use crate::handler::queue::options::Options;
use crate::handler::queue::ring::Spares;
use crate::level::drop_counts::Drops;
use crate::record::KnownThread;
use crate::sys::process;
use crate::sys::sync::{Arc, AtomicBool, AtomicU32, AtomicU64, Mutex, Ordering};

/// The records of a queue, in the rings of their threads.
pub(super) struct Channel {
    pub(super) id: u64,
    pub(super) options: Options,
    pub(super) lanes: Mutex<Vec<Arc<Lane>>>,
    pub(super) budget: Arc<Budget>,
    pub(super) spares: Arc<Spares>,
    pub(super) environments: Environments,
    /// The place of the next record among those of all threads.
    pub(super) stamps: AtomicU64,
    /// Stamps whose records were dropped.
    pub(super) unused_stamps: AtomicU64,
    /// Kept only where the number of records is limited.
    pub(super) records: AtomicU64,
    pub(super) drops: Drops,
    /// Whether records are handed over by their callers from now on.
    pub(super) closed: AtomicBool,
    /// Of the process whose records these are.
    pub(super) generation: AtomicU32,
}

impl Channel {
    pub(super) fn new(options: Options) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let budget = Budget::new(options.max_bytes);
        let spares = Arc::new(Spares::new(ring_size(options.bytes_per_thread)));
        Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            options,
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
        }
    }

    /// Returns the place after all records that are in it: a stamp of no record. Once the lanes
    /// were looked through up to there, these were found, also those whose stamps had been passed
    /// before they were in.
    pub(super) fn mark(&self) -> u64 {
        let mark = self.stamps.fetch_add(1, Ordering::SeqCst);
        self.unused_stamps.fetch_add(1, Ordering::Release);
        mark
    }

    pub(super) fn queued(&self) -> u64 {
        self.queued_where(|_| true)
    }

    /// Those of one handler.
    pub(super) fn queued_of(&self, account: u64) -> u64 {
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
    pub(super) fn is_closed(&self) -> bool {
        // After the stamp of a record: see `close`.
        self.closed.load(Ordering::SeqCst)
    }

    /// From now on records are handed over by their callers.
    pub(super) fn close_door(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }

    /// From now on records are left to the listener's thread.
    pub(super) fn open_door(&self) {
        self.closed.store(false, Ordering::SeqCst);
    }

    /// Whether what is in it belongs to the process that this one was forked from.
    #[inline]
    pub(super) fn is_of_parent(&self) -> bool {
        self.generation.load(Ordering::Relaxed) != process::generation()
    }

    /// A way in.
    pub(super) fn add_lane(
        &self,
        account: &Account,
        thread: Option<KnownThread>,
        most: usize,
        limit: usize,
    ) -> LaneWriter {
        let sizes = Sizes {
            most,
            budget: Arc::clone(&self.budget),
            limit,
        };
        let entry = LaneWriter::new(account.id(), thread, &account.written, sizes, &self.spares);
        self.lanes.lock().push(Arc::clone(entry.lane()));
        entry
    }

    /// Gives places back.
    pub(super) fn give_up_places(&self, count: u64) {
        if self.options.max_records.is_some() {
            self.records.fetch_sub(count, Ordering::Relaxed);
        }
    }
}
