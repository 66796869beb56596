//! A named place in the tree: its name, its level, its family.

use std::fmt;

use crate::level::Level;
use crate::logger::passed::Passed;
use crate::name;
use crate::registry::{Node, NodeId, Registry, RegistryCore, Tree};
use crate::sys::sync::Arc;

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
    pub(super) node: Arc<Node>,
    pub(super) registry: Arc<RegistryCore>,
    /// Whether there was no room for a node of its own.
    pub(super) is_stand_in: bool,
}

impl Logger {
    pub(crate) fn new(node: Arc<Node>, registry: Arc<RegistryCore>) -> Self {
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
    pub(super) fn passes_plain(&self, level: Level) -> bool {
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

    /// Changes what the tree holds of it. What is meant for a logger that there was no room for must not become its
    /// ancestor's, which may be the root: it is reported instead.
    pub(super) fn set_up<R>(&self, change: impl FnOnce(&mut Tree, NodeId) -> R) -> Option<R> {
        if self.is_stand_in {
            self.registry.tell_of_stand_in();
            return None;
        }
        let id = self.node.id();
        Some(self.registry.change(|tree| change(tree, id)))
    }

    pub(crate) fn node(&self) -> &Node {
        &self.node
    }

    pub(crate) fn inner(&self) -> &Arc<RegistryCore> {
        &self.registry
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

impl Registry {
    /// The logger of a name, made at the first call; `""` and `"root"` are the root, and `::` is a dot. The same name is
    /// the same logger, for ever.
    ///
    /// A name has at most 4,096 bytes and 128 segments; a longer one is cut there, so that names with the same beginning are one
    /// logger. Once there are [as many names as allowed](crate::registry::RegistryBuilder::max_loggers), a new name gets a stand-in: it
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
