//! Records of the facade that are events of `tracing` as well.
//!
//! With its feature `log-always`, `tracing` sends each event to the facade too. Where the event is
//! a record already, that copy is left out: it names a call site of `tracing`.

use dashmap::DashMap;

use crate::registry::RegistryCore;
use crate::sys::fork::InLock;
use crate::sys::sync::Lazy;

/// The lines of call sites, by file. Guards of it never leave a function.
static CALL_SITES: Lazy<DashMap<Box<str>, Vec<u32>>> = Lazy::new(DashMap::new);

/// Notes a call site of `tracing`, which may hold a lock of its own.
pub(crate) fn note(file: &str, line: u32) {
    if is_call_site(file, line) {
        return;
    }
    let _inside = InLock::enter();
    let mut lines = CALL_SITES.entry(file.into()).or_default();
    if let Err(place) = lines.binary_search(&line) {
        lines.insert(place, line);
    }
}

/// Reports whether a place is a call site of `tracing`.
pub(crate) fn is_call_site(file: &str, line: u32) -> bool {
    let _inside = InLock::enter();
    let lines = CALL_SITES.get(file);
    lines.is_some_and(|lines| lines.binary_search(&line).is_ok())
}

/// Reports whether a record is a copy of an event that the registry has.
#[inline]
pub(super) fn is_echo(registry: &RegistryCore, record: &log::Record<'_>) -> bool {
    // The macros of the facade name their file as a static, and `tracing` does not.
    record.file_static().is_none() && is_copy(registry, record)
}

#[cold]
fn is_copy(registry: &RegistryCore, record: &log::Record<'_>) -> bool {
    let place = record.file().zip(record.line());
    place.is_some_and(|(file, line)| is_call_site(file, line)) && registry.gate_watch.has_events()
}
