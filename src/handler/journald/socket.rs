//! The socket of the journal: [`Socket`].

use std::io::{self, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use rustix::io::{Errno, IoSlice};
use rustix::net::{
    SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketAddrUnix, sendmsg_addr,
};

use crate::error::{Error, ErrorKind};
use crate::handler::delivery::{Connection, Entry, Outcome};

/// How long a journal that is busy is waited for.
const BUSY: Duration = Duration::from_secs(1);

/// Sends one datagram for each entry. It is not connected, so that it outlives the journal's
/// restart.
#[derive(Debug)]
pub(super) struct Socket {
    socket: UnixDatagram,
    path: PathBuf,
    address: SocketAddrUnix,
}

impl Socket {
    pub(super) fn open(path: PathBuf) -> Result<Self, Error> {
        let open = || {
            let socket = UnixDatagram::unbound()?;
            socket.set_nonblocking(true)?;
            let address = SocketAddrUnix::new(&path)?;
            Ok((socket, address))
        };
        let (socket, address) = open().map_err(|error| failed(&path, error))?;
        Ok(Self {
            socket,
            path,
            address,
        })
    }

    fn send_entry(&self, payload: &[u8]) -> io::Result<()> {
        loop {
            match self.socket.send_to(payload, &self.path) {
                Ok(_) => return Ok(()),
                Err(error) => match Errno::from_io_error(&error) {
                    Some(Errno::INTR) => {}
                    Some(Errno::AGAIN) => self.wait()?,
                    // Too large for a datagram: one limit is the socket's, the other the system's.
                    Some(Errno::MSGSIZE | Errno::NOBUFS) => return self.send_file(payload),
                    _ => return Err(error),
                },
            }
        }
    }

    /// Waits until the journal has room.
    fn wait(&self) -> io::Result<()> {
        let time = Timespec::try_from(BUSY).map_err(io::Error::other)?;
        let mut polled = [PollFd::new(&self.socket, PollFlags::OUT)];
        match poll(&mut polled, Some(&time))? {
            0 => Err(io::ErrorKind::TimedOut.into()),
            _ => Ok(()),
        }
    }

    /// Sends a large entry as a file in memory, sealed so that the journal can trust it to stay as
    /// it is.
    fn send_file(&self, payload: &[u8]) -> io::Result<()> {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let file = memfd_create("logtree-journal", flags)?;
        let mut writer = std::fs::File::from(file);
        writer.write_all(payload)?;
        let file = OwnedFd::from(writer);
        let seals = SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE | SealFlags::SEAL;
        fcntl_add_seals(&file, seals)?;
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        let descriptors = [file.as_fd()];
        if !ancillary.push(SendAncillaryMessage::ScmRights(&descriptors)) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        loop {
            let empty = [IoSlice::new(&[])];
            let sent = sendmsg_addr(
                &self.socket,
                &self.address,
                &empty,
                &mut ancillary,
                SendFlags::NOSIGNAL,
            );
            match sent {
                Ok(_) => return Ok(()),
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => self.wait()?,
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl Connection for Socket {
    fn send(&mut self, batch: &[Entry]) -> Outcome {
        for (sent, entry) in batch.iter().enumerate() {
            if let Err(error) = self.send_entry(entry.payload()) {
                let error = failed(&self.path, error);
                return Outcome::Broken { sent, error };
            }
        }
        Outcome::Sent
    }
}

fn failed(path: &std::path::Path, error: io::Error) -> Error {
    let message = format!("cannot send to the journal at {}", path.display());
    Error::new(ErrorKind::Io, message).with_source(error)
}
