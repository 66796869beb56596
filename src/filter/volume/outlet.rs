//! Where a filter's own records go: [`Outlet`].

use crate::record::Record;

/// A handler, to a filter that it has.
pub(crate) trait Outlet: Send + Sync {
    /// Writes a record of the filter with this [identity](super::Limit::identity), past the
    /// handler's filters. Returns `false` if the handler no longer has that filter.
    fn write_of(&self, filter: usize, record: &Record<'_>) -> bool;
}
