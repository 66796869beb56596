//! Fields that a record lacks: [`MissingFields`], and the count of those that were marked.

use std::fmt::Display;

use crate::formatter::template::Field;
use crate::record::Record;
use crate::sys::sync::{Arc, AtomicU64, Ordering};

/// What a [`Formatter`](crate::Formatter) does about a field of its template that a record lacks,
/// or whose value its conversion cannot write.
///
/// # Python
/// `Fail` is what Python does: the record goes to `handleError` and is not written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MissingFields {
    /// Writes the line: with `-` in place of a missing field, and with the value as it is where a
    /// conversion such as `%(n)d` cannot write it. In place of a template that cannot be parsed,
    /// which [`validate(false)`](crate::formatter::FormatterBuilder::validate) accepts, it writes
    /// the message alone. Each is [counted](crate::Formatter::missing_fields), and reported once
    /// per field on standard error. The default.
    #[default]
    Mark,
    /// Drops the record: the handler counts it and reports the error.
    Fail,
}

/// Is written in place of a missing field.
pub(super) const MARK: &str = "-";

/// How many fields were marked, and which were reported. The clones of a formatter share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    marked: AtomicU64,
    /// A bit for each segment of the template; the last is for all from the 64th on.
    reported: AtomicU64,
}

impl Marks {
    pub(super) fn count(&self) -> u64 {
        self.0.marked.load(Ordering::Relaxed)
    }

    /// Counts a field, and reports it if it is the first of its segment.
    #[cold]
    pub(super) fn note(&self, segment: usize, record: &Record<'_>, why: impl Display) {
        self.0.marked.fetch_add(1, Ordering::Relaxed);
        let bit = 1 << segment.min(63);
        if self.0.reported.fetch_or(bit, Ordering::Relaxed) & bit == 0 {
            let name = record.name();
            let diagnostics = &record.environment.diagnostics;
            diagnostics.line(format_args!("logtree: a record of {name:?}: {why}"));
        }
    }
}

/// Returns the field whose name differs from the given one by a single slip, by case or by
/// underscores. Names that are less alike are key-values, such as `path`, `level` and `thread_id`.
pub(super) fn near_field(name: &str) -> Option<&'static str> {
    const LENGTHS: std::ops::RangeInclusive<usize> = 4..=32;
    let letters = |name: &str| name.replace('_', "").to_lowercase();
    let near = |field: &&str| strsim::osa_distance(&letters(name), &letters(field)) <= 1;
    let mut fields = Field::NAMES.iter().copied();
    fields.find(|field| LENGTHS.contains(&name.len()) && near(field))
}
