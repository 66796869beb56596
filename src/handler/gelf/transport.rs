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
use crate::handler::network::dialer::{Dialer, Link, WRITE_WITHIN};
use crate::handler::network::stream::Stream;
use crate::handler::sink::formatted;
use crate::record::Record;
#[cfg(feature = "http-handler")]
use crate::sys::sync::Arc;

/// How the receiver is reached.
pub(super) enum Route {
    Socket(Dialer),
    #[cfg(feature = "http-handler")]
    Http(Arc<Target>),
}

pub(super) struct GelfTransport {
    pub(super) route: Route,
    pub(super) host: String,
    pub(super) compression: GelfCompression,
    pub(super) datagram_bytes: usize,
    /// Whether messages follow each other in one stream.
    pub(super) is_stream: bool,
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
        if self.is_stream { entries.len() } else { 1 }
    }

    fn connect(&self) -> Result<Box<dyn Connection>, Error> {
        match &self.route {
            Route::Socket(dialer) => Ok(match dialer.connect()? {
                Link::Datagrams(socket) => Box::new(ByDatagrams {
                    socket,
                    shown: dialer.address().to_string(),
                    compression: self.compression,
                    largest: self.datagram_bytes,
                    ids: RandomState::new(),
                }),
                Link::Stream(stream) => Box::new(ByStream {
                    stream,
                    shown: dialer.address().to_string(),
                }),
            }),
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
        match &self.route {
            Route::Socket(dialer) => format!("GelfHandler <{}>", dialer.address()),
            #[cfg(feature = "http-handler")]
            Route::Http(target) => format!("GelfHandler <{}>", target.shown()),
        }
    }
}

struct ByDatagrams {
    socket: Datagrams,
    shown: String,
    compression: GelfCompression,
    largest: usize,
    ids: RandomState,
}

impl Connection for ByDatagrams {
    fn send(&mut self, batch: &[Entry]) -> Outcome {
        for (sent, entry) in batch.iter().enumerate() {
            let message = self.compression.apply(entry.payload());
            let id = self.ids.hash_one((entry.boot_id(), entry.sequence()));
            let Some(datagrams) = datagrams(&message, id, self.largest) else {
                let message = format!("{}: a message needs more than 128 datagrams", self.shown);
                return Outcome::TooLarge(Error::new(ErrorKind::LimitExceeded, message));
            };
            for datagram in &datagrams {
                match self
                    .socket
                    .check()
                    .and_then(|()| self.socket.send(datagram))
                {
                    Ok(()) => {}
                    Err(error) if is_too_large(&error) && datagrams.len() == 1 => {
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
    stream: Stream,
    shown: String,
}

impl Connection for ByStream {
    fn send(&mut self, batch: &[Entry]) -> Outcome {
        let mut bytes = Vec::new();
        for entry in batch {
            // JSON has no NUL of its own.
            bytes.extend_from_slice(entry.payload());
            bytes.push(0);
        }
        let written = self.stream.check();
        match written.and_then(|()| self.stream.write(&bytes, WRITE_WITHIN)) {
            Ok(()) => Outcome::Sent,
            Err(error) => Outcome::Broken {
                sent: 0,
                error: failed(&self.shown, error),
            },
        }
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
