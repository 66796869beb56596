//! The listener's half: a thread that takes records out and hands them on.

use std::cell::Cell;
use std::thread::{self, JoinHandle, Thread};
use std::time::Duration;

use arc_swap::ArcSwapOption;

use super::codec::{self, HEAD, Head};
use super::lane::Lane;
use super::{DropCounts, Shared};
use crate::environment::Environment;
use crate::host::Instant;
use crate::process;
use crate::record::Message;
use crate::sync::{Arc, AtomicBool, AtomicU64, Mutex, Ordering};
use crate::user_code;
use crate::{Error, ErrorKind, Handler, Level, Record, Source};

/// How much is taken from each thread's part at once.
const BATCH: usize = 64 * 1024;

/// With less than this taken, the thread sleeps before it looks again, so that records gather to blocks.
const LITTLE: usize = 16 * 1024;

/// How long it then sleeps: what a record waits at most before it is handed on.
const NAP: Duration = Duration::from_micros(500);

/// After this long without a record it sleeps deeper, and a caller wakes it.
const AWAKE: Duration = Duration::from_millis(100);

/// A caller that looked just before the thread fell asleep does not wake it; it wakes by itself.
const DEEP_SLEEP: Duration = Duration::from_millis(100);

/// How long a flush waits before it looks whether the thread is there.
const SLICE: Duration = Duration::from_millis(50);

/// How often drops are told while records do not stop coming.
const REPORT: Duration = Duration::from_secs(1);

thread_local! {
    static WORKER_OF: Cell<u64> = const { Cell::new(0) };
}

/// Whether the calling thread is the one that empties this queue: it must not wait for itself.
pub(super) fn is_worker_of(queue: u64) -> bool {
    WORKER_OF.get() == queue
}

/// Whom records are handed to.
#[derive(Debug, Default)]
pub(super) struct Targets {
    pub(super) handlers: Vec<Handler>,
    pub(super) respect_levels: bool,
}

impl Targets {
    fn handle(&self, record: &Record<'_>) {
        for handler in &self.handlers {
            if !self.respect_levels || record.level() >= handler.level() {
                handler.handle(record);
            }
        }
    }

    fn set_corked(&self, corked: bool) {
        for handler in &self.handlers {
            handler.set_corked(corked);
        }
    }

    fn flush(&self) {
        for handler in &self.handlers {
            // What fails was, or will be, told by the records it concerns.
            let _ = handler.flush();
        }
    }
}

/// The thread as both ends see it.
#[derive(Debug, Default)]
pub(super) struct Worker {
    targets: Mutex<Arc<Targets>>,
    thread: ArcSwapOption<Thread>,
    handle: Mutex<Option<JoinHandle<()>>>,
    running: AtomicBool,
    sleeping: AtomicBool,
    stopping: AtomicBool,
    flush: Flush,
}

/// Requests to hand over all that is in the queue, numbered.
#[derive(Debug, Default)]
struct Flush {
    requested: AtomicU64,
    done: AtomicU64,
}

impl Worker {
    pub(super) fn is_running(&self) -> bool {
        self.running.load(Ordering::Acquire)
    }

    /// Whether it sleeps so long that a caller had better wake it.
    #[inline]
    pub(super) fn is_sleeping(&self) -> bool {
        self.sleeping.load(Ordering::Relaxed)
    }

    /// Wakes it. Costs little where it is awake.
    pub(super) fn call(&self) {
        self.sleeping.store(false, Ordering::Relaxed);
        if let Some(thread) = &*self.thread.load() {
            thread.unpark();
        }
    }

    pub(super) fn set_targets(&self, targets: Targets) {
        let old = std::mem::replace(&mut *self.targets.lock(), Arc::new(targets));
        // Out of the lock: the end of a handler runs the user's code.
        drop(old);
    }

    pub(super) fn targets(&self) -> Arc<Targets> {
        Arc::clone(&self.targets.lock())
    }
}

/// What the thread keeps from one pass to the next.
#[derive(Debug, Default)]
pub(super) struct Work {
    lanes_version: Option<u64>,
    batches: Vec<Batch>,
    reported: DropCounts,
    reported_at: Option<Instant>,
}

/// Records of one thread that were taken out together.
#[derive(Debug)]
struct Batch {
    lane: Arc<Lane>,
    bytes: Vec<u8>,
    at: usize,
    head: Option<Head>,
}

impl Batch {
    /// Reads the head of the next record.
    fn advance(&mut self, by: usize) {
        self.at += by;
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.head = rest.first_chunk::<HEAD>().map(Head::read);
    }
}

/// Starts the thread; answers whether it was not running.
#[expect(
    clippy::significant_drop_tightening,
    reason = "two starts at once must not both put their thread there"
)]
pub(super) fn start(shared: &Arc<Shared>) -> bool {
    let worker = &shared.worker;
    let mut handle = worker.handle.lock();
    if worker.running.swap(true, Ordering::AcqRel) {
        return false;
    }
    worker.stopping.store(false, Ordering::Release);
    let own = Arc::clone(shared);
    let name = "logtree-queue".to_owned();
    let started = thread::Builder::new().name(name).spawn(move || run(&own));
    match started {
        Ok(started) => {
            let own = Arc::new(started.thread().clone());
            worker.thread.store(Some(own));
            *handle = Some(started);
            true
        }
        Err(_) => {
            // Without a thread the callers hand their records over.
            worker.running.store(false, Ordering::Release);
            shared.closed.store(true, Ordering::Release);
            false
        }
    }
}

/// Has all that is in the queue handed over, and ends the thread.
pub(super) fn stop(shared: &Arc<Shared>) {
    let worker = &shared.worker;
    if shared.generation.load(Ordering::Relaxed) != process::generation() {
        // The thread is the parent's.
        return;
    }
    worker.stopping.store(true, Ordering::Release);
    worker.call();
    if is_worker_of(shared.id) {
        return;
    }
    let handle = worker.handle.lock().take();
    if let Some(handle) = handle {
        // It never panics: what it calls is caught.
        let _ = handle.join();
    }
}

/// In a child process, where the parent's thread does not live: starts one where there was one.
pub(super) fn start_in_child(shared: &Arc<Shared>) {
    let worker = &shared.worker;
    if let Some(handle) = worker.handle.lock().take() {
        // To join or detach it would mean a thread of another process.
        std::mem::forget(handle);
    }
    worker.thread.store(None);
    if worker.running.swap(false, Ordering::AcqRel) {
        start(shared);
    }
}

fn run(shared: &Arc<Shared>) {
    WORKER_OF.set(shared.id);
    let worker = &shared.worker;
    let mut idle_since: Option<Instant> = None;
    loop {
        let turn = shared.turn();
        if turn.is_last {
            break;
        }
        if turn.taken > 0 {
            idle_since = None;
        }
        if turn.goes_on {
            continue;
        }
        let idle = idle_since.get_or_insert_with(Instant::now).elapsed();
        if idle < AWAKE {
            thread::park_timeout(NAP);
        } else {
            worker.sleeping.store(true, Ordering::Relaxed);
            thread::park_timeout(DEEP_SLEEP);
            worker.sleeping.store(false, Ordering::Relaxed);
        }
    }
    worker.running.store(false, Ordering::Release);
    // Whoever asked last gets an answer, too.
    worker.flush.finish(u64::MAX);
}

/// What a turn of the thread came to.
#[derive(Default)]
struct Turn {
    /// Bytes of records.
    taken: usize,
    /// Whether the next one follows at once.
    goes_on: bool,
    is_last: bool,
}

impl Shared {
    /// One turn: what callers wait for, then a pass. No lock is held, as handlers are user code.
    fn turn(&self) -> Turn {
        let Ok(_turn) = self.turn.take(|| true) else {
            // One of its handlers stopped the listener.
            return Turn::default();
        };
        let taken_out = self.work.lock().take();
        let mut work = taken_out.unwrap_or_default();
        // In this order: what was put in before the wish to stop is seen by the pass behind it.
        let stopping = self.worker.stopping.load(Ordering::Acquire);
        self.answer_flush(&mut work);
        let taken = self.pass_guarded(&mut work);
        *self.work.lock() = Some(work);
        // Where records are counted, callers may wait for the room of one.
        let little = self.options.max_records.map_or(LITTLE, |_| 0);
        Turn {
            taken,
            goes_on: taken > little || stopping || self.worker.flush.is_wanted(),
            is_last: taken == 0 && stopping,
        }
    }

    /// Takes records out and hands them over; answers how many bytes it were.
    fn pass_guarded(&self, work: &mut Work) -> usize {
        // What was taken is still there, and the next pass goes on with it.
        user_code::catch(|| self.pass_with(work)).unwrap_or(1)
    }

    fn pass_with(&self, work: &mut Work) -> usize {
        self.refresh_lanes(work);
        // Where their number is limited, one at a time, as those that are taken out do not count any more.
        let most = self.options.max_records.map_or(BATCH, |_| 1);
        let mut taken = 0;
        for batch in &mut work.batches {
            if batch.head.is_none() {
                batch.bytes.clear();
                batch.at = 0;
                let count = batch.lane.take(most, &mut batch.bytes);
                self.give_up_places(count);
                batch.advance(0);
            }
            taken += batch.bytes.len() - batch.at;
        }
        let late = if self.late_count.load(Ordering::Relaxed) > 0 {
            std::mem::take(&mut *self.late.lock())
        } else {
            Vec::new()
        };
        let targets = self.worker.targets();
        let environments = Arc::clone(&self.environments.lock());
        if taken == 0 && late.is_empty() {
            if self.report_drops(work, &targets, &environments) {
                return 1;
            }
            self.forget_lanes_that_are_over(work);
            return 0;
        }
        targets.set_corked(true);
        while let Some(batch) = earliest(&mut work.batches) {
            self.hand_over(batch, &targets, &environments);
        }
        for bytes in &late {
            taken += bytes.len();
            codec::decode(bytes, &environments, |record| targets.handle(record));
            self.late_count.fetch_sub(1, Ordering::Relaxed);
        }
        // Else behind all that was put in before; but where there is no end of it, from time to time.
        let last = *work.reported_at.get_or_insert_with(Instant::now);
        if last.elapsed() > REPORT {
            work.reported_at = Some(Instant::now());
            self.report_drops(work, &targets, &environments);
        }
        targets.set_corked(false);
        taken.max(1)
    }

    fn refresh_lanes(&self, work: &mut Work) {
        let version = self.lanes_version.load(Ordering::Acquire);
        if work.lanes_version == Some(version) {
            return;
        }
        let lanes = self.lanes.lock();
        work.lanes_version = Some(self.lanes_version.load(Ordering::Acquire));
        for lane in &*lanes {
            if !work
                .batches
                .iter()
                .any(|batch| Arc::ptr_eq(&batch.lane, lane))
            {
                work.batches.push(Batch {
                    lane: Arc::clone(lane),
                    bytes: Vec::new(),
                    at: 0,
                    head: None,
                });
            }
        }
    }

    fn forget_lanes_that_are_over(&self, work: &mut Work) {
        if work.batches.iter().any(|batch| batch.lane.is_over()) {
            work.batches.retain(|batch| !batch.lane.is_over());
            let mut lanes = self.lanes.lock();
            lanes.retain(|lane| !lane.is_over());
        }
    }

    fn hand_over(&self, batch: &mut Batch, targets: &Targets, environments: &[Arc<Environment>]) {
        let Some(head) = batch.head else {
            return;
        };
        let bytes = batch.bytes.get(batch.at..batch.at + head.len);
        let bytes = bytes.unwrap_or_default();
        match head.ticket {
            None => codec::decode(bytes, environments, |record| targets.handle(record)),
            Some(number) => {
                if let Some(bytes) = batch.lane.redeem(number) {
                    codec::decode(&bytes, environments, |record| targets.handle(record));
                }
            }
        }
        // A head that makes no sense would be met for ever.
        batch.advance(head.len.max(HEAD));
        batch.lane.note_done();
    }

    /// Tells in the stream how many records were dropped since it was last told; answers whether there were any.
    fn report_drops(
        &self,
        work: &mut Work,
        targets: &Targets,
        environments: &[Arc<Environment>],
    ) -> bool {
        let drops = self.drops.read();
        let new = drops.since(&work.reported);
        let Some(environment) = environments.first().filter(|_| new.total() > 0) else {
            return false;
        };
        let plural = if new.total() == 1 { "" } else { "s" };
        let text = format!(
            "{} record{plural} dropped as the queue was full ({new})",
            new.total()
        );
        let message = Message::Text(text.into());
        let source = Source::default();
        targets.handle(&Record::new(
            environment,
            "logtree",
            Level::WARNING,
            message,
            &source,
        ));
        work.reported = drops;
        true
    }

    /// Hands a record over on the calling thread.
    pub(super) fn hand_over_now(&self, bytes: &[u8]) {
        let targets = self.worker.targets();
        let environments = Arc::clone(&self.environments.lock());
        codec::decode(bytes, &environments, |record| targets.handle(record));
    }

    /// Waits until all that was put in before has been handed over and flushed.
    ///
    /// # Errors
    /// [`ErrorKind::TimedOut`], with the number of records that are left.
    pub(super) fn flush(&self, timeout: Duration) -> Result<(), Error> {
        if self.generation.load(Ordering::Relaxed) != process::generation() {
            // All that is in it is the parent's.
            return Ok(());
        }
        let flush = &self.worker.flush;
        let number = flush.requested.fetch_add(1, Ordering::AcqRel) + 1;
        // A day is as long as any caller can mean.
        let deadline = Instant::now() + timeout.min(Duration::from_secs(24 * 60 * 60));
        loop {
            if is_worker_of(self.id) || !self.worker.is_running() {
                return self.flush_targets();
            }
            self.worker.call();
            let left = deadline.saturating_duration_since(Instant::now());
            // In slices, as the thread may end meanwhile.
            if flush.wait(number, left.min(SLICE)) {
                return Ok(());
            }
            if left <= SLICE {
                return Err(left_over(self.queued()));
            }
        }
    }

    /// A flush where no thread does it. What nobody listens to stays where it is, as in Python.
    fn flush_targets(&self) -> Result<(), Error> {
        match self.queued() {
            0 => {
                self.worker.targets().flush();
                Ok(())
            }
            left if self.worker.is_running() => Err(left_over(left)),
            _ => Ok(()),
        }
    }

    /// Sees whether somebody waits for a flush, and does it.
    fn answer_flush(&self, work: &mut Work) {
        let flush = &self.worker.flush;
        let requested = flush.requested.load(Ordering::Acquire);
        if !flush.is_wanted() {
            return;
        }
        let goals: Vec<_> = {
            let lanes = self.lanes.lock();
            lanes
                .iter()
                .map(|lane| (Arc::clone(lane), lane.pushed()))
                .collect()
        };
        loop {
            self.pass_guarded(work);
            let reached = goals.iter().all(|(lane, goal)| lane.done() >= *goal);
            if reached && self.late_count.load(Ordering::Relaxed) == 0 {
                break;
            }
        }
        // The one that tells of drops.
        self.pass_guarded(work);
        self.worker.targets().flush();
        flush.finish(requested);
    }
}

impl Flush {
    fn is_wanted(&self) -> bool {
        self.requested.load(Ordering::Acquire) > self.done.load(Ordering::Acquire)
    }

    fn finish(&self, number: u64) {
        let number = number.min(self.requested.load(Ordering::Acquire));
        self.done.store(number, Ordering::Release);
    }

    /// By looking, as a condition's lock could not be waited for by a fork.
    fn wait(&self, number: u64, timeout: Duration) -> bool {
        let start = Instant::now();
        let mut pause = Duration::from_micros(20);
        while self.done.load(Ordering::Acquire) < number {
            if start.elapsed() > timeout {
                return false;
            }
            thread::sleep(pause);
            pause = (2 * pause).min(Duration::from_millis(1));
        }
        true
    }
}

/// The batch whose next record is the oldest.
fn earliest(batches: &mut [Batch]) -> Option<&mut Batch> {
    batches
        .iter_mut()
        .filter(|batch| batch.head.is_some())
        .min_by_key(|batch| batch.head.map(|head| head.time))
}

fn left_over(count: u64) -> Error {
    let plural = if count == 1 {
        "record is"
    } else {
        "records are"
    };
    let message = format!("{count} {plural} still in the queue");
    Error::new(ErrorKind::TimedOut, message)
}
