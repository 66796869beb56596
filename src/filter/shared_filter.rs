//! A filter that several loggers and handlers share: [`SharedFilter`].

use std::any::Any;
use std::fmt;
use std::hash::{Hash, Hasher};

use crate::filter::filter::Filter;
use crate::filter::volume::{DedupFilter, Limit, Limited, RateLimitFilter, SampleFilter};
use crate::record::Record;
use crate::sys::sync::Arc;
use crate::sys::user_code::Owned;

/// A filter that can be attached to several loggers and handlers. Adding it twice to the same one
/// has no effect.
///
/// Converted from any filter with `into()`. Keep a clone to remove the filter later. Clones are
/// equal to each other; filters created separately never are.
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
    filter: Owned<Arc<dyn AnyFilter>>,
    /// What decides in one handler in place of a filter that has a state for each.
    in_handler: Option<Owned<Arc<dyn AnyFilter>>>,
    limited: Option<Limited>,
    is_configured: bool,
}

/// A filter whose type can be asked for.
trait AnyFilter: Filter {
    fn as_any(&self) -> &dyn Any;
}

impl<F: Filter + 'static> AnyFilter for F {
    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl SharedFilter {
    /// Reports whether the filter accepts the record, which it may change.
    #[must_use]
    pub fn filter(&self, record: &mut Record<'_>) -> bool {
        self.deciding().filter(record)
    }

    fn deciding(&self) -> &dyn AnyFilter {
        &***self.in_handler.as_ref().unwrap_or(&self.filter)
    }

    /// Makes it that of one handler.
    pub(crate) fn enter_handler(&mut self) {
        if self.in_handler.is_none() {
            let own = self.downcast_ref().map(DedupFilter::in_handler);
            self.in_handler = own.map(|own| Owned::new(Arc::new(own) as Arc<dyn AnyFilter>));
        }
    }

    /// Returns it as it was before it was added to a handler.
    pub(crate) fn without_handler(&self) -> Self {
        Self {
            in_handler: None,
            ..self.clone()
        }
    }

    /// Marks the filter as created by a configuration, to be replaced by the next one.
    #[cfg(feature = "config")]
    pub(crate) fn configured(self) -> Self {
        Self {
            is_configured: true,
            ..self
        }
    }

    /// Returns the filter, if it is of this type.
    pub(crate) fn downcast_ref<F: Filter + 'static>(&self) -> Option<&F> {
        self.deciding().as_any().downcast_ref()
    }

    /// Returns the limiter of a filter that limits.
    pub(crate) fn limit(&self) -> Option<Arc<dyn Limit>> {
        match self.limited? {
            Limited::Rate => Some(self.downcast_ref::<RateLimitFilter>()?.limit()),
            Limited::Part => Some(self.downcast_ref::<SampleFilter>()?.limit()),
            Limited::Repetitions => Some(self.downcast_ref::<DedupFilter>()?.limit()),
        }
    }

    /// Returns what it limits, if it does.
    pub(crate) fn limited(&self) -> Option<Limited> {
        self.limited
    }

    pub(crate) fn is_configured(&self) -> bool {
        self.is_configured
    }
}

impl<F: Filter + 'static> From<F> for SharedFilter {
    fn from(filter: F) -> Self {
        let limited = {
            let filter: &dyn Any = &filter;
            [
                (filter.is::<RateLimitFilter>(), Limited::Rate),
                (filter.is::<SampleFilter>(), Limited::Part),
                (filter.is::<DedupFilter>(), Limited::Repetitions),
            ]
        };
        let limited = limited.into_iter().find(|(is, _)| *is);
        Self {
            limited: limited.map(|(_, limited)| limited),
            filter: Owned::new(Arc::new(filter)),
            in_handler: None,
            is_configured: false,
        }
    }
}

impl PartialEq for SharedFilter {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.filter, &other.filter)
    }
}

impl Eq for SharedFilter {}

impl Hash for SharedFilter {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.filter).cast::<()>().hash(state);
    }
}

impl fmt::Debug for SharedFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SharedFilter")
            .field(&Arc::as_ptr(&self.filter))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::SharedFilter;
    use crate::filter::LevelRange;
    use crate::level::Level;

    #[test]
    fn only_clones_are_equal() {
        let filter = || SharedFilter::from(LevelRange::at_most(Level::INFO));
        let (first, second) = (filter(), filter());
        assert_eq!(first, first.clone());
        assert_ne!(first, second);
        let set = HashSet::from([first.clone(), first.clone(), second]);
        assert_eq!(set.len(), 2);
    }
}
