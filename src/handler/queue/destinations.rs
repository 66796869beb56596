//! The handlers of a queue: [`Destinations`].

use std::fmt::Write;

use crate::error::Error;
use crate::handler::handler::Handler;
use crate::handler::live;
use crate::handler::sink::Batch;
use crate::record::Record;

/// The handlers of a queue.
#[derive(Debug, Default)]
pub(super) struct Destinations {
    handlers: Vec<Handler>,
    respect_levels: bool,
}

impl Destinations {
    pub(super) fn new(handlers: Vec<Handler>, respect_levels: bool) -> Self {
        Self {
            handlers,
            respect_levels,
        }
    }

    pub(super) fn handlers(&self) -> &[Handler] {
        &self.handlers
    }

    /// Whether one of them could be one that must be called on the thread that logs, or pass
    /// records to one.
    pub(super) fn may_lead_to_the_caller(&self) -> bool {
        let mut facts = self.handlers.iter().map(|handler| &handler.core.facts);
        facts.any(|facts| facts.is_of_the_caller || !facts.writes_lines)
    }

    /// Whether one of them is, or does so now.
    #[cold]
    pub(super) fn lead_to_the_caller(&self) -> bool {
        live::lead_to_the_caller(self.handlers.iter().map(Handler::id))
    }

    /// Whether records would be thrown away.
    pub(super) fn is_empty(&self) -> bool {
        self.handlers.is_empty()
    }

    /// Whether one handler receives all records.
    pub(super) fn is_one(&self) -> bool {
        self.handlers.len() == 1
    }

    pub(super) fn handle(&self, record: &Record<'_>) {
        for handler in &self.handlers {
            if !self.respect_levels || record.level() >= handler.level() {
                handler.handle(record);
            }
        }
    }

    pub(super) fn batch(&self, batch: Batch) {
        for handler in &self.handlers {
            handler.core.batch(batch);
        }
    }

    /// Flushes all of them.
    ///
    /// # Errors
    /// With all that failed, since the last one: a handler's flush returns what it could not write
    /// meanwhile as well.
    pub(super) fn flush(&self) -> Result<(), Error> {
        let failures = self
            .handlers
            .iter()
            .filter_map(|handler| handler.flush().err());
        let failures: Vec<_> = failures.collect();
        let Some(first) = failures.first() else {
            return Ok(());
        };
        let mut text = first.to_string();
        for another in &failures[1..] {
            let _ = write!(text, "; {another}");
        }
        Err(Error::new(first.kind(), text))
    }
}
