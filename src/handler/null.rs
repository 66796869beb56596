//! The handler that does nothing.

use crate::error::Error;
use crate::formatter::Format;
use crate::handler::handler::Handler;
use crate::handler::handler_type::handler_type;
use crate::handler::sink::{Sink, SinkFacts};
use crate::record::Record;

/// Does nothing, but counts as a handler: a library adds it to its own logger, and stays silent
/// until the application sets logging up.
///
/// # Python
/// `logging.NullHandler`.
///
/// # Examples
/// ```
/// // In a library, once:
/// logtree::get_logger("mylib").add_handler(logtree::handler::NullHandler::new());
/// ```
#[derive(Clone)]
pub struct NullHandler {
    handler: Handler,
}

impl NullHandler {
    /// A handler that does nothing.
    #[must_use]
    pub fn new() -> Self {
        Self {
            handler: Handler::new(NullSink),
        }
    }
}

impl Default for NullHandler {
    fn default() -> Self {
        Self::new()
    }
}

handler_type!(NullHandler);

struct NullSink;

impl Sink for NullSink {
    fn write(&self, _: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        Ok(())
    }

    fn facts(&self) -> SinkFacts {
        SinkFacts::new("NullHandler").with_discards(true)
    }
}
