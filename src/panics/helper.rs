//! The thread that logs a panic, and how long the panicking one waits for it.
//!
//! It is started for each panic: there is nothing to keep, to restart after a fork or to deadlock
//! with.

use std::cell::Cell;
use std::time::Duration;
use std::{mem, thread};

use crate::handler::live;
use crate::panics::report::Report;
use crate::scope::here;
use crate::scope::scope::Scope;
use crate::sys::host::{self, Instant};
use crate::sys::sync::{Arc, AtomicBool, AtomicUsize, Mutex, Ordering};
use crate::sys::{process, user_code};

/// How long a panicking thread waits.
const LONGEST: Duration = Duration::from_secs(2);

/// How long the helper waits for a device: the panicking thread may be inside it, and is waiting.
const PATIENCE: Duration = Duration::from_millis(100);

/// How long the end of the process waits for helpers that no thread waits for.
const AT_EXIT: Duration = Duration::from_secs(1);

/// The number of helpers at work.
static AT_WORK: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static IS_HELPER: Cell<bool> = const { Cell::new(false) };
}

/// What the hook hands on. The helper takes it out: what is in it may end with user code, which
/// must not run in the hook.
struct Exchange {
    work: Mutex<Option<Box<dyn FnOnce() + Send>>>,
    is_done: AtomicBool,
}

/// Called before the first panic is handed on.
pub(super) fn prepare() {
    process::at_exit(|| {
        wait_until(AT_EXIT, || AT_WORK.load(Ordering::Acquire) == 0);
    });
    // The parent's helpers.
    process::in_child(|| AT_WORK.store(0, Ordering::Relaxed));
}

/// Reports whether the calling thread logs a panic.
pub(super) fn is_helper() -> bool {
    IS_HELPER.get()
}

/// Has another thread log a panic, and waits for it unless the panicking thread goes on anyway.
/// Called in the hook: it must not panic, or run user code.
pub(super) fn hand_on(report: Report) {
    let line = report.line();
    let is_contained = report.is_contained(here::depth());
    // With the scopes and spans of this thread.
    let work = Scope::current().bind(move || {
        report.log();
        drop(report);
        if !is_contained {
            live::flush_all();
        }
    });
    let exchange = Arc::new(Exchange {
        work: Mutex::new(Some(Box::new(work))),
        is_done: AtomicBool::new(false),
    });
    let is_done = || exchange.is_done.load(Ordering::Acquire);
    let is_logged = if is_contained {
        start(&exchange)
    } else {
        process::in_a_hurry(|| start(&exchange) && wait_until(LONGEST, is_done))
    };
    if !is_logged {
        host::write_past_std(line.as_bytes());
    }
}

/// Starts the helper. Returns `false` if there is no thread.
fn start(exchange: &Arc<Exchange>) -> bool {
    AT_WORK.fetch_add(1, Ordering::Relaxed);
    let theirs = Arc::clone(exchange);
    let thread = thread::Builder::new().name("logtree-panic".to_owned());
    let is_started = thread.spawn(move || help(&theirs)).is_ok();
    if !is_started {
        AT_WORK.fetch_sub(1, Ordering::Relaxed);
        mem::forget(Arc::clone(exchange));
    }
    is_started
}

fn help(exchange: &Exchange) {
    IS_HELPER.set(true);
    let work = exchange.work.lock().take();
    process::with_patience(PATIENCE, || {
        let _ = user_code::catch(|| work.map(|work| work()));
    });
    exchange.is_done.store(true, Ordering::Release);
    AT_WORK.fetch_sub(1, Ordering::Release);
}

/// Waits at most so long. Returns whether the condition holds.
fn wait_until(limit: Duration, is_true: impl Fn() -> bool) -> bool {
    let start = Instant::now();
    let mut pause = Duration::from_micros(20);
    while !is_true() {
        if start.elapsed() >= limit {
            return false;
        }
        thread::sleep(pause);
        pause = (2 * pause).min(Duration::from_millis(1));
    }
    true
}
