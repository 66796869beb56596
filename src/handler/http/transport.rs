//! How records are sent by HTTP.

use crate::error::Error;
use crate::formatter::{Format, JsonFormatter};
use crate::handler::config::is_default_format;
use crate::handler::delivery::{BatchLimits, Connection, Entry, Outcome, Transport, halved_json};
use crate::handler::http::body::HttpBody;
use crate::handler::http::client::{Call, Client, Target};
use crate::handler::http::form;
use crate::handler::sink::formatted;
use crate::record::Record;
use crate::sys::sync::Arc;

pub(super) struct HttpTransport {
    pub(super) target: Arc<Target>,
    pub(super) body: HttpBody,
    /// The format of records whose handler was given none.
    pub(super) json: JsonFormatter,
}

impl Transport for HttpTransport {
    fn encode(
        &self,
        record: &Record<'_>,
        format: &dyn Format,
        payload: &mut Vec<u8>,
    ) -> Result<(), Error> {
        if self.body.is_form() {
            form::push_record(record, payload);
            return Ok(());
        }
        let format = match is_default_format(format) {
            true => &self.json,
            false => format,
        };
        formatted(format, record, |line| {
            payload.extend_from_slice(line.as_str().as_bytes());
            Ok(())
        })
    }

    fn limits(&self) -> BatchLimits {
        // What separates two of them.
        BatchLimits::default().with_overhead(1)
    }

    fn together(&self, entries: &[Entry]) -> usize {
        if self.body.takes_many() {
            entries.len()
        } else {
            1
        }
    }

    fn connect(&self) -> Result<Box<dyn Connection>, Error> {
        Ok(Box::new(HttpConnection {
            client: Client::new(&self.target)?,
            target: Arc::clone(&self.target),
            body: self.body,
        }))
    }

    fn shorten(&self, entry: &Entry) -> Option<Entry> {
        let shorter = match self.body.is_form() {
            true => form::shorten(entry.payload()),
            false => halved_json(entry.payload()),
        };
        shorter.map(|payload| entry.with_payload(payload))
    }

    fn describe(&self) -> String {
        format!("HttpHandler <{}>", self.target.shown())
    }
}

struct HttpConnection {
    client: Client,
    target: Arc<Target>,
    body: HttpBody,
}

impl Connection for HttpConnection {
    fn send(&mut self, batch: &[Entry]) -> Outcome {
        let key = idempotency_key(batch);
        let mut headers = vec![("Idempotency-Key", key.as_str())];
        headers.extend(self.body.media_type().map(|media| ("Content-Type", media)));
        let body = match self.body {
            HttpBody::NdJson => joined(batch, "", "\n", "\n"),
            HttpBody::JsonArray => joined(batch, "[", ",", "]"),
            _ => joined(batch, "", "", ""),
        };
        let query = match self.body {
            HttpBody::Query => String::from_utf8(body.clone()).ok(),
            _ => None,
        };
        let call = Call {
            query: query.as_deref(),
            headers: &headers,
            body: &body,
        };
        match self.client.send(&call) {
            Ok(reply) => reply.outcome(&self.target, batch.len(), is_retried),
            Err(outcome) => outcome,
        }
    }
}

/// Whether a later attempt may succeed.
fn is_retried(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..)
}

fn joined(batch: &[Entry], start: &str, between: &str, end: &str) -> Vec<u8> {
    let mut body = start.as_bytes().to_vec();
    for (at, entry) in batch.iter().enumerate() {
        if at > 0 {
            body.extend_from_slice(between.as_bytes());
        }
        body.extend_from_slice(entry.payload());
    }
    body.extend_from_slice(end.as_bytes());
    body
}

/// The same for the same records: a receiver that knows the key has them already.
fn idempotency_key(batch: &[Entry]) -> String {
    let (Some(first), Some(last)) = (batch.first(), batch.last()) else {
        return String::new();
    };
    format!("{}-{:x}", first.uid(), last.sequence())
}
