//! What is remembered of call sites: [`CallSites`].

use std::ptr;

use tracing_core::Metadata;

use crate::sys::sync::{AtomicUsize, Ordering};

/// The number of bits of a place.
const BITS: u32 = 12;

/// Remembers call sites by address. Of those that share a place, the last one is known: what is
/// forgotten is to be found out again.
///
/// An address is used twice only where metadata is made by hand, and then has no event of a macro.
pub(super) struct CallSites([AtomicUsize; 1 << BITS]);

impl CallSites {
    pub(super) const fn new() -> Self {
        Self([const { AtomicUsize::new(0) }; 1 << BITS])
    }

    /// Remembers a call site, and writes only what is new: the places are shared by threads.
    pub(super) fn note(&self, metadata: &Metadata<'_>) {
        if !self.has(metadata) {
            self.place(metadata)
                .store(address_of(metadata), Ordering::Relaxed);
        }
    }

    /// Reports whether a call site is known.
    pub(super) fn has(&self, metadata: &Metadata<'_>) -> bool {
        self.place(metadata).load(Ordering::Relaxed) == address_of(metadata)
    }

    /// By the high bits of a product, which depend on all bits of the address.
    fn place(&self, metadata: &Metadata<'_>) -> &AtomicUsize {
        let product = (address_of(metadata) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let place = product >> (u64::BITS - BITS);
        &self.0[place as usize % self.0.len()]
    }
}

fn address_of(metadata: &Metadata<'_>) -> usize {
    ptr::from_ref(metadata).addr()
}
