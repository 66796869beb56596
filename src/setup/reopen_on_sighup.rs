//! What daemons do at SIGHUP: [`reopen_on_sighup`].

use std::thread;
use std::time::Duration;

use signal_hook::consts::SIGHUP;
use signal_hook::flag;

use crate::error::{Chain, Error};
use crate::handler::{Tick, every, reopen_all};
use crate::registry::Registry;
use crate::sys::process::{self, InChild};
use crate::sys::sync::{Arc, AtomicBool, Mutex, Ordering};

/// From now on, [opens all files again](reopen_all) whenever the process gets the signal `SIGHUP`, within a tenth of a second: for
/// `logrotate` with `create`, and `kill -HUP` in its `postrotate`. The signal no longer ends the process. Other handlers of the signal are
/// still called.
///
/// A file that cannot be opened is reported on standard error. Called again, it does nothing. A child process made by `fork` listens as
/// well, from its first record on; a signal that came before has effect on that one.
///
/// # Errors
/// [`ErrorKind::Io`](crate::ErrorKind::Io) when the system refuses to hand over the signal.
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
    let came = Arc::new(AtomicBool::new(false));
    // A flag, and no pipe to a thread: a child would share that with its parent, and has not the thread.
    flag::register(SIGHUP, Arc::clone(&came))
        .map_err(|error| Error::io("cannot listen to SIGHUP", error))?;
    let new = Arc::new(Listener { came });
    process::in_child_of(&new);
    every(Duration::from_millis(100), &new);
    *listener = Some(new);
    drop(listener);
    Ok(())
}

struct Listener {
    came: Arc<AtomicBool>,
}

impl Tick for Listener {
    fn tick(&self) {
        if self.came.swap(false, Ordering::Relaxed) {
            // On a thread of its own, as some device may keep it for long. Without one, here.
            let thread = thread::Builder::new().name("logtree-sighup".to_owned());
            if thread.spawn(reopen).is_err() {
                reopen();
            }
        }
    }
}

impl InChild for Listener {
    /// What came before the child's first record has effect on it.
    fn in_child(self: Arc<Self>) {
        if self.came.swap(false, Ordering::Relaxed) {
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
