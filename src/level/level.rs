//! How severe a record is: [`Level`].

use crate::text::short_str::ShortStr;

/// How severe a record is, or which records a logger or handler accepts: a number, with names for
/// some.
///
/// The higher, the more severe. There is room between the built-in levels for others; a registry
/// gives them names ([`add_level_name`](crate::Registry::add_level_name)). A record passes if its
/// level is at least that of the logger.
///
/// A level parses from a name in any case, from the aliases `WARN`, `FATAL` and `DISABLED`, and
/// from a number. It prints as its name, or as `Level 15` if it has none.
///
/// # Python
/// The numbers of `logging`: `NOTSET` 0 to `CRITICAL` 50. Differences: `TRACE` (5) and `OFF` are
/// built in, names parse in any case, and there are no levels below 0.
///
/// # Examples
/// ```
/// use logtree::Level;
///
/// assert!(Level::ERROR > Level::WARNING);
/// assert_eq!("warn".parse::<Level>()?, Level::WARNING);
/// assert_eq!("15".parse::<Level>()?.to_string(), "Level 15");
/// assert_eq!(Level::from(log::Level::Trace), Level::TRACE);
/// assert_eq!(format!("[{:<8}]", Level::INFO), "[INFO    ]");
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Level(u16);

impl Level {
    /// No level: a logger inherits its parent's, a handler accepts every record. No record is
    /// logged at it.
    pub const NOTSET: Self = Self(0);
    /// Finer than debugging; `Trace` of `log` and `tracing`.
    pub const TRACE: Self = Self(5);
    /// Details for debugging.
    pub const DEBUG: Self = Self(10);
    /// The program works as expected.
    pub const INFO: Self = Self(20);
    /// Something unexpected happened; the program continues. The initial level of the root.
    pub const WARNING: Self = Self(30);
    /// The same as [`WARNING`](Self::WARNING).
    pub const WARN: Self = Self::WARNING;
    /// Something could not be done.
    pub const ERROR: Self = Self(40);
    /// The program may be unable to continue.
    pub const CRITICAL: Self = Self(50);
    /// The same as [`CRITICAL`](Self::CRITICAL).
    pub const FATAL: Self = Self::CRITICAL;
    /// Above every record: a logger or handler at this level is silent, and no record can be logged
    /// at it.
    pub const OFF: Self = Self(u16::MAX);
    /// The same as [`OFF`](Self::OFF), in the words of AWS IoT.
    pub const DISABLED: Self = Self::OFF;

    /// Returns the level with this number.
    #[must_use]
    pub const fn new(number: u16) -> Self {
        Self(number)
    }

    /// Returns the number.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }

    /// Reports whether a record of this level can pass a threshold: at least as severe, and not
    /// [`OFF`](Self::OFF) itself.
    #[inline]
    #[must_use]
    pub(crate) const fn passes(self, threshold: u16) -> bool {
        // For a constant level the second test folds away.
        self.0 >= threshold && self.0 != Self::OFF.0
    }

    /// Returns the number just above, for thresholds that exclude this level.
    pub(crate) const fn above(self) -> u16 {
        self.0.saturating_add(1)
    }

    /// Returns the name of a built-in level other than [`OFF`](Self::OFF), at which nothing is
    /// logged.
    #[inline]
    pub(crate) fn builtin_short(self) -> Option<&'static ShortStr<16>> {
        NAMES.get(usize::from(self.0))?.as_ref()
    }

    pub(crate) const fn builtin_name(self) -> Option<&'static str> {
        Some(match self {
            Self::NOTSET => "NOTSET",
            Self::TRACE => "TRACE",
            Self::DEBUG => "DEBUG",
            Self::INFO => "INFO",
            Self::WARNING => "WARNING",
            Self::ERROR => "ERROR",
            Self::CRITICAL => "CRITICAL",
            Self::OFF => "OFF",
            _ => return None,
        })
    }
}

/// The names of the built-in levels by their numbers.
static NAMES: [Option<ShortStr<16>>; 51] = {
    let mut names = [None; 51];
    let mut at = 0;
    while at < names.len() {
        #[expect(clippy::cast_possible_truncation, reason = "at most 50")]
        let level = Level(at as u16);
        if let Some(name) = level.builtin_name() {
            names[at] = ShortStr::new(name);
        }
        at += 1;
    }
    names
};

impl From<u16> for Level {
    fn from(number: u16) -> Self {
        Self(number)
    }
}

impl From<log::Level> for Level {
    fn from(level: log::Level) -> Self {
        match level {
            log::Level::Error => Self::ERROR,
            log::Level::Warn => Self::WARNING,
            log::Level::Info => Self::INFO,
            log::Level::Debug => Self::DEBUG,
            log::Level::Trace => Self::TRACE,
        }
    }
}

impl From<log::LevelFilter> for Level {
    fn from(filter: log::LevelFilter) -> Self {
        filter.to_level().map_or(Self::OFF, Self::from)
    }
}

impl From<Level> for log::LevelFilter {
    /// Returns the filter that accepts the facade's records that a threshold of this level accepts.
    fn from(level: Level) -> Self {
        match level.0 {
            0..=5 => Self::Trace,
            6..=10 => Self::Debug,
            11..=20 => Self::Info,
            21..=30 => Self::Warn,
            31..=40 => Self::Error,
            _ => Self::Off,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_passes_at_off() {
        assert!(!Level::OFF.passes(0));
        assert!(Level(65_534).passes(65_534));
    }

    #[test]
    fn thresholds_convert_to_the_filters_of_the_facade() {
        for (level, filter) in [
            (1, log::LevelFilter::Trace),
            (5, log::LevelFilter::Trace),
            (6, log::LevelFilter::Debug),
            (10, log::LevelFilter::Debug),
            (25, log::LevelFilter::Warn),
            (41, log::LevelFilter::Off),
        ] {
            assert_eq!(log::LevelFilter::from(Level(level)), filter, "{level}");
        }
        for filter in log::LevelFilter::iter() {
            assert_eq!(log::LevelFilter::from(Level::from(filter)), filter);
        }
    }
}
