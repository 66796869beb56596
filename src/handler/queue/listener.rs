//! The reader of a queue.

use std::fmt;

use crate::handler::handler::Handler;
use crate::handler::queue::core::QueueCore;
use crate::handler::queue::destinations::Destinations;
use crate::handler::queue::record_queue::RecordQueue;
use crate::handler::queue::thread;
use crate::sys::sync::Arc;

/// Takes records out of a queue, on a thread of its own, and hands them to handlers.
///
/// It begins with [`start`](Self::start) and ends with [`stop`](Self::stop) or when it is dropped;
/// what is in the queue is handed over before it ends. A handler that fails or panics does not end
/// it. A queue has one listener at a time.
///
/// # Python
/// `logging.handlers.QueueListener`. An exception that escapes a handler ends Python's thread
/// without a word.
#[must_use = "it ends when it is dropped"]
pub struct QueueListener {
    core: Arc<QueueCore>,
}

impl QueueListener {
    /// Returns a listener, not started, that passes records to these handlers, in order. Their
    /// filters are asked; their levels are not.
    pub fn new<H: Into<Handler>>(
        queue: &RecordQueue,
        handlers: impl IntoIterator<Item = H>,
    ) -> Self {
        let handlers = handlers.into_iter().map(Into::into).collect();
        let core = Arc::clone(&queue.core);
        core.worker
            .set_destinations(Destinations::new(handlers, false));
        Self { core }
    }

    /// Sets whether the levels of the handlers are respected; off by default.
    ///
    /// # Python
    /// `respect_handler_level`.
    pub fn with_respect_levels(self, respect: bool) -> Self {
        let handlers = self.core.worker.destinations().handlers().to_vec();
        self.core
            .worker
            .set_destinations(Destinations::new(handlers, respect));
        self
    }

    /// Starts its thread. Reports whether it did: it does not where one runs already, or where the
    /// system gives none. In the latter case the threads that log hand their records over
    /// themselves.
    #[expect(clippy::must_use_candidate, reason = "it is called for what it does")]
    pub fn start(&self) -> bool {
        let has_started = thread::start(&self.core);
        if has_started {
            self.core.channel.open_door();
        }
        has_started
    }

    /// Waits until all that is in the queue was handed over, and ends the thread. What is logged
    /// later, by the handlers themselves too, stays in the queue until it is started again.
    /// Where nothing was handed over for 3 seconds, as a device hangs, it returns; the
    /// thread ends when that comes back. More than once is fine.
    pub fn stop(&self) {
        thread::stop(&self.core);
    }

    /// Likewise, without waiting for it.
    #[cfg(feature = "control")]
    pub(crate) fn stop_soon(&self) {
        thread::stop_soon(&self.core.worker);
    }
}

impl Drop for QueueListener {
    fn drop(&mut self) {
        self.stop();
    }
}

impl fmt::Debug for QueueListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueueListener")
            .field("running", &self.core.worker.is_running())
            .finish_non_exhaustive()
    }
}
