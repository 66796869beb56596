//! Fields that a record lacks: [`MissingFields`], and what is known of those that were marked.

use std::fmt::Display;

use crate::formatter::template::Field;
use crate::record::Record;
use crate::sys::sync::{Arc, AtomicU64, Ordering};

/// What a [`Formatter`](crate::Formatter) does with a field of its template that a record does not have, or whose value its
/// conversion cannot write.
///
/// # Python
/// `Fail` is what Python does: the record goes to `handleError` and is not written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MissingFields {
    /// The line is written: with `-` in place of a field that is missing, and with the value as it is where a conversion such as
    /// `%(n)d` cannot write it. A template that cannot be read at all, which
    /// [`validate(false)`](crate::formatter::FormatterBuilder::validate) lets pass, gives way to the message alone. Each is
    /// [counted](crate::Formatter::missing_fields), and reported once for each field on standard error. The default.
    #[default]
    Mark,
    /// The record is not written: the handler counts it as dropped and reports the error.
    Fail,
}

/// What stands in place of a field that is missing.
pub(super) const MARK: &str = "-";

/// How many fields were marked, and which were reported. Clones of a formatter share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    marked: AtomicU64,
    /// A bit for each segment of the template; the last stands for all from there on.
    reported: AtomicU64,
}

impl Marks {
    pub(super) fn count(&self) -> u64 {
        self.0.marked.load(Ordering::Relaxed)
    }

    /// Counts a field, and reports it where it is the first of its segment.
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

/// The field whose name is the given one but for one slip, for case or for underscores. Names that are less alike are key-values:
/// `path`, `level` and `thread_id` are no slips.
pub(super) fn near_field(name: &str) -> Option<&'static str> {
    const LENGTHS: std::ops::RangeInclusive<usize> = 4..=32;
    let letters = |name: &str| name.replace('_', "").to_lowercase();
    let near = |field: &&str| strsim::osa_distance(&letters(name), &letters(field)) <= 1;
    let mut fields = Field::NAMES.iter().copied();
    fields.find(|field| LENGTHS.contains(&name.len()) && near(field))
}
