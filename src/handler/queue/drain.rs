//! What is done with the records of a queue, by the thread whose turn it is.

use std::time::Duration;

use crate::context::RegistryContext;
use crate::handler::failure;
use crate::handler::queue::codec;
use crate::handler::queue::core::QueueCore;
use crate::handler::queue::destinations::Destinations;
use crate::handler::queue::requests::left_over;
use crate::handler::queue::work::ROUNDS;
use crate::handler::queue::worker::NAP;
use crate::handler::sink::Batch;
use crate::level::Level;
use crate::record::{Message, Record, Source};
use crate::sys::host::Instant;
use crate::sys::sync::{Arc, Ordering, fence};
use crate::sys::{process, user_code};

/// How much is handed over in one turn.
const SHARE: usize = 256 * 1024;

/// With less than this taken, the thread sleeps before it looks again, so that records gather to
/// blocks.
const LITTLE: usize = 16 * 1024;

/// How often drops are reported while records do not stop coming, and memory that is not needed is
/// given back.
const REPORT: Duration = Duration::from_secs(1);

/// What follows a turn of the thread.
pub(super) enum Next {
    /// Another one at once.
    Now,
    /// Another one after a nap.
    After(Duration),
    /// There was nothing to do.
    Idle,
    Last,
}

/// What was handed over.
pub(super) struct Drained {
    bytes: usize,
    /// Whether nothing is left below the goal.
    pub(super) is_dry: bool,
}

impl QueueCore {
    /// One turn of the thread.
    pub(super) fn step(&self, is_idle: bool) -> Next {
        let Ok(_turn) = self.turn.take(|| false) else {
            return Next::Idle;
        };
        let destinations = self.worker.destinations();
        let Some((goal, has_work)) = self.goal() else {
            return Next::Last;
        };
        if destinations.is_empty() {
            // What is in the queue stays there.
            self.answer_flush(&destinations);
            let is_last = self.worker.is_stopping();
            return if is_last { Next::Last } else { Next::Idle };
        }
        if !has_work && goal.is_none() && !is_idle {
            return Next::Idle;
        }
        let drained = self.drain(&destinations, goal.unwrap_or(0), SHARE);
        let mut look = Duration::ZERO;
        if drained.is_dry {
            let work = self.work.lock();
            look = work.merge.look();
            let has_more = work.merge.has_work(&self.channel);
            drop(work);
            if goal.is_some() || !has_more {
                self.report_drops(&destinations);
            }
            self.answer_flush(&destinations);
        }
        self.see_to_the_time(&destinations, is_idle);
        // Where records are counted, callers may wait for the room of one.
        let little = self.channel.options.max_records.map_or(LITTLE, |_| 0);
        if !drained.is_dry || goal.is_some() || drained.bytes > little {
            Next::Now
        } else if drained.bytes == 0 {
            Next::Idle
        } else {
            Next::After(NAP.max(look * 10))
        }
    }

    /// Up to which stamp all is to be delivered because a caller waits for it, and whether there is
    /// anything to do. `None` when the thread has come to its end.
    fn goal(&self) -> Option<(Option<u64>, bool)> {
        // In this order: what was put in before the wish is below the stamp.
        let stopping = self.worker.is_stopping();
        let flush = self.worker.flush.wanted();
        let stamp = self.channel.stamps.load(Ordering::SeqCst);
        let mut work = self.work.lock();
        let has_work = work.merge.has_work(&self.channel);
        let goal = work.goal(stamp, stopping, flush, has_work);
        drop(work);
        goal.map(|goal| (goal, has_work))
    }

    /// Hands over what is below the goal, and at least what is there, about so many bytes of it.
    ///
    /// It must be the calling thread's turn. No lock is held while user code runs.
    pub(super) fn drain(&self, destinations: &Destinations, goal: u64, most: usize) -> Drained {
        let generation = process::generation();
        let mut has_looked = false;
        let mut drained = Drained {
            bytes: 0,
            is_dry: false,
        };
        while drained.bytes < most {
            let (run, removed) = {
                let mut work = self.work.lock();
                let run = work.merge.next_run(&self.channel, goal, &mut has_looked);
                (run, work.merge.removed())
            };
            removed.into_iter().for_each(user_code::drop_value);
            let Some(run) = run else {
                drained.is_dry = true;
                break;
            };
            if drained.bytes == 0 {
                destinations.batch(Batch::Begins);
            }
            while let Some(taken) = run.next() {
                let (thread, is_for_one) = (taken.lane.thread(), destinations.is_one());
                let handle = |record: &Record<'_>| destinations.handle(record);
                codec::decode(taken.bytes, thread, &run.environments, is_for_one, handle);
                drained.bytes += taken.bytes.len();
                // Only the thread whose turn it is writes it.
                let progress = self.worker.progress.load(Ordering::Relaxed) + 1;
                self.worker.progress.store(progress, Ordering::Relaxed);
                if process::generation() != generation {
                    // This one and what is left are the parent's to hand over, and counted as that.
                    std::mem::forget(taken);
                    return drained;
                }
            }
        }
        if drained.bytes > 0 {
            destinations.batch(Batch::Ends);
        }
        let mut work = self.work.lock();
        work.delivered = work.merge.completed();
        if drained.is_dry {
            work.handed_over = work.merge.taken();
        }
        drop(work);
        drained
    }

    /// From time to time: drops are reported even where there is no end of records, and memory is
    /// given back.
    fn see_to_the_time(&self, destinations: &Destinations, is_idle: bool) {
        let mut work = self.work.lock();
        let last = *work.reported_at.get_or_insert_with(Instant::now);
        let is_due = last.elapsed() >= REPORT;
        if is_due {
            work.reported_at = Some(Instant::now());
        }
        drop(work);
        if is_due {
            self.report_drops(destinations);
        }
        if is_due || is_idle {
            self.channel.spares.trim();
        }
    }

    /// Reports in the stream how many records were dropped since the last report.
    pub(super) fn report_drops(&self, destinations: &Destinations) {
        let mut work = self.work.lock();
        let drops = self.channel.drops.read();
        let new = drops.since(&work.reported);
        if new.total() == 0 || !self.channel.options.reports_drops {
            return;
        }
        work.reported = drops;
        let environments = Arc::clone(work.merge.environments());
        drop(work);
        let environment = environments.iter().flatten().next();
        let environment = environment.unwrap_or_else(|| RegistryContext::global());
        let plural = if new.total() == 1 { "" } else { "s" };
        let text = format!(
            "{} record{plural} dropped as the queue was full ({new})",
            new.total()
        );
        let message = Message::Text(text.into());
        let source = Source::default();
        destinations.handle(&Record::new(
            environment,
            failure::NOTICES,
            Level::WARNING,
            message,
            &source,
        ));
    }

    /// Completes a flush if all that it waits for was delivered.
    fn answer_flush(&self, destinations: &Destinations) {
        let mut work = self.work.lock();
        let completed = work.merge.completed();
        let is_reached = |(_, goal): &(u64, u64)| completed >= *goal || destinations.is_empty();
        let Some((number, _)) = work.flush.take_if(|flush| is_reached(flush)) else {
            return;
        };
        drop(work);
        let result = match self.channel.queued() {
            left @ 1.. if destinations.is_empty() => Err(left_over(left)),
            _ => destinations.flush(),
        };
        self.worker.flush.answer(number, result);
    }

    /// Hands over on the calling thread what was put in before this [mark](Channel::mark), where
    /// the queue was closed.
    ///
    /// Where another thread hands records over, it waits for that, within the limit for callers.
    /// One that may not wait leaves its record to the other thread, which looks once more when
    /// it is done.
    #[cold]
    pub(super) fn deliver_now(&self, mark: u64) {
        if self.turn.is_own() {
            // Logged by a sink of the queue. It goes with the same turn: handed over here, it could
            // make another one, and so on.
            return;
        }
        let time = if user_code::is_inside_device() {
            Duration::ZERO
        } else {
            self.channel.options.block_at_most
        };
        let start = Instant::now();
        let is_left = || self.work.lock().delivered <= mark;
        for round in 0..ROUNDS {
            // One who finds the turn taken is seen by the one who ends it: each looks for the other
            // after its own step.
            fence(Ordering::SeqCst);
            if round > 0 && !self.work.lock().merge.has_work(&self.channel) {
                return;
            }
            let Ok(turn) = self.turn.take(|| start.elapsed() < time && is_left()) else {
                return;
            };
            let destinations = self.worker.destinations();
            self.drain(&destinations, mark + 1, usize::MAX);
            self.report_drops(&destinations);
            drop(turn);
        }
    }
}
