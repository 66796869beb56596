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
    /// Makes the files of large entries.
    pub(super) make_file: fn(&[u8]) -> io::Result<OwnedFd>,
}

/// Why an entry was not sent.
enum Unsent {
    /// The journal is away or busy.
    Away(io::Error),
    /// The system has no file for this entry, or does not pass it on.
    NoFile(io::Error),
}

impl<E: Into<io::Error>> From<E> for Unsent {
    fn from(error: E) -> Self {
        Self::Away(error.into())
    }
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
            make_file: sealed_file,
        })
    }

    fn send_entry(&self, payload: &[u8]) -> Result<(), Unsent> {
        loop {
            match self.socket.send_to(payload, &self.path) {
                Ok(_) => return Ok(()),
                Err(error) => match Errno::from_io_error(&error) {
                    Some(Errno::INTR) => {}
                    Some(Errno::AGAIN) => self.wait()?,
                    // Too large for a datagram: one limit is the socket's, the other the system's.
                    Some(Errno::MSGSIZE | Errno::NOBUFS) => return self.send_file(payload),
                    _ => return Err(error.into()),
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

    /// Sends a large entry as a file in memory.
    fn send_file(&self, payload: &[u8]) -> Result<(), Unsent> {
        let file = (self.make_file)(payload).map_err(Unsent::NoFile)?;
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        let descriptors = [file.as_fd()];
        if !ancillary.push(SendAncillaryMessage::ScmRights(&descriptors)) {
            return Err(Unsent::NoFile(io::ErrorKind::InvalidInput.into()));
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
                // So many files are on their way already, or there is no memory for one more.
                Err(error @ (Errno::TOOMANYREFS | Errno::NOBUFS | Errno::NOMEM)) => {
                    return Err(Unsent::NoFile(error.into()));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Returns a file in memory, sealed so that the journal can trust it to stay as it is.
fn sealed_file(payload: &[u8]) -> io::Result<OwnedFd> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let file = memfd_create("logtree-journal", flags)?;
    let mut writer = std::fs::File::from(file);
    writer.write_all(payload)?;
    let file = OwnedFd::from(writer);
    let seals = SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE | SealFlags::SEAL;
    fcntl_add_seals(&file, seals)?;
    Ok(file)
}

impl Connection for Socket {
    fn send(&mut self, batch: &[Entry]) -> Outcome {
        for (sent, entry) in batch.iter().enumerate() {
            match self.send_entry(entry.payload()) {
                Ok(()) => {}
                Err(Unsent::Away(error)) => {
                    let error = failed(&self.path, error);
                    return Outcome::Broken { sent, error };
                }
                Err(Unsent::NoFile(error)) => {
                    let error = failed(&self.path, error);
                    return Outcome::Failed { sent, error };
                }
            }
        }
        Outcome::Sent
    }
}

fn failed(path: &std::path::Path, error: io::Error) -> Error {
    let message = format!("cannot send to the journal at {}", path.display());
    Error::new(ErrorKind::Io, message).with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handler::delivery::{Backoff, DeliveryHandler, Transport};
    use crate::handler::memory::MemoryHandler;
    use crate::level::Level;
    use crate::record::Record;

    struct WithoutFiles(PathBuf);

    impl Transport for WithoutFiles {
        fn connect(&self) -> Result<Box<dyn Connection>, Error> {
            let mut socket = Socket::open(self.0.clone())?;
            socket.make_file = |_| Err(Errno::MFILE.into());
            Ok(Box::new(socket))
        }

        fn describe(&self) -> String {
            "Without files".to_owned()
        }
    }

    #[test]
    fn an_entry_without_its_file_holds_up_no_others() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("socket");
        let journal = UnixDatagram::bind(&path).unwrap();
        let patience = Some(Duration::from_secs(60));
        journal.set_read_timeout(patience).unwrap();
        let dead = MemoryHandler::new(10);
        let handler = DeliveryHandler::builder(WithoutFiles(path))
            .backoff(Backoff::new(Duration::ZERO, Duration::ZERO))
            .dead_letters(dead.clone())
            .start()
            .unwrap();
        handler.set_error_hook(|_| {});
        let large = "x".repeat(4 * 1024 * 1024);
        for text in ["before", &large, "after"] {
            handler.handle(&Record::builder().level(Level::INFO).message(text).build());
        }
        for _ in 0..60_000 {
            match handler.counters().queued() {
                0 => break,
                _ => std::thread::sleep(Duration::from_millis(1)),
            }
        }
        let mut read = [0; 100];
        // The loss is reported before the last one if it has happened by then.
        let notice = b"1 record dropped: the device failed";
        let mut next = || loop {
            let length = journal.recv(&mut read).unwrap();
            if read[..length] != *notice {
                return read[..length].to_vec();
            }
        };
        assert_eq!([next(), next()], [b"before".to_vec(), b"after".to_vec()]);
        assert_eq!(
            (handler.counters().written(), handler.counters().dropped()),
            (2, 1)
        );
        assert_eq!(dead.buffered(), 1);
    }
}
