//! The filters of a handler that limit, and the records that they write themselves.

use crate::filter::{Limit, Outlet, SharedFilter};
use crate::handler::core::HandlerCore;
use crate::record::Record;
use crate::sys::sync::{Arc, Weak};
use crate::sys::user_code::{self, Owned};

impl HandlerCore {
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

    fn limits(&self) -> Vec<Arc<dyn Limit>> {
        let config = self.config.load();
        config
            .filters
            .iter()
            .filter_map(SharedFilter::limit)
            .collect()
    }

    /// Has the filters that limit report what they suppressed.
    pub(super) fn settle_limits(&self) {
        for limit in self.limits() {
            limit.settle();
        }
    }
}

impl Outlet for HandlerCore {
    fn write_of(&self, filter: usize, record: &Record<'_>) -> bool {
        let Some(handler) = self.book.handler.get().and_then(Weak::upgrade) else {
            return false;
        };
        let is_own = |limit: &Arc<dyn Limit>| limit.identity() == filter;
        if !self.limits().iter().any(is_own) {
            return false;
        }
        let formatter = Owned::clone(&self.config.load().formatter);
        if let Err(panic) = user_code::call(|| handler.emit(record, &**formatter)) {
            handler.fail_by_panic(record, panic);
        }
        true
    }
}
