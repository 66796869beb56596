//! The destination of a client's messages: [`ClientSink`].

use std::fmt;

use crate::client::classification::Classification;
use crate::logger::Logger;
use crate::scope::Scope;
use crate::sys::sync::Arc;

/// Receives a client's messages instead of the tree. Closures are sinks, and so is any [`Logger`].
///
/// It is called on the thread that does the client's work, from many threads at once, with no lock
/// of the crate held.
///
/// # Go
/// `logging.Logger`, `logging.LoggerFunc` and `logging.ContextLogger`.
///
/// # Examples
/// ```
/// use logtree::client::{Classification, ClientSink};
/// use std::fmt::Arguments;
///
/// let sink = |class: &Classification, message: Arguments<'_>| println!("{class}: {message}");
/// sink.log(&Classification::DEBUG, format_args!("attempt {}", 2));
/// ```
pub trait ClientSink: Send + Sync {
    /// Writes a message.
    fn log(&self, class: &Classification, message: fmt::Arguments<'_>);

    /// Returns a sink for the messages of a unit of work, or `None` to keep this one, which is not
    /// changed. Sinks that write into the tree need none: there the same [`Scope`] applies.
    fn with_context(&self, context: &Scope) -> Option<Arc<dyn ClientSink>> {
        let _ = context;
        None
    }
}

impl<F: Fn(&Classification, fmt::Arguments<'_>) + Send + Sync> ClientSink for F {
    fn log(&self, class: &Classification, message: fmt::Arguments<'_>) {
        self(class, message);
    }
}

impl ClientSink for Logger {
    /// Logs at the classification's [level](Classification::level). A word that is not a level is
    /// kept as the key-value `classification`.
    fn log(&self, class: &Classification, message: fmt::Arguments<'_>) {
        let level = class.level();
        if self.registry().level_by_name(class.as_str()).is_some() || class.as_str().is_empty() {
            Self::log(self, level, message);
        } else {
            crate::log!(self, level, classification = class.as_str(); "{message}");
        }
    }
}
