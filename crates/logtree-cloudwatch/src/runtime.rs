//! What runs the SDK: [`Runtime`].

use std::future::Future;
use std::io;
use std::process;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use logtree::delivery::{SendingMark, ServiceError};
use tokio::runtime::{Builder, Handle};

use crate::marked::Marked;

/// How long a call has.
const DEADLINE: Duration = Duration::from_secs(15);

/// How many names are looked up at once: that of the service, and those of credentials.
const MOST_LOOK_UPS: usize = 4;

/// Runs the calls of the SDK, while the thread that makes them waits.
#[derive(Clone, Debug)]
pub(crate) enum Runtime {
    Own(Arc<Mutex<Own>>),
    Given(Handle),
}

/// A runtime with a thread, made when it is first needed.
///
/// The thread also runs while nothing is sent: the SDK keeps connections, which a client of the
/// program may share.
#[derive(Debug, Default)]
pub(crate) struct Own {
    runtime: Option<tokio::runtime::Runtime>,
    /// The process that made it: a child has no such thread.
    process: u32,
}

impl Runtime {
    pub(crate) fn own() -> Self {
        Self::Own(Arc::default())
    }

    /// Runs a call to its end, or until its time is over.
    ///
    /// # Errors
    /// Those of the call, and where it has taken too long.
    pub(crate) fn run<T: Send + 'static>(
        &self,
        call: impl Future<Output = Result<T, ServiceError>> + Send + 'static,
    ) -> Result<T, ServiceError> {
        let handle = match self {
            Self::Own(own) => {
                let mut own = own.lock().unwrap_or_else(PoisonError::into_inner);
                own.handle().map_err(|error| {
                    ServiceError::unreachable(format!("cannot start a runtime: {error}"))
                })?
            }
            Self::Given(handle) => handle.clone(),
        };
        let (sender, receiver) = sync_channel(1);
        let call = async move {
            let _ = sender.send(call.await);
        };
        let task = handle.spawn(Marked::new(SendingMark::current(), call));
        // Not a timer of the runtime, which may be one that does not run.
        receiver.recv_timeout(DEADLINE).unwrap_or_else(|error| {
            task.abort();
            Err(ServiceError::unreachable(match error {
                RecvTimeoutError::Timeout => "no response within 15 s",
                RecvTimeoutError::Disconnected => "the runtime has ended, or the SDK panicked",
            }))
        })
    }
}

impl Own {
    fn handle(&mut self) -> io::Result<Handle> {
        if self.process != process::id() {
            // Its event queue is the parent's, and to drop it would change that.
            std::mem::forget(self.runtime.take());
            self.process = process::id();
        }
        let runtime = match self.runtime.take() {
            Some(runtime) => runtime,
            None => {
                let mark = SendingMark::current();
                let mut builder = Builder::new_multi_thread();
                builder.worker_threads(1).enable_all();
                builder.thread_name("logtree-cloudwatch");
                // They look names up. Where that hangs, each attempt would leave one behind.
                builder.max_blocking_threads(MOST_LOOK_UPS);
                // For what is not part of a call: connections, and the lookup of names.
                builder.on_thread_start(move || mark.stay());
                builder.build()?
            }
        };
        Ok(self.runtime.insert(runtime).handle().clone())
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let Some(runtime) = self.runtime.take() else {
            return;
        };
        if self.process == process::id() {
            // Waits for nothing: it may be dropped by a task of another runtime.
            runtime.shutdown_background();
        } else {
            std::mem::forget(runtime);
        }
    }
}
