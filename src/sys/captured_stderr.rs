//! Standard error as the test harness captures it: [`CapturedStderr`].

use std::cell::Cell;
use std::io::{self, Write};

use crate::sys::{host, process, user_code};

thread_local! {
    /// Whether `eprint!` has panicked on this thread: standard error is broken, and not captured.
    static IS_BROKEN: Cell<bool> = const { Cell::new(false) };
}

/// Standard error as the test harness captures it, on the thread of a test and on those that it
/// starts: only what is printed by `eprint!` goes there.
#[derive(Debug)]
pub(crate) struct CapturedStderr;

impl CapturedStderr {
    /// What a handler that writes there calls it.
    pub(crate) const NAME: &'static str = "<captured stderr>";
}

impl Write for CapturedStderr {
    /// Writes all of it. `eprint!` panics where standard error cannot be written to; from then on
    /// the thread writes past it, and gets the error. It waits for std's lock, which a child of a
    /// fork may have for ever, and a thread that waits for the log of its panic until then.
    #[expect(clippy::print_stderr, reason = "what the test harness captures")]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !(IS_BROKEN.get() || process::is_child() || process::is_in_a_hurry()) {
            let text = String::from_utf8_lossy(bytes);
            if user_code::catch(|| eprint!("{text}")).is_ok() {
                return Ok(bytes.len());
            }
            IS_BROKEN.set(true);
        }
        host::stderr().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
