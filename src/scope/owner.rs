//! The innermost owner of a thread's records.

use crate::record::{Owner, Span};
use crate::scope::frame::Frame;
use crate::scope::here::Entered;
#[cfg(feature = "tracing")]
use crate::scope::span_stack;
use crate::scope::stack;

/// Returns the owner that was entered last: a scope's, or that of the current span.
pub(super) fn innermost<'o>(
    scopes: &'o Frame,
    span: Option<Entered<&'o Span>>,
) -> Option<&'o Owner> {
    let of_scopes = scopes.owner.as_ref().map(|(since, owner)| (*since, owner));
    let of_span = span.and_then(|(since, span)| Some((since, span.owner()?)));
    let last = of_scopes
        .into_iter()
        .chain(of_span)
        .max_by_key(|(since, _)| *since);
    last.map(|(_, owner)| owner)
}

/// Calls `use_it` with the owner of the thread's records, if they have one. It must not run user
/// code.
pub(crate) fn with_owner<R>(use_it: impl FnOnce(&Owner) -> R) -> Option<R> {
    stack::with_current(|scopes| {
        #[cfg(feature = "tracing")]
        return span_stack::with_top(|span| innermost(scopes, span).map(use_it));
        #[cfg(not(feature = "tracing"))]
        innermost(scopes, None).map(use_it)
    })
}
