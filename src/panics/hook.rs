//! The hook, and which of several panic loggers logs.
//!
//! What panics inside a hook aborts the process, and no `catch_unwind` helps. So nothing here calls
//! user code or drops anything that could be the last owner of some.

use std::panic::{self, PanicHookInfo};
use std::thread;

use crate::panics::destination::Destination;
use crate::panics::helper;
use crate::panics::limit::Limit;
use crate::panics::report::Report;
use crate::sys::host::Instant;
use crate::sys::sync::{Arc, AtomicU64, Mutex, Ordering};

/// In the order of their installation. The last one logs.
static INSTALLED: Mutex<Vec<Installed>> = Mutex::new(Vec::new());

struct Installed {
    number: u64,
    destination: Arc<Destination>,
    has_backtrace: bool,
    limit: Limit,
}

/// What the last panic logger does with a panic.
struct Decision {
    is_silent: bool,
    /// `None` for a panic that is left out.
    report: Option<Report>,
}

/// Installs a panic logger. Returns its number; `None` on a thread that is panicking.
pub(super) fn install(destination: Destination) -> Option<u64> {
    static LAST: AtomicU64 = AtomicU64::new(0);
    if thread::panicking() {
        return None;
    }
    helper::prepare();
    let number = LAST.fetch_add(1, Ordering::Relaxed) + 1;
    // Read here: setting a variable holds a lock of std.
    let variable = std::env::var_os("RUST_BACKTRACE");
    INSTALLED.lock().push(Installed {
        number,
        destination: Arc::new(destination),
        has_backtrace: variable.is_some_and(|value| value != "0"),
        limit: Limit::default(),
    });
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if on_panic(number, info) {
            before(info);
        }
    }));
    Some(number)
}

/// Has a panic logger log no more. Its hook stays, as others may have been installed after it, and
/// only calls the one before.
pub(super) fn remove(number: u64) {
    let mut installed = INSTALLED.lock();
    let at = installed.iter().position(|it| it.number == number);
    let removed = at.map(|at| installed.remove(at));
    drop(installed);
    // Out of the lock: a registry may end with it.
    drop(removed);
}

/// Reports whether the hook before is called.
fn on_panic(number: u64, info: &PanicHookInfo<'_>) -> bool {
    if helper::is_helper() {
        // Its handler reports it. To wait for another helper could go on for ever.
        return false;
    }
    let Some(decision) = decide(number, info) else {
        return true;
    };
    if let Some(report) = decision.report {
        helper::hand_on(report);
    }
    !decision.is_silent
}

#[expect(
    clippy::significant_drop_tightening,
    reason = "a logger that is removed meanwhile must not end in the hook"
)]
fn decide(number: u64, info: &PanicHookInfo<'_>) -> Option<Decision> {
    let mut installed = INSTALLED.lock();
    let last = installed.last_mut().filter(|last| last.number == number)?;
    let suppressed = last.limit.passes(info.location(), Instant::now());
    let report = suppressed.map(|suppressed| {
        let destination = Arc::clone(&last.destination);
        Report::new(info, destination, last.has_backtrace, suppressed)
    });
    Some(Decision {
        is_silent: last.destination.is_silent,
        report,
    })
}
