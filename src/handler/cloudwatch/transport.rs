//! How records become events: [`CloudWatch`].

use std::time::Duration;

use crate::error::Error;
use crate::formatter::Format;
use crate::handler::cloudwatch::connection::Calls;
use crate::handler::cloudwatch::events::{self, MAX_BYTES, MAX_EVENTS, OVERHEAD};
use crate::handler::cloudwatch::oversize::truncated;
use crate::handler::cloudwatch::target::Target;
use crate::handler::delivery::{BatchLimits, Connection, Entry, Transport};
use crate::handler::sink::formatted;
use crate::record::Record;
use crate::sys::sync::Arc;

/// The largest message that the service took before 2025, and that its imitations take.
const OLD_MAX_EVENT: usize = 262_144 - OVERHEAD;

pub(super) struct CloudWatch {
    pub(super) target: Arc<Target>,
    pub(super) passes_metrics: bool,
}

impl Transport for CloudWatch {
    fn encode(
        &self,
        record: &Record<'_>,
        format: &dyn Format,
        payload: &mut Vec<u8>,
    ) -> Result<(), Error> {
        if self.passes_metrics && is_metrics(record.message()) {
            payload.extend_from_slice(record.message().as_bytes());
            return Ok(());
        }
        formatted(format, record, |line| {
            payload.extend_from_slice(line.as_bytes());
            Ok(())
        })?;
        if payload.is_empty() {
            payload.push(b' ');
        }
        Ok(())
    }

    fn limits(&self) -> BatchLimits {
        BatchLimits::default()
            .with_records(MAX_EVENTS)
            .with_bytes(MAX_BYTES)
            .with_overhead(OVERHEAD)
            .with_linger(Duration::from_secs(1))
    }

    fn together(&self, entries: &[Entry]) -> usize {
        events::together(entries)
    }

    fn connect(&self) -> Result<Box<dyn Connection>, Error> {
        Ok(Box::new(Calls::new(Arc::clone(&self.target))))
    }

    fn shorten(&self, entry: &Entry) -> Option<Entry> {
        let text = String::from_utf8_lossy(entry.payload());
        let is_longer = text.len() > OLD_MAX_EVENT;
        is_longer.then(|| entry.with_payload(truncated(&text, OLD_MAX_EVENT)))
    }

    fn describe(&self) -> String {
        format!("CloudWatchHandler <{}>", self.target.group.name)
    }
}

/// Whether a message is in the embedded metric format: an object with the member `_aws`.
fn is_metrics(message: &str) -> bool {
    let message = message.trim();
    message.starts_with('{') && message.ends_with('}') && message.contains("\"_aws\"")
}
