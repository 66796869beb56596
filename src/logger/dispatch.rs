//! The dispatch of a record that passed the gate: its logger's filters, then the handlers of its
//! route.

use std::cell::Cell;

use crate::context::{LogsReports, Notice};
use crate::filter::SharedFilter;
use crate::handler::BoundHandler;
use crate::handler::live::with_sources;
use crate::level::Level;
use crate::record::{Message, RareFieldsRef, Record, Source};
use crate::registry::{Node, RegistryCore, Route};
use crate::scope;
use crate::scope::here::{self, Nested};
use crate::sys::sync::{Arc, Ordering};
use crate::sys::user_code;
use crate::time::Timestamp;

/// How deep logging may nest: a `Display` or a handler that logs, whose record's `Display` logs,
/// and so on. Deeper records are dropped and counted, before the stack overflows.
const MAX_DEPTH: u32 = 32;

/// How a record reached its logger.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    /// By a call, through the gate.
    Call {
        /// Whether the logger's level passes it; otherwise the gate is open for something else.
        by_level: bool,
    },
    /// Created elsewhere: no logger's level applies.
    Handed,
}

/// Sends a record to its logger's filters and handlers.
///
/// Never panics, whatever filters and handlers do.
#[inline(always)]
pub(crate) fn dispatch(
    registry: &RegistryCore,
    node: &Node,
    record: &mut Record<'_>,
    entry: Entry,
) {
    // In a span, or in a scope with key-values or an owner, it is larger than any depth.
    if here::nesting() >= MAX_DEPTH {
        return dispatch_otherwise(registry, node, record, entry);
    }
    let _nested = Nested::enter();
    send(registry, node, None, record, entry);
}

/// In a span, in a scope with key-values or an owner, or nested too deep.
#[cold]
#[inline(never)]
fn dispatch_otherwise(registry: &RegistryCore, node: &Node, record: &Record<'_>, entry: Entry) {
    if here::depth() >= MAX_DEPTH {
        let dropped = &registry.environment.dropped.reentrant;
        dropped.fetch_add(1, Ordering::Relaxed);
        return;
    }
    let _nested = Nested::enter();
    scope::with_values(record.context, |context, span, owner| {
        let fields = span.map(|span| record.rare_fields.in_span(span));
        // Another record, as what the scope holds lives shorter than what this one borrows.
        let mut record = record.within(context);
        if let Some(fields) = &fields {
            record.rare_fields = RareFieldsRef::Lent(fields);
        }
        let owner = owner.and_then(|owner| registry.owner_node(owner));
        send(registry, node, owner, &mut record, entry);
    });
}

#[inline(always)]
fn send(
    registry: &RegistryCore,
    node: &Node,
    owner: Option<&Node>,
    record: &mut Record<'_>,
    entry: Entry,
) {
    let route = node.route();
    // Decided before the filters, which may change the level.
    match entry {
        Entry::Call { by_level } if registry.decides_for(node, owner, record, by_level) => {
            debug_assert!(!record.is_hidden);
        }
        entry => record.is_hidden = entry != Entry::Handed,
    }
    if owner.is_some() {
        return send_along(&route, owner, registry, record);
    }
    match route.only_handler() {
        // The usual route.
        Some(bound) if !record.is_hidden => {
            record.is_for_one = true;
            if bound.takes(record.level()) {
                bound.handle(record);
            }
        }
        _ => send_along(&route, None, registry, record),
    }
}

/// Sends a record along any route, and to the handlers and taps of its owner's.
#[inline(never)]
fn send_along(
    route: &Route,
    owner: Option<&Node>,
    registry: &RegistryCore,
    record: &mut Record<'_>,
) {
    let owner = owner.map(|owner| (owner.name(), owner.route()));
    let (owner_name, owner) = owner.unzip();
    let owner = owner.as_deref();
    let taps = further(&route.taps, owner.map(|owner| &owner.taps));
    let has_taps = !route.taps.is_empty() || !taps.is_empty();
    if record.is_hidden && !has_taps {
        return;
    }
    if !route.filters.is_empty() && !passes(&route.filters, record) {
        return;
    }
    let handlers = further(&route.handlers, owner.map(|owner| &owner.handlers));
    let count = route.handlers.len() + handlers.len();
    let is_of_one_line = handlers.is_empty() && route.is_of_one_line;
    record.is_for_one = !has_taps && (count == 1 || is_of_one_line);
    if has_taps {
        offer_to_taps(&route.taps, taps, owner_name, record);
    }
    if record.is_hidden {
        return;
    }
    if count == 0 {
        to_last_resort(registry, record);
    } else {
        offer(&route.handlers, handlers, record);
    }
}

/// Offers a record to taps, which may ask for what an owner has.
#[cold]
fn offer_to_taps(
    own: &[BoundHandler],
    further: &[BoundHandler],
    owner: Option<&str>,
    record: &Record<'_>,
) {
    let Some(owner) = owner else {
        return offer(own, further, record);
    };
    let fields = record.rare_fields.owned_by(owner);
    let mut record = record.within(record.context);
    record.rare_fields = RareFieldsRef::Lent(&fields);
    offer(own, further, &record);
}

/// Returns what an owner has in addition: nothing where both share one list.
fn further<'r>(
    own: &Arc<[BoundHandler]>,
    owners: Option<&'r Arc<[BoundHandler]>>,
) -> &'r [BoundHandler] {
    match owners {
        Some(owners) if !Arc::ptr_eq(own, owners) => owners,
        _ => &[],
    }
}

/// Offers a record to handlers, in order, by their levels, and then to the further ones that it was
/// not offered to yet.
fn offer(own: &[BoundHandler], further: &[BoundHandler], record: &Record<'_>) {
    let sharing = |bound: &&BoundHandler| bound.shares_line() && bound.takes(record.level());
    let first = own.iter().find(sharing);
    let mut line = first.and_then(|first| first.shared_line(record));
    // One bit for each handler that wrote it. One that comes later than the bits reach is seen as
    // one that did not: a record may then be written twice, but is never lost.
    let mut written_by = 0_u64;
    for (at, bound) in own.iter().enumerate() {
        if bound.takes(record.level())
            && !is_written_before(own.iter().take(at), written_by, bound)
            && match &mut line {
                Some(line) if bound.shares_line() => bound.handle_line(record, line),
                _ => bound.handle(record),
            }
        {
            written_by |= bit(at);
        }
    }
    if let Some(line) = line {
        line.give_back();
    }
    for (at, bound) in further.iter().enumerate() {
        let before = || own.iter().chain(further).take(own.len() + at);
        if bound.takes(record.level())
            && before().all(|known| known.handler() != bound.handler())
            && !is_written_before(before(), written_by, bound)
            && bound.handle(record)
        {
            written_by |= bit(own.len() + at);
        }
    }
}

/// Reports whether a handler writes records once per stream and an earlier one has written this
/// record to the same stream.
#[inline]
fn is_written_before<'h>(
    before: impl Iterator<Item = &'h BoundHandler>,
    written_by: u64,
    bound: &BoundHandler,
) -> bool {
    bound.once_on().is_some_and(|stream| {
        let mut before = before.enumerate();
        before.any(|(at, other)| written_by & bit(at) != 0 && other.stream() == Some(stream))
    })
}

/// The bit of a handler; 0 beyond the 64th.
const fn bit(at: usize) -> u64 {
    if at < 64 { 1 << at } else { 0 }
}

/// Applies filters of a logger or an adapter. A filter that panics rejects the record, and is
/// reported.
#[cold]
pub(super) fn passes(filters: &[SharedFilter], record: &mut Record<'_>) -> bool {
    let asked = user_code::call(|| filters.iter().all(|filter| filter.filter(record)));
    asked.unwrap_or_else(|panic| {
        let text = panic.to_string().escape_debug().to_string();
        let environment = record.environment;
        let dropped = &environment.dropped.panicked;
        dropped.fetch_add(1, Ordering::Relaxed);
        let name = record.name().escape_debug();
        environment.diagnostics.notice(
            Notice::FilterPanicked,
            format_args!(
                "logtree: a filter of {name:?} panicked: {text}",
                name = name.to_string()
            ),
        );
        false
    })
}

thread_local! {
    /// Whether the thread logs a report: a handler that fails with it is not reported by another.
    static REPORTS: Cell<bool> = const { Cell::new(false) };
}

impl LogsReports for RegistryCore {
    #[cold]
    fn log_report(&self, logger: &str, level: Level, text: &str, about: Option<u64>) {
        // Inside a device, the others would have to be waited for.
        if user_code::is_inside_device() || REPORTS.replace(true) {
            return;
        }
        let _end = scopeguard::guard((), |()| REPORTS.set(false));
        // No logger is made for it: a program that has none of this name has set nothing on it.
        let node = self.nearest(logger);
        if !node.lets_through(level) {
            return;
        }
        let source = Source::default();
        let message = Message::Text(text.into());
        let mut record = Record::new(&self.environment, logger, level, message, &source);
        let route = node.route();
        let left_out = about.map_or_else(Vec::new, with_sources);
        let is_left = |bound: &&BoundHandler| !left_out.contains(&bound.handler().id().number());
        let handlers: Arc<[_]> = route.handlers.iter().filter(is_left).cloned().collect();
        let is_own = node.name() == logger;
        let filters = if is_own {
            route.filters.clone()
        } else {
            Vec::new()
        };
        let by_level = level >= node.effective_level();
        record.is_hidden = handlers.is_empty() || !self.decides_for(&node, None, &record, by_level);
        let route = Route::new(filters, handlers, Arc::clone(&route.taps));
        let _nested = Nested::enter();
        send_along(&route, None, self, &mut record);
    }

    #[cold]
    fn log_summary(
        &self,
        logger: &str,
        level: Level,
        text: &str,
        (key, number): (&str, u64),
        time: Option<Timestamp>,
    ) {
        let node = self.nearest(logger);
        let source = Source::default();
        let message = Message::Text(text.into());
        let mut record = Record::new(&self.environment, logger, level, message, &source);
        record.time = time.unwrap_or(record.time);
        record.set_key_value(key, number);
        let by_level = level >= node.effective_level();
        record.is_hidden = !self.decides_for(&node, None, &record, by_level);
        let route = node.route();
        let handlers = Arc::clone(&route.handlers);
        let route = Route::new(Vec::new(), handlers, Arc::clone(&route.taps));
        let _nested = Nested::enter();
        send_along(&route, None, self, &mut record);
    }
}

#[cold]
fn to_last_resort(registry: &RegistryCore, record: &Record<'_>) {
    match registry.last_resort() {
        Some(handler) => offer(&[BoundHandler::new(&handler)], &[], record),
        None => registry.report_no_handler(record.name()),
    }
}
