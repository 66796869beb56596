//! A call site that names no logger: [`CallSite`].

use log::LevelFilter;

use crate::level::Level;
use crate::logger::Logger;
use crate::logger::passed::Passed;
use crate::registry::{GateCopy, Registry};
use crate::sys::sync::OnceCell;

/// The lowest level whose calls the features `max_level_…` of `log` leave in the program.
const COMPILED_FROM: Level = lowest(log::STATIC_MAX_LEVEL);

const fn lowest(filter: LevelFilter) -> Level {
    match filter {
        LevelFilter::Off => Level::OFF,
        LevelFilter::Error => Level::ERROR,
        LevelFilter::Warn => Level::WARNING,
        LevelFilter::Info => Level::INFO,
        LevelFilter::Debug => Level::DEBUG,
        LevelFilter::Trace => Level::NOTSET,
    }
}

/// Reports whether calls of a level are left in the program.
#[inline(always)]
pub(super) fn is_compiled(level: Level) -> bool {
    level >= COMPILED_FROM
}

/// The logger of a name that is constant, such as the module's: found at the first call.
///
/// The tree keeps a copy of that logger's gate in the site up to date, so that a disabled call
/// costs one load from a static and a compare, however many loggers there are.
#[derive(Debug)]
pub struct CallSite {
    gate: GateCopy,
    logger: OnceCell<Logger>,
}

impl CallSite {
    /// Returns a site whose gate is open until the first call.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            gate: GateCopy::new(),
            logger: OnceCell::new(),
        }
    }

    /// Reports whether a record may pass; before the first call it may.
    #[inline(always)]
    pub fn may_pass(&self, level: Level) -> bool {
        is_compiled(level) && level.passes(self.gate.get())
    }

    /// Reports whether a record passes.
    #[inline(always)]
    pub fn is_enabled(&'static self, name: &'static str, level: Level) -> bool {
        let logger = |(logger, passed): (&Logger, _)| logger.wants(passed);
        self.may_pass(level) && self.logger(name, level).is_some_and(logger)
    }

    /// Returns the logger, if a record passes its gate.
    #[inline(never)]
    pub fn logger(
        &'static self,
        name: &'static str,
        level: Level,
    ) -> Option<(&'static Logger, Passed)> {
        let logger = self.logger.get_or_init(|| {
            let logger = Registry::global().get_logger(name);
            logger
                .inner()
                .change(|tree| tree.follow(logger.node().id(), &self.gate));
            logger
        });
        logger.passes(level).map(|passed| (logger, passed))
    }
}

impl Default for CallSite {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `log`'s features cut from the facade's macros, they cut from ours.
    #[test]
    fn the_facades_static_level_is_ours() {
        for filter in LevelFilter::iter() {
            let from = lowest(filter);
            for level in log::Level::iter() {
                assert_eq!(Level::from(level) >= from, level <= filter);
            }
            let critical = Level::CRITICAL >= from;
            assert_eq!(critical, log::Level::Error <= filter);
        }
    }
}
