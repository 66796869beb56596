//! Records of other programs: of CPython's own handlers, of handlers here, and of enemies.

mod connections;
mod limits;
mod pickle;
mod records;
#[cfg(unix)]
mod unix;

#[cfg(target_os = "linux")]
use std::io::{Read, Write};
use std::net::TcpStream;

use logtree::Registry;
use logtree::delivery::{SocketReceiver, SocketReceiverBuilder};
use logtree::record::OwnedRecord;
use logtree::test::Capture;

use super::until;

const ANY: &str = "127.0.0.1:0";

/// A receiver with a registry of its own, all of whose records are kept.
struct Receiving {
    registry: Registry,
    capture: Capture,
    receiver: SocketReceiver,
    _directory: tempfile::TempDir,
}

impl Receiving {
    fn at(address: &str) -> Self {
        Self::with(address, |builder| builder)
    }

    fn with(
        address: &str,
        configure: impl FnOnce(SocketReceiverBuilder) -> SocketReceiverBuilder,
    ) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("s");
        let address = address.replace("PATH", path.to_str().unwrap());
        let registry = Registry::new();
        registry.root().set_level(1);
        let capture = Capture::new(&registry.root());
        let builder = SocketReceiver::builder(address).registry(&registry);
        let receiver = configure(builder).start().unwrap();
        Self {
            registry,
            capture,
            receiver,
            _directory: directory,
        }
    }

    /// Waits until so many were taken and refused.
    fn until(&self, received: u64, refused: u64) {
        let receiver = &self.receiver;
        until(|| receiver.received() + receiver.refused() >= received + refused);
        assert_eq!(
            (receiver.received(), receiver.refused()),
            (received, refused)
        );
    }

    fn records(&self, logger: &str) -> Vec<OwnedRecord> {
        let records = self.capture.records();
        let of_logger = records.into_iter().filter(|record| record.name() == logger);
        of_logger.collect()
    }

    /// The port or the path, as Python has it.
    fn target(&self) -> &str {
        let address = self.receiver.address();
        match address.strip_prefix("unix:") {
            Some(path) => path,
            None => address.rsplit(':').next().unwrap(),
        }
    }

    /// Connects, by TCP or to a Unix socket; a read has a deadline.
    #[cfg(target_os = "linux")]
    fn peer(&self) -> Box<dyn ReadWrite> {
        let most = Some(std::time::Duration::from_secs(2));
        if self.receiver.address().starts_with("unix:") {
            let peer = std::os::unix::net::UnixStream::connect(self.target()).unwrap();
            peer.set_read_timeout(most).unwrap();
            Box::new(peer)
        } else {
            let peer = self.connect();
            peer.set_read_timeout(most).unwrap();
            Box::new(peer)
        }
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect(self.receiver.address().trim_start_matches("tcp:")).unwrap()
    }
}

fn frame(body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap();
    [&length.to_be_bytes()[..], body].concat()
}

fn json_frame(message: &str) -> Vec<u8> {
    frame(format!(r#"{{"name":"a","levelno":30,"msg":"{message}"}}"#).as_bytes())
}

#[cfg(target_os = "linux")]
trait ReadWrite: Read + Write {}

#[cfg(target_os = "linux")]
impl<T: Read + Write> ReadWrite for T {}
