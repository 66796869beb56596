//! Who decides for single records where the levels of loggers alone do not.

use super::{Inner, Node, NodeId, Tree};
use crate::scope;
use crate::sync::{Arc, Ordering};
use crate::user_code;
use crate::{Level, Record};

/// Decides by what a record says, or by who logs it.
pub(crate) trait Admission: Send + Sync {
    /// The lowest level at which it may let a record pass that the logger's level hides.
    fn floor(&self) -> Level;

    /// Whether a record goes on. `by_logger` is what the logger's level says.
    fn admits(&self, registry: &Inner, node: &Node, record: &Record<'_>, by_logger: bool) -> bool;
}

impl Inner {
    /// Puts somebody in charge, from now on and for good: whoever has nothing to decide answers as the logger does, so that no record that
    /// was let through for him gets past him.
    pub(crate) fn set_admission(&self, admission: Arc<dyn Admission>) {
        let floor = admission.floor();
        // Before the gates open: what comes through them is judged.
        self.admission.store(Some(Arc::new(admission)));
        self.has_admission.store(true, Ordering::Release);
        self.change(|tree| tree.set_floor(floor));
    }

    /// Whether a record of a call goes on by its level. The gate lets more through: for captures, for scopes of other threads, for who decides.
    #[inline]
    pub(crate) fn admits(&self, node: &Node, record: &Record<'_>) -> bool {
        // `OFF` did not get through the gate.
        let by_logger = record.level() >= node.effective_level();
        if by_logger && !self.has_admission.load(Ordering::Relaxed) {
            return true;
        }
        self.admits_otherwise(node, record, by_logger)
    }

    #[cold]
    fn admits_otherwise(&self, node: &Node, record: &Record<'_>, by_logger: bool) -> bool {
        let admitted = match &*self.admission.load() {
            // It reads key-values, whose source may be a user's. What fails there decides nothing.
            Some(admission) => user_code::call(|| admission.admits(self, node, record, by_logger))
                .unwrap_or(by_logger),
            None => by_logger,
        };
        admitted || scope::any_has_level() && scope::lets_through(record.level())
    }

    /// Whether a record of a level that the gate lets through may go on, as far as that can be told without it.
    #[inline]
    pub(crate) fn may_admit(&self, node: &Node, level: Level) -> bool {
        level.passes(node.effective_level().number())
            || self.has_admission.load(Ordering::Relaxed)
            || scope::any_has_level() && scope::lets_through(level)
            || self.read(|tree| tree.is_tapped(node.id(), level))
    }

    /// Whether a logger's level comes from the root.
    pub(crate) fn is_at_default(&self, node: &Node) -> bool {
        self.read(|tree| tree.is_at_default(node.id()))
    }
}

impl Tree {
    fn is_at_default(&self, id: NodeId) -> bool {
        let mut at = id;
        while at != NodeId::ROOT {
            if self.slot_node(at).level() != Level::NOTSET {
                return false;
            }
            match self.parent_logger(at) {
                Some(parent) => at = parent,
                None => break,
            }
        }
        true
    }
}
