//! A socket of the system: [`Socket`], and what is done with it within a time: [`Timed`].

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::time::Duration;

use crate::sys::host::Instant;

/// How often what a receiver sends is read before a write, and discarded; one may send without an
/// end.
pub(super) const MOST_READS: usize = 64;

/// The error for a connection that the receiver has closed in order.
pub(super) fn closed() -> io::Error {
    io::Error::new(
        ErrorKind::UnexpectedEof,
        "the receiver closed the connection",
    )
}

/// A socket of the system.
#[derive(Debug)]
pub(in crate::handler) enum Socket {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
}

/// The same method of whichever socket it is.
macro_rules! of_either {
    ($socket:expr, $inner:ident => $call:expr) => {
        match $socket {
            Socket::Tcp($inner) => $call,
            #[cfg(unix)]
            Socket::Unix($inner) => $call,
        }
    };
}

impl Socket {
    pub(super) fn set_read_timeout(&self, time: Duration) -> io::Result<()> {
        of_either!(self, socket => socket.set_read_timeout(Some(time)))
    }

    fn set_write_timeout(&self, time: Duration) -> io::Result<()> {
        of_either!(self, socket => socket.set_write_timeout(Some(time)))
    }

    /// Calls a function during which neither reads nor writes wait.
    pub(super) fn without_waiting<R>(
        &self,
        run: impl FnOnce(&Self) -> io::Result<R>,
    ) -> io::Result<R> {
        of_either!(self, socket => socket.set_nonblocking(true))?;
        let result = run(self);
        of_either!(self, socket => socket.set_nonblocking(false))?;
        result
    }

    /// Returns the error that came after an orderly end: the receiver's system has discarded what
    /// was written after it.
    pub(super) fn take_error(&self) -> Option<io::Error> {
        of_either!(self, socket => socket.take_error()).unwrap_or_default()
    }

    /// Says that nothing more comes.
    pub(super) fn end(&self) {
        let _ = of_either!(self, socket => socket.shutdown(Shutdown::Write));
    }

    /// Says that nothing more comes, and waits for the receiver to say the same.
    pub(super) fn finish(&self, start: Instant, within: Duration) -> io::Result<()> {
        self.end();
        let mut timed = Timed::new(self, start, within);
        let mut discarded = [0; 512];
        while timed.read(&mut discarded)? > 0 {}
        // A receiver that has ended before it got all of it resets the connection later. It is over
        // once its system has acknowledged this end: then it has no peer any more.
        #[cfg(any(target_os = "linux", target_os = "android"))]
        if let Self::Tcp(socket) = self {
            while socket.peer_addr().is_ok() {
                std::thread::sleep(timed.left()?.min(Duration::from_micros(200)));
            }
        }
        self.take_error().map_or(Ok(()), Err)
    }
}

impl Read for &Socket {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        of_either!(self, socket => (&mut &*socket).read(bytes))
    }
}

impl Write for &Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        of_either!(self, socket => (&mut &*socket).write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A socket of which all writes, or all reads, together have a deadline.
pub(super) struct Timed<'s> {
    socket: &'s Socket,
    start: Instant,
    within: Duration,
}

impl<'s> Timed<'s> {
    pub(super) fn new(socket: &'s Socket, start: Instant, within: Duration) -> Self {
        Self {
            socket,
            start,
            within,
        }
    }

    fn left(&self) -> io::Result<Duration> {
        let left = self.within.saturating_sub(self.start.elapsed());
        // A timeout of zero would be none.
        if left.is_zero() {
            return Err(timed_out());
        }
        Ok(left)
    }
}

/// The error for a peer that does not keep a deadline.
pub(super) fn timed_out() -> io::Error {
    io::Error::new(ErrorKind::TimedOut, "the receiver takes too long")
}

/// The one error for a deadline, of the two that platforms have.
fn as_timed_out(error: io::Error) -> io::Error {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => timed_out(),
        _ => error,
    }
}

impl Write for Timed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.socket.set_write_timeout(self.left()?)?;
        let mut socket = self.socket;
        socket.write(bytes).map_err(as_timed_out)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Timed<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.socket.set_read_timeout(self.left()?)?;
        let mut socket = self.socket;
        socket.read(bytes).map_err(as_timed_out)
    }
}
