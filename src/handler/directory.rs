//! All handlers that live, and the names of some.

use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;

use super::{Core, Handler};
use crate::environment::Environment;
use crate::host::Instant;
use crate::process;
use crate::sync::{Arc, Mutex, Weak};

/// The process's handlers. A handler is in no registry's hands alone, so neither is its name.
static DIRECTORY: Mutex<Directory> = Mutex::new(Directory {
    living: Vec::new(),
    prune_at: 64,
    names: BTreeMap::new(),
});

struct Directory {
    /// In the order of making.
    living: Vec<Weak<Core>>,
    /// The length at which the dead are looked for.
    prune_at: usize,
    names: BTreeMap<Arc<str>, Weak<Core>>,
}

pub(super) fn enter(handler: &Handler) {
    let mut directory = DIRECTORY.lock();
    if directory.living.len() >= directory.prune_at {
        directory.living.retain(|core| core.strong_count() > 0);
        directory.prune_at = 2 * directory.living.len().max(32);
    }
    directory.living.push(handler.downgrade());
    drop(directory);
    // Made here, so that no thread is just making it while another one forks.
    Environment::global();
    process::at_exit(shutdown_at_exit);
    process::before_fork(wait_until_idle);
}

/// The living handlers, the newest first.
fn living() -> Vec<Handler> {
    let mut living: Vec<_> = DIRECTORY
        .lock()
        .living
        .iter()
        .filter_map(Handler::upgrade)
        .collect();
    living.sort_by_key(|handler| std::cmp::Reverse(handler.core.serial));
    living
}

/// How long an end of the process or a fork waits for all that is just being written.
const PATIENCE: Duration = Duration::from_secs(1);

/// Waits until a handler's sink is not inside its lock; answers whether it is so.
fn is_idle_by(handler: &Handler, deadline: Instant) -> bool {
    while !handler.core.sink.is_idle() {
        if Instant::now() > deadline {
            return false;
        }
        thread::sleep(Duration::from_micros(50));
    }
    true
}

fn wait_until_idle() {
    let deadline = Instant::now() + PATIENCE;
    for handler in living() {
        is_idle_by(&handler, deadline);
    }
    // Whoever has it holds it for a moment only.
    while !DIRECTORY.is_free() && Instant::now() < deadline {
        thread::yield_now();
    }
}

/// [`shutdown`], but a sink whose device hangs does not keep the process from its end.
fn shutdown_at_exit() {
    let deadline = Instant::now() + PATIENCE;
    for handler in living() {
        if handler.core.sink.ends_in_time() || is_idle_by(&handler, deadline) {
            end(&handler);
        }
    }
}

#[expect(
    clippy::significant_drop_tightening,
    reason = "both locks are held for the whole exchange"
)]
pub(super) fn rename(handler: &Handler, name: Option<&str>) {
    // One lock at a time is not enough here: two renamings at once could leave a name with the wrong handler.
    let mut directory = DIRECTORY.lock();
    let mut own = handler.core.name.lock();
    if let Some(old) = own.take() {
        // Only if the name is still its own: another handler may have taken it.
        if directory
            .names
            .get(&old)
            .is_some_and(|core| core.ptr_eq(&handler.downgrade()))
        {
            directory.names.remove(&old);
        }
    }
    if let Some(name) = name {
        let name: Arc<str> = name.into();
        directory
            .names
            .insert(Arc::clone(&name), handler.downgrade());
        *own = Some(name);
    }
}

/// The living handler of a name.
///
/// # Python
/// `logging.getHandlerByName`.
#[must_use]
pub fn handler_by_name(name: &str) -> Option<Handler> {
    let found = DIRECTORY.lock().names.get(name).cloned();
    Handler::upgrade(&found?)
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

/// Flushes and closes all living handlers, the newest first. Errors are ignored, as nobody is
/// left to act on them; logging goes on to work afterwards as far as the sinks do: a file that is appended to is opened again, a
/// queue hands records over at once.
///
/// On Unix it is called at the end of the process as well, by return from `main`, `exit` or a panic of the main thread; sinks whose
/// device hangs are then passed over after a second. An abort or a signal ends without it.
///
/// # Python
/// `logging.shutdown`.
pub fn shutdown() {
    // Out of the directory's lock: sinks run the user's code.
    for handler in living() {
        end(&handler);
    }
}

/// Opens the files of all living handlers anew, as after a program like `logrotate` has renamed them; handlers without a file do nothing.
/// Answers with what could not be opened: those handlers go on in the old file.
///
/// # Examples
/// ```
/// assert!(logtree::reopen_all().is_empty());
/// ```
#[expect(clippy::must_use_candidate, reason = "it is called for what it does")]
pub fn reopen_all() -> Vec<crate::Error> {
    // Out of the directory's lock: sinks run the user's code.
    living()
        .iter()
        .filter_map(|handler| handler.reopen().err())
        .collect()
}

/// A failing handler must not keep the others from their flush (statement 117).
fn end(handler: &Handler) {
    if handler.core.sink.flush_at_shutdown() {
        let _ = handler.flush();
    }
    let _ = handler.close();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NullHandler;

    /// Statement 73.
    #[test]
    fn the_last_to_take_a_name_has_it() {
        let (first, second) = (
            Handler::from(NullHandler::new()),
            Handler::from(NullHandler::new()),
        );
        first.set_name("directory-test");
        second.set_name("directory-test");
        assert!(handler_by_name("directory-test").unwrap().is(&second));
        // A deviation: the first one's new name does not lose the second one's.
        first.set_name("directory-test-2");
        assert!(handler_by_name("directory-test").unwrap().is(&second));
        second.close().unwrap();
        assert!(handler_by_name("directory-test").is_none());
        drop(first);
        assert!(
            !handler_names()
                .iter()
                .any(|name| name.starts_with("directory-test"))
        );
    }
}
