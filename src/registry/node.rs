//! What a logger reads: its gate and its route.

use std::borrow::Borrow;
use std::hash::{Hash, Hasher};

use arc_swap::ArcSwap;

use crate::level::Level;
use crate::name::Name;
use crate::registry::route::Route;
use crate::registry::secrets::inherited;
use crate::sys::sync::{Arc, AtomicU16, Ordering};

/// The number of a node: its place in the tree's list. A node keeps it as long as it is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct NodeId(pub(super) u32);

impl NodeId {
    pub(crate) const ROOT: Self = Self(0);

    pub(super) fn at(self) -> usize {
        self.0 as usize
    }
}

/// A name in the tree: a logger, or a prefix of a name that was never requested as a logger
/// (Python's `PlaceHolder`).
///
/// All of it is written under the tree's lock and read without. Each value by itself is what a
/// reader needs, so the levels are relaxed: a thread that learned of a change by any
/// synchronization sees it, and for one that did not the order makes no difference.
#[derive(Debug)]
pub(crate) struct Node {
    name: Name,
    id: NodeId,
    /// The level at which a record passes: the effective level, with all that is disabled folded
    /// in, and lowered where something captures more.
    gate: AtomicU16,
    /// Resolved: the own level, or the nearest ancestor's.
    effective_level: AtomicU16,
    /// Resolved: the lowest level that is captured from here or from an ancestor; `OFF` for none.
    floor: AtomicU16,
    /// Assigned; `NOTSET` inherits.
    level: AtomicU16,
    flags: AtomicU16,
    route: ArcSwap<Route>,
}

const LOGGER: u16 = 1;
const PROPAGATES: u16 = 2;
const DISABLED: u16 = 4;
/// There are copies of its gate.
const COPIED: u16 = 8;
/// It is captured from by itself.
const TAPPED: u16 = 16;
/// No logger on the way up to the root has a level.
const AT_DEFAULT: u16 = 32;
/// No name refers to it any more.
const RETIRED: u16 = 64;
/// Loggers of secrets inherit no level below `INFO` from it.
const GUARDED: u16 = 128;
/// Records of other loggers may belong to it.
const OWNER: u16 = 256;

impl Node {
    pub(super) fn new(name: Name, id: NodeId, is_logger: bool, route: Arc<Route>) -> Self {
        Self {
            name,
            id,
            gate: AtomicU16::new(0),
            effective_level: AtomicU16::new(0),
            floor: AtomicU16::new(Level::OFF.number()),
            level: AtomicU16::new(0),
            flags: AtomicU16::new(PROPAGATES | if is_logger { LOGGER } else { 0 }),
            route: ArcSwap::new(route),
        }
    }

    #[inline]
    pub(crate) fn name(&self) -> &str {
        self.name.as_str()
    }

    pub(crate) fn id(&self) -> NodeId {
        self.id
    }

    /// The test before every record: one load and a compare.
    #[inline]
    pub(crate) fn lets_through(&self, level: Level) -> bool {
        level.passes(self.gate.load(Ordering::Relaxed))
    }

    pub(crate) fn gate(&self) -> u16 {
        self.gate.load(Ordering::Relaxed)
    }

    pub(super) fn set_gate(&self, gate: u16) {
        self.gate.store(gate, Ordering::Relaxed);
    }

    #[inline]
    pub(crate) fn effective_level(&self) -> Level {
        Level::new(self.effective_level.load(Ordering::Relaxed))
    }

    /// Returns the level for records of a name: its own, or one below, which inherits.
    pub(crate) fn level_for(&self, name: &str) -> Level {
        let inherits_guarded = self.is_guarded() && name != self.name();
        inherited(self.effective_level(), inherits_guarded, name)
    }

    /// The lowest level that is captured.
    pub(super) fn floor(&self) -> u16 {
        self.floor.load(Ordering::Relaxed)
    }

    /// Whether the effective level is the root's.
    pub(super) fn is_at_default(&self) -> bool {
        self.has(AT_DEFAULT)
    }

    /// Whether a level is set on it, or between it and the root.
    pub(super) fn has_level(&self) -> bool {
        !self.is_at_default()
    }

    /// Whether loggers of secrets inherit no level below `INFO` from it: its own level is guarded,
    /// or the one that it inherits.
    pub(crate) fn is_guarded(&self) -> bool {
        self.has(GUARDED)
    }

    pub(super) fn set_guarded(&self, guarded: bool) {
        self.set(GUARDED, guarded);
    }

    pub(super) fn set_resolved(&self, level: Level, floor: u16, is_at_default: bool) {
        self.effective_level
            .store(level.number(), Ordering::Relaxed);
        self.floor.store(floor, Ordering::Relaxed);
        self.set(AT_DEFAULT, is_at_default);
    }

    pub(crate) fn level(&self) -> Level {
        Level::new(self.level.load(Ordering::Relaxed))
    }

    /// Sets a level that is not guarded.
    pub(super) fn set_level(&self, level: Level) {
        self.level.store(level.number(), Ordering::Relaxed);
        self.set_guarded(false);
    }

    pub(crate) fn is_logger(&self) -> bool {
        self.has(LOGGER)
    }

    pub(super) fn make_logger(&self) {
        self.set(LOGGER, true);
    }

    pub(crate) fn propagates(&self) -> bool {
        self.has(PROPAGATES)
    }

    pub(super) fn set_propagates(&self, propagates: bool) {
        self.set(PROPAGATES, propagates);
    }

    pub(crate) fn is_disabled(&self) -> bool {
        self.has(DISABLED)
    }

    pub(super) fn set_disabled(&self, disabled: bool) {
        self.set(DISABLED, disabled);
    }

    pub(super) fn is_tapped(&self) -> bool {
        self.has(TAPPED)
    }

    pub(super) fn set_tapped(&self, tapped: bool) {
        self.set(TAPPED, tapped);
    }

    /// Whether records of other loggers may belong to it.
    pub(super) fn is_owner(&self) -> bool {
        self.has(OWNER)
    }

    pub(super) fn make_owner(&self) {
        self.set(OWNER, true);
    }

    /// Whether nothing was set on it, and it is no logger and is not captured from by itself.
    pub(super) fn is_bare(&self) -> bool {
        let flags = self.flags.load(Ordering::Relaxed);
        flags & !(AT_DEFAULT | COPIED | GUARDED | OWNER) == PROPAGATES
            && self.level() == Level::NOTSET
    }

    pub(super) fn is_retired(&self) -> bool {
        self.has(RETIRED)
    }

    pub(super) fn retire(&self) {
        self.set(RETIRED, true);
    }

    pub(super) fn has_copies(&self) -> bool {
        self.has(COPIED)
    }

    pub(super) fn set_has_copies(&self) {
        self.set(COPIED, true);
    }

    #[inline]
    pub(crate) fn route(&self) -> arc_swap::Guard<Arc<Route>> {
        self.route.load()
    }

    pub(super) fn set_route(&self, route: Arc<Route>) {
        self.route.store(route);
    }

    fn has(&self, flag: u16) -> bool {
        self.flags.load(Ordering::Relaxed) & flag != 0
    }

    /// Under the tree's lock, as all changes.
    fn set(&self, flag: u16, on: bool) {
        if self.has(flag) == on {
            // Not for a walk over all nodes, which would have each be written.
        } else if on {
            self.flags.fetch_or(flag, Ordering::Relaxed);
        } else {
            self.flags.fetch_and(!flag, Ordering::Relaxed);
        }
    }
}

/// A node as the table of names holds it: found by its name, which it does not hold a second time.
#[derive(Debug)]
pub(crate) struct NodeRef(Arc<Node>);

impl NodeRef {
    pub(super) fn new(node: Arc<Node>) -> Self {
        Self(node)
    }

    pub(super) fn to_arc(&self) -> Arc<Node> {
        Arc::clone(&self.0)
    }
}

impl Borrow<str> for NodeRef {
    fn borrow(&self) -> &str {
        self.0.name()
    }
}

impl Hash for NodeRef {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.name().hash(state);
    }
}

#[cfg(test)]
thread_local! {
    /// How many entries of the table were compared, which is what a hash that is no good costs.
    pub(super) static COMPARED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

impl PartialEq for NodeRef {
    fn eq(&self, other: &Self) -> bool {
        #[cfg(test)]
        COMPARED.set(COMPARED.get() + 1);
        self.0.name() == other.0.name()
    }
}

impl Eq for NodeRef {}
