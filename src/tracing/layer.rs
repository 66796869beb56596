//! The bridge as a layer among others: [`Layer`].

use std::ptr;

use tracing_core::span::{Attributes, Id, Record};
use tracing_core::subscriber::Interest;
use tracing_core::{Event, LevelFilter, Metadata, Subscriber, dispatcher};
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::{LookupSpan, SpanRef};

use crate::record::Span;
use crate::registry::Registry;
use crate::scope::span_stack;
use crate::sys::sync::Arc;
use crate::tracing::bridge::Bridge;
use crate::tracing::open_span::OpenSpan;
use crate::tracing::span_fields;

/// Returns a layer of `tracing-subscriber` whose events are records of the global registry.
///
/// # Examples
/// ```
/// use tracing_subscriber::layer::SubscriberExt;
///
/// let subscriber = tracing_subscriber::registry().with(logtree::tracing::layer());
/// tracing::subscriber::set_global_default(subscriber)?;
/// # Ok::<(), tracing::subscriber::SetGlobalDefaultError>(())
/// ```
#[must_use]
pub fn layer() -> Layer {
    Registry::global().tracing_layer()
}

/// A layer of `tracing-subscriber` whose events are records of a registry; see the
/// [module](crate::tracing).
///
/// It needs a store of spans below it, as [`tracing_subscriber::Registry`] is. What a layer enables
/// or not holds for all layers, so this one leaves everything enabled and decides for each event by
/// the levels of the tree, also with a filter of `tracing-subscriber` around it.
/// `tracing::enabled!` returns `true`.
///
/// As a filter of `tracing-subscriber`, the levels could have `tracing` cache that an event is off.
/// The layer does without: what such a filter decides is kept in a variable of the thread, which an
/// event inside of another one overwrites, as of a `Display` that logs, and `tracing::enabled!`
/// returns `true` wherever the filter is asked. Where events that are off must cost nothing, and
/// for an exact `enabled!`, install [`Subscriber`](crate::tracing::Subscriber).
///
/// `tracing-subscriber`'s `init` and `try_init` also install a backend of the `log` facade, if its
/// feature `tracing-log` is on: `init` panics if this crate's is installed. Use
/// [`try_init`](crate::tracing::try_init).
///
/// # Examples
/// ```
/// use logtree::test::Capture;
/// use logtree::{Level, Registry};
/// use tracing_subscriber::layer::SubscriberExt;
///
/// let registry = Registry::new();
/// let capture = Capture::builder(&registry.root()).level(Level::DEBUG).start();
/// let subscriber = tracing_subscriber::registry().with(registry.tracing_layer());
/// tracing::subscriber::with_default(subscriber, || {
///     let _span = tracing::info_span!("request", id = 7).entered();
///     tracing::info!("done");
/// });
/// let record = &capture.records()[0];
/// assert_eq!((record.message(), record.key_value("id").unwrap().as_i64()), ("done", Some(7)));
/// ```
#[derive(Debug)]
pub struct Layer {
    pub(super) bridge: Arc<Bridge>,
}

impl Registry {
    /// Returns a layer of `tracing-subscriber` whose events are records of this registry.
    #[must_use]
    pub fn tracing_layer(&self) -> Layer {
        Layer {
            bridge: Bridge::new(self, is_current),
        }
    }
}

fn is_current(bridge: *const ()) -> bool {
    dispatcher::get_default(|dispatch| {
        let current = dispatch.downcast_ref::<Layer>();
        current.is_some_and(|current| ptr::eq(Arc::as_ptr(&current.bridge).cast(), bridge))
    })
}

/// A span as the registry of spans keeps it.
struct Kept(Arc<Span>);

/// Returns what is kept of a span; `None` for one that was disabled.
fn kept<'s, S: LookupSpan<'s>>(span: &SpanRef<'s, S>) -> Option<Arc<Span>> {
    let extensions = span.extensions();
    Some(Arc::clone(&extensions.get::<Kept>()?.0))
}

fn opened<S>(id: &Id, context: &Context<'_, S>) -> Option<OpenSpan>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let span = context.span(id)?;
    Some(OpenSpan {
        span: kept(&span)?,
        metadata: span.metadata(),
    })
}

/// Returns what is kept of a span, or of the nearest one around it.
fn nearest<'s, S: LookupSpan<'s>>(span: &SpanRef<'s, S>) -> Option<Arc<Span>> {
    span.scope().find_map(|span| kept(&span))
}

impl<S> tracing_subscriber::Layer<S> for Layer
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        self.bridge.note_call_site(metadata);
        Interest::always()
    }

    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        self.bridge.note_call_site(metadata);
        true
    }

    // `None` would count as `TRACE` as well, and hide the hints of other layers.
    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::TRACE)
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if !self.bridge.is_enabled(attributes.metadata()) {
            return;
        }
        let parent = context.span(id).and_then(|span| span.parent());
        let parent = parent.and_then(|parent| nearest(&parent));
        // Work that runs elsewhere brings its span along, of which the store knows nothing.
        let here = || attributes.is_contextual().then(span_stack::current)?;
        let parent = parent.or_else(here);
        // While the store is not locked: it runs user code.
        let fields = span_fields::of_new(attributes, parent.as_deref());
        let new = self.bridge.new_span(attributes, fields, parent);
        let Some(span) = context.span(id) else {
            return;
        };
        let metadata = attributes.metadata();
        span.extensions_mut().replace(Kept(Arc::clone(&new)));
        // Before handlers run, which may close it.
        drop(span);
        let span = OpenSpan {
            span: new,
            metadata,
        };
        self.bridge.created(|| Some(span));
    }

    fn on_record(&self, id: &Id, record: &Record<'_>, context: Context<'_, S>) {
        let fields = span_fields::of_record(record);
        if let Some(span) = context.span(id).and_then(|span| kept(&span)) {
            span.set(&fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let find = |id: &Id| context.span(id).and_then(|span| nearest(&span));
        self.bridge.event(event, find);
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        if let Some(span) = opened(id, &context) {
            self.bridge.enter(span);
        }
    }

    fn on_exit(&self, id: &Id, context: Context<'_, S>) {
        if let Some(span) = opened(id, &context) {
            self.bridge.exit(span.span.number(), || Some(span));
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        self.bridge.closed(|| opened(&id, &context));
    }
}
