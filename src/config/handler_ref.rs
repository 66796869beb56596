//! A handler that another one of the same document names: [`HandlerRef`].

use std::cell::OnceCell;
use std::fmt;
use std::rc::Rc;

use crate::error::{Error, ErrorKind};
use crate::handler::Handler;

/// A handler of the same document, available once that handler has been built.
///
/// [`Arguments::handler`](super::Arguments::handler) returns it. Handlers are built in such an
/// order that a [deferred](super::Factories::handler_deferred) factory finds the handlers it refers
/// to.
#[derive(Clone, Default)]
pub struct HandlerRef(Rc<OnceCell<Handler>>);

impl HandlerRef {
    /// Returns the handler, for the second stage of a
    /// [deferred](super::Factories::handler_deferred) factory.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidConfig`] when called earlier, while the arguments are read.
    pub fn handler(&self) -> Result<Handler, Error> {
        let not_built = || Error::new(ErrorKind::InvalidConfig, "the handler is not built yet");
        self.0.get().cloned().ok_or_else(not_built)
    }

    pub(super) fn set(&self, handler: Handler) {
        // A handler is built once.
        let _ = self.0.set(handler);
    }
}

impl fmt::Debug for HandlerRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HandlerRef").field(&self.0.get()).finish()
    }
}
