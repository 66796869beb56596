//! A named place in the tree: its name, its level, its family.

use std::fmt;
use std::hash::{Hash, Hasher};

use crate::level::Level;
use crate::logger::passed::Passed;
use crate::name;
use crate::registry::{Node, NodeId, Registry, RegistryCore, Tree};
use crate::sys::sync::Arc;

/// A named place in the tree that records are logged to.
///
/// A logger is a cheap handle: clones, and loggers that [`get_logger`](crate::get_logger) returns
/// for the same name, are the same logger. It can be used and changed from any thread; a change
/// takes effect before the call returns.
///
/// A record passes if its level is at least the logger's *effective* level: its own level, or that
/// of the nearest ancestor that has one. The logger's filters are applied next. The record then
/// goes to the handlers of the logger and of all its ancestors, up to and including the first that
/// does not propagate. Levels and filters of ancestors do not apply.
///
/// Logging never panics, fails or blocks indefinitely, whatever arguments, filters and handlers do.
///
/// The macros ([`info!`](crate::info), …) are the usual way to log: they do not evaluate their
/// arguments if the level is disabled, and they record the call site. A `Logger` is also a
/// [`log::Log`] for the facade's macros: `log::info!(logger: logger, "…")`.
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
    /// That of the nearest ancestor if this is a stand-in.
    pub(super) node: Arc<Node>,
    pub(super) registry: Arc<RegistryCore>,
    /// Whether the registry was full when it was looked up.
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

    /// Returns the name; that of the root is `root`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.node.name()
    }

    /// Returns the registry that the logger belongs to.
    #[must_use]
    pub fn registry(&self) -> Registry {
        Registry::of_inner(Arc::clone(&self.registry))
    }

    /// Reports whether this is the root.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.node.id() == NodeId::ROOT
    }

    /// Returns the logger's own level; `NOTSET` if it inherits.
    #[must_use]
    pub fn level(&self) -> Level {
        self.node.level()
    }

    /// Sets the level of the logger and of all descendants without a level of their own. `NOTSET`
    /// makes the logger inherit; on the root it passes all records.
    ///
    /// # Python
    /// `Logger.setLevel`.
    pub fn set_level(&self, level: impl Into<Level>) {
        let level = level.into();
        self.set_up(|tree, id| tree.set_level(id, level));
    }

    /// Returns the level that applies: the logger's own, or that of the nearest ancestor that has
    /// one. [`Registry::disable`] does not affect it.
    ///
    /// # Python
    /// `Logger.getEffectiveLevel`.
    #[must_use]
    pub fn effective_level(&self) -> Level {
        self.node.effective_level()
    }

    /// Reports whether a record of this level would pass: one load and a compare, and a little more
    /// if it would. The result is exact for the calling thread, including scopes, owners and
    /// captures. If a [control](crate::control::Control) has rules for the values of key-values, it
    /// reports whether some record of the level may be logged.
    ///
    /// # Python
    /// `Logger.isEnabledFor`.
    #[inline]
    #[must_use]
    pub fn is_enabled_for(&self, level: impl Into<Level>) -> bool {
        let passed = self.passes(level.into());
        passed.is_some_and(|passed| self.wants(passed))
    }

    /// Whether a record that passed is wanted; see [`RegistryCore::wants`].
    #[inline]
    pub(crate) fn wants(&self, passed: Passed) -> bool {
        let Passed { level, by_level } = passed;
        // Otherwise it was asked.
        !by_level || self.registry.wants(&self.node, level, by_level)
    }

    /// Tests the gate, and whether anything wants the level on this thread.
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

    /// Whether a call without key-values that passed is still wanted: rules for values have no
    /// opinion of it.
    #[inline(always)]
    pub(crate) fn wants_plain(&self, passed: Passed) -> bool {
        passed.by_level
            || self
                .registry
                .wants_otherwise(&self.node, passed.level, false)
    }

    /// Reports whether records propagate to the handlers of the ancestors. On by default.
    ///
    /// # Python
    /// `Logger.propagate`.
    #[must_use]
    pub fn propagate(&self) -> bool {
        self.node.propagates()
    }

    /// Sets whether records of the logger and its descendants propagate to the handlers of the
    /// ancestors.
    pub fn set_propagate(&self, propagate: bool) {
        self.set_up(|tree, id| tree.set_propagates(id, propagate));
    }

    /// Reports whether the logger is disabled. Off by default.
    ///
    /// # Python
    /// `Logger.disabled`.
    #[must_use]
    pub fn is_disabled(&self) -> bool {
        self.node.is_disabled()
    }

    /// Disables or enables this logger. Descendants are not affected and still use its handlers.
    pub fn set_disabled(&self, disabled: bool) {
        self.set_up(|tree, id| tree.set_disabled(id, disabled));
    }

    /// Returns the nearest ancestor that is a logger; `None` for the root.
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

    /// Returns the logger whose name is this one's, a dot and the suffix; below the root, the
    /// suffix alone.
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

    /// Returns the loggers exactly one segment below this one, sorted by name.
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

    /// Changes what the tree holds of the logger. A change of a stand-in must not change the
    /// ancestor, which may be the root; it is reported instead.
    pub(super) fn set_up<R>(&self, change: impl FnOnce(&mut Tree, NodeId) -> R) -> Option<R> {
        if self.is_stand_in {
            self.registry.report_stand_in();
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
    /// Reports whether both are the same logger of the same registry.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.node, &other.node)
    }
}

impl Eq for Logger {}

impl Hash for Logger {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.node).hash(state);
    }
}

impl fmt::Debug for Logger {
    /// `<Logger a.b (WARNING)>`, with the effective level, as Python's `Logger.__repr__`.
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
    /// Returns the logger of a name, which is created at the first call. `""` and `"root"` are the
    /// root; `::` counts as a dot. The same name is always the same logger.
    ///
    /// A name has at most 4,096 bytes and 128 segments. Longer names are cut, so names with the
    /// same beginning are the same logger. Once the registry is
    /// [full](crate::registry::RegistryBuilder::max_loggers), new names get a stand-in, which logs
    /// as the nearest ancestor and has its name and level. Setting anything on a stand-in has no
    /// effect. Each of these cases is reported once.
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

    /// Returns the root logger.
    #[must_use]
    pub fn root(&self) -> Logger {
        let registry = Arc::clone(self.inner());
        Logger::new(registry.root(), registry)
    }
}

/// Returns the logger of a name in the global registry; see [`Registry::get_logger`].
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
