//! Where a filter's own records go: [`Outlet`].

use crate::filter::volume::summary::Summary;
use crate::record::Record;
use crate::sys::sync::{Arc, Mutex, Weak};

/// A handler, to a filter that it has.
pub(crate) trait Outlet: Send + Sync {
    /// Writes a record of the filter with this [identity](super::Limit::identity), past the
    /// handler's filters. Returns `false` if the handler no longer has that filter.
    fn write_of(&self, filter: usize, record: &Record<'_>) -> bool;

    /// Writes a record of a filter that the handler has no longer.
    fn write_last(&self, record: &Record<'_>);
}

/// The handlers that have a filter.
#[derive(Default)]
pub(super) struct Outlets(Mutex<Vec<Weak<dyn Outlet>>>);

impl Outlets {
    pub(super) fn attach(&self, handler: Weak<dyn Outlet>) {
        let mut outlets = self.0.lock();
        outlets.retain(|outlet| outlet.strong_count() > 0);
        if !outlets.iter().any(|known| known.ptr_eq(&handler)) {
            outlets.push(handler);
        }
    }

    /// Has these handlers write a summary; where there are none, those of the logger that it is
    /// about.
    #[cold]
    pub(super) fn write(&self, filter: usize, summary: &Summary<'_>) {
        let mut outlets = self.0.lock();
        outlets.retain(|outlet| outlet.strong_count() > 0);
        let handlers: Vec<_> = outlets.iter().filter_map(Weak::upgrade).collect();
        drop(outlets);
        let written = summary.as_record(|record| {
            let write = |handler: &&Arc<dyn Outlet>| handler.write_of(filter, record);
            handlers.iter().filter(write).count()
        });
        if written == 0 {
            summary.log();
        }
    }
}
