//! Where times come from: [`Clock`].

use std::fmt;

use crate::sys::sync::Arc;
use crate::time::timestamp::Timestamp;

/// Where the records of a registry get their time from.
///
/// It is called once for each record that passes the level of its logger, on the thread that logs,
/// with none of the crate's locks held. It must not block. If it logs, the records that it logs
/// have the time of the system; if it panics, so has the record it was called for, and the panic is
/// reported.
///
/// # Examples
/// ```
/// use logtree::Registry;
/// use logtree::time::{ManualClock, Timestamp};
///
/// let clock = ManualClock::new(Timestamp::from_nanos(0));
/// let registry = Registry::builder().clock(clock.clone()).build();
/// clock.advance(std::time::Duration::from_secs(1));
/// # let _ = registry;
/// ```
pub trait Clock: Send + Sync + fmt::Debug {
    /// Returns the time.
    fn now(&self) -> Timestamp;
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
}

impl<C: Clock + ?Sized> Clock for Box<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
}
