//! How records are sent by OTLP over HTTP.

use std::collections::HashMap;
use std::time::Duration;

use opentelemetry_proto::tonic::collector::logs::v1::{
    ExportLogsServiceRequest, ExportLogsServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use prost::Message;

use crate::error::{Error, ErrorKind};
use crate::formatter::Format;
use crate::handler::config::is_default_format;
use crate::handler::delivery::{BatchLimits, Connection, Entry, Outcome, Transport, halved};
use crate::handler::http::client::{Call, Client, Reply, Target};
use crate::handler::otlp::record::{UID, any, key_value, log_record};
use crate::handler::otlp::resource::ResourceOf;
use crate::handler::sink::formatted;
use crate::record::Record;
use crate::sys::sync::Arc;

/// What the collector takes at once by default.
const LARGEST: usize = 4 * 1024 * 1024;

/// What the request itself adds at most, the names of loggers apart.
const OF_REQUEST: usize = 64 * 1024;

/// What is added to each record: where it lies, and the attribute by which duplicates are found.
const OF_RECORD: usize = 96;

pub(super) struct OtlpTransport {
    pub(super) target: Arc<Target>,
    pub(super) resource: ResourceOf,
    pub(super) linger: Duration,
    pub(super) batch_records: usize,
    pub(super) gzip: bool,
}

impl Transport for OtlpTransport {
    fn encode(
        &self,
        record: &Record<'_>,
        format: &dyn Format,
        payload: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let mut push = |text: &str| {
            *payload = log_record(record, text).encode_to_vec();
            Ok(())
        };
        // The key-values, which the default format adds, are attributes.
        if is_default_format(format) {
            push(record.message())
        } else {
            formatted(format, record, |line| push(line.as_str()))
        }
    }

    fn limits(&self) -> BatchLimits {
        BatchLimits::default()
            .with_records(self.batch_records)
            .with_bytes(LARGEST - OF_REQUEST)
            .with_overhead(OF_RECORD)
            .with_linger(self.linger)
    }

    fn connect(&self) -> Result<Box<dyn Connection>, Error> {
        Ok(Box::new(OtlpConnection {
            client: Client::new(&self.target)?,
            target: Arc::clone(&self.target),
            // A child process is another instance.
            resource: ResourceLogs {
                resource: Some(self.resource.message()),
                ..ResourceLogs::default()
            },
            gzip: self.gzip,
        }))
    }

    fn shorten(&self, entry: &Entry) -> Option<Entry> {
        let mut log = LogRecord::decode(entry.payload()).ok()?;
        if !halve_body(&mut log) {
            let sizes = log.attributes.iter().map(Message::encoded_len);
            let (largest, _) = sizes.enumerate().max_by_key(|(_, size)| *size)?;
            log.attributes.remove(largest);
            log.dropped_attributes_count = log.dropped_attributes_count.saturating_add(1);
        }
        Some(entry.with_payload(log.encode_to_vec()))
    }

    fn describe(&self) -> String {
        format!("OtlpHandler <{}>", self.target.shown())
    }
}

/// Cuts the body in half, if most of the record is there.
fn halve_body(log: &mut LogRecord) -> bool {
    let size = log.encoded_len();
    let Some(Value::StringValue(text)) = log.body.as_mut().and_then(|body| body.value.as_mut())
    else {
        return false;
    };
    if text.len() < size / 2 {
        return false;
    }
    let Some(shorter) = halved(text) else {
        return false;
    };
    *text = shorter;
    true
}

struct OtlpConnection {
    client: Client,
    target: Arc<Target>,
    resource: ResourceLogs,
    gzip: bool,
}

impl Connection for OtlpConnection {
    fn send(&mut self, batch: &[Entry]) -> Outcome {
        let (request, unreadable) = self.request(batch);
        let outcome = match unreadable.len() == batch.len() {
            true => Outcome::Sent,
            false => self.export(&request, batch.len()),
        };
        match outcome {
            Outcome::Sent if !unreadable.is_empty() => {
                let message = "a record that was kept is no message of OTLP";
                Outcome::Refused {
                    which: unreadable,
                    error: Error::new(ErrorKind::InvalidRequest, message),
                }
            }
            outcome => outcome,
        }
    }
}

impl OtlpConnection {
    /// Returns the request for a batch, and the places of what cannot be read, such as entries of a
    /// spool that another program has written.
    fn request(&self, batch: &[Entry]) -> (ExportLogsServiceRequest, Vec<usize>) {
        let mut resource = self.resource.clone();
        let (mut scopes, mut unreadable) = (HashMap::new(), Vec::new());
        for (at, entry) in batch.iter().enumerate() {
            let Ok(mut log) = LogRecord::decode(entry.payload()) else {
                unreadable.push(at);
                continue;
            };
            let uid = any(Value::StringValue(entry.uid()));
            log.attributes.push(key_value(UID, uid));
            let scope = *scopes.entry(entry.logger()).or_insert_with(|| {
                resource.scope_logs.push(scope_of(entry.logger()));
                resource.scope_logs.len() - 1
            });
            resource.scope_logs[scope].log_records.push(log);
        }
        let resource_logs = vec![resource];
        (ExportLogsServiceRequest { resource_logs }, unreadable)
    }

    fn export(&mut self, request: &ExportLogsServiceRequest, batch: usize) -> Outcome {
        let mut headers = vec![("Content-Type", "application/x-protobuf")];
        let mut body = request.encode_to_vec();
        if let Some(packed) = self.gzip.then(|| gzipped(&body)).flatten() {
            headers.push(("Content-Encoding", "gzip"));
            body = packed;
        }
        let call = Call {
            headers: &headers,
            body: &body,
            ..Call::default()
        };
        match self.client.send(&call) {
            Ok(reply) if reply.is_success() => self.partial_success(&reply, batch),
            Ok(reply) if reply.status == 400 && batch > 1 => {
                // One that is too large for some receivers, or with one record that they refuse.
                let what = "status 400";
                Outcome::TooLarge(self.target.error(ErrorKind::InvalidRequest, what))
            }
            Ok(reply) => reply.outcome(&self.target, batch, is_retried),
            Err(outcome) => outcome,
        }
    }

    /// What a response says of single records. One that cannot be read says nothing.
    fn partial_success(&self, reply: &Reply, batch: usize) -> Outcome {
        let response = ExportLogsServiceResponse::decode(&*reply.body).unwrap_or_default();
        let partial = response.partial_success.unwrap_or_default();
        let rejected = usize::try_from(partial.rejected_log_records).unwrap_or(0);
        if rejected == 0 {
            return Outcome::Sent;
        }
        let why: String = partial.error_message.chars().take(256).collect();
        let what = format!(
            "{rejected} of {batch} records rejected: {}",
            why.escape_debug()
        );
        Outcome::SomeRefused {
            count: rejected,
            error: self.target.error(ErrorKind::InvalidRequest, &what),
        }
    }
}

fn scope_of(logger: &str) -> ScopeLogs {
    ScopeLogs {
        scope: Some(InstrumentationScope {
            name: logger.to_owned(),
            ..InstrumentationScope::default()
        }),
        ..ScopeLogs::default()
    }
}

/// Whether a later attempt may succeed.
fn is_retried(status: u16) -> bool {
    matches!(status, 429 | 502 | 503 | 504)
}

#[cfg(feature = "gzip")]
fn gzipped(body: &[u8]) -> Option<Vec<u8>> {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body).ok()?;
    encoder.finish().ok()
}

#[cfg(not(feature = "gzip"))]
fn gzipped(_: &[u8]) -> Option<Vec<u8>> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handler::otlp::environment::Environment;
    use crate::level::Level;
    use crate::time::Timestamp;

    fn transport() -> OtlpTransport {
        OtlpTransport {
            target: Arc::new(Target::new("http://localhost:1").unwrap()),
            resource: ResourceOf::new(&Environment::default(), &[]),
            linger: Duration::ZERO,
            batch_records: 512,
            gzip: false,
        }
    }

    fn entry(logger: &str, log: &LogRecord) -> Entry {
        Entry::new(
            Level::INFO,
            Timestamp::from_nanos(0),
            logger,
            log.encode_to_vec(),
        )
    }

    #[test]
    fn a_record_that_is_too_large_ends_small() {
        let mut log = log_record(&Record::builder().build(), &"body ".repeat(100_000));
        let value = any(Value::StringValue("value ".repeat(100_000)));
        log.attributes.push(key_value("long", value));
        let transport = transport();
        let mut entry = entry("a", &log);
        let mut steps = 0;
        while let Some(shorter) = transport.shorten(&entry) {
            assert!(shorter.payload().len() < entry.payload().len());
            entry = shorter;
            steps += 1;
        }
        let log = LogRecord::decode(entry.payload()).unwrap();
        assert!(steps < 30 && entry.payload().len() < 200, "{steps} {log:?}");
        assert!(log.attributes.is_empty() && log.dropped_attributes_count > 0);
        assert!(format!("{:?}", log.body).contains("body …[+"), "{log:?}");
    }

    #[test]
    fn a_request_has_each_logger_once_and_what_is_unreadable_apart() {
        let connection = OtlpConnection {
            client: Client::new(&transport().target).unwrap(),
            target: transport().target,
            resource: ResourceLogs::default(),
            gzip: false,
        };
        let log = LogRecord::default();
        let garbage = Entry::new(Level::INFO, Timestamp::from_nanos(0), "c", "\u{ff}");
        let batch = [
            entry("a", &log),
            entry("b", &log),
            garbage,
            entry("a", &log),
        ];
        let (request, unreadable) = connection.request(&batch);
        assert_eq!(unreadable, [2]);
        let scopes = request.resource_logs[0].scope_logs.iter();
        let scopes: Vec<_> = scopes
            .map(|logs| {
                (
                    logs.scope.as_ref().unwrap().name.as_str(),
                    logs.log_records.len(),
                )
            })
            .collect();
        assert_eq!(scopes, [("a", 2), ("b", 1)]);
    }

    /// The bound on the bytes of a batch holds for the whole request.
    #[test]
    fn a_full_batch_is_within_the_limit() {
        let transport = transport();
        let log = log_record(&Record::builder().build(), &"x".repeat(8000));
        let mut batch = Vec::new();
        let mut bytes = 0;
        loop {
            let entry = entry("some.logger", &log);
            bytes += entry.payload().len() + OF_RECORD;
            if bytes > LARGEST - OF_REQUEST {
                break;
            }
            batch.push(entry);
        }
        let connection = OtlpConnection {
            client: Client::new(&transport.target).unwrap(),
            target: Arc::clone(&transport.target),
            resource: ResourceLogs {
                resource: Some(transport.resource.message()),
                ..ResourceLogs::default()
            },
            gzip: false,
        };
        let (request, _) = connection.request(&batch);
        let size = request.encoded_len();
        assert!(size <= LARGEST && size > LARGEST - 2 * OF_REQUEST, "{size}");
    }
}
