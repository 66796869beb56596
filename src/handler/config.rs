//! What a handler reads for each record: [`HandlerConfig`].

use crate::filter::{Filter, RedactingFilter, SharedFilter};
use crate::formatter::shared_line::{SharedLine, are_alike};
use crate::formatter::{Format, Formatter, KnownFormat};
use crate::handler::in_place::InPlace;
use crate::record::Record;
use crate::sys::sync::{Arc, AtomicUsize, Lazy, Ordering};
use crate::sys::user_code::Owned;

/// Filters and formatter of a handler at one moment.
#[derive(Clone)]
pub(crate) struct HandlerConfig {
    pub(super) filters: Vec<SharedFilter>,
    pub(super) formatter: Owned<Arc<dyn Format>>,
    pub(super) has_formatter: bool,
    /// The same formatter, if its type is known and the sink is a stream. `None` in the
    /// configuration that new handlers share.
    pub(super) known: Option<KnownFormat>,
    /// What formats and filters bare records, where one step does both.
    pub(super) in_place: Option<InPlace>,
}

/// Most handlers are given a formatter, so all others share the default one.
static MESSAGE_ONLY: Lazy<Arc<HandlerConfig>> = Lazy::new(|| {
    let formatter: Arc<dyn Format> = Arc::new(Formatter::default());
    DEFAULT_FORMAT.store(address_of(&*formatter), Ordering::Relaxed);
    Arc::new(HandlerConfig {
        filters: Vec::new(),
        formatter: Owned::new(formatter),
        has_formatter: false,
        known: None,
        in_place: None,
    })
});

/// Where the formatter of `MESSAGE_ONLY` is; 0 until there is one. Relaxed: a thread that has that
/// formatter got it after this was written.
static DEFAULT_FORMAT: AtomicUsize = AtomicUsize::new(0);

fn address_of(formatter: &dyn Format) -> usize {
    std::ptr::from_ref(formatter).cast::<()>().addr()
}

impl HandlerConfig {
    /// The configuration of a new handler.
    pub(super) fn message_only() -> Arc<Self> {
        Arc::clone(&MESSAGE_ONLY)
    }

    pub(super) fn set_formatter(&mut self, formatter: Arc<dyn Format>) {
        self.formatter = Owned::new(formatter);
        self.has_formatter = true;
    }

    /// Reports whether its lines are those of another one.
    pub(super) fn writes_as(&self, other: &Self) -> bool {
        let filters_alike = match (&self.in_place, &other.in_place) {
            (Some(one), Some(other)) => one.is_like(other),
            _ => self.filters.is_empty() && other.filters.is_empty(),
        };
        filters_alike && are_alike(&**self.formatter, &**other.formatter)
    }

    /// Returns the line of a record for all handlers of this [kind](Self::writes_as).
    pub(super) fn shared_line(&self, record: &Record<'_>) -> Option<SharedLine> {
        let is_clean = |message: &[u8]| match &self.in_place {
            Some(in_place) => record.is_bare() && in_place.is_clean(message),
            None => true,
        };
        SharedLine::new(&**self.formatter, record, is_clean)
    }

    /// Returns a record as the filters that redact leave it; `None` where none does.
    pub(super) fn redacted<'r>(&self, record: &Record<'r>) -> Option<Record<'r>> {
        let filters = self.filters.iter();
        let redacting = filters.filter_map(SharedFilter::downcast_ref::<RedactingFilter>);
        redacting.fold(None, |view, filter| {
            let mut view = view.unwrap_or_else(|| record.clone());
            filter.filter(&mut view);
            Some(view)
        })
    }

    pub(super) fn clear_formatter(&mut self) {
        self.formatter = Owned::clone(&MESSAGE_ONLY.formatter);
        self.has_formatter = false;
    }
}

/// Reports whether a formatter is the one of handlers that were given none.
#[inline]
pub(super) fn is_default_format(formatter: &dyn Format) -> bool {
    address_of(formatter) == DEFAULT_FORMAT.load(Ordering::Relaxed)
}
