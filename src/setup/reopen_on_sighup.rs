//! Reopening of files at SIGHUP: [`reopen_on_sighup`].

use std::time::Duration;

use signal_hook::consts::SIGHUP;
use signal_hook::flag;

use crate::error::{Chain, Error};
use crate::handler::reopen_all;
use crate::registry::Registry;
use crate::sys::process::{self, InChild};
use crate::sys::sync::{Arc, AtomicBool, Mutex, Ordering};
use crate::sys::timer::{Alarm, Timed};

/// [Reopens all files](reopen_all) whenever the process gets the signal `SIGHUP`, within a tenth of
/// a second: for `logrotate` with `create`, and `kill -HUP` in its `postrotate`. The signal no
/// longer ends the process. Other handlers of the signal are still called.
///
/// Files that cannot be opened are reported on standard error. A second call has no effect. A child
/// process made by `fork` listens as well, from its first record on; a signal that arrived before
/// takes effect then.
///
/// # Errors
/// [`ErrorKind::Io`](crate::ErrorKind::Io) if the system refuses to register the signal.
///
/// # Examples
/// ```
/// logtree::setup::reopen_on_sighup()?;
/// # Ok::<(), logtree::Error>(())
/// ```
pub fn reopen_on_sighup() -> Result<(), Error> {
    static LISTENER: Mutex<Option<Arc<Listener>>> = Mutex::new(None);
    let mut listener = LISTENER.lock();
    if listener.is_some() {
        return Ok(());
    }
    let received = Arc::new(AtomicBool::new(false));
    // A flag rather than a pipe to a thread: a child would share the pipe with its parent and
    // lacks the thread.
    flag::register(SIGHUP, Arc::clone(&received))
        .map_err(|error| Error::io("cannot listen to SIGHUP", error))?;
    let new = Arc::new(Listener {
        received,
        alarm: Alarm,
    });
    process::in_child_of(&new);
    new.alarm
        .set(&new, INTERVAL)
        .map_err(|error| Error::io("cannot start the thread that waits for SIGHUP", error))?;
    *listener = Some(new);
    drop(listener);
    Ok(())
}

struct Listener {
    received: Arc<AtomicBool>,
    alarm: Alarm,
}

const INTERVAL: Duration = Duration::from_millis(100);

impl Timed for Listener {
    fn on_time(&self) {
        if self.received.swap(false, Ordering::Relaxed) {
            reopen();
        }
    }

    fn next(&self) -> Option<Duration> {
        Some(INTERVAL)
    }
}

impl InChild for Listener {
    /// A signal that arrived before the child's first record takes effect now.
    fn in_child(self: Arc<Self>) {
        if self.received.swap(false, Ordering::Relaxed) {
            reopen();
        }
    }
}

fn reopen() {
    for error in reopen_all() {
        let problem = format!("at SIGHUP: {}", Chain::one_line(&error));
        Registry::global().report_problem(&problem);
    }
}
