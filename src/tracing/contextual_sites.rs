//! Call sites whose events are in the current span of their thread.
//!
//! `tracing` asks whether an event is enabled before it says whether the event names a span. All
//! events of a macro do, or none does, so it is remembered of which one has come.

use std::ptr;

use tracing_core::Metadata;

use crate::sys::sync::{AtomicUsize, Ordering};

/// The number of bits of a place. Of call sites that share one, the last one is known.
const BITS: u32 = 12;

/// Addresses of what is never freed. Seldom written, as each has its event once.
static SITES: [AtomicUsize; 1 << BITS] = [const { AtomicUsize::new(0) }; 1 << BITS];

/// Remembers a call site.
pub(super) fn note(metadata: &'static Metadata<'static>) {
    if !has(metadata) {
        place(metadata).store(address_of(metadata), Ordering::Relaxed);
    }
}

/// Reports whether a call site is known to be one.
pub(super) fn has(metadata: &Metadata<'_>) -> bool {
    place(metadata).load(Ordering::Relaxed) == address_of(metadata)
}

fn address_of(metadata: &Metadata<'_>) -> usize {
    ptr::from_ref(metadata).addr()
}

/// By the high bits of a product, which depend on all bits of the address.
fn place(metadata: &Metadata<'_>) -> &'static AtomicUsize {
    let product = (address_of(metadata) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let place = product >> (u64::BITS - BITS);
    &SITES[place as usize % SITES.len()]
}
