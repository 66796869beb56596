//! What scopes and spans add to a record: key-values, and an owner.

use crate::record::{Context, Owner, Span};
use crate::scope::here::Entered;
use crate::scope::owner::innermost;
use crate::scope::stack;
use crate::sys::sync::Arc;

/// The key-values that hold on this thread, if there are any, with those of an adapter, the current
/// span and the owner of the thread's records. Those of an adapter hide those of spans, and these
/// hide those of scopes.
pub(crate) fn with_values<R>(
    context: &Context,
    use_them: impl FnOnce(&Context, Option<&Span>, Option<&Owner>) -> R,
) -> R {
    let frame = stack::current();
    let scope = frame.values.as_deref().unwrap_or_default();
    #[cfg(feature = "tracing")]
    let span: Option<Entered<Arc<Span>>> = crate::scope::span_stack::top();
    #[cfg(not(feature = "tracing"))]
    let span: Option<Entered<Arc<Span>>> = None;
    let span = span.as_ref().map(|(since, span)| (*since, &**span));
    let owner = innermost(&frame, span);
    let span = span.map(|(_, span)| span);
    let of_span = span.map(Span::values);
    let of_span = of_span.as_deref().unwrap_or_default();
    match (scope, of_span, context) {
        ([], [], only) | ([], only, []) | (only, [], []) => use_them(only, span, owner),
        _ => use_them(&merged(&[scope, of_span, context]), span, owner),
    }
}

/// Returns the key-values of all, where later ones hide earlier ones.
fn merged(all: &[&Context]) -> Box<Context> {
    let mut values = Vec::new();
    for (at, own) in all.iter().enumerate() {
        let later = all[at + 1..].iter().flat_map(|values| values.iter());
        let is_hidden = |key: &str| later.clone().any(|(known, _)| **known == *key);
        values.extend(own.iter().filter(|(key, _)| !is_hidden(key)).cloned());
    }
    values.into()
}
