//! Who decides for single records where the levels of loggers alone do not.

use super::{Inner, Node, NodeId, Tree};
use crate::sync::{Arc, Ordering};
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

    /// Whether a record of a call goes on by its level.
    #[inline]
    pub(crate) fn admits(&self, node: &Node, record: &Record<'_>) -> bool {
        let by_logger = record.level().passes(node.effective_level().number());
        if !self.has_admission.load(Ordering::Acquire) {
            return by_logger;
        }
        match &*self.admission.load() {
            Some(admission) => admission.admits(self, node, record, by_logger),
            None => by_logger,
        }
    }

    /// Whether levels are to be looked at again behind the gate.
    #[inline]
    pub(crate) fn has_admission(&self) -> bool {
        self.has_admission.load(Ordering::Relaxed)
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
