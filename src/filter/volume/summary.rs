//! What a filter reports by a record of its own: [`Summary`].

use crate::context::RegistryContext;
use crate::level::Level;
use crate::record::{Message, Record, Source};
use crate::sys::sync::Arc;
use crate::time::Timestamp;

/// The key-value with the number of records that were suppressed.
pub(super) const SUPPRESSED: &str = "suppressed";

/// The record that a summary is like.
#[derive(Clone)]
pub(super) struct About {
    pub(super) environment: Arc<RegistryContext>,
    pub(super) name: String,
    pub(super) level: Level,
}

pub(super) struct Summary<'a> {
    pub(super) about: &'a About,
    pub(super) text: String,
    pub(super) suppressed: u64,
    /// `None` for the time at which it is written.
    pub(super) time: Option<Timestamp>,
}

impl About {
    pub(super) fn of(record: &Record<'_>) -> Self {
        Self {
            environment: Arc::clone(record.environment),
            name: record.name().to_owned(),
            level: record.level(),
        }
    }
}

impl Summary<'_> {
    pub(super) fn as_record<R>(&self, use_it: impl FnOnce(&Record<'_>) -> R) -> R {
        let About {
            environment,
            name,
            level,
        } = self.about;
        let source = Source::default();
        let message = Message::Text(self.text.as_str().into());
        let mut record = Record::new(environment, name, *level, message, &source);
        record.time = self.time.unwrap_or(record.time);
        record.set_key_value(SUPPRESSED, self.suppressed);
        use_it(&record)
    }

    /// Writes it by the handlers of its logger.
    pub(super) fn log(&self) {
        let About {
            environment,
            name,
            level,
        } = self.about;
        let number = (SUPPRESSED, self.suppressed);
        environment.log_summary(name, *level, &self.text, number, self.time);
    }
}
