//! The tails' side of the queue: [`Outlet`].

use crate::control::tail::event::Kept;
use crate::control::tail::exchange::{Exchange, choose};
use crate::control::tail::filter::Names;
use crate::control::tail::own_thread::become_own_thread;
use crate::error::Error;
use crate::filter::Filter;
use crate::formatter::Format;
use crate::handler::{Batch, Sink};
use crate::record::{OwnedRecord, Record};
use crate::sys::sync::Arc;

/// The sink at the end of the queue: redacts and filters records, and puts them into the rings.
pub(super) struct Outlet(pub(super) Arc<Exchange>);

impl Sink for Outlet {
    fn write(&self, record: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        become_own_thread();
        let watch = self.0.watch();
        let is_shown = !record.is_hidden;
        let is_kept = watch.has_history && is_shown;
        let wanted = choose(watch.filters(), |_, filter| {
            filter.wants(Names::of(record), record.level(), is_shown)
        });
        if wanted == 0 && !is_kept {
            return Ok(());
        }
        let mut redacted = record.clone();
        self.0.redaction.filter(&mut redacted);
        let chosen = choose(watch.filters(), |bit, filter| {
            wanted & bit != 0 && filter.matches(&redacted)
        });
        if chosen != 0 || is_kept {
            let kept = Kept::new(OwnedRecord::new(&redacted), is_shown);
            self.0.distribute(kept, watch.version, chosen);
        }
        Ok(())
    }

    fn batch(&self, batch: Batch) {
        if batch == Batch::Ends {
            self.0.collect_lost();
        }
    }
}
