//! The interests that `tracing` caches for each call site, after levels changed.
//!
//! The cache is rebuilt on a thread that has nothing else to do, and on which the bridge is the
//! default: on a thread inside a callback of a scoped dispatcher, `tracing` would forget all call
//! sites or panic, and with one dispatcher alive it asks the default of the calling thread alone.
//! One rebuild follows another, so that the interest stored last is that of the newest levels.

use std::cell::Cell;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tracing_core::dispatcher::WeakDispatch;
use tracing_core::{callsite, dispatcher};

use crate::sys::sync::{DeviceMutex, MutexGuard};
use crate::sys::user_code;

/// How long a change of levels waits for the rebuild: it can be in the way of what holds a lock of
/// `tracing`, and then happens later.
const PATIENCE: Duration = Duration::from_secs(1);

/// Held while the cache is rebuilt, which calls other subscribers.
static REBUILD: DeviceMutex<()> = DeviceMutex::of_device(());

thread_local! {
    static IS_REBUILDING: Cell<bool> = const { Cell::new(false) };
}

/// Reports whether the thread rebuilds the cache.
pub(super) fn is_rebuilding() -> bool {
    IS_REBUILDING.try_with(Cell::get).unwrap_or(false)
}

/// Rebuilds the cache, and returns once it is as new as the levels, or [`PATIENCE`] is over.
pub(super) fn rebuild(dispatch: WeakDispatch) {
    if is_rebuilding() {
        // A change inside of a rebuild: the next one waits for the end of this one.
        return rebuild_soon(dispatch);
    }
    let (done, wait) = mpsc::sync_channel(1);
    let own = dispatch.clone();
    let work = move || {
        rebuild_here(&own, REBUILD.lock());
        let _ = done.send(());
    };
    if spawn(work) {
        // The thread may outlive the wait.
        let _ = wait.recv_timeout(PATIENCE);
    } else if let Some(one_by_one) = REBUILD.try_lock() {
        // The thread may hold a lock of `tracing` that a rebuild on another thread waits for.
        rebuild_here(&dispatch, one_by_one);
    }
}

/// Rebuilds the cache without a wait.
pub(super) fn rebuild_soon(dispatch: WeakDispatch) {
    spawn(move || rebuild_here(&dispatch, REBUILD.lock()));
}

/// Starts a thread; `false` if there can be none.
fn spawn(work: impl FnOnce() + Send + 'static) -> bool {
    let thread = thread::Builder::new().name("logtree-levels".into());
    thread.spawn(work).is_ok()
}

fn rebuild_here(dispatch: &WeakDispatch, one_by_one: MutexGuard<'_, (), true>) {
    IS_REBUILDING.set(true);
    // It calls other subscribers, whose panics are theirs.
    let rebuilt = user_code::catch(|| {
        let dispatch = dispatch.upgrade()?;
        dispatcher::with_default(&dispatch, callsite::rebuild_interest_cache);
        Some(dispatch)
    });
    IS_REBUILDING.set(false);
    drop(one_by_one);
    // The last owner of a subscriber may be this.
    let _ = user_code::catch(|| drop(rebuilt));
}
