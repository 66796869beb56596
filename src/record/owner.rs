//! What owns the records of a unit of work: [`Owner`].

use std::any::Any;
use std::fmt;

use crate::sys::sync::Arc;

/// A logger that the records of a unit of work belong to, whichever loggers log them.
///
/// What it is, its registry knows: scopes and spans only carry it.
#[derive(Clone)]
pub(crate) struct Owner {
    registry: u64,
    node: Arc<dyn Any + Send + Sync>,
}

impl Owner {
    /// Returns a node of the registry of a number, which is never given twice.
    pub(crate) fn new(registry: u64, node: Arc<dyn Any + Send + Sync>) -> Self {
        Self { registry, node }
    }

    /// Returns the node, if it is of the registry.
    pub(crate) fn node<N: 'static>(&self, registry: u64) -> Option<&N> {
        let node = (self.registry == registry).then_some(&self.node)?;
        node.downcast_ref()
    }
}

impl fmt::Debug for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Owner").finish_non_exhaustive()
    }
}
