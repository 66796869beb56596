//! What can be seen from inside only.

mod hand_over;
mod interleavings;
mod memory;

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use crate::error::Error;
use crate::formatter::Format;
use crate::handler::handler::Handler;
use crate::handler::sink::Sink;
use crate::record::Record;
use crate::sys::host::Instant;
use crate::sys::sync::{Arc, AtomicU64, Ordering};

fn log(handler: &Handler, text: &str) {
    handler.handle(&Record::builder().message(text).build());
}

/// Counts records; waits for a signal before each if it has a channel for that.
#[derive(Clone, Default)]
struct Counting {
    seen: Arc<AtomicU64>,
    steps: Option<Arc<Mutex<Receiver<()>>>>,
}

impl Counting {
    /// Returns one that waits for a signal before each record, and what gives the signals.
    fn in_steps() -> (SyncSender<()>, Self) {
        let (step, steps) = sync_channel(0);
        let steps = Some(Arc::new(Mutex::new(steps)));
        let seen = Arc::default();
        (step, Self { seen, steps })
    }

    fn seen(&self) -> u64 {
        self.seen.load(Ordering::Relaxed)
    }
}

impl Sink for Counting {
    fn write(&self, _: &Record<'_>, _: &dyn Format) -> Result<(), Error> {
        if let Some(steps) = &self.steps {
            // An error means that the test has ended.
            let _ = steps.lock().unwrap().recv();
        }
        self.seen.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(120), "{what}");
        thread::sleep(Duration::from_micros(100));
    }
}
