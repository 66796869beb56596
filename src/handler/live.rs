//! All handlers that live, and the names of some.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::error::Error;
use crate::filter;
use crate::handler::core::HandlerCore;
use crate::handler::handler_id::HandlerId;
use crate::sys::process;
use crate::sys::sync::{Arc, AtomicBool, Mutex, Ordering, Weak};

/// The process's handlers. A handler is in no registry's hands alone, so neither is its name.
static DIRECTORY: Mutex<Directory> = Mutex::new(Directory {
    living: Vec::new(),
    prune_at: 64,
    names: BTreeMap::new(),
});

struct Directory {
    /// In the order of making.
    living: Vec<Weak<HandlerCore>>,
    /// The length at which the dead are looked for.
    prune_at: usize,
    names: BTreeMap<Arc<str>, Weak<HandlerCore>>,
}

pub(super) fn enter(handler: &Arc<HandlerCore>) {
    let mut directory = DIRECTORY.lock();
    if directory.living.len() >= directory.prune_at {
        directory.living.retain(|core| core.strong_count() > 0);
        directory.prune_at = 2 * directory.living.len().max(32);
    }
    directory.living.push(Arc::downgrade(handler));
    drop(directory);
    process::at_exit(shutdown_at_exit);
    process::in_child(begin_in_child);
}

/// The living handlers, the newest first.
fn living() -> Vec<Arc<HandlerCore>> {
    let mut living: Vec<_> = DIRECTORY
        .lock()
        .living
        .iter()
        .filter_map(Weak::upgrade)
        .collect();
    living.sort_by_key(|handler| std::cmp::Reverse(handler.id));
    living
}

/// How long the end of the process waits for a thread that is inside a device and does not get on.
const PATIENCE: Duration = Duration::from_secs(1);

/// [`shutdown`], but a device that another thread hangs in does not keep the process from its end.
fn shutdown_at_exit() {
    process::with_patience(PATIENCE, shutdown);
}

/// In a child process, what the sinks keep is the parent's.
fn begin_in_child() {
    for handler in living() {
        handler.reset_after_fork();
    }
}

/// Sorts handlers so that each comes before those that it hands records to, and where that leaves a
/// choice, the newest first.
fn sources_first(handlers: Vec<Arc<HandlerCore>>) -> Vec<Arc<HandlerCore>> {
    // By their numbers, which grow in the order of making.
    let mut waiting = BTreeMap::new();
    let mut sources = BTreeMap::<HandlerId, usize>::new();
    for handler in handlers {
        let targets = handler.status().targets;
        for target in &targets {
            *sources.entry(*target).or_default() += 1;
        }
        waiting.insert(handler.id, (handler, targets));
    }
    let has_no_source = |id: &&HandlerId| !sources.contains_key(id);
    let mut ready: BTreeSet<_> = waiting.keys().filter(has_no_source).copied().collect();
    let mut sorted = Vec::with_capacity(waiting.len());
    // Where they hand records to each other in a circle, the newest of those that are left.
    while let Some(next) = ready
        .pop_last()
        .or_else(|| waiting.keys().next_back().copied())
    {
        let Some((handler, targets)) = waiting.remove(&next) else {
            continue;
        };
        sorted.push(handler);
        for target in &targets {
            if let Some(left) = sources.get_mut(target) {
                *left = left.saturating_sub(1);
                if *left == 0 {
                    ready.insert(*target);
                }
            }
        }
    }
    sorted
}

/// Whether a handler was made that must be called on the thread that logs.
static HAS_CALLERS: AtomicBool = AtomicBool::new(false);

/// Notes that a handler is made that must be called on the thread that logs.
pub(super) fn expect_callers() {
    HAS_CALLERS.store(true, Ordering::Relaxed);
}

/// Whether there may be a handler that must be called on the thread that logs, as in tests.
pub(super) fn has_callers() -> bool {
    HAS_CALLERS.load(Ordering::Relaxed)
}

/// Whether one of these handlers must be called on the thread that logs, or passes records to one
/// that must, be it by way of others.
pub(super) fn lead_to_the_caller(handlers: impl Iterator<Item = HandlerId>) -> bool {
    let living = living().into_iter().map(|core| (core.id, core));
    let mut living: BTreeMap<_, _> = living.collect();
    let mut waiting: Vec<_> = handlers.collect();
    // Each is looked at once, as they may pass records in a circle.
    while let Some(id) = waiting.pop() {
        let Some(core) = living.remove(&id) else {
            continue;
        };
        if core.facts.is_of_the_caller {
            return true;
        }
        waiting.extend(core.status().targets);
    }
    false
}

/// The numbers of a handler and of those that pass records to it, be it by way of others.
pub(crate) fn with_sources(handler: u64) -> Vec<u64> {
    let mut others: Vec<_> = living()
        .iter()
        .map(|other| {
            let targets = other.status().targets.into_iter();
            let targets: Vec<_> = targets.map(HandlerId::number).collect();
            (other.id.number(), targets)
        })
        .collect();
    let mut found = vec![handler];
    let mut at = 0;
    while let Some(target) = found.get(at).copied() {
        others.retain(|(id, targets)| {
            let is_source = targets.contains(&target);
            if is_source {
                found.push(*id);
            }
            !is_source
        });
        at += 1;
    }
    found
}

#[expect(
    clippy::significant_drop_tightening,
    reason = "both locks are held for the whole exchange"
)]
pub(super) fn rename(handler: &Arc<HandlerCore>, name: Option<&str>) {
    // One lock at a time is not enough here: two renamings at once could leave a name with the
    // wrong handler.
    let mut directory = DIRECTORY.lock();
    let mut own = handler.name.lock();
    if let Some(old) = own.take() {
        // Only if the name is still its own: another handler may have taken it.
        if directory
            .names
            .get(&old)
            .is_some_and(|core| core.ptr_eq(&Arc::downgrade(handler)))
        {
            directory.names.remove(&old);
        }
    }
    if let Some(name) = name {
        let name: Arc<str> = name.into();
        directory
            .names
            .insert(Arc::clone(&name), Arc::downgrade(handler));
        *own = Some(name);
    }
}

pub(super) fn by_name(name: &str) -> Option<Arc<HandlerCore>> {
    let found = DIRECTORY.lock().names.get(name).cloned();
    found?.upgrade()
}

/// Closes a handler; its name is free again.
pub(super) fn close(handler: &Arc<HandlerCore>) -> Result<(), Error> {
    rename(handler, None);
    handler.close()
}

/// The names of all living handlers that have one, in order.
///
/// # Python
/// `logging.getHandlerNames`.
#[must_use]
pub fn handler_names() -> Vec<Arc<str>> {
    let mut directory = DIRECTORY.lock();
    directory.names.retain(|_, core| core.strong_count() > 0);
    directory.names.keys().cloned().collect()
}

/// Flushes and closes all living handlers: each before those that it [hands records
/// to](super::SinkStatus::targets), and the newest first where that leaves a choice. Errors are
/// ignored, as no caller is left to act on them; logging still works afterwards as far as the
/// sinks do: a file that is appended to is opened again, a queue, a `MemoryHandler` and a
/// `BufferingHandler` hand records over at once.
///
/// On Unix it is called at the end of the process as well, by return from `main`, `exit` or a panic
/// of the main thread; devices that another thread is inside of are then waited for a second at
/// most. On Windows, `std::process::exit` ends the process without it: call it before. An abort or
/// a signal ends without it.
///
/// # Python
/// `logging.shutdown`, which goes by the order of making alone.
pub fn shutdown() {
    // Those of loggers, too, which know no handler.
    filter::settle_all();
    // Out of the directory's lock: sinks run the user's code.
    let handlers = sources_first(living());
    // What a function hands on, as that of a `BufferingHandler`, is not known as a target. So all
    // buffers are emptied before the first handler is closed; a few times, as others may log
    // meanwhile.
    for _ in 0..8 {
        let has_records = |handler: &&Arc<HandlerCore>| {
            let status = handler.status();
            status.flush_at_shutdown && status.queued > 0
        };
        let waiting: Vec<_> = handlers.iter().filter(has_records).collect();
        let failed = waiting
            .iter()
            .filter(|handler| handler.flush().is_err())
            .count();
        if waiting.len() == failed {
            break;
        }
    }
    for handler in &handlers {
        end(handler);
    }
}

/// Flushes all living handlers, for a process that may end at once.
#[cold]
pub(crate) fn flush_all() {
    let has_records = |handler: &Arc<HandlerCore>| handler.status().queued > 0;
    let handlers = sources_first(living()).into_iter();
    let (waiting, ready): (Vec<_>, Vec<_>) = handlers.partition(has_records);
    // Those that keep nothing come first, as a flush of the others may wait for a receiver until
    // the process has ended; and again, as they may be the targets of those.
    for handler in ready.iter().chain(&waiting).chain(&ready) {
        let _ = handler.flush();
    }
}

/// Reopens the files of all living handlers, as after a program like `logrotate` has renamed them;
/// handlers without a file do nothing. Returns the errors of those that could not be opened; these
/// handlers go on in the old file.
///
/// # Examples
/// ```
/// assert!(logtree::handler::reopen_all().is_empty());
/// ```
#[expect(clippy::must_use_candidate, reason = "it is called for what it does")]
pub fn reopen_all() -> Vec<Error> {
    // Out of the directory's lock: sinks run the user's code.
    living()
        .iter()
        .filter_map(|handler| handler.reopen().err())
        .collect()
}

/// A failing handler must not keep the others from their flush.
fn end(handler: &Arc<HandlerCore>) {
    if handler.status().flush_at_shutdown {
        let _ = handler.flush();
    }
    let _ = close(handler);
}
