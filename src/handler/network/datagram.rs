//! A socket for datagrams: [`Datagrams`].

use std::io;
use std::net::UdpSocket;
#[cfg(unix)]
use std::os::unix::net::UnixDatagram;
use std::time::Duration;

/// Sends datagrams to one receiver.
#[derive(Debug)]
pub(in crate::handler) enum Datagrams {
    Udp(UdpSocket),
    #[cfg(unix)]
    Unix(UnixDatagram),
}

impl Datagrams {
    /// Sends a datagram within the time. A receiver on another machine may never get it; for one on
    /// this machine that is not there, this or the next call fails.
    ///
    /// # Errors
    /// Where it cannot be sent; [`is_too_large`] knows the error for its size.
    pub(in crate::handler) fn send(&self, datagram: &[u8]) -> io::Result<()> {
        loop {
            let sent = match self {
                Self::Udp(socket) => socket.send(datagram),
                #[cfg(unix)]
                Self::Unix(socket) => socket.send(datagram),
            };
            match sent {
                Ok(_) => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Returns what became known since about datagrams that were sent: that nothing listens there.
    ///
    /// # Errors
    /// Where something became known.
    pub(in crate::handler) fn check(&self) -> io::Result<()> {
        let error = match self {
            Self::Udp(socket) => socket.take_error(),
            #[cfg(unix)]
            Self::Unix(socket) => socket.take_error(),
        };
        error?.map_or(Ok(()), Err)
    }

    /// Sets how long a send waits for room.
    pub(super) fn set_write_timeout(&self, time: Duration) -> io::Result<()> {
        match self {
            Self::Udp(socket) => socket.set_write_timeout(Some(time)),
            #[cfg(unix)]
            Self::Unix(socket) => socket.set_write_timeout(Some(time)),
        }
    }
}

/// Reports whether a datagram is too large for its socket, or for the way to the receiver.
pub(in crate::handler) fn is_too_large(error: &io::Error) -> bool {
    #[cfg(unix)]
    const TOO_LARGE: i32 = libc::EMSGSIZE;
    /// `WSAEMSGSIZE`.
    #[cfg(not(unix))]
    const TOO_LARGE: i32 = 10_040;
    error.raw_os_error() == Some(TOO_LARGE)
}
