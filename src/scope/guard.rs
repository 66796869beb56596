//! The end of an entered scope.

use std::fmt;
use std::marker::PhantomData;

use crate::scope::stack::{self, Key};

/// Ends a [`Scope`](crate::Scope) on its thread when it is dropped.
#[must_use = "the scope ends when it is dropped"]
pub struct ScopeGuard {
    key: Option<Key>,
    /// It belongs to the thread that entered.
    _on_this_thread: PhantomData<*const ()>,
}

impl ScopeGuard {
    pub(super) fn new(key: Option<Key>) -> Self {
        Self {
            key,
            _on_this_thread: PhantomData,
        }
    }
}

impl Drop for ScopeGuard {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            stack::leave(key);
        }
    }
}

impl fmt::Debug for ScopeGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ScopeGuard")
    }
}
