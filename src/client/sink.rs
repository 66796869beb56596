//! Where a client's messages go: [`ClientSink`].

use std::fmt;

use crate::client::classification::Classification;
use crate::logger::Logger;
use crate::scope::Scope;
use crate::sys::sync::Arc;

/// Takes a client's messages, in place of the tree: one call, nothing to test, nothing to flush.
///
/// It is called on the thread that does the client's work, from many threads at once, with no lock held. Closures are sinks, and so is any
/// [`Logger`].
///
/// # Go
/// `logging.Logger`, `logging.LoggerFunc` and `logging.ContextLogger` (rows G1, G2, G7).
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
    /// Takes a message.
    fn log(&self, class: &Classification, message: fmt::Arguments<'_>);

    /// The sink for messages of a stretch of work, if it is another one; this one is not changed. The same [`Scope`] holds for records that
    /// go into the tree, so sinks that are loggers need none.
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
    /// At the classification's [level](Classification::level); a word that is no level is kept as the key-value `classification`.
    fn log(&self, class: &Classification, message: fmt::Arguments<'_>) {
        let level = class.level();
        if self.registry().level_of(class.as_str()).is_some() || class.as_str().is_empty() {
            Self::log(self, level, message);
        } else {
            crate::log!(self, level, classification = class.as_str(); "{message}");
        }
    }
}

/// Takes messages and does nothing.
///
/// # Go
/// `logging.Nop` (row G6).
#[derive(Clone, Copy, Debug, Default)]
pub struct NopSink;

impl ClientSink for NopSink {
    fn log(&self, _: &Classification, _: fmt::Arguments<'_>) {}
}
