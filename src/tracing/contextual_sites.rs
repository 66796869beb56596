//! Call sites whose events are in the current span of their thread.
//!
//! `tracing` asks whether an event is enabled before it says whether the event names a span. All
//! events of a macro do, or none does, so each thread remembers of which it has seen one.

use std::cell::Cell;
use std::ptr;

use tracing_core::Metadata;

/// Each thread has room for one of those that share a place.
const PLACES: usize = 64;

thread_local! {
    /// Addresses of what is never freed.
    static SITES: [Cell<usize>; PLACES] = const { [const { Cell::new(0) }; PLACES] };
}

/// Remembers a call site.
pub(super) fn note(metadata: &'static Metadata<'static>) {
    let address = address_of(metadata);
    SITES.with(|sites| sites[place(address)].set(address));
}

/// Reports whether a call site is known to be one.
pub(super) fn has(metadata: &Metadata<'_>) -> bool {
    let address = address_of(metadata);
    SITES.with(|sites| sites[place(address)].get() == address)
}

fn address_of(metadata: &Metadata<'_>) -> usize {
    ptr::from_ref(metadata).addr()
}

/// The low bits of all addresses are alike.
fn place(address: usize) -> usize {
    address / 64 % PLACES
}
