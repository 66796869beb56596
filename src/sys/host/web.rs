//! WebAssembly in a JavaScript host: its clocks, and its console as standard error.

use std::io::{self, Write};
use std::time::SystemTime;

pub(crate) use std::io::stdout;
pub(crate) use web_time::Instant;

/// The wall clock, by `Date.now()`.
pub(crate) fn system_time() -> SystemTime {
    let since_epoch = web_time::SystemTime::now().duration_since(web_time::UNIX_EPOCH);
    SystemTime::UNIX_EPOCH + since_epoch.unwrap_or_default()
}

/// There are no processes.
pub(crate) fn process_id() -> u32 {
    0
}

/// Writes each `write` as one entry of `console.error`, without its final newline.
#[derive(Debug)]
pub(crate) struct Stderr(());

pub(crate) fn stderr() -> Stderr {
    Stderr(())
}

impl Write for Stderr {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let text = text.strip_suffix('\n').unwrap_or(&text);
        web_sys::console::error_1(&text.into());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
