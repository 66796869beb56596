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

    /// Sends a datagram. Returns `false` for one that is too large in each form.
    fn send_datagram(&mut self, entry: &Entry) -> io::Result<bool> {
        let Link::Datagrams(datagrams) = self.session.link() else {
            return Ok(true);
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
            while message.len() > longest {
                match self.wire.shorten(&message) {
                    Some(shorter) => message = shorter.into(),
                    None => return Ok(false),
                }
            }
            let mut datagram = Vec::with_capacity(LENGTH + message.len());
            frame(&message, &mut datagram);
            match datagrams.send(&datagram) {
                Err(error) if is_too_large(&error) => longest = message.len() / 2,
                sent => return sent.map(|()| true),
            }
        }
    }
}

impl Connection for Sending {
    fn send(&mut self, batch: &[Entry]) -> Outcome {
        let sent = if matches!(self.session.link(), Link::Datagrams(_)) {
            // There is one entry in a batch.
            batch
                .iter()
                .try_fold(true, |_, entry| self.send_datagram(entry))
        } else {
            self.frames.clear();
            for entry in batch {
                self.frames.push(|out| frame(entry.payload(), out));
            }
            self.session.send(&self.frames).map(|()| true)
        };
        match sent {
            Ok(true) => Outcome::Sent,
            Ok(false) => Outcome::Refused {
                which: vec![0],
                error: Error::new(ErrorKind::Full, "the system takes no datagram of that size"),
            },
            Err(error) => Outcome::Broken {
                sent: 0,
                error: self.failed(error),
            },
        }
    }

    fn is_confirmed(&self) -> bool {
        self.session.is_confirmed()
    }

    fn confirm(&mut self) -> Result<(), Error> {
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
