//! The records that a handler was given, by whose they are: [`Collected`].

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use logtree::formatter::Format;
use logtree::handler::Sink;
use logtree::{Error, Record};

/// What is kept of a record.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) target: String,
    /// `S3`, `DynamoDB`, or nothing outside of a call.
    pub(crate) service: String,
    pub(crate) invocation: String,
}

impl Kept {
    /// Reports whether it is of the pool of connections: hyper puts one back within the call, or in
    /// a task without a span, as it comes.
    pub(crate) fn is_of_pool(&self) -> bool {
        self.target.starts_with("hyper_util.")
    }
}

/// A sink that keeps records.
#[derive(Clone, Debug, Default)]
pub(crate) struct Collected(Arc<Mutex<Vec<Kept>>>);

impl Collected {
    /// Returns the records since the last time.
    pub(crate) fn take(&self) -> Vec<Kept> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Sink for Collected {
    fn write(&self, record: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        let text = |key: &str| {
            let value = record.key_values().get(key);
            value.map(|value| value.to_string()).unwrap_or_default()
        };
        let kept = Kept {
            target: record.name().to_owned(),
            service: text("rpc.service"),
            invocation: text("sdk_invocation_id"),
        };
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(kept);
        Ok(())
    }

    fn flush(&self) -> Result<(), Error> {
        Ok(())
    }
}

/// How many records are whose: by service, and by the first segment of the target.
pub(crate) struct Counts(BTreeMap<(String, String), usize>);

impl Counts {
    pub(crate) fn of(records: &[Kept]) -> Self {
        let mut counts = BTreeMap::new();
        for record in records {
            let owner = if record.service.is_empty() {
                "–"
            } else {
                &record.service
            };
            let target = record.target.split('.').next().unwrap_or_default();
            *counts
                .entry((owner.to_owned(), target.to_owned()))
                .or_default() += 1;
        }
        Self(counts)
    }

    pub(crate) fn owned_by(&self, service: &str) -> usize {
        let own = self.0.iter().filter(|((owner, _), _)| owner == service);
        own.map(|(_, count)| count).sum()
    }

    pub(crate) fn with_target(&self, segment: &str) -> usize {
        let own = self.0.iter().filter(|((_, target), _)| target == segment);
        own.map(|(_, count)| count).sum()
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for ((owner, target), count) in &self.0 {
            writeln!(f, "  {owner:<10} {target:<26} {count:>4}")?;
        }
        let all: usize = self.0.values().sum();
        write!(f, "  of {all}, {} by no service", self.owned_by("–"))
    }
}
