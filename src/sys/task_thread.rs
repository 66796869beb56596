//! A thread that runs tasks of tokio: [`TaskThread`].

use std::io;
use std::thread::{self, JoinHandle};

use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use crate::sys::process;

/// A thread that runs the tasks of a runtime until it is ended.
pub(crate) struct TaskThread {
    stop: oneshot::Sender<()>,
    handle: JoinHandle<()>,
    generation: u32,
}

impl TaskThread {
    /// Starts the tasks that `spawn` spawns. The thread calls `begin` before it runs them, and
    /// `end` once they are dropped.
    ///
    /// # Errors
    /// Where `spawn` fails, or the system has no thread left.
    pub(crate) fn start(
        name: &str,
        runtime: Runtime,
        spawn: impl FnOnce() -> io::Result<()>,
        begin: impl FnOnce() + Send + 'static,
        end: impl FnOnce() + Send + 'static,
    ) -> io::Result<Self> {
        // The caller may run on a runtime, where another one must not be dropped while it waits.
        let runtime = scopeguard::guard(runtime, Runtime::shutdown_background);
        let inside = runtime.enter();
        spawn()?;
        drop(inside);
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new().name(name.to_owned());
        let handle = thread.spawn(move || {
            begin();
            let _ = runtime.block_on(stopped);
            drop(runtime);
            end();
        })?;
        Ok(Self {
            stop,
            handle,
            generation: process::generation(),
        })
    }

    /// Ends the tasks, and waits for the thread.
    pub(crate) fn end(self) {
        if self.generation != process::generation() {
            // The thread is the parent's, and nothing in its runtime may be touched here.
            std::mem::forget(self);
            return;
        }
        let _ = self.stop.send(());
        let _ = self.handle.join();
    }
}
