//! Platforms with an operating system: std has it all.

pub(crate) use std::process::id as process_id;
pub(crate) use std::time::Instant;

#[cfg(not(unix))]
pub(crate) use std::io::{stderr, stdout};

#[cfg(unix)]
pub(crate) use self::unix::{stderr, stdout};

/// The wall clock. Unix has a shorter way to it, in `src/clock.rs`.
#[cfg(not(unix))]
pub(crate) fn system_time() -> std::time::SystemTime {
    #[expect(clippy::disallowed_methods, reason = "the clock asks here")]
    std::time::SystemTime::now()
}

#[cfg(unix)]
mod unix {
    use std::io::{self, Write};

    use rustix::io::Errno;

    use crate::sys::host::console::Standard;
    use crate::sys::process;

    /// A standard stream of the process, through std, so that no line comes into the middle of what
    /// the program itself prints.
    ///
    /// In a child process it is written to past std: a thread of the parent may have had std's lock
    /// at the fork (`eprintln!` has it while its `Display`s run), and there it is never released.
    /// So it is while a thread that may have the lock waits for a panic to be logged.
    pub(crate) struct Stream(Standard);

    pub(crate) fn stderr() -> Stream {
        Stream(Standard::Error)
    }

    pub(crate) fn stdout() -> Stream {
        Stream(Standard::Output)
    }

    impl Write for Stream {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let stream = match (process::is_child() || process::is_in_a_hurry(), self.0) {
                (false, Standard::Error) => return io::stderr().write(bytes),
                (false, Standard::Output) => return io::stdout().write(bytes),
                (true, Standard::Error) => rustix::stdio::stderr(),
                (true, Standard::Output) => rustix::stdio::stdout(),
            };
            match rustix::io::write(stream, bytes) {
                // As std has it: a process without the stream writes to nowhere.
                Err(Errno::BADF) => Ok(bytes.len()),
                written => Ok(written?),
            }
        }

        fn flush(&mut self) -> io::Result<()> {
            match self.0 {
                Standard::Output if !process::is_child() => io::stdout().flush(),
                // Nothing is held back.
                Standard::Output | Standard::Error => Ok(()),
            }
        }
    }
}
