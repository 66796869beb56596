//! The contract of filters: [`Filter`].

use crate::record::Record;

/// Decides whether a record is processed further, and may change it.
///
/// A logger's filters see the records logged on that logger, not those of its descendants; all
/// handlers see their changes. A handler's filters see every record that reaches the handler and
/// change the handler's own copy, so other handlers do not see their changes.
///
/// It is called on the logging thread, from many threads at once, with no lock of the crate held.
/// It may log; if to its own logger, it must prevent endless recursion. A panic in a filter counts
/// as a refusal, and is reported like a handler's failure.
///
/// Closures are filters; [`filter_fn`] lets the compiler infer the type of a closure's argument.
///
/// # Python
/// `logging.Filter`. Filters of Python 3.12 may *return* another record; here they change the
/// record they are given.
///
/// # Examples
/// ```
/// use logtree::{Record, Registry};
///
/// let registry = Registry::new();
/// let logger = registry.get_logger("app.db");
/// logger.add_filter(|record: &mut Record<'_>| !record.message().contains("heartbeat"));
/// logger.add_filter(|record: &mut Record<'_>| {
///     record.set_key_value("region", "eu-west-1");
///     true
/// });
/// ```
pub trait Filter: Send + Sync {
    /// Reports whether the record is processed further.
    fn filter(&self, record: &mut Record<'_>) -> bool;
}

impl<F: Fn(&mut Record<'_>) -> bool + Send + Sync> Filter for F {
    fn filter(&self, record: &mut Record<'_>) -> bool {
        self(record)
    }
}

/// Returns the closure unchanged; the compiler infers the type of its argument.
///
/// # Examples
/// ```
/// use logtree::filter::filter_fn;
/// use logtree::handler::StreamHandler;
///
/// let no_heartbeat = filter_fn(|record| !record.message().contains("heartbeat"));
/// let handler = StreamHandler::stderr().with_filter(no_heartbeat);
/// # let _ = handler;
/// ```
pub fn filter_fn<F>(filter: F) -> F
where
    F: Fn(&mut Record<'_>) -> bool + Send + Sync,
{
    filter
}
