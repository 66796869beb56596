//! What an application is given about a record that could not be written: [`FailedRecord`].

use crate::error::Error;
use crate::handler::core::HandlerCore;
use crate::handler::failure::Failure;
use crate::handler::handler::Handler;
use crate::record::Record;
use crate::sys::sync::Arc;

/// A record that a handler could not write, as the [error hook](Handler::set_error_hook) gets it.
#[derive(Debug)]
pub struct FailedRecord<'e> {
    handler: Handler,
    failure: &'e Failure<'e>,
}

impl FailedRecord<'_> {
    /// Returns the handler.
    #[must_use]
    pub fn handler(&self) -> &Handler {
        &self.handler
    }

    /// Returns the record. Where records are lost after the sink took them, it is one that stands
    /// for them and says how many.
    #[must_use]
    pub fn record(&self) -> &Record<'_> {
        self.failure.record
    }

    /// Returns what went wrong.
    #[must_use]
    pub fn error(&self) -> &Error {
        self.failure.error
    }

    /// Returns how many records are lost by it: 1 for a record that could not be written, any
    /// number for a buffer, 0 where a buffer keeps what it could not write.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.failure.loss.records()
    }
}

impl Handler {
    /// Sets what is done about a record that cannot be written. The default writes one line to
    /// standard error for each kind of failure, at most every 30 seconds, with the number of
    /// failures between. The line is logged as well, as an `ERROR` of the logger `logging.errors`
    /// of the record's registry: to all of its handlers but this one and those that pass records
    /// to it.
    ///
    /// The hook is called on the thread that logs, with no lock held. It may log.
    ///
    /// # Python
    /// `Handler.handleError`.
    pub fn set_error_hook(&self, hook: impl Fn(&FailedRecord<'_>) + Send + Sync + 'static) {
        let hook = move |core: &Arc<HandlerCore>, failure: &Failure<'_>| {
            let handler = Handler::from_core(core);
            hook(&FailedRecord { handler, failure });
        };
        self.core.book.set_hook(Arc::new(hook));
    }
}
