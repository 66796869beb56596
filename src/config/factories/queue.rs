//! Queues.

use std::time::Duration;

use crate::config::arguments::Arguments;
use crate::config::factories::table::Table;
use crate::config::handler_ref::HandlerRef;
use crate::handler::{Handler, Overflow, QueueHandler};

pub(super) fn add(table: &mut Table<Handler>) {
    table.add(&["logging.handlers.QueueHandler", "queue"], |arguments| {
        arguments.by_place(&["queue"]);
        let why = "a queue without one would lose every record";
        let handlers = arguments.some_handlers("handlers", why);
        let respects = arguments.optional("respect_handler_level").unwrap_or(false);
        listener(arguments);
        let bytes_per_thread: Option<usize> = arguments.optional("bytes_per_thread");
        let max_bytes: Option<usize> = arguments.optional("max_bytes");
        let max_records = arguments.optional("max_records").or(max_size(arguments));
        let overflow: Overflow = arguments.optional("overflow").unwrap_or_default();
        let block_at_most: Option<Duration> = arguments.optional("block_at_most");
        move || {
            let mut builder = QueueHandler::builder()
                .overflow(overflow)
                .respect_levels(respects);
            if let Some(bytes) = bytes_per_thread {
                builder = builder.bytes_per_thread(bytes);
            }
            if let Some(bytes) = max_bytes {
                builder = builder.max_bytes(bytes);
            }
            if let Some(records @ 1..) = max_records {
                builder = builder.max_records(records);
            }
            if let Some(time) = block_at_most {
                builder = builder.block_at_most(time);
            }
            let handlers = handlers.iter().map(HandlerRef::handler);
            let handlers = handlers.collect::<Result<Vec<_>, _>>()?;
            Ok(builder.handlers(handlers).start().into())
        }
    });
}

/// Accepts Python's listener, which is part of the handler here.
fn listener(arguments: &mut Arguments<'_>) {
    let Some(name) = arguments.optional::<String>("listener") else {
        return;
    };
    if name.trim_start_matches("ext://") != "logging.handlers.QueueListener" {
        let message = format!("expected \"logging.handlers.QueueListener\", found {name:?}");
        arguments.problem("listener", message);
    }
}

/// Reads Python's limit, `queue: {(): queue.Queue, maxsize: 100}`; its queue classes make no
/// difference otherwise.
fn max_size(arguments: &mut Arguments<'_>) -> Option<u64> {
    const CLASSES: &[&str] = &["queue.Queue", "multiprocessing.Queue", "queue.SimpleQueue"];
    arguments.section("queue", |queue| {
        let class: String = queue.required("()");
        if !CLASSES.contains(&class.trim_start_matches("ext://")) {
            queue.problem("()", format!("expected \"queue.Queue\", found {class:?}"));
        }
        queue.optional("maxsize")
    })?
}
