//! What a [`SysLogHandler`](super::SysLogHandler) sends with: [`SysLog`].

use std::borrow::Cow;
use std::io;
use std::mem;
use std::time::Duration;

use crate::error::{Error, ErrorKind};
use crate::formatter::Format;
use crate::handler::delivery::{BatchLimits, Connection, Entry, Outcome, Transport};
use crate::handler::network::datagram::{Datagrams, is_too_large};
use crate::handler::network::dialer::{Dialer, Link, WRITE_WITHIN};
use crate::handler::network::stream::Stream;
use crate::handler::syslog::cut::cut;
use crate::handler::syslog::form::{Parts, SysLogForm};
use crate::handler::syslog::framing::SysLogFraming;
use crate::handler::syslog::resend::Resend;
use crate::handler::syslog::structured_data;
use crate::record::Record;
use crate::sys::host::Instant;
use crate::sys::sync::{Arc, Mutex};

/// How much is written at once; a batch has one deadline.
const BATCH_BYTES: usize = 64 * 1024;

/// The shortest datagram that is tried: each receiver must take so much.
const SHORTEST: usize = 480;

/// The last number of a message in a sequence; the next one is 1.
const LAST_SEQUENCE: u64 = 2_147_483_647;

/// A connection that ends after so long is replaced at once: receivers restart, and firewalls close
/// what is idle. One that ends sooner is an outage.
const LASTING: Duration = Duration::from_secs(10);

/// The transport of a handler, and what its connections share.
#[derive(Debug)]
pub(super) struct SysLog {
    pub(super) parts: Parts,
    /// Where the receiver may be: the first that accepts a connection is used.
    pub(super) dialers: Vec<Dialer>,
    /// `None` for what is usual with the socket that is found.
    pub(super) framing: Option<SysLogFraming>,
    pub(super) max_message_bytes: Option<usize>,
    pub(super) sequence_id: bool,
    pub(super) resend_bytes: usize,
    /// Of the last connection, while there is none.
    pub(super) resend: Mutex<Resend>,
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
        let link = self.0.connect()?;
        let sending = Sending::new(Arc::clone(&self.0), link);
        Ok(Box::new(sending))
    }

    fn describe(&self) -> String {
        format!("SysLogHandler <{}>", self.0.description)
    }
}

impl SysLog {
    fn connect(&self) -> Result<Link, Error> {
        let mut failed = None;
        for dialer in &self.dialers {
            match dialer.connect() {
                Ok(link) => return Ok(link),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        Err(failed.unwrap_or_else(|| self.failed(io::ErrorKind::NotFound.into())))
    }

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
        let number = (entry.sequence() - 1) % LAST_SEQUENCE + 1;
        let (head, tail) = payload.split_at(end);
        let head = if payload[start] == b'-' {
            &head[..start]
        } else {
            head
        };
        let meta = format!("[meta sequenceId=\"{number}\"]");
        [head, meta.as_bytes(), tail].concat().into()
    }

    fn framing_of(&self, link: &Link) -> Option<SysLogFraming> {
        self.framing.or(match (self.parts.form, link) {
            (_, Link::Stream(stream)) if stream.is_encrypted() => {
                Some(SysLogFraming::OctetCounting)
            }
            (SysLogForm::Python, _) => Some(SysLogFraming::Nul),
            (_, Link::Stream(stream)) if stream.is_unix() => Some(SysLogFraming::Newline),
            (_, Link::Stream(_)) => Some(SysLogFraming::OctetCounting),
            (_, Link::Datagrams(_)) => None,
        })
    }
}

/// A connection.
struct Sending {
    shared: Arc<SysLog>,
    link: Link,
    framing: SysLogFraming,
    longest: usize,
    since: Instant,
    /// What was sent on a stream, by earlier connections as well.
    resend: Resend,
    /// Whether some of it was sent by an earlier connection, and not yet again.
    must_resend: bool,
    /// What is written at once.
    buffer: Vec<u8>,
    message: Vec<u8>,
}

impl Sending {
    fn new(shared: Arc<SysLog>, link: Link) -> Self {
        let empty = Resend::new(shared.resend_bytes);
        let mut resend = mem::replace(&mut *shared.resend.lock(), empty);
        resend.keep_own();
        let mut sending = Self {
            framing: SysLogFraming::None,
            longest: 0,
            since: Instant::now(),
            resend,
            must_resend: false,
            buffer: Vec::new(),
            message: Vec::new(),
            shared,
            link,
        };
        sending.begin();
        sending
    }

    /// Adapts to the link, which is new.
    fn begin(&mut self) {
        self.since = Instant::now();
        self.must_resend = true;
        let framing = self.shared.framing_of(&self.link);
        self.framing = framing.unwrap_or(SysLogFraming::None);
        let usual = match &self.link {
            Link::Datagrams(Datagrams::Udp(_)) => 8_192,
            _ => 65_536,
        };
        self.longest = self.shared.max_message_bytes.unwrap_or(usual);
        if let Link::Stream(stream) = &self.link {
            // So that what is still here when the receiver goes is in `resend`: Linux doubles the
            // limit, and the receiver's system has the other half.
            if self.shared.resend_bytes > 0 {
                stream.limit_unsent(self.shared.resend_bytes / 4);
            }
        }
    }

    /// Sends what can be sent. Returns how many entries were sent before a failure.
    fn try_send(&mut self, batch: &[Entry]) -> Result<Vec<usize>, (usize, io::Error)> {
        match &mut self.link {
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
        let Link::Datagrams(datagrams) = &self.link else {
            return Ok(Vec::new());
        };
        // What the system refuses is the datagram before: it says so only with the next one.
        let before = |at: usize, error: &io::Error| match error.kind() {
            io::ErrorKind::ConnectionRefused if matches!(datagrams, Datagrams::Udp(_)) => {
                at.saturating_sub(1)
            }
            _ => at,
        };
        let end = self.framing.of_datagram();
        let mut too_large = Vec::new();
        for (at, entry) in batch.iter().enumerate() {
            let mut longest = self.longest;
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
        let Link::Stream(stream) = &mut self.link else {
            return Ok(());
        };
        check(stream, &mut self.resend)?;
        if self.must_resend {
            stream.write(&self.resend.bytes(), WRITE_WITHIN)?;
            self.must_resend = false;
        }
        self.buffer.clear();
        let mut ends = Vec::with_capacity(batch.len());
        for entry in batch {
            self.shared.write(entry, self.longest, &mut self.message);
            self.framing.write(&self.message, &mut self.buffer);
            ends.push(self.buffer.len());
        }
        stream.write(&self.buffer, WRITE_WITHIN)?;
        let mut start = 0;
        for end in ends {
            self.resend.push(&self.buffer[start..end]);
            start = end;
        }
        Ok(())
    }
}

/// Finds out whether the receiver has ended the connection, and how.
fn check(stream: &mut Stream, resend: &mut Resend) -> io::Result<()> {
    stream.check().inspect_err(|error| {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            resend.keep_recent();
        }
    })
}

impl Connection for Sending {
    fn send(&mut self, batch: &[Entry]) -> Outcome {
        let sent = self.try_send(batch).or_else(|(sent, error)| {
            if self.since.elapsed() < LASTING {
                return Err((sent, error));
            }
            let Ok(link) = self.shared.connect() else {
                return Err((sent, error));
            };
            self.link = link;
            self.begin();
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
}

impl Drop for Sending {
    fn drop(&mut self) {
        let empty = Resend::new(0);
        *self.shared.resend.lock() = mem::replace(&mut self.resend, empty);
    }
}
