//! Consoles: their escape sequences and their width.

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

/// Returns how many columns a stream's terminal has; `None` where the stream is none.
#[cfg(feature = "pretty")]
pub(crate) fn columns(stream: Standard) -> Option<u16> {
    #[cfg(unix)]
    let columns = {
        let stream = match stream {
            Standard::Output => rustix::stdio::stdout(),
            Standard::Error => rustix::stdio::stderr(),
        };
        rustix::termios::tcgetwinsize(stream).ok()?.ws_col
    };
    #[cfg(windows)]
    let columns = {
        use winapi_util::{HandleRef, console};

        let stream = match stream {
            Standard::Output => HandleRef::stdout(),
            Standard::Error => HandleRef::stderr(),
        };
        let (columns, _) = console::screen_buffer_info(stream).ok()?.size();
        u16::try_from(columns).ok()?
    };
    #[cfg(not(any(unix, windows)))]
    let columns = {
        let (Standard::Output | Standard::Error) = stream;
        0
    };
    // A terminal that does not know its size has 0.
    Some(columns).filter(|columns| *columns > 0)
}
