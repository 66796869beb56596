//! What both fronts do with call sites and events: [`Bridge`].

use std::error::Error as StdError;
use std::fmt;

use tracing_core::dispatcher::WeakDispatch;
use tracing_core::field::Field;
use tracing_core::span::{Attributes, Id};
use tracing_core::subscriber::Interest;
use tracing_core::{Dispatch, Event, LevelFilter, Metadata};

use crate::facade::{echo, feedback, target_cache};
use crate::level::Level;
use crate::logger::{Entry, dispatch};
use crate::name;
use crate::record::message::MessageSource;
use crate::record::{
    CallValues, ContextKey, LazyMessage, Message, OwnedValue, Owner, Record, Source, Span,
};
use crate::registry::{GateObserver, IsCurrent, Node, Registry, RegistryCore};
use crate::scope::{self, span_stack};
use crate::sys::event_handling;
use crate::sys::sync::{Arc, AtomicBool, AtomicU32, Mutex, Ordering, Weak};
use crate::tracing::call_sites::CallSites;
use crate::tracing::event_values::EventValues;
use crate::tracing::field_value::{FieldValue, Visitor};
use crate::tracing::interest_cache;
use crate::tracing::level::{filter_of, level_of};
use crate::tracing::log_origin::LogOrigin;
use crate::tracing::span_rules::SpanRules;
use crate::tracing::survey::{EventMessage, Survey};

/// Call sites whose copies in the facade are known as such.
static COPIED: CallSites = CallSites::new();

/// Call sites whose events are in the current span of their thread.
///
/// `tracing` asks whether an event is enabled before it says whether the event names a span. All
/// events of a macro do, or none does, so it is remembered of which one has come.
static CONTEXTUAL: CallSites = CallSites::new();

/// After how many calls of new call sites their interest is cached.
const UNSETTLED: u32 = 256;

/// Where events go.
pub(super) struct Bridge {
    pub(super) registry: Registry,
    /// Whether a bridge is that of the calling thread's default dispatcher.
    is_current: IsCurrent,
    pub(super) rules: SpanRules,
    /// What has the bridge, once it is registered.
    dispatch: Mutex<Option<WeakDispatch>>,
    /// Whether call sites were registered that are not settled yet.
    is_unsettled: AtomicBool,
    /// How many calls have asked while there were such.
    asked: AtomicU32,
}

/// How an event reaches its logger.
struct Way<'r> {
    node: &'r Node,
    name: &'r str,
    level: Level,
    by_level: bool,
    source: &'r Source<'r>,
}

impl Bridge {
    pub(super) fn new(registry: &Registry, is_current: IsCurrent) -> Arc<Self> {
        Self::with_rules(registry, is_current, SpanRules::default())
    }

    /// Returns a bridge that is to take the place of this one.
    pub(super) fn changed(&self, change: impl FnOnce(&mut SpanRules)) -> Arc<Self> {
        let mut rules = self.rules.clone();
        change(&mut rules);
        Self::with_rules(&self.registry, self.is_current, rules)
    }

    fn with_rules(registry: &Registry, is_current: IsCurrent, rules: SpanRules) -> Arc<Self> {
        rules.owners.mark_owners(registry.inner());
        let bridge = Arc::new(Self {
            registry: registry.clone(),
            is_current,
            rules,
            dispatch: Mutex::new(None),
            is_unsettled: AtomicBool::new(false),
            asked: AtomicU32::new(0),
        });
        let observer: Weak<Self> = Arc::downgrade(&bridge);
        registry.inner().gate_watch.add(observer, is_current);
        bridge
    }

    /// Notes what the bridge is a part of. It may log nothing and drop nothing of the user's, as
    /// `tracing` holds a lock.
    pub(super) fn registered(&self, dispatch: &Dispatch) {
        *self.dispatch.lock() = Some(dispatch.downgrade());
    }

    /// Reports whether `tracing` may cache what the levels say now.
    ///
    /// It stores that after it has asked, and might store it after that for a later level. So
    /// each call asks, until the bridge has the cache [rebuilt](interest_cache), which is in order.
    /// A bridge in a box or an [`Arc`] never has: it is not registered.
    fn may_be_cached(&self) -> bool {
        let may_be = interest_cache::is_rebuilding() && self.dispatch().is_some();
        if !may_be {
            self.is_unsettled.store(true, Ordering::Relaxed);
        }
        may_be
    }

    /// Notes a call site, before the first of its events. It may log nothing and drop nothing of
    /// the user's either.
    ///
    /// Of two threads that come to a call site at once, one registers it. The other one is asked
    /// whether the event is enabled meanwhile, or a rebuild of the cache comes first.
    pub(super) fn note_call_site(&self, metadata: &Metadata<'_>) {
        if COPIED.has(metadata) || is_of_log(metadata) {
            return;
        }
        if let Some((file, line)) = metadata.file().zip(metadata.line()) {
            echo::note(file, line);
            COPIED.note(metadata);
        }
    }

    /// Returns the interest in a call site.
    pub(super) fn interest(&self, metadata: &Metadata<'_>) -> Interest {
        if !self.may_be_cached() {
            return Interest::sometimes();
        }
        match self.settled(metadata) {
            Some(true) => Interest::always(),
            Some(false) => Interest::never(),
            None => Interest::sometimes(),
        }
    }

    /// Returns what levels alone decide; `None` if the thread must be asked.
    fn settled(&self, metadata: &Metadata<'_>) -> Option<bool> {
        if metadata.is_span() && self.enables(metadata) {
            return Some(true);
        }
        let registry = self.registry.inner();
        let level = level_of(*metadata.level());
        let name = name::dotted(metadata.target());
        let node = registry.nearest(&name);
        if node.lets_through(level) {
            // An owner may hide it.
            let by_level = level >= node.level_for(&name) && !registry.is_owner_asked();
            return by_level.then_some(true);
        }
        let scopes = registry.read(|tree| tree.lowest_scope_floor());
        (!level.passes(scopes.number())).then_some(false)
    }

    /// Reports whether the spans of a call site are enabled whatever the loggers say.
    fn enables(&self, metadata: &Metadata<'_>) -> bool {
        let SpanRules {
            context, owners, ..
        } = &self.rules;
        context.enables(metadata) || owners.enables(metadata, self.registry.inner())
    }

    pub(super) fn is_enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.note_call_site(metadata);
        if metadata.is_span() && self.enables(metadata) {
            return true;
        }
        if self.is_unsettled.load(Ordering::Relaxed) {
            self.count_unsettled();
        }
        let (registry, target) = (self.registry.inner(), metadata.target());
        let level = level_of(*metadata.level());
        // An event may name another span than the thread's, and so another owner: it decides.
        let may_name_span =
            || metadata.is_event() && !CONTEXTUAL.has(metadata) && !is_of_log(metadata);
        if registry.is_owner_asked() && may_name_span() {
            return target_cache::lets_through(registry, target, level);
        }
        target_cache::is_enabled(registry, target, level)
    }

    #[cold]
    fn count_unsettled(&self) {
        if self.asked.fetch_add(1, Ordering::Relaxed) % UNSETTLED == UNSETTLED - 1 {
            self.is_unsettled.store(false, Ordering::Relaxed);
            if let Some(dispatch) = self.dispatch() {
                interest_cache::rebuild_soon(dispatch);
            }
        }
    }

    /// Returns the most verbose level that may pass anywhere.
    pub(super) fn max_level(&self) -> LevelFilter {
        if !self.may_be_cached() {
            return LevelFilter::TRACE;
        }
        let registry = self.registry.inner();
        let scopes = registry.read(|tree| tree.lowest_scope_floor());
        let owners = self.rules.owners.floor(registry);
        let spans = self.rules.context.floor().min(owners);
        filter_of(registry.most_verbose().min(scopes).min(spans))
    }

    /// Returns a new span. It has the owner that rules give it, or else that of what is around it.
    pub(super) fn new_span(
        &self,
        attributes: &Attributes<'_>,
        fields: Vec<(ContextKey, OwnedValue)>,
        parent: Option<Arc<Span>>,
    ) -> Arc<Span> {
        let metadata = attributes.metadata();
        let owners = &self.rules.owners;
        let own = owners.owner_of(metadata, &fields, self.registry.inner());
        let owner = own.or_else(|| match attributes.is_contextual() {
            true => scope::with_owner(Owner::clone),
            false => parent.as_ref()?.owner().cloned(),
        });
        Span::new(metadata.name(), parent, fields, owner)
    }

    /// Logs an event, in the span that it names or in the current one; `find` knows the spans. The
    /// owner is that of this span, and decides: [`is_enabled`](Self::is_enabled) does not know it.
    pub(super) fn event(&self, event: &Event<'_>, find: impl FnOnce(&Id) -> Option<Arc<Span>>) {
        match event.parent() {
            Some(parent) => span_stack::with_current(find(parent), || self.event_here(event)),
            None if event.is_root() => span_stack::with_current(None, || self.event_here(event)),
            None => self.event_here(event),
        }
    }

    /// Remembers that the events of a call site name no span, before the first is logged.
    pub(super) fn note_contextual(&self, event: &Event<'_>) {
        if event.is_contextual() && self.registry.inner().is_owner_asked() {
            CONTEXTUAL.note(event.metadata());
        }
    }

    fn event_here(&self, event: &Event<'_>) {
        match LogOrigin::of(event) {
            Some(origin) => {
                let is_refused = || {
                    let is_echo = echo::is_call_site(&origin.file, origin.line);
                    feedback::is_refused(self.registry.inner(), is_echo)
                };
                self.submit(event, &origin.target, &origin.source(), is_refused);
            }
            None => {
                let metadata = event.metadata();
                self.submit(event, metadata.target(), &source_of(metadata), || false);
            }
        }
    }

    /// Logs an event, if its level passes and it is not refused.
    fn submit(
        &self,
        event: &Event<'_>,
        target: &str,
        source: &Source<'_>,
        is_refused: impl FnOnce() -> bool,
    ) {
        let registry = self.registry.inner();
        let level = level_of(*event.metadata().level());
        let has_key_values = || {
            let fields = event.metadata().fields();
            fields.len() > usize::from(fields.field("message").is_some())
        };
        target_cache::with(
            registry,
            target,
            level,
            has_key_values,
            |node, name, by_level| {
                if is_refused() {
                    return;
                }
                let way = Way {
                    node,
                    name,
                    level,
                    by_level,
                    source,
                };
                let survey = Survey::of(event);
                if !survey.has_error() {
                    return send(registry, &way, event, &survey, None);
                }
                // The error lives as long as its visit.
                event.record(&mut Visitor(|field: &Field, value: FieldValue<'_>| {
                    if let (FieldValue::Error(error), true) = (value, survey.is_error(field)) {
                        send(registry, &way, event, &survey, Some(error));
                    }
                }));
            },
        );
    }

    fn dispatch(&self) -> Option<WeakDispatch> {
        self.dispatch.lock().clone()
    }
}

/// Reports whether metadata is what `LogTracer` asks with about a record of the facade: that of its
/// events is other, and they name no span.
fn is_of_log(metadata: &Metadata<'_>) -> bool {
    metadata.name() == "log record" && metadata.fields().field("log.target").is_some()
}

/// Returns the source of a call site.
pub(super) fn source_of<'m>(metadata: &'m Metadata<'_>) -> Source<'m> {
    Source::default()
        .with_module_path(metadata.module_path().unwrap_or_default())
        .with_file(metadata.file().unwrap_or_default())
        .with_line(metadata.line().unwrap_or_default())
}

impl GateObserver for Bridge {
    fn gates_moved(&self) {
        if let Some(dispatch) = self.dispatch() {
            interest_cache::rebuild(dispatch);
        }
    }
}

impl fmt::Debug for Bridge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bridge")
            .field("registry", &self.registry)
            .finish_non_exhaustive()
    }
}

/// Makes the record of an event, and sends it.
fn send(
    registry: &RegistryCore,
    way: &Way<'_>,
    event: &Event<'_>,
    survey: &Survey,
    error: Option<&(dyn StdError + 'static)>,
) {
    let message = EventMessage { event, survey };
    let values = EventValues::new(event, survey);
    let text = LazyMessage::new(MessageSource::Lent(&message));
    let mut record = Record::new(
        &registry.environment,
        way.name,
        way.level,
        Message::Lazy(&text),
        way.source,
    );
    if survey.has_values {
        record.call = CallValues::Lent(&values);
    }
    record.error = error.map(|error| error as &dyn StdError);
    pass(registry, way.node, &mut record, way.by_level);
}

/// Passes the record of an event or a span to its logger's handlers.
#[inline]
pub(super) fn pass(registry: &RegistryCore, node: &Node, record: &mut Record<'_>, by_level: bool) {
    event_handling::in_handlers(|| dispatch(registry, node, record, Entry::Call { by_level }));
}
