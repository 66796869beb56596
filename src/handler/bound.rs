//! A handler as a route holds it: [`BoundHandler`].

use std::fmt;

use crate::handler::config::HandlerConfig;
use crate::handler::handler::Handler;
use crate::handler::stream_id::StreamId;
use crate::level::Level;
use crate::record::Record;
use crate::sys::sync::{Arc, Ordering};

/// A handler with its configuration at hand, as routes hold it: one look-up less for each record.
#[derive(Clone)]
pub(crate) struct BoundHandler {
    handler: Handler,
    config: Arc<HandlerConfig>,
    discards: bool,
}

impl BoundHandler {
    pub(crate) fn new(handler: &Handler) -> Self {
        Self {
            handler: handler.clone(),
            config: handler.core.config.load_full(),
            discards: handler.core.facts.discards,
        }
    }

    pub(crate) fn handler(&self) -> &Handler {
        &self.handler
    }

    /// Returns the lowest level that it takes.
    pub(crate) fn level(&self) -> Level {
        if self.discards {
            Level::OFF
        } else {
            self.handler.level()
        }
    }

    /// Returns the stream, where it writes a record only if no earlier handler has written it
    /// there.
    #[inline]
    pub(crate) fn once_on(&self) -> Option<StreamId> {
        let core = &*self.handler.core;
        core.facts
            .stream
            .filter(|_| core.once_per_stream.load(Ordering::Relaxed))
    }

    pub(crate) fn stream(&self) -> Option<StreamId> {
        self.handler.core.facts.stream
    }

    /// Reports whether it takes a record of a logger: by its level, and unless it discards
    /// everything.
    #[inline]
    pub(crate) fn takes(&self, level: Level) -> bool {
        level >= self.handler.level() && !self.discards
    }

    /// Handles a record. Reports whether it was written.
    #[inline]
    pub(crate) fn handle(&self, record: &Record<'_>) -> bool {
        self.handler.core.handle(&self.config, record).is_written()
    }
}

impl fmt::Debug for BoundHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.handler.fmt(f)
    }
}
