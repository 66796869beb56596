//! The thread that speaks with etcd: [`Worker`].

use std::future::Future;
use std::process;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

use logtree::control::fleet::mark_store_thread;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::client::Failure;

const NAME: &str = "logtree-etcd";

/// How many names are looked up at once. Where that hangs, each attempt would leave a thread.
const MOST_LOOK_UPS: usize = 4;

/// How much longer a caller waits for a job than the job has: for a thread that does not get on.
const PATIENCE: Duration = Duration::from_secs(1);

/// A thread with a runtime of its own, started when it is first needed.
///
/// It belongs to the process that made it: a child of a fork has no such thread.
#[derive(Debug)]
pub(crate) struct Worker {
    process: u32,
    started: Mutex<Option<Started>>,
}

#[derive(Debug)]
struct Started {
    handle: Handle,
    thread: ThreadId,
    /// Dropped to end it.
    _running: oneshot::Sender<()>,
}

impl Worker {
    pub(crate) fn new() -> Self {
        Self {
            process: process::id(),
            started: Mutex::new(None),
        }
    }

    /// Reports whether this is a child of the process that made it.
    pub(crate) fn is_forked(&self) -> bool {
        self.process != process::id()
    }

    /// Runs a job to its end while the caller waits. The job keeps to its time itself.
    ///
    /// # Errors
    /// Those of the job; where it takes too long, panics, or cannot be started.
    pub(crate) fn run<T: Send + 'static, E: From<Failure> + Send + 'static>(
        &self,
        within: Duration,
        job: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> Result<T, E> {
        if self.is_own_thread() {
            return Err(Failure::unreachable("the thread would wait for itself").into());
        }
        let (sender, receiver) = sync_channel(1);
        let task = self.spawn(async move {
            let _ = sender.send(job.await);
        })?;
        receiver
            .recv_timeout(within.saturating_add(PATIENCE))
            .unwrap_or_else(|error| {
                task.abort();
                Err(E::from(Failure::unreachable(match error {
                    RecvTimeoutError::Timeout => "the thread does not get on",
                    RecvTimeoutError::Disconnected => "the client panicked",
                })))
            })
    }

    /// Runs a job beside others.
    ///
    /// # Errors
    /// In a child of a fork, and where the system has no thread left.
    pub(crate) fn spawn(
        &self,
        job: impl Future<Output = ()> + Send + 'static,
    ) -> Result<JoinHandle<()>, Failure> {
        // Before any lock, which a thread of the parent may have held.
        if self.is_forked() {
            return Err(Failure::unreachable("the process was forked"));
        }
        let mut started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
        let handle = match &*started {
            Some(started) => &started.handle,
            None => &started.insert(start()?).handle,
        };
        Ok(handle.spawn(job))
    }

    /// Reports whether the caller is its thread.
    pub(crate) fn is_own_thread(&self) -> bool {
        !self.is_forked() && {
            let started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
            let thread = started.as_ref().map(|started| started.thread);
            thread == Some(thread::current().id())
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if self.is_forked() {
            // Its event queue is the parent's, and to drop it would change that.
            let started = self.started.get_mut();
            std::mem::forget(started.unwrap_or_else(PoisonError::into_inner).take());
        }
    }
}

fn start() -> Result<Started, Failure> {
    let failed = |error| Failure::unreachable(format!("cannot start a thread: {error}"));
    let runtime = Builder::new_current_thread()
        .enable_all()
        .thread_name(NAME)
        .on_thread_start(mark_store_thread)
        .max_blocking_threads(MOST_LOOK_UPS)
        .build()
        .map_err(failed)?;
    let handle = runtime.handle().clone();
    let (running, end) = oneshot::channel();
    let thread = thread::Builder::new().name(NAME.to_owned());
    let thread = thread.spawn(move || {
        mark_store_thread();
        let _ = runtime.block_on(end);
        // Waits for no look-up of a name.
        runtime.shutdown_background();
    });
    Ok(Started {
        handle,
        thread: thread.map_err(failed)?.thread().id(),
        _running: running,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_that_panics_or_hangs_fails_and_the_next_one_runs() {
        let worker = Worker::new();
        let within = Duration::from_secs(60);
        let panics = worker.run::<(), Failure>(within, async { panic!("as a test") });
        assert_eq!(panics.unwrap_err().message, "the client panicked");
        let hangs = worker.run::<(), Failure>(Duration::ZERO, std::future::pending());
        assert_eq!(hangs.unwrap_err().message, "the thread does not get on");
        assert_eq!(
            worker.run(within, async { Ok::<_, Failure>(7) }).unwrap(),
            7
        );
    }

    #[test]
    fn a_job_that_runs_another_one_is_refused() {
        let worker = std::sync::Arc::new(Worker::new());
        let within = Duration::from_secs(60);
        let inner = std::sync::Arc::clone(&worker);
        let result = worker.run(within, async move {
            inner.run(within, async { Ok::<_, Failure>(()) })
        });
        assert!(result.unwrap_err().message.contains("itself"));
    }
}
