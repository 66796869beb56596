//! What decides whether a record goes on: [`Filter`].

use crate::record::Record;

/// Decides whether a record goes on, and may change it.
///
/// A logger's filters see the records logged on that very logger, not those of its descendants, and
/// what they change is seen by all its handlers. A handler's filters see every record that reaches
/// the handler, and work on the handler's own copy: other handlers do not see their changes.
///
/// It is called on the logging thread, from many threads at once, with no lock of the crate held.
/// It may log; to the same logger only under a condition that ends. If it panics, it counts as
/// having refused the record, and the panic is reported like a handler's failure.
///
/// Closures are filters; [`filter_fn`] lets the compiler infer the type of a closure's argument.
///
/// # Python
/// `logging.Filter`. Python 3.12's filters may *return* another record; here they change the one
/// that is passed to them.
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
    /// Returns whether the record goes on.
    fn filter(&self, record: &mut Record<'_>) -> bool;
}

impl<F: Fn(&mut Record<'_>) -> bool + Send + Sync> Filter for F {
    fn filter(&self, record: &mut Record<'_>) -> bool {
        self(record)
    }
}

/// Returns a closure as it is: its argument's type is inferred.
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
