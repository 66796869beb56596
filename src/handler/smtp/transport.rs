//! How records are sent as mails.

use std::time::Duration;

use lettre::address::Envelope;

use crate::error::{Error, ErrorKind};
use crate::formatter::Format;
use crate::handler::delivery::{BatchLimits, Connection, Entry, Outcome, Transport, halved};
use crate::handler::sink::formatted;
use crate::handler::smtp::mail::{Content, Letterhead};
use crate::handler::smtp::session::{Access, Failure, Session};
use crate::record::Record;
use crate::sys::sync::Arc;

pub(super) struct SmtpTransport {
    pub(super) access: Access,
    pub(super) letterhead: Arc<Letterhead>,
    pub(super) envelope: Envelope,
    pub(super) subject: Subject,
    /// How long one mail waits for records, and how many it has at most.
    pub(super) digest: Option<(Duration, usize)>,
}

/// The subject of a mail.
#[derive(Clone)]
pub(super) enum Subject {
    Fixed(String),
    Of(Arc<dyn Format>),
}

impl Transport for SmtpTransport {
    fn encode(
        &self,
        record: &Record<'_>,
        format: &dyn Format,
        payload: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let subject = match &self.subject {
            Subject::Fixed(subject) => subject.clone(),
            Subject::Of(format) => {
                formatted(&**format, record, |line| Ok(line.as_str().to_owned()))?
            }
        };
        formatted(format, record, |line| {
            Content::push(&subject, line.as_str(), payload);
            Ok(())
        })
    }

    fn limits(&self) -> BatchLimits {
        let limits = BatchLimits::default();
        match self.digest {
            Some((within, records)) => limits.with_linger(within).with_records(records),
            None => limits,
        }
    }

    fn together(&self, entries: &[Entry]) -> usize {
        match self.digest {
            Some(_) => entries.len(),
            None => 1,
        }
    }

    fn connect(&self) -> Result<Box<dyn Connection>, Error> {
        Ok(Box::new(SmtpConnection {
            session: Session::open(&self.access)?,
            letterhead: Arc::clone(&self.letterhead),
            envelope: self.envelope.clone(),
            shown: self.access.dialer.address().to_string(),
        }))
    }

    fn shorten(&self, entry: &Entry) -> Option<Entry> {
        let content = Content::of(entry.payload());
        let mut payload = Vec::new();
        Content::push(&content.subject, &halved(&content.text)?, &mut payload);
        Some(entry.with_payload(payload))
    }

    fn describe(&self) -> String {
        format!("SmtpHandler <{}>", self.access.dialer.address())
    }
}

struct SmtpConnection {
    session: Session,
    letterhead: Arc<Letterhead>,
    envelope: Envelope,
    shown: String,
}

impl SmtpConnection {
    fn error(&self, kind: ErrorKind, why: &str) -> Error {
        Error::new(kind, format!("{}: {why}", self.shown))
    }
}

impl Connection for SmtpConnection {
    fn send(&mut self, batch: &[Entry]) -> Outcome {
        /// That of a mail which is larger than the server takes.
        const TOO_LARGE: u16 = 552;
        let refused = |error| Outcome::Refused {
            which: (0..batch.len()).collect(),
            error,
        };
        let mail = match self.letterhead.mail(batch) {
            Ok(mail) => mail,
            Err(error) => return refused(error),
        };
        match self.session.send(&self.envelope, &mail) {
            Ok(some) if some.is_empty() => Outcome::Sent,
            Ok(some) => {
                let why = format!("some recipients got no mail: {}", some.join("; "));
                Outcome::SomeRefused {
                    count: 0,
                    error: self.error(ErrorKind::InvalidRequest, &why),
                }
            }
            Err(Failure::Refused { status, why }) if status == TOO_LARGE => {
                Outcome::TooLarge(self.error(ErrorKind::LimitExceeded, &why))
            }
            Err(Failure::Refused { why, .. }) => {
                refused(self.error(ErrorKind::InvalidRequest, &why))
            }
            Err(Failure::Later(why)) => Outcome::Retry {
                sent: 0,
                after: None,
                error: self.error(ErrorKind::Io, &why),
            },
            Err(Failure::Broken(why)) => Outcome::Broken {
                sent: 0,
                error: self.error(ErrorKind::Io, &why),
            },
        }
    }

    /// Servers end connections on which nothing happens.
    fn rests(&mut self) -> bool {
        false
    }
}
