//! The bridge as a whole subscriber: [`Subscriber`].

use std::{fmt, ptr};

use tracing_core::span::{Attributes, Current, Id, Record};
use tracing_core::subscriber::Interest;
use tracing_core::{Dispatch, Event, LevelFilter, Metadata, dispatcher};

use crate::registry::Registry;
use crate::scope::span_stack;
use crate::sys::sync::Arc;
use crate::tracing::bridge::Bridge;
use crate::tracing::open_span::OpenSpan;
use crate::tracing::span_fields;
use crate::tracing::span_store::SpanStore;

/// A `tracing` subscriber whose events are records of a registry; see the
/// [module](crate::tracing).
///
/// # Examples
/// ```
/// use logtree::test::Capture;
/// use logtree::{Level, Registry};
///
/// let registry = Registry::new();
/// let capture = Capture::builder(&registry.root()).level(Level::DEBUG).start();
/// tracing::subscriber::with_default(registry.tracing_subscriber(), || {
///     tracing::info!(target: "app::db", rows = 3, "selected");
/// });
/// let record = &capture.records()[0];
/// assert_eq!((record.name(), record.message()), ("app.db", "selected"));
/// assert_eq!(record.key_value("rows").unwrap().as_i64(), Some(3));
/// ```
pub struct Subscriber {
    pub(super) bridge: Arc<Bridge>,
    spans: SpanStore,
}

impl Subscriber {
    /// Returns the number of spans that are not closed.
    #[must_use]
    pub fn open_spans(&self) -> usize {
        self.spans.len()
    }

    /// Returns how often an id was cloned or closed that is of no open span: closed too often, or
    /// another subscriber's. Nothing else comes of it.
    #[must_use]
    pub fn unknown_ids(&self) -> u64 {
        self.spans.unknown_ids()
    }
}

impl Registry {
    /// Returns a `tracing` subscriber whose events are records of this registry.
    #[must_use]
    pub fn tracing_subscriber(&self) -> Subscriber {
        Subscriber {
            bridge: Bridge::new(self, is_current),
            spans: SpanStore::default(),
        }
    }
}

fn is_current(bridge: *const ()) -> bool {
    dispatcher::get_default(|dispatch| {
        let current = dispatch.downcast_ref::<Subscriber>();
        current.is_some_and(|current| ptr::eq(Arc::as_ptr(&current.bridge).cast(), bridge))
    })
}

impl tracing_core::Subscriber for Subscriber {
    fn on_register_dispatch(&self, dispatch: &Dispatch) {
        self.bridge.registered(dispatch);
    }

    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        self.bridge.note_call_site(metadata);
        self.bridge.interest(metadata)
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.bridge.is_enabled(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.bridge.max_level())
    }

    fn event(&self, event: &Event<'_>) {
        self.bridge.note_contextual(event);
        self.bridge.event(event, |id| self.spans.get(id));
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let parent = match attributes.parent() {
            Some(parent) => self.spans.get(parent),
            None if attributes.is_root() => None,
            None => span_stack::current(),
        };
        let metadata = attributes.metadata();
        let fields = span_fields::of_new(attributes, parent.as_deref());
        let span = self.bridge.new_span(attributes, fields, parent);
        let id = self.spans.add(Arc::clone(&span), metadata);
        self.bridge.created(|| Some(OpenSpan { span, metadata }));
        id
    }

    fn record(&self, id: &Id, record: &Record<'_>) {
        let fields = span_fields::of_record(record);
        if let Some(span) = self.spans.get(id) {
            span.set(&fields);
        }
    }

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn enter(&self, id: &Id) {
        if let Some(span) = self.spans.find(id) {
            self.bridge.enter(span);
        }
    }

    fn exit(&self, id: &Id) {
        self.bridge.exit(id.into_u64(), || self.spans.find(id));
    }

    fn clone_span(&self, id: &Id) -> Id {
        self.spans.reference(id);
        id.clone()
    }

    fn try_close(&self, id: Id) -> bool {
        let closed = self.spans.close(&id);
        let is_closed = closed.is_some();
        self.bridge.closed(|| closed);
        is_closed
    }

    fn current_span(&self) -> Current {
        let current = span_stack::current();
        current.map_or_else(Current::none, |span| self.spans.current(span.number()))
    }
}

impl fmt::Debug for Subscriber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscriber")
            .field("bridge", &self.bridge)
            .field("open_spans", &self.spans.len())
            .field("unknown_ids", &self.spans.unknown_ids())
            .finish()
    }
}
