//! A connection to a receiver, as a stream of bytes: [`Stream`].

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::time::Duration;

#[cfg(feature = "tls")]
use crate::handler::network::tls::TlsStream;
use crate::sys::host::Instant;

/// How much is read at once of what a receiver sends, which is discarded.
const DISCARDED: usize = 512;

/// How often that is done before a write.
const MOST_READS: usize = 64;

/// A connection over TCP, a Unix socket, or TLS.
#[derive(Debug)]
pub(in crate::handler) enum Stream {
    Plain(Socket),
    #[cfg(feature = "tls")]
    Tls(Box<TlsStream>),
}

impl Stream {
    /// Writes all of the bytes within the time.
    ///
    /// # Errors
    /// Where it cannot, with [`ErrorKind::TimedOut`] for a receiver that does not read. How much of
    /// it was written is not known then.
    pub(in crate::handler) fn write(&mut self, bytes: &[u8], within: Duration) -> io::Result<()> {
        let start = Instant::now();
        match self {
            Self::Plain(socket) => Timed::new(socket, start, within).write_all(bytes),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.write(bytes, start, within),
        }
    }

    /// Finds out without waiting whether the receiver has closed or reset the connection. What it
    /// has sent is discarded, so that a close of ours does not become a reset.
    ///
    /// # Errors
    /// Where it has.
    pub(in crate::handler) fn check(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(socket) => {
                let mut discarded = [0; DISCARDED];
                socket.without_waiting(|mut socket| {
                    for _ in 0..MOST_READS {
                        match socket.read(&mut discarded) {
                            Ok(0) => return Err(socket.take_error().unwrap_or_else(closed)),
                            Ok(_) => {}
                            Err(error) if error.kind() == ErrorKind::Interrupted => {}
                            Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                            Err(error) => return Err(error),
                        }
                    }
                    Ok(())
                })
            }
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.check(),
        }
    }

    /// Reports whether TLS is spoken.
    pub(in crate::handler) fn is_encrypted(&self) -> bool {
        !matches!(self, Self::Plain(_))
    }

    /// Reports whether it is a Unix socket.
    pub(in crate::handler) fn is_unix(&self) -> bool {
        #[cfg(unix)]
        let is_unix = matches!(self, Self::Plain(Socket::Unix(_)));
        #[cfg(not(unix))]
        let is_unix = false;
        is_unix
    }

    /// Limits how many bytes the system keeps that the receiver's system does not have yet, as far
    /// as the platform has such a limit.
    pub(in crate::handler) fn limit_unsent(&self, bytes: usize) {
        let socket = match self {
            Self::Plain(socket) => socket,
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.socket(),
        };
        socket.limit_unsent(bytes);
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // Bytes of the receiver's that are not read would turn the close into a reset, which
        // discards what it has not read of ours.
        let _ = self.check();
        match self {
            Self::Plain(socket) => socket.end(),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.end(),
        }
    }
}

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

    /// Returns the error that came after an orderly end: the receiver's system has discarded what was
    /// written after it.
    pub(super) fn take_error(&self) -> Option<io::Error> {
        of_either!(self, socket => socket.take_error()).unwrap_or_default()
    }

    /// Says that nothing more comes.
    pub(super) fn end(&self) {
        let _ = of_either!(self, socket => socket.shutdown(Shutdown::Write));
    }

    #[cfg(unix)]
    fn limit_unsent(&self, bytes: usize) {
        let _ = of_either!(
            self,
            socket => rustix::net::sockopt::set_socket_send_buffer_size(socket, bytes)
        );
    }

    #[cfg(not(unix))]
    fn limit_unsent(&self, _: usize) {
        let _ = self;
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
