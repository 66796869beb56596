//! A copy of a gate, kept where a call looks first.

use crate::sys::sync::{AtomicU16, Ordering};

/// A copy of a node's gate in a call site or a cache; the tree updates it once it
/// [follows](super::Tree::follow) it.
///
/// 0 until then, which lets everything pass; a real gate is never 0, as nothing passes at `NOTSET`.
#[derive(Debug)]
pub(crate) struct GateCopy(AtomicU16);

impl GateCopy {
    pub(crate) const fn new() -> Self {
        Self(AtomicU16::new(0))
    }

    #[inline(always)]
    pub(crate) fn get(&self) -> u16 {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn set(&self, gate: u16) {
        self.0.store(gate, Ordering::Relaxed);
    }
}
