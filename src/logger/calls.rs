//! The methods that log.

use crate::level::Level;
use crate::logger::dispatch::{Entry, dispatch};
use crate::logger::level_methods::level_methods;
use crate::logger::logger::Logger;
use crate::record::{LazyMessage, Message, Record, RecordBuilder, Source, SourceRef};

impl Logger {
    /// Passes a record that was created elsewhere to filters and handlers. The logger's level does
    /// not apply; a disabled logger drops it.
    ///
    /// # Python
    /// `Logger.handle`.
    pub fn handle(&self, record: &Record<'_>) {
        if !self.node.is_disabled() {
            dispatch(
                &self.registry,
                &self.node,
                &mut record.clone(),
                Entry::Handed,
            );
        }
    }

    /// Returns a builder for a record of this logger, to be passed to [`handle`](Self::handle).
    ///
    /// # Python
    /// `Logger.makeRecord`.
    pub fn record_builder(&self, level: impl Into<Level>) -> RecordBuilder<'_> {
        RecordBuilder::new(&self.registry.environment)
            .name(self.name())
            .level(level)
    }

    #[inline(always)]
    pub(crate) fn record<'r>(
        &'r self,
        level: Level,
        message: Message<'r>,
        source: impl Into<SourceRef<'r>>,
    ) -> Record<'r> {
        Record::new(
            &self.registry.environment,
            self.node.name(),
            level,
            message,
            source,
        )
    }

    /// Called after the gate.
    #[inline]
    pub(crate) fn submit(&self, record: &mut Record<'_>) {
        let by_level = record.level() >= self.node.effective_level();
        self.submit_passed(record, by_level);
    }

    /// Likewise, if it is known whether the logger's level passes it.
    #[inline(always)]
    pub(crate) fn submit_passed(&self, record: &mut Record<'_>, by_level: bool) {
        let entry = Entry::Call { by_level };
        dispatch(&self.registry, &self.node, record, entry);
    }
}

level_methods!(Logger, passes_plain, |logger| logger);

/// For the facade's macros with a logger: `log::info!(logger: s3, "…")`. The record gets the
/// logger's name, whatever the target.
impl log::Log for Logger {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        self.is_enabled_for(Level::from(metadata.level()))
    }

    fn log(&self, record: &log::Record<'_>) {
        let level = record.level().into();
        if let Some(passed) = self.passes(level) {
            let text = LazyMessage::of_arguments(*record.args());
            let mut ours = self.record(level, Message::Lazy(&text), &Source::of_facade(record));
            ours.set_source_of_key_values(record.key_values());
            self.submit_passed(&mut ours, passed.by_level);
        }
    }

    /// Flushes the handlers that the logger's records reach.
    fn flush(&self) {
        for bound in self.node.route().handlers.iter() {
            // Failures are reported with the records concerned.
            let _ = bound.handler().flush();
        }
    }
}
