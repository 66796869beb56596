//! What both handlers send with: [`Dictionaries`].

use std::borrow::Cow;
use std::io;

use crate::error::{Error, ErrorKind};
use crate::formatter::Format;
use crate::handler::delivery::{BatchLimits, Connection, Entry, Outcome, Transport};
use crate::handler::network::datagram::{Datagrams, is_too_large};
use crate::handler::network::dialer::Link;
use crate::handler::network::frames::Frames;
use crate::handler::network::session::{Receiver, Session};
use crate::handler::socket::wire::Wire;
use crate::record::Record;
use crate::sys::sync::Arc;

/// How much is written at once; a batch has one deadline.
const BATCH_BYTES: usize = 64 * 1024;

/// The bytes of the length before each dictionary.
const LENGTH: usize = 4;

/// How long a dictionary in a stream can be: what a `SocketReceiver` takes, unless it is configured
/// otherwise. A receiver that refuses a longer one may end the connection, and would get it again.
const STREAM_BYTES: usize = 1024 * 1024;

/// The longest datagram of UDP over IPv4.
const UDP_BYTES: usize = 65_507;

/// How records are written, and where the receiver is.
#[derive(Debug)]
pub(super) struct Dictionaries {
    pub(super) kind: &'static str,
    pub(super) is_stream: bool,
    pub(super) wire: Wire,
    pub(super) receiver: Arc<Receiver>,
    pub(super) address: String,
}

impl Transport for Dictionaries {
    fn encode(
        &self,
        record: &Record<'_>,
        _: &dyn Format,
        payload: &mut Vec<u8>,
    ) -> Result<(), Error> {
        self.wire.write(record, payload)
    }

    fn limits(&self) -> BatchLimits {
        BatchLimits::default()
            .with_bytes(BATCH_BYTES)
            .with_overhead(LENGTH)
    }

    fn together(&self, entries: &[Entry]) -> usize {
        if self.is_stream { entries.len() } else { 1 }
    }

    fn connect(&self) -> Result<Box<dyn Connection>, Error> {
        Ok(Box::new(Sending {
            session: self.receiver.connect()?,
            wire: self.wire,
            address: self.address.clone(),
            frames: Frames::default(),
        }))
    }

    fn describe(&self) -> String {
        format!("{} <{}>", self.kind, self.address)
    }
}

/// A connection.
struct Sending {
    session: Session,
    wire: Wire,
    address: String,
    /// What is written at once.
    frames: Frames,
}

impl Sending {
    fn failed(&self, error: io::Error) -> Error {
        Error::new(ErrorKind::Io, format!("cannot send to {}", self.address)).with_source(error)
    }

    /// Returns a dictionary that has so many bytes at most, shortened if need be; `None` if it
    /// stays too long.
    fn fitting<'m>(&self, message: Cow<'m, [u8]>, longest: usize) -> Option<Cow<'m, [u8]>> {
        let mut message = message;
        while message.len() > longest {
            message = self.wire.shorten(&message)?.into();
        }
        Some(message)
    }

    /// Writes a batch to a stream. Returns the places of those that are too long in each form.
    fn send_frames(&mut self, batch: &[Entry]) -> io::Result<Vec<usize>> {
        let mut refused = Vec::new();
        self.frames.clear();
        for (at, entry) in batch.iter().enumerate() {
            match self.fitting(entry.payload().into(), STREAM_BYTES) {
                Some(message) => self.frames.push(|out| frame(&message, out)),
                None => refused.push(at),
            }
        }
        self.session.send(&self.frames)?;
        Ok(refused)
    }

    /// Sends a batch of one as a datagram. Returns its place if it is too long in each form.
    fn send_datagram(&mut self, batch: &[Entry]) -> io::Result<Vec<usize>> {
        let (Link::Datagrams(datagrams), [entry]) = (self.session.link(), batch) else {
            return Ok(Vec::new());
        };
        let mut longest = match datagrams {
            Datagrams::Udp(_) => UDP_BYTES - LENGTH,
            #[cfg(unix)]
            Datagrams::Unix(_) => usize::MAX,
        };
        // That nothing received the one before is known now.
        datagrams.check()?;
        let mut message = Cow::Borrowed(entry.payload());
        loop {
            match self.fitting(message, longest) {
                Some(fitting) => message = fitting,
                None => return Ok(vec![0]),
            }
            let mut datagram = Vec::with_capacity(LENGTH + message.len());
            frame(&message, &mut datagram);
            match datagrams.send(&datagram) {
                Err(error) if is_too_large(&error) => longest = message.len() / 2,
                sent => return sent.map(|()| Vec::new()),
            }
        }
    }
}

impl Connection for Sending {
    fn send(&mut self, batch: &[Entry]) -> Outcome {
        let sent = match self.session.link() {
            Link::Datagrams(_) => self.send_datagram(batch),
            Link::Stream(_) => self.send_frames(batch),
        };
        match sent {
            Ok(refused) if refused.is_empty() => Outcome::Sent,
            Ok(which) => Outcome::Refused {
                which,
                error: Error::new(
                    ErrorKind::Full,
                    "a record is too large to be sent, and has no long text that could be cut",
                ),
            },
            Err(error) => Outcome::Broken {
                sent: 0,
                error: self.failed(error),
            },
        }
    }

    fn unconfirmed(&self) -> usize {
        self.session.unconfirmed()
    }

    fn confirm(&mut self) -> Result<bool, Error> {
        let confirmed = self.session.confirm();
        confirmed.map_err(|error| self.failed(error))
    }
}

/// Appends a dictionary after its length.
fn frame(message: &[u8], out: &mut Vec<u8>) {
    let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(message);
}
