//! What callers hold: [`Logger`].

pub(crate) mod adapter;
pub(crate) mod dispatch;
mod level_methods;
pub(crate) mod static_logger;

use std::error::Error as StdError;
use std::fmt;
use std::panic::Location;

use crate::filter::SharedFilter;
use crate::handler::{Handler, Observer};
use crate::level::Level;
use crate::logger::dispatch::{Origin, dispatch};
use crate::logger::level_methods::level_methods;
use crate::name;
use crate::record::{LazyText, Message, Record, RecordBuilder, Source};
use crate::registry::{Inner, Node, NodeId, Registry, Tap, Tree};
use crate::sys::sync::{Arc, Weak};

/// A named place in the tree that records are logged to.
///
/// It is a cheap handle: clones, and what [`get_logger`](crate::get_logger) answers for the same name, are the same logger. It can
/// be used from any thread and changed at any time; a change holds from the moment the call returns.
///
/// A record goes on if its level is at least the logger's *effective* level: its own, or if it has none the nearest
/// ancestor's. Then the logger's filters are asked. Then it goes to the handlers of the logger and of all its ancestors,
/// up to and with the first whose `propagate` is off; the ancestors' levels and filters are not asked any more.
///
/// Logging never panics, blocks for ever or fails, whatever the arguments, filters and handlers do.
///
/// The macros ([`info!`](crate::info), …) are the usual way to log: they do not even evaluate their arguments when the level is
/// off, and know the place in the program. A `Logger` is also a [`log::Log`], so the facade's macros take it:
/// `log::info!(logger: logger, "…")`.
///
/// # Python
/// `logging.Logger`.
///
/// # Examples
/// ```
/// use logtree::{Level, Registry};
///
/// let registry = Registry::new();
/// let logger = registry.get_logger("botocore.client.S3");
/// logger.set_level(Level::INFO);
/// logtree::info!(logger, bucket = "photos", size = 3; "put object");
/// logger.debug(format_args!("not shown: {}", 1));
/// ```
#[derive(Clone)]
pub struct Logger {
    /// Of a stand-in the nearest ancestor's.
    node: Arc<Node>,
    registry: Arc<Inner>,
    /// Whether there was no room for a node of its own.
    is_stand_in: bool,
}

/// A call that passed its logger's gate and is wanted behind it.
#[derive(Clone, Copy, Debug)]
pub struct Passed {
    pub(crate) level: Level,
    /// Whether the logger's level lets it through, read once; else the gate was open for others.
    pub(crate) by_level: bool,
}

impl Logger {
    pub(crate) fn new(node: Arc<Node>, registry: Arc<Inner>) -> Self {
        Self {
            node,
            registry,
            is_stand_in: false,
        }
    }

    /// Its name; the root's is `root`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.node.name()
    }

    /// The registry it belongs to.
    #[must_use]
    pub fn registry(&self) -> Registry {
        Registry::of_inner(Arc::clone(&self.registry))
    }

    /// Whether it is the root.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.node.id() == NodeId::ROOT
    }

    /// The level it was given; `NOTSET` if it inherits.
    #[must_use]
    pub fn level(&self) -> Level {
        self.node.level()
    }

    /// Gives it a level, which holds for all below that have none; `NOTSET` makes it inherit, and on the root lets all through.
    ///
    /// # Python
    /// `Logger.setLevel`.
    pub fn set_level(&self, level: impl Into<Level>) {
        let level = level.into();
        self.set_up(|tree, id| tree.set_level(id, level));
    }

    /// The level that decides: its own, or the nearest ancestor's. What [is disabled](Registry::disable) is not part of it.
    ///
    /// # Python
    /// `Logger.getEffectiveLevel`.
    #[must_use]
    pub fn effective_level(&self) -> Level {
        self.node.effective_level()
    }

    /// Whether a record of this level would go on: one load and a compare, and some more where it would. It is exact for this
    /// thread, scopes and captures included, but for the levels of [values](crate::control::Control): where there are any, it reports
    /// whether some record of the level may be logged.
    ///
    /// # Python
    /// `Logger.isEnabledFor`.
    #[inline]
    #[must_use]
    pub fn is_enabled_for(&self, level: impl Into<Level>) -> bool {
        self.passes(level.into()).is_some()
    }

    /// The gate, and whether anything behind it wants the level on this thread.
    #[inline(always)]
    pub(crate) fn passes(&self, level: Level) -> Option<Passed> {
        if !self.node.lets_through(level) {
            return None;
        }
        let by_level = level >= self.node.effective_level();
        let wanted = by_level || self.registry.wants_otherwise(&self.node, level, true);
        wanted.then_some(Passed { level, by_level })
    }

    /// The same for a call that has no key-values.
    fn passes_plain(&self, level: Level) -> bool {
        self.passes(level)
            .is_some_and(|passed| self.wants_plain(passed))
    }

    /// Whether a call without key-values that passed is still wanted: rules for values have no opinion of it.
    #[inline(always)]
    pub(crate) fn wants_plain(&self, passed: Passed) -> bool {
        passed.by_level
            || self
                .registry
                .wants_otherwise(&self.node, passed.level, false)
    }

    /// Whether its records go on to its ancestors' handlers; on at first.
    ///
    /// # Python
    /// `Logger.propagate`.
    #[must_use]
    pub fn propagate(&self) -> bool {
        self.node.propagates()
    }

    /// Sets whether its records, and those of all below it, go on to its ancestors' handlers.
    pub fn set_propagate(&self, propagate: bool) {
        self.set_up(|tree, id| tree.set_propagates(id, propagate));
    }

    /// Whether it is switched off; off at first, that is, it logs.
    ///
    /// # Python
    /// `Logger.disabled`.
    #[must_use]
    pub fn is_disabled(&self) -> bool {
        self.node.is_disabled()
    }

    /// Switches this logger off, or on again. Those below it are not touched, and still use its handlers.
    pub fn set_disabled(&self, disabled: bool) {
        self.set_up(|tree, id| tree.set_disabled(id, disabled));
    }

    /// The nearest ancestor that is a logger; `None` for the root.
    ///
    /// # Python
    /// `Logger.parent`.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let parent = self
            .registry
            .read(|tree| tree.parent_logger(self.node.id()).map(|id| tree.node(id)));
        parent.map(|node| Self::new(node, Arc::clone(&self.registry)))
    }

    /// The logger of a name below this one; a root's child has the suffix for its name.
    ///
    /// # Python
    /// `Logger.getChild`.
    #[must_use]
    pub fn child(&self, suffix: impl AsRef<str>) -> Self {
        let suffix = suffix.as_ref();
        if self.is_stand_in {
            return self.clone();
        }
        if self.is_root() {
            return self.registry().get_logger(suffix);
        }
        self.registry()
            .get_logger(format!("{}.{suffix}", self.name()))
    }

    /// The loggers exactly one segment below it, in order of their names.
    ///
    /// # Python
    /// `Logger.getChildren`.
    #[must_use]
    pub fn children(&self) -> Vec<Self> {
        let mut nodes = self.registry.read(|tree| {
            tree.children(self.node.id())
                .into_iter()
                .map(|id| tree.node(id))
                .collect::<Vec<_>>()
        });
        nodes.sort_by(|a, b| a.name().cmp(b.name()));
        nodes
            .into_iter()
            .map(|node| Self::new(node, Arc::clone(&self.registry)))
            .collect()
    }

    /// Adds a handler behind the others; one that is there already stays where it is.
    ///
    /// # Python
    /// `Logger.addHandler`.
    pub fn add_handler(&self, handler: impl Into<Handler>) {
        let handler = handler.into();
        self.observe(&handler);
        self.change_own(|handlers, _| {
            if !handlers.iter().any(|known| known.is(&handler)) {
                handlers.push(handler);
            }
        });
    }

    /// Takes a handler away; answers whether it was there. It is not closed. A record already on its way still reaches it.
    ///
    /// # Python
    /// `Logger.removeHandler`.
    #[expect(
        clippy::must_use_candidate,
        reason = "whether it was there is often no question"
    )]
    pub fn remove_handler(&self, handler: &Handler) -> bool {
        let mut removed = false;
        self.change_own(|handlers, _| {
            let before = handlers.len();
            handlers.retain(|known| !known.is(handler));
            removed = handlers.len() < before;
        });
        removed
    }

    /// Puts other handlers in place of its own, in one step: each record meets either the old ones or the new ones. Answers
    /// with the old ones.
    pub fn replace_handlers(&self, handlers: impl IntoIterator<Item = Handler>) -> Vec<Handler> {
        let mut replacement: Vec<Handler> = Vec::new();
        for handler in handlers {
            if !replacement.iter().any(|known| known.is(&handler)) {
                self.observe(&handler);
                replacement.push(handler);
            }
        }
        self.change_own(|handlers, _| std::mem::swap(handlers, &mut replacement));
        replacement
    }

    /// Lets a handler have the records of this logger and of those below it from a level on, whatever the levels hide.
    pub(crate) fn tap(&self, level: Level, handler: Handler) {
        let tap = Tap {
            node: self.node.id(),
            level,
            handler,
        };
        self.registry.change(|tree| tree.add_tap(tap));
    }

    /// Ends what [`tap`](Self::tap) began.
    pub(crate) fn end_tap(&self, handler: &Handler) {
        let tap = self.registry.change(|tree| tree.remove_tap(handler));
        // Out of the lock.
        drop(tap);
    }

    /// Puts a handler in the place of the last one that fits, which it returns, or after the others where none does.
    pub(crate) fn exchange_handler(
        &self,
        fits: impl Fn(&Handler) -> bool,
        new: Handler,
    ) -> Option<Handler> {
        self.observe(&new);
        let mut old = None;
        self.change_own(|handlers, _| match handlers.iter().rposition(fits) {
            Some(at) => old = Some(std::mem::replace(&mut handlers[at], new)),
            None => handlers.push(new),
        });
        old
    }

    /// The lowest level that any handler on its records' way takes; `None` where they meet none.
    pub(crate) fn shown_from(&self) -> Option<Level> {
        self.node.route().shown_from()
    }

    /// Its own handlers, in order.
    ///
    /// # Python
    /// `Logger.handlers`.
    #[must_use]
    pub fn handlers(&self) -> Vec<Handler> {
        self.registry
            .read(|tree| tree.handlers(self.node.id()).to_vec())
    }

    /// Whether a record of it would meet any handler, its own or an ancestor's.
    ///
    /// # Python
    /// `Logger.hasHandlers`.
    #[must_use]
    pub fn has_handlers(&self) -> bool {
        !self.node.route().handlers.is_empty()
    }

    /// Adds a filter behind the others, for records logged on this very logger; one that is there already stays.
    ///
    /// # Python
    /// `Logger.addFilter`.
    pub fn add_filter(&self, filter: impl Into<SharedFilter>) {
        let filter = filter.into();
        self.change_own(|_, filters| {
            if !filters.iter().any(|known| known.is(&filter)) {
                filters.push(filter);
            }
        });
    }

    /// Takes a filter away; answers whether it was there.
    ///
    /// # Python
    /// `Logger.removeFilter`.
    #[expect(
        clippy::must_use_candidate,
        reason = "whether it was there is often no question"
    )]
    pub fn remove_filter(&self, filter: &SharedFilter) -> bool {
        let mut removed = false;
        self.change_own(|_, filters| {
            let before = filters.len();
            filters.retain(|known| !known.is(filter));
            removed = filters.len() < before;
        });
        removed
    }

    /// Its filters, in the order in which they are asked.
    #[must_use]
    pub fn filters(&self) -> Vec<SharedFilter> {
        self.registry
            .read(|tree| tree.filters(self.node.id()).to_vec())
    }

    /// Before the handler is in a route, so that no change of it is missed.
    fn observe(&self, handler: &Handler) {
        let registry: Weak<dyn Observer> = Arc::<Inner>::downgrade(&self.registry);
        handler.tell(&registry);
    }

    fn change_own(&self, change: impl FnOnce(&mut Vec<Handler>, &mut Vec<SharedFilter>)) {
        let old = self.set_up(|tree, id| tree.change_own(id, change));
        // Out of the lock: the end of a handler or filter runs the user's code.
        drop(old);
    }

    /// Changes what the tree holds of it. What is meant for a logger that there was no room for must not become its
    /// ancestor's, which may be the root: it is reported instead.
    fn set_up<R>(&self, change: impl FnOnce(&mut Tree, NodeId) -> R) -> Option<R> {
        if self.is_stand_in {
            self.registry.tell_of_stand_in();
            return None;
        }
        let id = self.node.id();
        Some(self.registry.change(|tree| change(tree, id)))
    }

    /// Logs at a level. [`log!`](crate::log) does not even evaluate what it does not log, and knows the module and function.
    ///
    /// # Python
    /// `Logger.log`.
    #[track_caller]
    pub fn log(&self, level: impl Into<Level>, message: impl fmt::Display) {
        let level = level.into();
        if self.passes_plain(level) {
            self.submit_text(level, format_args!("{message}"), None, Location::caller());
        }
    }

    /// Logs at `ERROR` with an error, whose causes are shown behind the message.
    ///
    /// # Python
    /// `Logger.exception`, which takes the exception at hand.
    ///
    /// # Examples
    /// ```
    /// use logtree::{Capture, Registry};
    ///
    /// let registry = Registry::new();
    /// let logger = registry.get_logger("app");
    /// let capture = Capture::new(&logger);
    /// if let Err(error) = "x".parse::<u8>() {
    ///     logger.exception("cannot read the port", &error);
    /// }
    /// assert_eq!(capture.records()[0].error_text(), Some("invalid digit found in string"));
    /// ```
    #[track_caller]
    pub fn exception(&self, message: impl fmt::Display, error: &dyn StdError) {
        if self.passes_plain(Level::ERROR) {
            self.submit_text(
                Level::ERROR,
                format_args!("{message}"),
                Some(error),
                Location::caller(),
            );
        }
    }

    /// Handles a record made elsewhere: the filters and handlers, but no level, are asked; a logger that is switched off takes
    /// none.
    ///
    /// # Python
    /// `Logger.handle` (statement 25).
    pub fn handle(&self, record: &Record<'_>) {
        if !self.node.is_disabled() {
            dispatch(
                &self.registry,
                &self.node,
                &mut record.clone(),
                Origin::Handed,
            );
        }
    }

    /// Starts a record of this logger, to be given to [`handle`](Self::handle).
    ///
    /// # Python
    /// `Logger.makeRecord`.
    pub fn make_record(&self, level: impl Into<Level>) -> RecordBuilder<'_> {
        RecordBuilder::new(&self.registry.environment)
            .name(self.name())
            .level(level)
    }

    fn submit_text(
        &self,
        level: Level,
        arguments: fmt::Arguments<'_>,
        error: Option<&dyn StdError>,
        caller: &'static Location<'static>,
    ) {
        let text = LazyText::of_arguments(arguments);
        let mut record = self.record(level, Message::Lazy(&text), &Source::of_caller(caller));
        record.error = error;
        self.submit(&mut record);
    }

    pub(crate) fn record<'r>(
        &'r self,
        level: Level,
        message: Message<'r>,
        source: &Source<'r>,
    ) -> Record<'r> {
        Record::new(
            &self.registry.environment,
            self.node.name(),
            level,
            message,
            source,
        )
    }

    /// Behind the gate.
    #[inline]
    pub(crate) fn submit(&self, record: &mut Record<'_>) {
        let by_level = record.level() >= self.node.effective_level();
        self.submit_passed(record, by_level);
    }

    /// The same where it is known what the logger's level says.
    #[inline(always)]
    pub(crate) fn submit_passed(&self, record: &mut Record<'_>, by_level: bool) {
        let origin = Origin::Call { by_level };
        dispatch(&self.registry, &self.node, record, origin);
    }

    pub(crate) fn node(&self) -> &Node {
        &self.node
    }

    pub(crate) fn inner(&self) -> &Arc<Inner> {
        &self.registry
    }
}

level_methods!(Logger);

impl Registry {
    /// The logger of a name, made at the first call; `""` and `"root"` are the root, and `::` is a dot. The same name is
    /// the same logger, for ever.
    ///
    /// A name has at most 4,096 bytes and 128 segments; a longer one is cut there, so that names with the same beginning are one
    /// logger. Once there are [as many names as allowed](crate::RegistryBuilder::max_loggers), a new name gets a stand-in: it
    /// logs as the nearest ancestor and shows its name and levels, but nothing can be set on it, as that would be set
    /// for the ancestor. Each of these is reported once.
    ///
    /// # Python
    /// `logging.getLogger`.
    pub fn get_logger(&self, name: impl AsRef<str>) -> Logger {
        let registry = Arc::clone(self.inner());
        let name = name::dotted(name.as_ref());
        match registry.logger(&name) {
            Some(node) => Logger::new(node, registry),
            None => Logger {
                node: registry.nearest(&name),
                registry,
                is_stand_in: true,
            },
        }
    }

    /// The root logger.
    #[must_use]
    pub fn root(&self) -> Logger {
        let registry = Arc::clone(self.inner());
        Logger::new(registry.root(), registry)
    }
}

impl PartialEq for Logger {
    /// Whether they are the same logger of the same registry.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.node, &other.node)
    }
}

impl Eq for Logger {}

impl fmt::Debug for Logger {
    /// `<Logger a.b (WARNING)>`, with the effective level, as Python prints it (statement 14).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.is_root() {
            "RootLogger"
        } else {
            "Logger"
        };
        let level = self
            .registry
            .environment
            .level_names
            .name(self.effective_level());
        write!(f, "<{kind} {} ({})>", self.name().escape_debug(), &*level)
    }
}

/// For the facade's macros with a logger: `log::info!(logger: s3, "…")`. The record gets the logger's name, whatever the target.
impl log::Log for Logger {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        self.passes(metadata.level().into()).is_some()
    }

    fn log(&self, record: &log::Record<'_>) {
        let level = record.level().into();
        if let Some(passed) = self.passes(level) {
            let text = LazyText::of_arguments(*record.args());
            let mut ours = self.record(level, Message::Lazy(&text), &Source::of_facade(record));
            ours.set_source_of_key_values(record.key_values());
            self.submit_passed(&mut ours, passed.by_level);
        }
    }

    /// Flushes the handlers that its records go to.
    fn flush(&self) {
        for bound in self.node.route().handlers.iter() {
            // A failure was, or will be, told by the record that met it.
            let _ = bound.handler().flush();
        }
    }
}

/// The logger of a name in the global registry; see [`Registry::get_logger`].
///
/// # Python
/// `logging.getLogger`.
///
/// # Examples
/// ```
/// let logger = logtree::get_logger("botocore.client.S3");
/// assert_eq!(logger, logtree::get_logger("botocore::client::S3"));
/// ```
pub fn get_logger(name: impl AsRef<str>) -> Logger {
    Registry::global().get_logger(name)
}
