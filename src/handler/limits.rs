//! The filters of a handler that limit, and the records that they write themselves.

use crate::filter::{Limit, Outlet, SharedFilter};
use crate::handler::config::HandlerConfig;
use crate::handler::core::HandlerCore;
use crate::record::Record;
use crate::sys::sync::{Arc, Weak};
use crate::sys::user_code::{self, Owned};

impl HandlerCore {
    /// Asks the filters about a record, and counts what one suppresses to limit how many pass.
    pub(super) fn passes(&self, config: &HandlerConfig, record: &mut Record<'_>) -> bool {
        let refusing = config.filters.iter().find(|filter| !filter.filter(record));
        if let Some(limited) = refusing.and_then(SharedFilter::limited) {
            self.book.tally.suppressed(limited, record.level());
        }
        refusing.is_none()
    }

    /// Has the filters that limit write their own records here.
    pub(super) fn attach_limits(&self) {
        let Some(handler) = self.book.handler.get() else {
            return;
        };
        for limit in self.limits() {
            let handler: Weak<dyn Outlet> = Weak::<Self>::clone(handler);
            limit.attach(handler);
        }
    }

    /// Has those that are not there any more report what only they know.
    pub(super) fn leave_limits(&self, old: &HandlerConfig) {
        let here = self.limits();
        for limit in limits(old) {
            if !here.iter().any(|known| Arc::ptr_eq(known, &limit)) {
                limit.leave(self);
            }
        }
    }

    fn limits(&self) -> Vec<Arc<dyn Limit>> {
        limits(&self.config.load())
    }

    /// Has the filters that limit report what they suppressed.
    pub(super) fn settle_limits(&self) {
        for limit in self.limits() {
            limit.settle();
        }
    }
}

fn limits(config: &HandlerConfig) -> Vec<Arc<dyn Limit>> {
    let filters = config.filters.iter();
    filters.filter_map(SharedFilter::limit).collect()
}

impl Outlet for HandlerCore {
    fn write_of(&self, filter: usize, record: &Record<'_>) -> bool {
        let is_own = |limit: &Arc<dyn Limit>| limit.identity() == filter;
        let is_here = self.limits().iter().any(is_own);
        is_here && self.write_past_filters(record)
    }

    fn write_last(&self, record: &Record<'_>) {
        self.write_past_filters(record);
    }
}

impl HandlerCore {
    fn write_past_filters(&self, record: &Record<'_>) -> bool {
        let Some(handler) = self.book.handler.get().and_then(Weak::upgrade) else {
            return false;
        };
        let formatter = Owned::clone(&self.config.load().formatter);
        if let Err(panic) = user_code::call(|| handler.emit(record, &**formatter)) {
            handler.fail_by_panic(record, panic);
        }
        true
    }
}
