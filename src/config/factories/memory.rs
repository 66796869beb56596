//! Handlers that buffer records for another handler, or choose among several.

use crate::config::factories::table::Table;
use crate::config::handler_ref::HandlerRef;
use crate::handler::{FallbackHandler, Handler, MemoryHandler};
use crate::level::Level;

pub(super) fn add(table: &mut Table<Handler>) {
    table.add(&["logging.handlers.MemoryHandler", "memory"], |arguments| {
        arguments.by_place(&["capacity", "flushLevel", "target", "flushOnClose"]);
        let capacity = arguments.required("capacity");
        let flush_level = arguments.optional("flushLevel").unwrap_or(Level::ERROR);
        let target = arguments.handler("target");
        let flush_on_close = arguments.optional("flushOnClose").unwrap_or(true);
        let respects_level = arguments.optional("respect_target_level").unwrap_or(false);
        move || {
            let handler = MemoryHandler::new(capacity)
                .with_flush_level(flush_level)
                .with_flush_on_close(flush_on_close)
                .with_respect_levels(respects_level);
            Ok(match target {
                Some(target) => handler.with_target(target.handler()?).into(),
                None => handler.into(),
            })
        }
    });
    table.add(&["fallback"], |arguments| {
        let why = "one of them receives each record";
        let handlers = arguments.some_handlers("handlers", why);
        move || {
            let handlers = handlers.iter().map(HandlerRef::handler);
            Ok(handlers.collect::<Result<FallbackHandler, _>>()?.into())
        }
    });
}
