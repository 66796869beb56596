//! Who may pass: [`Filter`] and the filters that come with the crate.

mod level_range;
mod name;
mod redaction;

use std::fmt;

pub use self::level_range::LevelRange;
pub use self::name::NameFilter;
pub use self::redaction::{RedactingFilter, Secret, SecretClass};

use crate::record::Record;
use crate::sys::sync::Arc;
use crate::sys::user_code::Owned;

/// Decides whether a record goes on, and may change it on the way.
///
/// A logger's filters see the records logged on that very logger, not those of its descendants (statement 34), and what
/// they change is seen by all its handlers. A handler's filters see every record that reaches the handler, and work on the
/// handler's own copy: other handlers see nothing of it.
///
/// It is called on the logging thread, from many threads at once, with no lock of ours held. It may log; to the same logger
/// only behind a condition that ends. If it panics, the record counts as refused there, and the panic is reported like a
/// handler's failure.
///
/// Closures are filters.
///
/// # Python
/// `logging.Filter`. Python 3.12's filters may *return* another record; here they change the one they are given.
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
    /// Whether the record goes on.
    fn filter(&self, record: &mut Record<'_>) -> bool;
}

impl<F: Fn(&mut Record<'_>) -> bool + Send + Sync> Filter for F {
    fn filter(&self, record: &mut Record<'_>) -> bool {
        self(record)
    }
}

/// A filter that can hang in several places; the same one counts once in each.
///
/// Made from any filter with `into()`. Keep a clone of it to take the filter away again.
///
/// # Examples
/// ```
/// use logtree::{Level, Registry};
/// use logtree::filter::{LevelRange, SharedFilter};
///
/// let registry = Registry::new();
/// let quiet = SharedFilter::from(LevelRange::at_most(Level::INFO));
/// registry.root().add_filter(quiet.clone());
/// assert!(registry.root().remove_filter(&quiet));
/// ```
#[derive(Clone)]
pub struct SharedFilter {
    filter: Owned<Arc<dyn Filter>>,
    #[cfg(feature = "config")]
    is_configured: bool,
}

impl SharedFilter {
    /// Asks the filter.
    #[must_use]
    pub fn filter(&self, record: &mut Record<'_>) -> bool {
        self.filter.filter(record)
    }

    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.filter, &other.filter)
    }

    /// The same, known to be made by a configuration: the next one replaces it.
    #[cfg(feature = "config")]
    pub(crate) fn configured(self) -> Self {
        Self {
            is_configured: true,
            ..self
        }
    }

    #[cfg(feature = "config")]
    pub(crate) fn is_configured(&self) -> bool {
        self.is_configured
    }
}

impl<F: Filter + 'static> From<F> for SharedFilter {
    fn from(filter: F) -> Self {
        Self {
            filter: Owned::new(Arc::new(filter)),
            #[cfg(feature = "config")]
            is_configured: false,
        }
    }
}

impl fmt::Debug for SharedFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SharedFilter")
            .field(&Arc::as_ptr(&self.filter))
            .finish()
    }
}
