//! The one timer of the process: work that is due at a time, whether or not records come.

use std::io;
use std::thread::{self, Thread};
use std::time::Duration;

use crate::sys::host::Instant;
use crate::sys::sync::{Arc, Mutex, Weak};
use crate::sys::{process, user_code};

/// Something that has work to do from time to time. It owns an [`Alarm`].
pub(crate) trait Timed: Send + Sync + 'static {
    /// Does what is due; on one thread at a time. May block, and may call user code: other work is
    /// done on time nevertheless.
    fn on_time(&self);

    /// Returns how long it is until the next work; `None` if the next [`Alarm::set`] says so.
    fn next(&self) -> Option<Duration>;
}

/// Has its owner called by the timer, as long as that lives.
#[derive(Debug, Default)]
pub(crate) struct Alarm;

static TIMER: Mutex<Timer> = Mutex::new(Timer {
    entries: Vec::new(),
    watcher: None,
    spare: None,
});

/// At most two threads, unless work blocks: one waits for what is due next and does it. Meanwhile
/// the other one watches, if anything else may become due. They end when nothing is left to do.
struct Timer {
    entries: Vec<Entry>,
    /// The thread that waits for what is due next.
    watcher: Option<Thread>,
    /// The thread that takes over when the watcher has work to do.
    spare: Option<Thread>,
}

struct Entry {
    job: Weak<dyn Timed>,
    due: Option<Instant>,
    is_running: bool,
}

/// What the watcher does next.
enum Step {
    Wait(Duration),
    Run(Weak<dyn Timed>),
    End,
}

/// A longer wait could not be added to the time.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

impl Alarm {
    /// Has `owner` called after `wait`, or earlier if that is set already.
    ///
    /// # Errors
    /// When there is no thread, and none can be started.
    pub(crate) fn set(&self, owner: &Arc<impl Timed>, wait: Duration) -> io::Result<()> {
        let job: Weak<dyn Timed> = Arc::<_>::downgrade(owner) as Weak<dyn Timed>;
        // Before there is a thread, which a child that is forked meanwhile would lack.
        process::in_child(start_in_child);
        let due = after(wait);
        let mut timer = TIMER.lock();
        match timer.entry(&job) {
            Some(entry) => entry.set(due),
            None => timer.entries.push(Entry {
                job,
                due: Some(due),
                is_running: false,
            }),
        }
        timer.watch()
    }
}

impl Drop for Alarm {
    /// The timer may have nothing left to wait for.
    fn drop(&mut self) {
        if let Some(watcher) = &TIMER.lock().watcher {
            watcher.unpark();
        }
    }
}

impl Entry {
    fn set(&mut self, due: Instant) {
        self.due = Some(self.due.map_or(due, |other| other.min(due)));
    }

    fn waits(&self) -> bool {
        !self.is_running && self.due.is_some()
    }
}

impl Timer {
    fn entry(&mut self, job: &Weak<dyn Timed>) -> Option<&mut Entry> {
        let mut entries = self.entries.iter_mut();
        entries.find(|entry| Weak::ptr_eq(&entry.job, job))
    }

    /// Has a thread watch, and look again at what is due next.
    fn watch(&mut self) -> io::Result<()> {
        if self.watcher.is_none() {
            self.watcher = self.spare.take();
        }
        match &self.watcher {
            Some(watcher) => watcher.unpark(),
            None => {
                let thread = thread::Builder::new().name("logtree-timer".to_owned());
                self.watcher = Some(thread.spawn(run)?.thread().clone());
            }
        }
        Ok(())
    }

    fn step(&mut self, now: Instant) -> Step {
        self.entries
            .retain(|entry| entry.is_running || entry.job.strong_count() > 0);
        let waiting = self.entries.iter_mut().filter(|entry| entry.waits());
        let Some(next) = waiting.min_by_key(|entry| entry.due) else {
            self.watcher = None;
            if let Some(spare) = self.spare.take() {
                spare.unpark();
            }
            return Step::End;
        };
        let wait = next.due.map(|due| due.saturating_duration_since(now));
        if let Some(wait) = wait.filter(|wait| !wait.is_zero()) {
            return Step::Wait(wait);
        }
        next.is_running = true;
        next.due = None;
        let job = Weak::clone(&next.job);
        self.watcher = None;
        if self.entries.iter().any(Entry::waits) {
            // Without another thread, this one watches again when the work is done.
            let _ = self.watch();
        }
        Step::Run(job)
    }

    /// Notes that work is done. Reports whether the calling thread stays.
    fn done(&mut self, job: &Weak<dyn Timed>, next: Option<Instant>) -> bool {
        if let Some(entry) = self.entry(job) {
            entry.is_running = false;
            if let Some(next) = next {
                entry.set(next);
            }
        }
        let me = thread::current();
        match &self.watcher {
            None => self.watcher = Some(me),
            Some(watcher) => {
                watcher.unpark();
                if self.spare.is_some() {
                    return false;
                }
                self.spare = Some(me);
            }
        }
        true
    }
}

fn run() {
    while wait_for_watch() {
        let step = TIMER.lock().step(Instant::now());
        match step {
            Step::Wait(wait) => thread::park_timeout(wait),
            Step::Run(job) => {
                let next = do_work(&job);
                if !TIMER.lock().done(&job, next) {
                    return;
                }
            }
            Step::End => return,
        }
    }
}

/// Waits as the spare thread. Returns `false` when none is needed any more.
fn wait_for_watch() -> bool {
    let me = thread::current().id();
    let is_me = |thread: &Option<Thread>| thread.as_ref().is_some_and(|it| it.id() == me);
    loop {
        let timer = TIMER.lock();
        let (watches, is_spare) = (is_me(&timer.watcher), is_me(&timer.spare));
        drop(timer);
        if watches || !is_spare {
            return watches;
        }
        thread::park();
    }
}

/// Returns when the owner is to be called again.
fn do_work(job: &Weak<dyn Timed>) -> Option<Instant> {
    let job = job.upgrade()?;
    // What panics is called again next time.
    user_code::call_ignoring_panic(|| job.on_time());
    let next = job.next().map(after);
    // It may be the last one that holds it.
    user_code::drop_value(job);
    next
}

fn after(wait: Duration) -> Instant {
    Instant::now() + wait.min(LONGEST)
}

/// The threads are the parent's alone.
fn start_in_child() {
    let mut timer = TIMER.lock();
    timer.watcher = None;
    timer.spare = None;
    for entry in timer.entries.iter_mut().filter(|entry| entry.is_running) {
        // It may have got anywhere in the parent.
        entry.is_running = false;
        entry.due = Some(Instant::now());
    }
    if timer.entries.iter().any(Entry::waits) {
        let _ = timer.watch();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::sync::{AtomicUsize, Ordering};
    use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

    /// Long enough for a machine under load; never reached by a test that passes.
    const PATIENCE: Duration = Duration::from_secs(60);

    /// Reports each call, and is due again after so long.
    struct Reporter {
        calls: SyncSender<()>,
        next: Option<Duration>,
        alarm: Alarm,
    }

    impl Reporter {
        fn new(next: Option<Duration>) -> (Arc<Self>, Receiver<()>) {
            let (calls, receiver) = sync_channel(0);
            let alarm = Alarm;
            (Arc::new(Self { calls, next, alarm }), receiver)
        }
    }

    impl Timed for Reporter {
        /// Blocks until the call is received.
        fn on_time(&self) {
            let _ = self.calls.send(());
        }

        fn next(&self) -> Option<Duration> {
            self.next
        }
    }

    #[test]
    fn work_that_blocks_delays_no_other() {
        let (blocked, block) = Reporter::new(None);
        blocked.alarm.set(&blocked, Duration::ZERO).unwrap();
        let others: Vec<_> = (0..5)
            .map(|_| {
                let (other, calls) = Reporter::new(Some(Duration::from_millis(1)));
                other.alarm.set(&other, Duration::ZERO).unwrap();
                (other, calls)
            })
            .collect();
        for (_, calls) in &others {
            for _ in 0..3 {
                calls.recv_timeout(PATIENCE).unwrap();
            }
        }
        block.recv_timeout(PATIENCE).unwrap();
    }

    #[test]
    fn an_earlier_time_replaces_a_later_one() {
        let (reporter, calls) = Reporter::new(None);
        reporter.alarm.set(&reporter, Duration::MAX).unwrap();
        reporter.alarm.set(&reporter, Duration::ZERO).unwrap();
        calls.recv_timeout(PATIENCE).unwrap();
        // Set again from without, as it does not ask for more.
        reporter.alarm.set(&reporter, Duration::ZERO).unwrap();
        reporter.alarm.set(&reporter, Duration::MAX).unwrap();
        calls.recv_timeout(PATIENCE).unwrap();
    }

    #[test]
    fn what_panics_is_called_again() {
        struct Panicking(AtomicUsize, SyncSender<()>, Alarm);
        impl Timed for Panicking {
            fn on_time(&self) {
                if self.0.fetch_add(1, Ordering::Relaxed) == 2 {
                    let _ = self.1.send(());
                }
                panic!("on purpose");
            }

            fn next(&self) -> Option<Duration> {
                Some(Duration::from_millis(1))
            }
        }
        let (third, call) = sync_channel(1);
        let panicking = Arc::new(Panicking(AtomicUsize::new(0), third, Alarm));
        panicking.2.set(&panicking, Duration::ZERO).unwrap();
        call.recv_timeout(PATIENCE).unwrap();
    }

    /// A set that comes while the work is being done is not lost.
    #[test]
    fn a_time_set_during_the_work_is_kept() {
        let (reporter, calls) = Reporter::new(None);
        reporter.alarm.set(&reporter, Duration::ZERO).unwrap();
        let is_running = || {
            let job: Weak<dyn Timed> = Arc::<_>::downgrade(&reporter) as Weak<dyn Timed>;
            TIMER
                .lock()
                .entry(&job)
                .is_some_and(|entry| entry.is_running)
        };
        while !is_running() {
            thread::yield_now();
        }
        reporter.alarm.set(&reporter, Duration::ZERO).unwrap();
        calls.recv_timeout(PATIENCE).unwrap();
        calls.recv_timeout(PATIENCE).unwrap();
    }
}
