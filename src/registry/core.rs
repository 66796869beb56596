//! What the handles of a registry share: the tree with its lock, and what is read without it.

use std::any::Any;
use std::collections::HashSet;
use std::hash::{Hash, Hasher};

use dashmap::DashSet;

use crate::context::{Notice, RegistryContext};
use crate::handler::{Handler, HandlerId, Observer};
use crate::level::Level;
use crate::name::{self, Name};
use crate::record::Owner;
use crate::registry::gate_copy::GateCopy;
#[cfg(feature = "tracing")]
use crate::registry::gate_watch::GateWatch;
use crate::registry::level_override::OverrideSlot;
use crate::registry::node::{Node, NodeId, NodeRef};
use crate::registry::tap::TapId;
use crate::registry::tree::Tree;
use crate::scope::FloorObserver;
use crate::sys::fork::InLock;
use crate::sys::sync::{Arc, AtomicBool, AtomicU64, Mutex, OnceCell, Ordering};

/// How many names a registry holds unless its builder says otherwise.
pub(super) const DEFAULT_MAX_LOGGERS: usize = 1 << 21;

pub(crate) struct RegistryCore {
    pub(crate) environment: Arc<RegistryContext>,
    pub(super) tree: Mutex<Tree>,
    /// Name to node, for look-ups beside the tree's lock. A guard of it never leaves a function,
    /// and nothing else is locked while one is held.
    pub(super) nodes: DashSet<NodeRef>,
    pub(super) root: Arc<Node>,
    /// Changed whenever a name may refer to another node than before; see
    /// [`RegistryCore::name_epoch`].
    pub(super) name_epoch: AtomicU64,
    /// Never given twice.
    pub(super) number: u64,
    pub(super) last_resort: Mutex<Option<Handler>>,
    pub(super) max_loggers: usize,
    pub(super) overrides: OverrideSlot,
    /// What caches levels outside of the tree.
    #[cfg(feature = "tracing")]
    pub(crate) gate_watch: GateWatch,
    /// Whether any owner decides on records.
    #[cfg(feature = "tracing")]
    pub(super) is_owner_asked: AtomicBool,
    pub(super) part: OnceCell<Arc<dyn Any + Send + Sync>>,
    /// Whether this is the backend of the `log` facade, whose maximum level it maintains.
    pub(super) is_backend: AtomicBool,
}

/// Epochs of all registries are numbered together, so that a number identifies both registry and
/// epoch.
static LAST_NAME_EPOCH: AtomicU64 = AtomicU64::new(0);

impl FloorObserver for RegistryCore {
    fn floor_changed(&self, floor: Level) {
        self.change_unnoticed(|tree| tree.set_scope_floor(floor));
    }

    fn floor_settled(&self) {
        self.notify_observers();
    }
}

impl Observer for RegistryCore {
    fn handler_changed(&self, handler: HandlerId) {
        self.change_unnoticed(|tree| tree.rebind(handler));
    }
}

impl Drop for RegistryCore {
    /// Releases the handlers: a thread may cache a node of this registry for its next facade
    /// record, which must not keep a file open.
    fn drop(&mut self) {
        self.read(Tree::release);
    }
}

impl PartialEq for RegistryCore {
    /// Reports whether both are the same registry.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for RegistryCore {}

impl Hash for RegistryCore {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::ptr::from_ref(self).hash(state);
    }
}

impl RegistryCore {
    /// Changes the tree under its lock and updates the facade's maximum level.
    ///
    /// `change` must not run user code. Handlers and filters that it removes are returned, to be
    /// dropped outside the lock.
    pub(crate) fn change<R>(&self, change: impl FnOnce(&mut Tree) -> R) -> R {
        let result = self.change_unnoticed(change);
        self.notify_observers();
        result
    }

    /// Likewise, for a caller that may hold another lock, and
    /// [notifies](Self::notify_observers) the observers of gates later.
    pub(crate) fn change_unnoticed<R>(&self, change: impl FnOnce(&mut Tree) -> R) -> R {
        let mut tree = self.tree.lock();
        let result = change(&mut tree);
        if self.is_backend.load(Ordering::Relaxed) {
            // Under the lock, so that the later of two changes wins: `log` and `tracing` test this
            // level first, so it must be exact.
            log::set_max_level(tree.most_verbose().into());
        }
        #[cfg(feature = "tracing")]
        self.is_owner_asked
            .store(tree.is_owner_asked(), Ordering::Relaxed);
        #[cfg(feature = "tracing")]
        if tree.take_moved() {
            self.gate_watch.note_move();
        }
        drop(tree);
        result
    }

    /// Returns once caches of levels are as new as all changes, whichever thread updates them.
    /// Called with no lock held, as it calls other subscribers of `tracing`.
    #[inline]
    pub(crate) fn notify_observers(&self) {
        #[cfg(feature = "tracing")]
        self.gate_watch.notify();
    }

    /// Makes the maximum level of the `log` facade follow this registry's levels, given what
    /// installs it and fails if there is another backend.
    ///
    /// Under the lock: of several calls at once, each finds the registry installed and the levels
    /// in effect when it returns.
    pub(crate) fn become_backend<E>(
        &self,
        install: impl FnOnce() -> Result<(), E>,
    ) -> Result<(), E> {
        self.change(|_| {
            if !self.is_backend.load(Ordering::Relaxed) {
                install()?;
                self.is_backend.store(true, Ordering::Relaxed);
            }
            Ok(())
        })
    }

    /// Gives a handler the records of nodes and their descendants, from a level on for each,
    /// regardless of their levels.
    pub(crate) fn tap(&self, levels: Vec<(NodeId, Level)>, handler: Handler) -> TapId {
        self.change(|tree| tree.add_tap(levels, handler))
    }

    /// Removes a [`tap`](Self::tap).
    pub(crate) fn end_tap(&self, tap: TapId) {
        let tap = self.change(|tree| {
            let (tap, retired) = tree.remove_tap(tap)?;
            for node in &retired {
                // The map's own locks.
                let _inside = InLock::enter();
                self.nodes.remove(node.name());
            }
            if !retired.is_empty() {
                self.name_epoch.store(next_name_epoch(), Ordering::Release);
                drop(retired);
                tree.free_unused();
            }
            Some(tap)
        });
        // Outside the lock.
        drop(tap);
    }

    /// Likewise for names, of which not all must be loggers: what is missing takes room as long as
    /// the tap, unlisted unless a program asks for it. `None` if the registry is full.
    #[cfg(feature = "control")]
    pub(crate) fn tap_names(&self, levels: &[(String, Level)], handler: Handler) -> Option<TapId> {
        let names: Vec<_> = levels.iter().map(|(name, _)| Name::cut(name)).collect();
        self.change(|tree| {
            let nodes = self.create_in(tree, &names, false)?;
            let nodes = nodes.iter().map(|node| node.id());
            let levels = nodes.zip(levels.iter().map(|(_, level)| *level));
            Some(tree.add_tap(levels.collect(), handler))
        })
    }

    /// Returns the lowest gate of the tree.
    #[cfg(feature = "tracing")]
    pub(crate) fn most_verbose(&self) -> Level {
        self.tree.lock().most_verbose()
    }

    pub(crate) fn read<R>(&self, read: impl FnOnce(&Tree) -> R) -> R {
        read(&self.tree.lock())
    }

    /// Returns a number that stays the same as long as every name refers to the same node.
    #[inline]
    pub(crate) fn name_epoch(&self) -> u64 {
        // Acquire: a thread that sees the number also sees the nodes that belong to it.
        self.name_epoch.load(Ordering::Acquire)
    }

    pub(super) fn existing(&self, name: &str) -> Option<Arc<Node>> {
        // The map's own locks.
        let _inside = InLock::enter();
        self.nodes.get(name).map(|node| node.to_arc())
    }

    pub(crate) fn root(&self) -> Arc<Node> {
        Arc::clone(&self.root)
    }

    /// Returns the node of a logger's dotted name, which is created if missing; `None` if the
    /// registry is full.
    pub(crate) fn logger(&self, name: &str) -> Option<Arc<Node>> {
        if name::is_root(name) {
            return Some(self.root());
        }
        let name = self.cut(name);
        let existing = self.existing(name).filter(|node| node.is_logger());
        let logger = existing.or_else(|| self.create(name));
        if logger.is_none() {
            self.report_too_many();
        }
        logger
    }

    /// Returns the nodes of several names, creating missing ones: all, or none if the registry is
    /// full, which the caller reports, as it may hold a lock; see
    /// [`change_unnoticed`](Self::change_unnoticed).
    pub(crate) fn loggers(&self, names: &[&str]) -> Option<Vec<Arc<Node>>> {
        let names: Vec<_> = names.iter().map(|name| Name::cut(name)).collect();
        self.change_unnoticed(|tree| self.create_in(tree, &names, true))
    }

    /// Returns a node as an owner of records.
    pub(crate) fn owner(&self, node: &Arc<Node>) -> Owner {
        if !node.is_owner() {
            self.change(|tree| tree.make_owner(node.id()));
        }
        Owner::new(self.number, Arc::<Node>::clone(node))
    }

    /// Reports whether any owner decides on records, or is captured from.
    #[cfg(feature = "tracing")]
    pub(crate) fn is_owner_asked(&self) -> bool {
        self.is_owner_asked.load(Ordering::Relaxed)
    }

    /// Returns the owner of a name, whose logger is created if missing; `None` if as many were
    /// created as may be.
    #[cfg(feature = "tracing")]
    pub(crate) fn owner_named(&self, name: &str) -> Option<Owner> {
        let name = self.cut(name);
        let is_there = name::is_root(name) || self.existing(name).is_some_and(|it| it.is_logger());
        if !is_there && !self.tree.lock().count_made_owner() {
            return None;
        }
        Some(self.owner(&self.logger(name)?))
    }

    /// Cuts a name to its maximum length; the first cut is reported.
    fn cut<'n>(&self, name: &'n str) -> &'n str {
        let cut = Name::cut(name);
        if cut.len() < name.len() {
            self.environment.diagnostics.notice(
                Notice::NameCut,
                format_args!(
                    "logtree: the name of a logger is cut to {} bytes, found {}: \
                     names have at most {} bytes and {} segments",
                    cut.len(),
                    name.len(),
                    Name::MAX_LEN,
                    Name::MAX_SEGMENTS
                ),
            );
        }
        cut
    }

    /// Reports whether there are copies of gates: those of the facade's backend only, as they live
    /// for ever, and other registries may end.
    #[inline]
    pub(crate) fn copies_gates(&self) -> bool {
        self.is_backend.load(Ordering::Relaxed)
    }

    /// Returns a copy of a node's gate, if there [are](Self::copies_gates) any.
    pub(crate) fn gate_copy(&self, node: &Node) -> Option<&'static GateCopy> {
        // No gate moves.
        self.copies_gates()
            .then(|| self.change_unnoticed(|tree| tree.gate_copy(node.id())))
    }

    /// Returns the node of a name, or of its nearest ancestor; creates nothing.
    pub(crate) fn nearest(&self, name: &str) -> Arc<Node> {
        if name::is_root(name) {
            return Arc::clone(&self.root);
        }
        // A name of a million dots is not looked up a million times.
        let name = Name::cut(name);
        let node = self
            .existing(name)
            .or_else(|| name::ancestors(name).find_map(|len| self.existing(&name[..len])));
        node.unwrap_or_else(|| Arc::clone(&self.root))
    }

    #[cold]
    fn create(&self, name: &str) -> Option<Arc<Node>> {
        self.change(|tree| self.create_in(tree, &[name], true))?
            .pop()
    }

    /// Creates missing nodes, or loggers. All additions to the set of names are made here.
    fn create_in(
        &self,
        tree: &mut Tree,
        names: &[&str],
        are_loggers: bool,
    ) -> Option<Vec<Arc<Node>>> {
        let mut created = Vec::new();
        let room = self.max_loggers.saturating_sub(tree.len());
        // Counted before any is created, including prefixes, and only if there might be too many.
        if names.len().saturating_mul(Name::MAX_SEGMENTS) > room
            && self.missing(names.iter().copied()) > room
        {
            return None;
        }
        let mut nodes = Vec::with_capacity(names.len());
        let before = tree.len();
        for name in names {
            // Looked up again, as another thread may have created it.
            let existing = if name::is_root(name) {
                Some(self.root())
            } else {
                let is_it = |node: &Arc<Node>| node.is_logger() || !are_loggers;
                self.existing(name).filter(is_it)
            };
            nodes.push(existing.unwrap_or_else(|| {
                let find = |prefix: &str| self.existing(prefix);
                let node = tree.create(&Name::new(name), are_loggers, find, &mut created);
                for node in created.drain(..) {
                    self.nodes.insert(NodeRef::new(node));
                }
                node
            }));
        }
        if tree.len() > before {
            // After the nodes, so that a look-up that sees the new epoch sees the new nodes.
            self.name_epoch.store(next_name_epoch(), Ordering::Release);
        }
        Some(nodes)
    }

    /// Counts the missing nodes of these names, including prefixes.
    pub(super) fn missing<'n>(&self, names: impl Iterator<Item = &'n str>) -> usize {
        let mut missing = HashSet::new();
        for name in names.filter(|name| !name::is_root(name)).map(Name::cut) {
            let lengths = std::iter::once(name.len()).chain(name::ancestors(name));
            missing.extend(
                lengths
                    .map(|len| &name[..len])
                    .take_while(|prefix| self.existing(prefix).is_none()),
            );
        }
        missing.len()
    }

    /// Reports once that something was set on a stand-in.
    pub(crate) fn report_stand_in(&self) {
        self.environment.diagnostics.notice(
            Notice::StandIn,
            format_args!(
                "logtree: what is set on a logger for which there was no room has no effect"
            ),
        );
    }

    fn report_too_many(&self) {
        self.environment.diagnostics.notice(
            Notice::TooManyLoggers,
            format_args!(
                "logtree: there are names of loggers for all the room there is, {}, and no more \
                 are made: new ones log as their nearest ancestor",
                self.max_loggers
            ),
        );
    }

    /// State that an upper module keeps as long as the registry lives: one value of one type,
    /// created at the first call.
    pub(crate) fn part<T: Any + Send + Sync>(&self, make: impl Fn() -> Arc<T>) -> Arc<T> {
        let part = self.part.get_or_init(|| make());
        Arc::clone(part).downcast().unwrap_or_else(|_| make())
    }

    pub(crate) fn last_resort(&self) -> Option<Handler> {
        self.last_resort.lock().clone()
    }

    /// Reports once that a record reached no handler, not even the last resort.
    pub(crate) fn report_no_handler(&self, logger: &str) {
        self.environment.diagnostics.notice(
            Notice::NoHandler,
            format_args!(
                "No handlers could be found for logger \"{}\"",
                logger.escape_debug()
            ),
        );
    }
}

pub(super) fn next_name_epoch() -> u64 {
    LAST_NAME_EPOCH.fetch_add(1, Ordering::Relaxed) + 1
}
