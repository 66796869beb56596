//! A handler as a route holds it: [`BoundHandler`].

use std::fmt;

use crate::formatter::shared_line::SharedLine;
use crate::handler::config::HandlerConfig;
use crate::handler::handler::Handler;
use crate::handler::stream_id::StreamId;
use crate::level::Level;
use crate::record::Record;
use crate::sys::sync::{Arc, Ordering};
use crate::sys::user_code;

/// A handler with its configuration at hand, as routes hold it: one look-up less for each record.
#[derive(Clone)]
pub(crate) struct BoundHandler {
    handler: Handler,
    config: Arc<HandlerConfig>,
    discards: bool,
    /// Whether its lines are those of all others of its route that have this set.
    shares_line: bool,
}

impl BoundHandler {
    pub(crate) fn new(handler: &Handler) -> Self {
        Self {
            handler: handler.clone(),
            config: handler.core.config.load_full(),
            discards: handler.core.facts.discards,
            shares_line: false,
        }
    }

    /// Notes which of the handlers of a route share their lines.
    pub(crate) fn share_lines(handlers: &mut [Self]) {
        let alike = |one: &Self, other: &Self| {
            let writes_lines = |bound: &Self| bound.handler.core.facts.writes_lines;
            writes_lines(one) && writes_lines(other) && one.config.writes_as(&other.config)
        };
        let like = |one: &Self| handlers.iter().map(|other| alike(one, other)).collect();
        let mut all = handlers.iter().map(like);
        let several = |like: &Vec<bool>| like.iter().filter(|is_alike| **is_alike).count() > 1;
        let sharing = all.find(several).unwrap_or_default();
        for (bound, shares_line) in handlers.iter_mut().zip(sharing) {
            bound.shares_line = shares_line;
        }
    }

    /// Reports whether it shares its lines with others of its route.
    #[inline]
    pub(crate) fn shares_line(&self) -> bool {
        self.shares_line
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

    /// Returns the line of a record for all that [share](Self::share_lines) it.
    #[inline]
    pub(crate) fn shared_line(&self, record: &Record<'_>) -> Option<SharedLine> {
        user_code::call(|| self.config.shared_line(record)).ok()?
    }

    /// Handles a record whose line is shared. Reports whether it was written.
    #[inline]
    pub(crate) fn handle_line(&self, record: &Record<'_>, line: &mut SharedLine) -> bool {
        let core = &self.handler.core;
        core.handle_line(&self.config, record, line).is_written()
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
