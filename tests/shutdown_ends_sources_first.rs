//! `shutdown` closes the handlers of the whole process, so it is alone in its own.

use std::fs;
use std::sync::{Arc, OnceLock};

use logtree::handler::{
    BufferingHandler, FallbackHandler, FileHandler, MemoryHandler, QueueHandler,
};
use logtree::record::OwnedRecord;
use logtree::{Handler, Record, shutdown};

/// Batches to a queue to a memory handler to a fallback to a buffered file, made in another order
/// than the records go, in two ways: all that was taken is in the file when `shutdown` returns.
#[test]
fn shutdown_ends_sources_first() {
    let directory = tempfile::tempdir().unwrap();
    let mut chains = Vec::new();
    for is_file_first in [false, true] {
        let path = directory.path().join(format!("{is_file_first}.log"));
        let file = || -> Handler {
            let builder = FileHandler::builder(&path).buffered(1 << 20);
            let builder = builder.flush_interval(std::time::Duration::from_secs(3600));
            builder.open().unwrap().into()
        };
        let first = is_file_first.then(file);
        let next = Arc::new(OnceLock::<Handler>::new());
        let to = Arc::clone(&next);
        let batches = BufferingHandler::new(1000, move |batch: &[OwnedRecord]| {
            for record in batch {
                to.get().unwrap().handle(&record.as_record());
            }
        });
        let memory = MemoryHandler::new(1000);
        let queue = QueueHandler::new([memory.clone()]);
        next.set(queue.clone().into()).unwrap();
        let fallback = FallbackHandler::new(first.unwrap_or_else(file));
        memory.set_target(Some(fallback.into()));
        let handlers: [Handler; 3] = [batches.into(), queue.into(), memory.into()];
        for (at, handler) in handlers.iter().enumerate() {
            for n in 0..5 {
                let text = format!("{at} {n}");
                handler.handle(&Record::builder().message(text).build());
            }
        }
        chains.push((path, handlers));
    }
    shutdown();
    for (path, handlers) in &chains {
        let text = fs::read_to_string(path).unwrap();
        for at in 0..3 {
            let of = format!("{at} ");
            let found: Vec<_> = text
                .lines()
                .filter_map(|line| line.strip_prefix(&of))
                .collect();
            assert_eq!(found, ["0", "1", "2", "3", "4"], "{path:?}: {text}");
        }
        // Later records are delivered at once; the file keeps a buffer.
        handlers[2].handle(&Record::builder().message("late").build());
        assert_eq!(handlers[2].counters().queued(), 0);
    }
}
