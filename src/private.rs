//! What the macros expand to. Not public API: it changes without notice.

#![expect(missing_docs, reason = "for the macros alone")]

use once_cell::sync::OnceCell;

pub use log::kv::{ToValue, Value as KvValue};
pub use std::any::type_name_of_val;
pub use std::backtrace::Backtrace as StdBacktrace;
pub use std::primitive::usize;
pub use std::{concat, file, format_args, line, module_path, stringify};

pub use crate::record::{
    Argument, ByDisplay, ByNothing, ByPlain, Captured, MessagePiece, Parts, Plain, Probe,
    Unwritten, count_pieces, pieces,
};

use crate::record::{CallValues, LazyText, Message};
use crate::registry::GateCopy;
use crate::{Level, Logger, LoggerAdapter, Registry, Source};

/// What a macro can log to.
pub trait Target {
    fn lets_through(&self, level: Level) -> bool;
    fn logger(&self) -> &Logger;
    fn adapter(&self) -> Option<&LoggerAdapter>;
}

impl Target for Logger {
    #[inline(always)]
    fn lets_through(&self, level: Level) -> bool {
        self.node().lets_through(level)
    }

    #[inline(always)]
    fn logger(&self) -> &Logger {
        self
    }

    #[inline(always)]
    fn adapter(&self) -> Option<&LoggerAdapter> {
        None
    }
}

impl Target for LoggerAdapter {
    #[inline(always)]
    fn lets_through(&self, level: Level) -> bool {
        self.logger().node().lets_through(level)
    }

    #[inline(always)]
    fn logger(&self) -> &Logger {
        self.logger()
    }

    #[inline(always)]
    fn adapter(&self) -> Option<&LoggerAdapter> {
        Some(self)
    }
}

impl<T: Target + ?Sized> Target for &T {
    #[inline(always)]
    fn lets_through(&self, level: Level) -> bool {
        (**self).lets_through(level)
    }

    #[inline(always)]
    fn logger(&self) -> &Logger {
        (**self).logger()
    }

    #[inline(always)]
    fn adapter(&self) -> Option<&LoggerAdapter> {
        (**self).adapter()
    }
}

/// A call site that names no logger: its module's, found at the first call.
///
/// The tree writes the gate of that logger into the site and keeps it up to date, so that a call that is off costs one load
/// from a static and a compare, however many loggers there are.
#[derive(Debug)]
pub struct CallSite {
    gate: GateCopy,
    logger: OnceCell<Logger>,
}

impl CallSite {
    #[must_use]
    pub const fn new() -> Self {
        Self {
            gate: GateCopy::new(),
            logger: OnceCell::new(),
        }
    }

    /// Whether a record may pass; before the first call it may.
    #[inline(always)]
    pub fn may_pass(&self, level: Level) -> bool {
        level.passes(self.gate.get())
    }

    /// The logger, where a record passes its gate.
    #[inline(never)]
    pub fn logger(
        &'static self,
        module_path: &'static str,
        level: Level,
    ) -> Option<&'static Logger> {
        let logger = self.logger.get_or_init(|| {
            let logger = Registry::global().get_logger(module_path);
            logger
                .inner()
                .change(|tree| tree.follow(logger.node().id(), &self.gate));
            logger
        });
        logger.node().lets_through(level).then_some(logger)
    }
}

impl Default for CallSite {
    fn default() -> Self {
        Self::new()
    }
}

/// Logs; behind the gate.
#[inline(always)]
pub fn log<'a>(
    target: &'a impl Target,
    level: Level,
    source: &'a Source<'static>,
    message: Unwritten<'a>,
    captures: &'a [(&'a str, Captured<'a>)],
) {
    match target.adapter() {
        None if captures.is_empty() => submit(target.logger(), level, source, message),
        adapter => submit_with(target.logger(), adapter, level, source, message, captures),
    }
}

/// The usual call.
#[inline(never)]
fn submit(logger: &Logger, level: Level, source: &Source<'static>, message: Unwritten<'_>) {
    let text = LazyText::new(message);
    logger.submit(&mut logger.record(level, Message::Lazy(&text), source));
}

/// A call with key-values, or through an adapter.
#[inline(never)]
pub(crate) fn submit_with(
    logger: &Logger,
    adapter: Option<&LoggerAdapter>,
    level: Level,
    source: &Source<'static>,
    message: Unwritten<'_>,
    captures: &[(&str, Captured<'_>)],
) {
    let text = LazyText::new(message);
    let mut record = logger.record(level, Message::Lazy(&text), source);
    if !captures.is_empty() {
        record.call = CallValues::Captured(captures);
        for (_, captured) in captures {
            match captured {
                Captured::Value(_) => {}
                Captured::Error(error) => {
                    record.error.get_or_insert(*error);
                }
                Captured::Backtrace(backtrace) => {
                    record.backtrace.get_or_insert(*backtrace);
                }
            }
        }
    }
    match adapter {
        None => logger.submit(&mut record),
        Some(adapter) => adapter.submit(&mut record),
    }
}
