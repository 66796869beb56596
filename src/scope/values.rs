//! The key-values that scopes add to a record.

use crate::record::Context;
use crate::scope::stack;

/// The key-values that hold on this thread, if there are any, with those of an adapter, which hide
/// them.
pub(crate) fn with_values<R>(context: &Context, use_them: impl FnOnce(&Context) -> R) -> R {
    let frame = stack::current();
    match frame.values.as_deref() {
        None => use_them(context),
        Some(values) if context.is_empty() => use_them(values),
        Some(values) => {
            let is_hidden = |key: &str| context.iter().any(|(known, _)| **known == *key);
            let own = values.iter().filter(|(key, _)| !is_hidden(key));
            let both: Vec<_> = own.chain(context).cloned().collect();
            use_them(&both)
        }
    }
}
