//! A logger in a static: [`StaticLogger`].

use std::fmt;
use std::ops::Deref;

use crate::logger::logger::Logger;
use crate::registry::Registry;
use crate::sys::sync::OnceCell;

/// A logger of the global registry that can stand in a `static`, as the usual way to keep one in a
/// library.
///
/// It is looked up at its first use, and dereferences to its [`Logger`]. The macros take it as it
/// is, those of the `log` crate too. The macro [`logger!`](macro@crate::logger) makes one. Only a
/// `static` keeps what was looked up; a `const` is a new one at each use.
///
/// # Python
/// `logger = logging.getLogger(__name__)` at the head of a module.
///
/// # Examples
/// ```
/// use logtree::{Level, StaticLogger};
///
/// static LOG: StaticLogger = StaticLogger::new("mylib.store");
///
/// LOG.set_level(Level::INFO);
/// logtree::info!(LOG, rows = 3; "loaded");
/// assert_eq!(*LOG, logtree::get_logger("mylib.store"));
/// ```
pub struct StaticLogger {
    name: &'static str,
    logger: OnceCell<Logger>,
}

impl StaticLogger {
    /// A logger of a name, which [`get_logger`](crate::get_logger) describes.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            logger: OnceCell::new(),
        }
    }
}

impl Deref for StaticLogger {
    type Target = Logger;

    #[inline]
    fn deref(&self) -> &Logger {
        self.logger
            .get_or_init(|| Registry::global().get_logger(self.name))
    }
}

impl log::Log for StaticLogger {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        (**self).enabled(metadata)
    }

    fn log(&self, record: &log::Record<'_>) {
        log::Log::log(&**self, record);
    }

    fn flush(&self) {
        log::Log::flush(&**self);
    }
}

impl fmt::Debug for StaticLogger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StaticLogger").field(&self.name).finish()
    }
}
