//! What daemons do at SIGHUP: [`reopen_on_sighup`].

use std::thread;

use signal_hook::consts::SIGHUP;
use signal_hook::iterator::Signals;

use crate::sync::Mutex;
use crate::{Error, Registry, reopen_all};

/// From now on, [opens all files anew](reopen_all) whenever the process gets the signal `SIGHUP`: for `logrotate` with `create`, and
/// `kill -HUP` in its `postrotate`. The signal no longer ends the process. Others who listen to it still do.
///
/// What cannot be opened is reported on standard error. Called again, it does nothing.
///
/// # Errors
/// [`ErrorKind::Io`](crate::ErrorKind::Io) when the system refuses to hand over the signal, or gives no thread.
///
/// # Examples
/// ```
/// logtree::reopen_on_sighup()?;
/// # Ok::<(), logtree::Error>(())
/// ```
#[expect(
    clippy::significant_drop_tightening,
    reason = "to look whether it is done and to do it are one step"
)]
pub fn reopen_on_sighup() -> Result<(), Error> {
    static DONE: Mutex<bool> = Mutex::new(false);
    let mut done = DONE.lock();
    if *done {
        return Ok(());
    }
    let failed = |error| Error::io("cannot listen to SIGHUP", error);
    let mut signals = Signals::new([SIGHUP]).map_err(failed)?;
    let listen = move || {
        for _ in signals.forever() {
            for error in reopen_all() {
                let diagnostics = &Registry::global().inner().environment.diagnostics;
                diagnostics.line(format_args!("logtree: at SIGHUP: {error}"));
            }
        }
    };
    let thread = thread::Builder::new().name("logtree-sighup".to_owned());
    thread.spawn(listen).map_err(failed)?;
    *done = true;
    Ok(())
}
