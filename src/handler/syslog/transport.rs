//! What a [`SysLogHandler`](super::SysLogHandler) sends with: [`SysLog`].

use std::borrow::Cow;
use std::io;

use crate::error::{Error, ErrorKind};
use crate::formatter::Format;
use crate::handler::delivery::{BatchLimits, Connection, Entry, Outcome, Transport};
use crate::handler::network::datagram::{Datagrams, is_too_large};
use crate::handler::network::dialer::Link;
use crate::handler::network::frames::Frames;
use crate::handler::network::session::{Receiver, Session};
use crate::handler::syslog::cut::cut;
use crate::handler::syslog::form::{Parts, SysLogForm};
use crate::handler::syslog::framing::SysLogFraming;
use crate::handler::syslog::structured_data;
use crate::record::Record;
use crate::sys::sync::Arc;

/// How much is written at once; a batch has one deadline.
const BATCH_BYTES: usize = 64 * 1024;

/// The shortest datagram that is tried: each receiver must take so much.
const SHORTEST: usize = 480;

/// The last number of a message in a sequence; the next one is 1.
const LAST_SEQUENCE: u64 = 2_147_483_647;

/// Returns the number of an entry in a sequence that begins again with 1 (RFC 5424, 7.3.1).
pub(super) fn sequence_id(sequence: u64) -> u64 {
    sequence.saturating_sub(1) % LAST_SEQUENCE + 1
}

/// The transport of a handler, and what its connections share.
#[derive(Debug)]
pub(super) struct SysLog {
    pub(super) parts: Parts,
    pub(super) receiver: Arc<Receiver>,
    /// `None` for what is usual with the socket that is found.
    pub(super) framing: Option<SysLogFraming>,
    pub(super) max_message_bytes: Option<usize>,
    pub(super) sequence_id: bool,
    pub(super) description: String,
}

/// The transport as the engine has it.
pub(super) struct Shared(pub(super) Arc<SysLog>);

impl Transport for Shared {
    fn encode(
        &self,
        record: &Record<'_>,
        format: &dyn Format,
        payload: &mut Vec<u8>,
    ) -> Result<(), Error> {
        self.0.parts.write(record, format, payload)
    }

    fn limits(&self) -> BatchLimits {
        BatchLimits::default().with_bytes(BATCH_BYTES)
    }

    fn connect(&self) -> Result<Box<dyn Connection>, Error> {
        Ok(Box::new(Sending {
            session: self.0.receiver.connect()?,
            shared: Arc::clone(&self.0),
            frames: Frames::default(),
            message: Vec::new(),
        }))
    }

    fn describe(&self) -> String {
        format!("SysLogHandler <{}>", self.0.description)
    }
}

impl SysLog {
    fn failed(&self, error: io::Error) -> Error {
        let message = format!("cannot send to {}", self.description);
        Error::new(ErrorKind::Io, message).with_source(error)
    }

    /// Writes an entry as it is sent, without what marks its end.
    fn write(&self, entry: &Entry, longest: usize, out: &mut Vec<u8>) {
        let payload = self.numbered(entry);
        out.clear();
        out.extend_from_slice(&payload);
        if out.len() > longest && self.parts.form == SysLogForm::Rfc5424 {
            // Half of them would be none.
            if let Some((start, end)) = structured_data::place(out) {
                if end + SHORTEST / 4 > longest {
                    out.splice(start..end, [b'-']);
                }
            }
        }
        cut(out, longest);
    }

    /// Returns the payload of an entry with its number, by which a receiver can find duplicates and
    /// gaps.
    fn numbered<'e>(&self, entry: &'e Entry) -> Cow<'e, [u8]> {
        let payload = entry.payload();
        // A notice of the handler itself has none.
        if self.parts.form != SysLogForm::Rfc5424 || !self.sequence_id || entry.sequence() == 0 {
            return payload.into();
        }
        let Some((start, end)) = structured_data::place(payload) else {
            return payload.into();
        };
        let number = sequence_id(entry.sequence());
        let (head, tail) = payload.split_at(end);
        let head = if payload[start] == b'-' {
            &head[..start]
        } else {
            head
        };
        let meta = format!("[meta sequenceId=\"{number}\"]");
        [head, meta.as_bytes(), tail].concat().into()
    }

    fn framing_of(&self, link: &Link) -> SysLogFraming {
        let usual = || match (self.parts.form, link) {
            (_, Link::Stream(stream)) if stream.is_encrypted() => SysLogFraming::OctetCounting,
            (SysLogForm::Python, _) => SysLogFraming::Nul,
            (_, Link::Stream(stream)) if stream.is_unix() => SysLogFraming::Newline,
            (_, Link::Stream(_)) => SysLogFraming::OctetCounting,
            (_, Link::Datagrams(_)) => SysLogFraming::None,
        };
        self.framing.unwrap_or_else(usual)
    }

    /// Returns how many bytes a message may have.
    fn longest_of(&self, link: &Link) -> usize {
        self.max_message_bytes.unwrap_or(match link {
            Link::Datagrams(Datagrams::Udp(_)) => 8_192,
            _ => 65_536,
        })
    }
}

/// A connection.
struct Sending {
    shared: Arc<SysLog>,
    session: Session,
    /// What is written at once.
    frames: Frames,
    message: Vec<u8>,
}

impl Sending {
    /// Sends what can be sent. Returns how many entries were sent before a failure.
    fn try_send(&mut self, batch: &[Entry]) -> Result<Vec<usize>, (usize, io::Error)> {
        self.session.prepare().map_err(|error| (0, error))?;
        match self.session.link() {
            Link::Datagrams(_) => self.send_datagrams(batch),
            Link::Stream(_) => self
                .send_stream(batch)
                .map(|()| Vec::new())
                .map_err(|error| (0, error)),
        }
    }

    /// Sends a datagram for each entry. Returns the places of those that are too large in each
    /// form.
    fn send_datagrams(&mut self, batch: &[Entry]) -> Result<Vec<usize>, (usize, io::Error)> {
        let link = self.session.link();
        let Link::Datagrams(datagrams) = link else {
            return Ok(Vec::new());
        };
        // What the system refuses is the datagram before: it says so only with the next one.
        let before = |at: usize, error: &io::Error| match error.kind() {
            io::ErrorKind::ConnectionRefused if matches!(datagrams, Datagrams::Udp(_)) => {
                at.saturating_sub(1)
            }
            _ => at,
        };
        let end = self.shared.framing_of(link).of_datagram();
        let mut too_large = Vec::new();
        for (at, entry) in batch.iter().enumerate() {
            let mut longest = self.shared.longest_of(link);
            loop {
                let room = longest - end.len();
                self.shared.write(entry, room, &mut self.message);
                self.message.extend_from_slice(end);
                match datagrams.send(&self.message) {
                    Ok(()) => break,
                    Err(error) if is_too_large(&error) => {
                        longest = self.message.len() / 2;
                        if longest < SHORTEST {
                            too_large.push(at);
                            break;
                        }
                    }
                    Err(error) => return Err((before(at, &error), error)),
                }
            }
        }
        let checked = datagrams.check();
        checked.map_err(|error| (before(batch.len(), &error), error))?;
        Ok(too_large)
    }

    fn send_stream(&mut self, batch: &[Entry]) -> io::Result<()> {
        let link = self.session.link();
        let (framing, longest) = (self.shared.framing_of(link), self.shared.longest_of(link));
        self.frames.clear();
        for entry in batch {
            self.shared.write(entry, longest, &mut self.message);
            self.frames.push(|out| framing.write(&self.message, out));
        }
        self.session.write(&self.frames)
    }
}

impl Connection for Sending {
    fn send(&mut self, batch: &[Entry]) -> Outcome {
        let sent = self.try_send(batch).or_else(|(sent, error)| {
            if !self.session.renew(&error) {
                return Err((sent, error));
            }
            let rest = self.try_send(&batch[sent..]);
            rest.map(|refused| refused.into_iter().map(|at| at + sent).collect())
                .map_err(|(more, error)| (sent + more, error))
        });
        match sent {
            Ok(which) if which.is_empty() => Outcome::Sent,
            Ok(which) => Outcome::Refused {
                which,
                error: Error::new(ErrorKind::Full, "the system takes no datagram of that size"),
            },
            Err((sent, error)) => Outcome::Broken {
                sent,
                error: self.shared.failed(error),
            },
        }
    }

    fn unconfirmed(&self) -> usize {
        self.session.unconfirmed()
    }

    fn confirm(&mut self) -> Result<bool, Error> {
        let confirmed = self.session.confirm();
        confirmed.map_err(|error| self.shared.failed(error))
    }
}
