//! Redaction in the line that a handler writes: [`InPlace`].

use crate::error::Error;
use crate::filter::{Filter, RedactingFilter, SharedFilter};
use crate::formatter::{Format, Line};
use crate::record::Record;
use crate::sys::sync::Arc;
use crate::sys::user_code::Owned;

/// A formatter with the redaction of the handler's only filter.
///
/// Nearly all messages have no secret. So a record is formatted as it is, which needs no copy of
/// it, and its message is looked at where it is in the line; only where something may be a secret
/// is the line written again, of a record that the filter has seen. This holds for bare records
/// alone: in a line, the value of `%(password)s` is without the name that makes it a secret.
#[derive(Clone)]
pub(super) struct InPlace {
    formatter: Owned<Arc<dyn Format>>,
    filter: RedactingFilter,
}

impl InPlace {
    /// Returns it, where the filters of a handler allow it, and its formatter.
    pub(super) fn new(
        filters: &[SharedFilter],
        formatter: &Owned<Arc<dyn Format>>,
    ) -> Option<Self> {
        let [filter] = filters else {
            return None;
        };
        let filter = filter.downcast_ref::<RedactingFilter>()?;
        formatter.notes_messages().then(|| Self {
            formatter: Owned::clone(formatter),
            filter: filter.clone(),
        })
    }

    /// Reports whether it redacts as another one does.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.filter.looks_as(&other.filter)
    }

    #[inline]
    pub(super) fn is_clean(&self, message: &[u8]) -> bool {
        self.filter.is_clean(message)
    }

    #[cold]
    fn format_redacted(
        &self,
        record: &Record<'_>,
        line: &mut Line,
        start: usize,
    ) -> Result<(), Error> {
        if let Some(message) = line.message_of(record) {
            // Its arguments are formatted once.
            record.message.keep(message);
        }
        line.truncate(start);
        let mut view = record.clone();
        self.filter.filter(&mut view);
        self.formatter.format(&view, line)
    }
}

impl Format for InPlace {
    fn format(&self, record: &Record<'_>, line: &mut Line) -> Result<(), Error> {
        let start = line.len();
        let formatted = self.formatter.format(record, line);
        match line.message_of(record) {
            Some(message) if formatted.is_ok() && self.is_clean(message) => Ok(()),
            _ => self.format_redacted(record, line, start),
        }
    }
}
