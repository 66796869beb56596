//! The processes that a verb is for: [`Fleet`].

use std::thread;

use crate::discovery::Process;
use crate::failure::Failure;
use crate::fleet::Reply;

/// How many processes are asked at a time.
const AT_ONCE: usize = 32;

/// The processes that a verb is for; at least one.
pub(crate) struct Fleet {
    processes: Vec<Process>,
}

impl Fleet {
    /// # Errors
    /// If there is no process.
    pub(crate) fn new(mut processes: Vec<Process>) -> Result<Self, Failure> {
        if processes.is_empty() {
            let message = "no process found: is its control served, and by this user?";
            return Err(Failure::no_process(message));
        }
        thread::scope(|scope| {
            for process in &mut processes {
                scope.spawn(|| process.identify());
            }
        });
        Ok(Self { processes })
    }

    pub(crate) fn processes(&self) -> &[Process] {
        &self.processes
    }

    /// Asks all processes at once. The replies are in the order of the processes.
    pub(crate) fn ask<R: Send>(
        &self,
        ask: impl Fn(&Process) -> Result<R, Failure> + Sync,
    ) -> Vec<Reply<'_, R>> {
        let mut replies = Vec::with_capacity(self.processes.len());
        for some in self.processes.chunks(AT_ONCE) {
            thread::scope(|scope| {
                let ask = &ask;
                let threads: Vec<_> = some
                    .iter()
                    .map(|process| (process, scope.spawn(move || ask(process))))
                    .collect();
                for (process, thread) in threads {
                    let failed = |_| Err(Failure::new("asking it panicked"));
                    let result = thread.join().unwrap_or_else(failed);
                    replies.push(Reply { process, result });
                }
            });
        }
        replies
    }
}
