//! A thread that wakes up for what has to be done from time to time.

use std::thread;
use std::time::Duration;

use crate::sys::host::Instant;
use crate::sys::sync::{Arc, Mutex, Weak};
use crate::sys::{process, user_code};

/// Something that has work to do from time to time, whether or not records come.
pub(crate) trait Tick: Send + Sync {
    fn tick(&self);
}

/// The process's only one, made when it is first needed; it ends when no entry is left.
static TICKER: Mutex<Ticker> = Mutex::new(Ticker {
    entries: Vec::new(),
    running: false,
});

struct Ticker {
    entries: Vec<Entry>,
    running: bool,
}

struct Entry {
    who: Weak<dyn Tick>,
    every: Duration,
    due: Instant,
}

const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Calls `who` every so often, as long as it lives.
pub(crate) fn every(interval: Duration, who: &Arc<impl Tick + 'static>) {
    let who: Weak<dyn Tick> = Arc::<_>::downgrade(who) as Weak<dyn Tick>;
    // A longer one could not be added to the time.
    let every = interval.clamp(Duration::from_millis(1), YEAR);
    // Before there is a thread, which a child that is forked meanwhile would lack.
    process::in_child(start_in_child);
    let mut ticker = TICKER.lock();
    ticker.entries.push(Entry {
        who,
        every,
        due: Instant::now() + every,
    });
    start(&mut ticker);
    drop(ticker);
}

/// The thread is the parent's alone.
fn start_in_child() {
    let mut ticker = TICKER.lock();
    ticker.running = false;
    if !ticker.entries.is_empty() {
        start(&mut ticker);
    }
}

fn start(ticker: &mut Ticker) {
    if ticker.running {
        return;
    }
    let name = "logtree-ticker".to_owned();
    // Without a thread the interval is kept by the records that come.
    ticker.running = thread::Builder::new().name(name).spawn(run).is_ok();
}

fn run() {
    while let Some((due, next)) = take_due(Instant::now()) {
        for who in due.iter().filter_map(Weak::upgrade) {
            // One that panics is called again next time.
            user_code::call_ignoring_panic(|| who.tick());
        }
        let wait = next.saturating_duration_since(Instant::now());
        // Not longer, so that it ends soon after the last of them, and finds new ones that are due
        // sooner.
        thread::sleep(wait.clamp(Duration::from_millis(1), Duration::from_millis(100)));
    }
}

/// Those that are due, and when the next ones are; `None` once none is left.
#[expect(
    clippy::significant_drop_tightening,
    reason = "all of it is looked at under the lock"
)]
fn take_due(now: Instant) -> Option<(Vec<Weak<dyn Tick>>, Instant)> {
    let mut ticker = TICKER.lock();
    ticker.entries.retain(|entry| entry.who.strong_count() > 0);
    let Some(next) = ticker.entries.iter().map(|entry| entry.due).min() else {
        ticker.running = false;
        return None;
    };
    let mut due = Vec::new();
    for entry in ticker.entries.iter_mut().filter(|entry| entry.due <= now) {
        entry.due = now + entry.every;
        due.push(Weak::clone(&entry.who));
    }
    Some((due, next))
}
