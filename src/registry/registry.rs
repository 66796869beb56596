//! The handle of a tree of loggers.

use std::fmt;

use dashmap::DashSet;

use crate::context::{LogsReports, RegistryContext};
use crate::handler::{DropReason, Handler, MadeBy, StreamHandler};
use crate::level::Level;
use crate::record::RecordBuilder;
use crate::registry::core::{DEFAULT_MAX_LOGGERS, RegistryCore, next_name_epoch};
use crate::registry::dump::{Part, TreeDump};
#[cfg(feature = "tracing")]
use crate::registry::gate_watch::GateWatch;
use crate::registry::level_override::OverrideSlot;
use crate::registry::node::NodeId;
use crate::registry::tree::Tree;
use crate::scope::{self, FloorObserver};
use crate::sys::sync::{Arc, AtomicBool, AtomicU64, Lazy, Mutex, OnceCell, Ordering, Weak};
use crate::sys::user_code;

/// A tree of loggers.
///
/// The program has one [global](Self::global) registry, which the crate's functions, macros and the
/// `log` backend use. Others are isolated from it and from each other, for tests, plugins or
/// tenants. A registry is a handle: clones are the same registry.
///
/// Loggers live as long as their registry or any logger of it. All methods can be called from any
/// thread, and from filters, formatters and handlers. A change takes effect on all threads before
/// the call returns.
///
/// # Python
/// `logging.Manager` and further global state: level names, `disable`, `lastResort`,
/// `raiseExceptions`.
///
/// # Examples
/// ```
/// use logtree::{Level, Registry};
///
/// let registry = Registry::new();
/// registry.get_logger("a").set_level(Level::DEBUG);
/// assert_eq!(registry.get_logger("a.b.c").effective_level(), Level::DEBUG);
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Registry {
    inner: Arc<RegistryCore>,
}

impl Registry {
    /// Returns an isolated registry: the root at `WARNING`, no handlers, the built-in level names.
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Returns the program's registry.
    #[must_use]
    pub fn global() -> &'static Self {
        static GLOBAL: Lazy<Registry> =
            Lazy::new(|| Registry::of(Arc::clone(RegistryContext::global()), DEFAULT_MAX_LOGGERS));
        &GLOBAL
    }

    pub(super) fn of(environment: Arc<RegistryContext>, max_loggers: usize) -> Self {
        let tree = Tree::new();
        // Without a formatter: the message alone, until a set-up configures it.
        let last_resort = Handler::from(stderr_of(&environment)).with_level(Level::WARNING);
        last_resort.note_maker(MadeBy::LastResort);
        let inner = RegistryCore {
            environment,
            root: tree.node(NodeId::ROOT),
            tree: Mutex::new(tree),
            nodes: DashSet::default(),
            name_epoch: AtomicU64::new(next_name_epoch()),
            number: next_name_epoch(),
            last_resort: Mutex::new(Some(last_resort)),
            max_loggers,
            overrides: OverrideSlot::new(),
            #[cfg(feature = "tracing")]
            gate_watch: GateWatch::default(),
            #[cfg(feature = "tracing")]
            is_owner_asked: AtomicBool::new(false),
            part: OnceCell::new(),
            is_backend: AtomicBool::new(false),
        };
        let inner = Arc::new(inner);
        let itself: Weak<dyn LogsReports> = Arc::<RegistryCore>::downgrade(&inner);
        let _ = inner.environment.registry.set(itself);
        let observer: Weak<dyn FloorObserver> = Arc::<RegistryCore>::downgrade(&inner);
        scope::observe_floor(observer);
        Self { inner }
    }

    /// Returns the names of all loggers except the root, sorted.
    #[must_use]
    pub fn logger_names(&self) -> Vec<String> {
        let tree = self.inner.tree.lock();
        let mut names: Vec<_> = tree.loggers().map(|node| node.name().to_owned()).collect();
        drop(tree);
        names.sort_unstable();
        names
    }

    /// Disables all records up to and including a level, whatever the loggers' levels. `NOTSET`
    /// enables all.
    ///
    /// # Python
    /// `logging.disable`.
    ///
    /// # Examples
    /// ```
    /// use logtree::{Level, Registry};
    ///
    /// let registry = Registry::new();
    /// registry.disable(Level::ERROR);
    /// assert!(!registry.root().is_enabled_for(Level::ERROR));
    /// assert!(registry.root().is_enabled_for(Level::CRITICAL));
    /// ```
    pub fn disable(&self, up_to: impl Into<Level>) {
        self.change(|tree| tree.set_disabled_up_to(up_to.into()));
    }

    /// Returns the level up to which records are disabled; `NOTSET` for none.
    ///
    /// # Python
    /// `Manager.disable`.
    #[must_use]
    pub fn disabled_up_to(&self) -> Level {
        self.inner.tree.lock().disabled_up_to()
    }

    /// Sets or removes the handler for records that reach no other handler.
    ///
    /// By default it writes the message alone to standard error, from `WARNING`. The one-line
    /// set-ups, from [`set_stream_logger`](crate::set_stream_logger) to
    /// [`init_from_env`](crate::init_from_env), give this default the format
    /// `%(levelname)s %(name)s: %(message)s` and redact known credentials, so that lines of other
    /// crates show their origin.
    ///
    /// # Python
    /// `logging.lastResort`.
    pub fn set_last_resort(&self, handler: Option<Handler>) {
        let old = std::mem::replace(&mut *self.inner.last_resort.lock(), handler);
        // Outside the lock: dropping a handler may run user code.
        drop(old);
    }

    /// Returns the handler for records that reach no other handler.
    #[must_use]
    pub fn last_resort(&self) -> Option<Handler> {
        self.inner.last_resort.lock().clone()
    }

    /// Returns a handler for standard error, or for its
    /// [replacement](crate::registry::RegistryBuilder::stderr) in this registry.
    #[must_use]
    pub fn stderr_handler(&self) -> StreamHandler {
        stderr_of(&self.inner.environment)
    }

    /// Sets whether failures are reported on standard error if a handler has no error hook. On by
    /// default.
    ///
    /// # Python
    /// `logging.raiseExceptions`.
    pub fn set_report_errors(&self, report: bool) {
        self.inner.environment.diagnostics.set_enabled(report);
    }

    /// Registers a name for a level. The level is written with this name; earlier names are still
    /// recognized.
    ///
    /// Each registry has its own names. `Display` and `FromStr` of [`Level`] use those of the
    /// global one.
    ///
    /// # Python
    /// `logging.addLevelName`.
    ///
    /// # Examples
    /// ```
    /// use logtree::{Level, Registry};
    ///
    /// let registry = Registry::new();
    /// registry.add_level_name(Level::new(25), "NOTICE");
    /// assert_eq!(registry.level_name(Level::new(25)), "NOTICE");
    /// assert_eq!(registry.level_by_name("NOTICE"), Some(Level::new(25)));
    /// assert_eq!(registry.parse_level("notice")?, Level::new(25));
    /// # Ok::<(), logtree::Error>(())
    /// ```
    pub fn add_level_name(&self, level: impl Into<Level>, name: &str) {
        self.inner.environment.level_names.add(level.into(), name);
    }

    /// Returns the name of a level: the registered one, or `Level 15`.
    ///
    /// # Python
    /// `logging.getLevelName` of a number.
    #[must_use]
    pub fn level_name(&self, level: impl Into<Level>) -> String {
        self.inner
            .environment
            .level_names
            .name(level.into())
            .to_string()
    }

    /// Returns the level with exactly this name.
    ///
    /// # Python
    /// `logging.getLevelName` of a name.
    #[must_use]
    pub fn level_by_name(&self, name: &str) -> Option<Level> {
        self.inner.environment.level_names.level(name)
    }

    /// Returns all names with their levels, sorted by name.
    ///
    /// # Python
    /// `logging.getLevelNamesMapping`.
    #[must_use]
    pub fn level_names(&self) -> Vec<(String, Level)> {
        self.inner.environment.level_names.all()
    }

    /// Parses a level: a name in any case, or a number.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidLevel`](crate::ErrorKind::InvalidLevel), which lists the known names.
    pub fn parse_level(&self, text: &str) -> Result<Level, crate::error::Error> {
        self.inner.environment.level_names.parse(text)
    }

    /// Returns the tree as text for people: each logger with its level, handlers, filters and
    /// propagation.
    ///
    /// # Python
    /// The package `logging_tree`.
    ///
    /// # Examples
    /// ```
    /// let registry = logtree::Registry::new();
    /// registry.get_logger("a.b").set_level(logtree::Level::DEBUG);
    /// assert!(registry.dump().to_string().contains("a.b"));
    /// ```
    #[must_use]
    pub fn dump(&self) -> TreeDump {
        let parts = Part::of(&self.inner.tree.lock(), &self.inner.environment);
        TreeDump::of(parts)
    }

    /// Returns a builder for a record of this registry.
    pub fn record_builder(&self) -> RecordBuilder<'_> {
        RecordBuilder::new(&self.inner.environment)
    }

    /// Returns how many records were dropped before any handler saw them; see
    /// [`dropped_for`](Self::dropped_for) for the reasons.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        let reasons = DropReason::ALL.into_iter();
        reasons.map(|reason| self.dropped_for(reason)).sum()
    }

    /// Returns how many records were dropped for one reason before any handler saw them:
    ///
    /// - [`Panic`](DropReason::Panic): a filter of a logger panicked.
    /// - [`Reentrant`](DropReason::Reentrant): logging calls were nested too deep, or a handler of
    ///   an event or a span of `tracing` logged through the `log` facade.
    /// - [`Duplicate`](DropReason::Duplicate): the record is an event of `tracing` as well. It is
    ///   no loss, except with `LogTracer` for a record of `log` that shares its line with an event.
    ///
    /// It is 0 for all others.
    ///
    /// # Examples
    /// ```
    /// use logtree::{Record, Registry};
    /// use logtree::handler::DropReason;
    ///
    /// let registry = Registry::new();
    /// registry.root().add_filter(|_: &mut Record<'_>| -> bool { panic!("never passes") });
    /// logtree::error!(registry.root(), "dropped");
    /// assert_eq!(registry.dropped_for(DropReason::Panic), 1);
    /// ```
    #[must_use]
    pub fn dropped_for(&self, reason: DropReason) -> u64 {
        let dropped = &self.inner.environment.dropped;
        let count = match reason {
            DropReason::Panic => &dropped.panicked,
            DropReason::Reentrant => &dropped.reentrant,
            DropReason::Duplicate => &dropped.duplicate,
            _ => return 0,
        };
        count.load(Ordering::Relaxed)
    }

    /// Reports a problem of the set-up on standard error, and as a `WARNING` of the logger
    /// `logging.config`.
    pub(crate) fn report_problem(&self, problem: &str) {
        let environment = &self.inner.environment;
        environment
            .diagnostics
            .line(format_args!("logtree: {problem}"));
        environment.log_report("logging.config", Level::WARNING, problem, None);
    }

    pub(crate) fn inner(&self) -> &Arc<RegistryCore> {
        &self.inner
    }

    pub(crate) fn of_inner(inner: Arc<RegistryCore>) -> Self {
        Self { inner }
    }

    pub(crate) fn change<R>(&self, change: impl FnOnce(&mut Tree) -> R) -> R {
        self.inner.change(change)
    }

    /// Returns the handlers of all loggers, each once.
    #[must_use]
    pub fn handlers(&self) -> Vec<Handler> {
        let mut handlers: Vec<Handler> = Vec::new();
        self.inner.read(|tree| {
            for handler in tree.all_handlers() {
                if !handlers.contains(handler) {
                    handlers.push(handler.clone());
                }
            }
        });
        handlers
    }
}

impl Default for Registry {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry")
            .field("level", &self.inner.root.level())
            .finish_non_exhaustive()
    }
}

fn stderr_of(environment: &RegistryContext) -> StreamHandler {
    match &environment.stderr {
        // If it panics, the process's own is used.
        Some(open) => user_code::call(&***open).map_or_else(
            |_| StreamHandler::stderr(),
            StreamHandler::in_place_of_stderr,
        ),
        None => StreamHandler::stderr(),
    }
}

#[cfg(test)]
mod tests {
    use std::future::{Future, poll_fn};
    use std::pin::pin;
    use std::sync::mpsc;
    use std::task::{Context, Poll, Waker};
    use std::thread;

    use super::*;
    use crate::registry::node::COMPARED;
    use crate::registry::tree::VISITED;
    use crate::scope::Scope;

    fn with_loggers(count: usize) -> Registry {
        let registry = Registry::new();
        for number in 0..count {
            registry.get_logger(format!("a.l{number}"));
        }
        registry
    }

    /// However many loggers there are: while gates are open for a scope, others are entered, left
    /// and polled without a look at them.
    #[test]
    fn scopes_with_a_level_do_not_walk_over_loggers() {
        let registry = with_loggers(1_000);
        let (entered, is_entered) = mpsc::channel();
        let (end, is_over) = mpsc::channel::<()>();
        let other = thread::spawn(move || {
            let _scope = Scope::new().level(Level::DEBUG).enter();
            entered.send(()).unwrap();
            let _ = is_over.recv();
        });
        is_entered.recv().unwrap();
        assert_eq!(registry.inner.root.gate(), Level::DEBUG.number());
        VISITED.set(0);
        let future = Scope::new().level(Level::DEBUG).wrap(poll_fn(|_| {
            assert!(registry.root().is_enabled_for(Level::DEBUG));
            Poll::<()>::Pending
        }));
        let mut future = pin!(future);
        for _ in 0..1_000 {
            let poll = future
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()));
            assert!(poll.is_pending() && !registry.root().is_enabled_for(Level::DEBUG));
            let _scope = Scope::new().level(Level::INFO).enter();
        }
        assert_eq!(VISITED.get(), 0);
        drop(end);
        other.join().unwrap();
    }

    /// Gates close once calls have passed them in vain as often as there are loggers.
    #[test]
    fn gates_close_after_the_last_scope() {
        let registry = with_loggers(1_000);
        let logger = registry.get_logger("a.l7");
        drop(Scope::new().level(Level::TRACE).enter());
        assert_eq!(logger.node().gate(), Level::TRACE.number());
        let mut calls = 0;
        // Scopes of other tests may hold them open for a while.
        while logger.node().gate() != Level::WARNING.number() {
            assert!(!logger.is_enabled_for(Level::DEBUG));
            calls += 1;
            assert!(calls < 100_000_000, "they stay open");
        }
        assert!(calls >= 1_000, "{calls}");
    }

    /// A walk goes as far as what is inherited changes, and no further.
    #[test]
    fn a_tap_reaches_its_subtree_alone() {
        let registry = with_loggers(1_000);
        let deep = registry.get_logger("b.c.d");
        VISITED.set(0);
        let capture = crate::test::Capture::builder(&registry.get_logger("b"))
            .level(Level::INFO)
            .start();
        let nested = crate::test::Capture::builder(&registry.get_logger("b.c"))
            .level(Level::DEBUG)
            .start();
        assert!(VISITED.get() < 50, "{}", VISITED.get());
        assert!(deep.is_enabled_for(Level::DEBUG));
        assert!(!registry.get_logger("b.x").is_enabled_for(Level::DEBUG));
        assert!(!registry.get_logger("a.l1").is_enabled_for(Level::INFO));
        drop(nested);
        assert!(deep.is_enabled_for(Level::INFO) && !deep.is_enabled_for(Level::DEBUG));
        drop(capture);
        assert!(!deep.is_enabled_for(Level::INFO));
    }

    /// A change of a handler rebuilds the routes that contain it, and no others.
    #[test]
    fn a_change_of_a_handler_reaches_its_routes_alone() {
        let registry = with_loggers(1_000);
        let (upper, lower) = (registry.get_logger("b"), registry.get_logger("b.c.d"));
        let handler = Handler::from(StreamHandler::new(Vec::new()));
        upper.add_handler(handler.clone());
        VISITED.set(0);
        handler.add_filter(|_: &mut crate::record::Record<'_>| false);
        assert!((1..50).contains(&VISITED.get()), "{}", VISITED.get());
        for logger in [&upper, &lower] {
            logger.warning("hidden by the new filter");
        }
        assert_eq!(handler.counters().accepted(), 0);
        upper.remove_handler(&handler);
        VISITED.set(0);
        handler.clear_formatter();
        assert_eq!(VISITED.get(), 0);
    }

    /// Wherever names differ, the table finds a place for each without comparing it with many
    /// others.
    #[test]
    fn all_of_a_name_is_hashed() {
        for (before, after) in [(0, 300), (150, 150), (300, 0)] {
            let registry = Registry::new();
            COMPARED.set(0);
            for n in 0..5_000_u32 {
                registry.get_logger(format!("{}{n:08}{}", "x".repeat(before), "y".repeat(after)));
            }
            // Some have seven bits of their hashes in common with others.
            let compared = COMPARED.get();
            assert!(
                compared < 5_000,
                "{compared} with {before} before what differs"
            );
        }
    }
}
