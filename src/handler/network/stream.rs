//! A connection to a receiver, as a stream of bytes: [`Stream`].

use std::io::{self, ErrorKind, Read, Write};
use std::time::Duration;

use crate::handler::network::socket::{MOST_READS, Socket, Timed, closed};
#[cfg(feature = "tls")]
use crate::handler::network::tls::{Tls, TlsStream};
use crate::sys::host::Instant;
use crate::sys::sync::Arc;

/// How much is read at once of what a receiver sends, which is discarded.
const DISCARDED: usize = 512;

/// How much is written within one deadline: a slow receiver has more time for more.
const PIECE_BYTES: usize = 64 * 1024;

/// A connection over TCP, a Unix socket, or TLS.
#[derive(Debug)]
pub(in crate::handler) enum Stream {
    /// Shared for as long as TLS is begun on it.
    Plain(Arc<Socket>),
    #[cfg(feature = "tls")]
    Tls(Box<TlsStream>),
}

impl Stream {
    /// Writes all of the bytes, each [piece](PIECE_BYTES) within the time.
    ///
    /// # Errors
    /// Where it cannot, with [`ErrorKind::TimedOut`] for a receiver that does not read. How much of
    /// it was written is not known then.
    pub(in crate::handler) fn write(&mut self, bytes: &[u8], within: Duration) -> io::Result<()> {
        for piece in bytes.chunks(PIECE_BYTES) {
            let start = Instant::now();
            match self {
                Self::Plain(socket) => Timed::new(socket, start, within).write_all(piece)?,
                #[cfg(feature = "tls")]
                Self::Tls(stream) => stream.write(piece, start, within)?,
            }
        }
        Ok(())
    }

    /// Reads some of what the receiver sends, within the time from the start.
    ///
    /// # Errors
    /// Where it sends nothing in time, or has closed the connection.
    pub(in crate::handler) fn read(
        &mut self,
        bytes: &mut [u8],
        start: Instant,
        within: Duration,
    ) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => match Timed::new(socket, start, within).read(bytes)? {
                0 => Err(closed()),
                count => Ok(count),
            },
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.read(bytes, start, within),
        }
    }

    /// Begins TLS on a connection that was not encrypted.
    ///
    /// # Errors
    /// Where the receiver does not prove that it is the host, or the time is over.
    #[cfg(feature = "tls")]
    pub(super) fn encrypt(&mut self, host: &str, tls: &Tls, within: Duration) -> io::Result<()> {
        if let Self::Plain(socket) = self {
            let stream = TlsStream::begin(Arc::clone(socket), host, tls, within)?;
            *self = Self::Tls(Box::new(stream));
        }
        Ok(())
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
        let is_unix = matches!(self, Self::Plain(socket) if matches!(**socket, Socket::Unix(_)));
        #[cfg(not(unix))]
        let is_unix = false;
        is_unix
    }

    /// Ends what is sent, and waits until the receiver has read all of it and has ended the
    /// connection as well.
    ///
    /// # Errors
    /// Where the receiver has ended without having read all, with [`ErrorKind::TimedOut`] where it
    /// does not end.
    pub(in crate::handler) fn finish(&mut self, within: Duration) -> io::Result<()> {
        let start = Instant::now();
        match self {
            Self::Plain(socket) => socket.finish(start, within),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => stream.finish(start, within),
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        match self {
            // TLS goes on with it.
            Self::Plain(socket) if Arc::strong_count(socket) > 1 => return,
            _ => {}
        }
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
