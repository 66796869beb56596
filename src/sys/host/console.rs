//! Escape sequences on a console.

/// The process's own streams.
#[derive(Clone, Copy)]
pub(crate) enum Standard {
    Output,
    Error,
}

/// Makes a stream's terminal interpret escape sequences; reports whether it does.
///
/// Terminals do. The classic console of Windows prints them as text until it is switched, each
/// stream by itself; where there is no console, it is a terminal of MSYS or Cygwin, or a pipe.
pub(crate) fn enable_escapes(stream: Standard) -> bool {
    #[cfg(windows)]
    {
        use winapi_util::{HandleRef, console};

        /// `ENABLE_VIRTUAL_TERMINAL_PROCESSING`.
        const ESCAPES: u32 = 0x4;
        let handle = || match stream {
            Standard::Output => HandleRef::stdout(),
            Standard::Error => HandleRef::stderr(),
        };
        return console::mode(handle()).map_or(true, |mode| {
            mode & ESCAPES != 0 || console::set_mode(handle(), mode | ESCAPES).is_ok()
        });
    }
    #[cfg(not(windows))]
    {
        let (Standard::Output | Standard::Error) = stream;
        true
    }
}
