//! The sink of handlers that deliver: [`DeliverySink`].

use std::time::Duration;

use crate::error::Error;
use crate::formatter::Format;
use crate::handler::delivery::outgoing::Outgoing;
use crate::handler::delivery::worker;
use crate::handler::sink::{Sink, SinkFacts, SinkStatus};
use crate::record::Record;
use crate::sys::sync::Arc;
use crate::sys::user_code;

/// How long a flush waits that does not say.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) struct DeliverySink(pub(super) Arc<Outgoing>);

impl Sink for DeliverySink {
    fn write(&self, record: &Record<'_>, format: &dyn Format) -> Result<(), Error> {
        if !self.0.put(record, format)? {
            // The record is kept, and the next one tries again.
            if let Err(error) = worker::start(&self.0) {
                self.0.ledger.failed(error);
            }
        }
        Ok(())
    }

    fn flush(&self) -> Result<(), Error> {
        self.0.flush(PATIENCE)
    }

    fn close(&self) -> Result<(), Error> {
        self.0.close();
        Ok(())
    }

    fn reset_after_fork(&self) {
        self.0.reset_after_fork();
    }

    fn facts(&self) -> SinkFacts {
        let describe = user_code::call(|| self.0.transport.describe());
        SinkFacts::new(describe.unwrap_or_else(|panic| format!("panic in describe: {panic}")))
    }

    fn status(&self) -> SinkStatus {
        let dead_letters = self.0.options.dead_letters.as_ref();
        SinkStatus::default()
            .with_queued(self.0.state.lock().held)
            .with_targets(dead_letters.map(|handler| handler.id()))
            // Closing sends, and has a time limit of its own.
            .with_flush_at_shutdown(false)
    }
}

impl Drop for DeliverySink {
    fn drop(&mut self) {
        self.0.close();
        // The thread may take a while to end, and another handler may use the directory.
        let spool = self.0.spool.lock().take();
        if let Some(files) = spool {
            files.release();
        }
    }
}
