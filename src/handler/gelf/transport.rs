//! How GELF messages are sent.

use std::hash::{BuildHasher, RandomState};

use crate::error::{Error, ErrorKind};
use crate::formatter::Format;
use crate::handler::config::is_default_format;
use crate::handler::delivery::{BatchLimits, Connection, Entry, Outcome, Transport, halved_json};
use crate::handler::gelf::chunks::datagrams;
use crate::handler::gelf::compression::GelfCompression;
use crate::handler::gelf::message::message;
#[cfg(feature = "http-handler")]
use crate::handler::http::client::{Call, Client, Target};
use crate::handler::network::datagram::{Datagrams, is_too_large};
use crate::handler::network::dialer::{Dialer, Link};
use crate::handler::network::frames::Frames;
use crate::handler::network::session::{Receiver, Session};
use crate::handler::sink::formatted;
use crate::record::Record;
use crate::sys::sync::Arc;

/// How long a message in a stream can be: the limit of Graylog's inputs (`max_message_size`),
/// unless they are configured otherwise.
const STREAM_BYTES: usize = 2 * 1024 * 1024;

/// How the receiver is reached.
pub(super) enum Route {
    Datagrams(Dialer),
    /// Messages follow each other in one stream.
    Stream(Arc<Receiver>),
    #[cfg(feature = "http-handler")]
    Http(Arc<Target>),
}

/// The fewest bytes of a datagram, so that it has room for its head and some of the message.
pub(super) const SMALLEST_DATAGRAM: usize = 512;

pub(super) struct GelfTransport {
    pub(super) route: Route,
    pub(super) shown: String,
    pub(super) host: String,
    pub(super) compression: GelfCompression,
    pub(super) datagram_bytes: usize,
}

impl Transport for GelfTransport {
    fn encode(
        &self,
        record: &Record<'_>,
        format: &dyn Format,
        payload: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let mut push = |text: &str| {
            let message = message(record, &self.host, text);
            serde_json::to_writer(&mut *payload, &message).map_err(|error| {
                Error::new(ErrorKind::FieldType, "cannot write a record as JSON").with_source(error)
            })
        };
        // The key-values, which the default format adds, are fields of their own.
        if is_default_format(format) {
            push(record.message())
        } else {
            formatted(format, record, |line| push(line.as_str()))
        }
    }

    fn limits(&self) -> BatchLimits {
        BatchLimits::default().with_overhead(1)
    }

    fn together(&self, entries: &[Entry]) -> usize {
        match self.route {
            Route::Stream(_) => entries.len(),
            _ => 1,
        }
    }

    fn connect(&self) -> Result<Box<dyn Connection>, Error> {
        match &self.route {
            Route::Datagrams(dialer) => match dialer.connect()? {
                Link::Datagrams(socket) => Ok(Box::new(ByDatagrams {
                    socket,
                    shown: self.shown.clone(),
                    compression: self.compression,
                    largest: self.datagram_bytes,
                    ids: RandomState::new(),
                })),
                Link::Stream(_) => {
                    Err(std::io::Error::from(std::io::ErrorKind::Unsupported).into())
                }
            },
            Route::Stream(receiver) => Ok(Box::new(ByStream {
                session: receiver.connect()?,
                frames: Frames::default(),
                shown: self.shown.clone(),
            })),
            #[cfg(feature = "http-handler")]
            Route::Http(target) => Ok(Box::new(ByHttp {
                client: Client::new(target)?,
                target: Arc::clone(target),
            })),
        }
    }

    fn shorten(&self, entry: &Entry) -> Option<Entry> {
        halved_json(entry.payload()).map(|payload| entry.with_payload(payload))
    }

    fn describe(&self) -> String {
        format!("GelfHandler <{}>", self.shown)
    }
}

struct ByDatagrams {
    socket: Datagrams,
    shown: String,
    compression: GelfCompression,
    largest: usize,
    ids: RandomState,
}

impl ByDatagrams {
    fn send_all(&self, datagrams: &[Vec<u8>]) -> std::io::Result<()> {
        datagrams.iter().try_for_each(|datagram| {
            self.socket.check()?;
            self.socket.send(datagram)
        })
    }
}

impl Connection for ByDatagrams {
    fn send(&mut self, batch: &[Entry]) -> Outcome {
        for (sent, entry) in batch.iter().enumerate() {
            let message = self.compression.apply(entry.payload());
            loop {
                let id = (entry.boot_id(), entry.sequence(), self.largest);
                let id = self.ids.hash_one(id);
                let Some(datagrams) = datagrams(&message, id, self.largest) else {
                    let message =
                        format!("{}: a message needs more than 128 datagrams", self.shown);
                    return Outcome::TooLarge(Error::new(ErrorKind::LimitExceeded, message));
                };
                let longest = datagrams.iter().map(Vec::len).max().unwrap_or(0);
                match self.send_all(&datagrams) {
                    Ok(()) => break,
                    // For the system, or for the way to the receiver.
                    Err(error) if is_too_large(&error) && longest > SMALLEST_DATAGRAM => {
                        self.largest = (longest / 2).max(SMALLEST_DATAGRAM);
                    }
                    Err(error) if is_too_large(&error) => {
                        return Outcome::TooLarge(failed(&self.shown, error));
                    }
                    Err(error) => {
                        let error = failed(&self.shown, error);
                        return Outcome::Broken { sent, error };
                    }
                }
            }
        }
        Outcome::Sent
    }
}

struct ByStream {
    session: Session,
    frames: Frames,
    shown: String,
}

impl Connection for ByStream {
    fn send(&mut self, batch: &[Entry]) -> Outcome {
        if batch.iter().any(|it| it.payload().len() > STREAM_BYTES) {
            let message = format!("{}: a message has more than 2 MiB", self.shown);
            return Outcome::TooLarge(Error::new(ErrorKind::LimitExceeded, message));
        }
        self.frames.clear();
        for entry in batch {
            self.frames.push(|out| {
                out.extend_from_slice(entry.payload());
                // JSON has no NUL of its own.
                out.push(0);
            });
        }
        match self.session.send(&self.frames) {
            Ok(()) => Outcome::Sent,
            Err(error) => Outcome::Broken {
                sent: 0,
                error: failed(&self.shown, error),
            },
        }
    }

    fn unconfirmed(&self) -> usize {
        self.session.unconfirmed()
    }

    fn confirm(&mut self) -> Result<bool, Error> {
        let confirmed = self.session.confirm();
        confirmed.map_err(|error| failed(&self.shown, error))
    }
}

fn failed(shown: &str, error: std::io::Error) -> Error {
    Error::new(ErrorKind::Io, format!("cannot send to {shown}")).with_source(error)
}

#[cfg(feature = "http-handler")]
struct ByHttp {
    client: Client,
    target: Arc<Target>,
}

#[cfg(feature = "http-handler")]
impl Connection for ByHttp {
    fn send(&mut self, batch: &[Entry]) -> Outcome {
        for (at, entry) in batch.iter().enumerate() {
            let key = entry.uid();
            let headers = [
                ("Content-Type", "application/json"),
                ("Idempotency-Key", &*key),
            ];
            let call = Call {
                headers: &headers,
                body: entry.payload(),
                ..Call::default()
            };
            let outcome = match self.client.send(&call) {
                Ok(reply) => reply.outcome(&self.target, batch.len(), |status| {
                    matches!(status, 408 | 425 | 429 | 500..)
                }),
                Err(outcome) => outcome,
            };
            // There is one entry in a batch.
            if !matches!(outcome, Outcome::Sent) || at + 1 == batch.len() {
                return outcome;
            }
        }
        Outcome::Sent
    }
}
