//! How much a record matters: [`Level`].

pub(crate) mod names;

use crate::text::Piece;

/// How much a record matters, or how much a logger lets through: a number, with names for some of them.
///
/// The higher, the more severe, with room between for levels of your own ([`add_level_name`](crate::Registry::add_level_name)).
/// A record passes when its level is at least the logger's.
///
/// It parses from names in any case, from the aliases `WARN`, `FATAL` and `DISABLED`, and from numbers; it prints the
/// registered name, or `Level 15` where there is none.
///
/// # Python
/// The numbers of `logging`: `NOTSET` 0 to `CRITICAL` 50. Differences: `TRACE` (5) and `OFF` are built in, names parse in
/// any case, and there are no levels below 0.
///
/// # Examples
/// ```
/// use logtree::Level;
///
/// assert!(Level::ERROR > Level::WARNING);
/// assert_eq!("warn".parse::<Level>()?, Level::WARNING);
/// assert_eq!("15".parse::<Level>()?.to_string(), "Level 15");
/// assert_eq!(Level::from(log::Level::Trace), Level::TRACE);
/// # Ok::<(), logtree::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Level(u16);

impl Level {
    /// No level of its own: a logger inherits, a handler takes all. No record is ever logged at it.
    pub const NOTSET: Self = Self(0);
    /// Finer than debugging; `log`'s and `tracing`'s `Trace`.
    pub const TRACE: Self = Self(5);
    /// For whoever looks for a fault.
    pub const DEBUG: Self = Self(10);
    /// The program works as expected.
    pub const INFO: Self = Self(20);
    /// Something unexpected, and the program goes on. The root's level at the start.
    pub const WARNING: Self = Self(30);
    /// Something was not done.
    pub const ERROR: Self = Self(40);
    /// The program may not be able to go on.
    pub const CRITICAL: Self = Self(50);
    /// Above every record: a logger or handler at this level is silent, and no record can be logged at it.
    /// AWS IoT calls it `DISABLED`.
    pub const OFF: Self = Self(u16::MAX);

    /// The level of a number.
    #[must_use]
    pub const fn new(number: u16) -> Self {
        Self(number)
    }

    /// The number of the level.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }

    /// Whether a record of this level can pass a threshold: at least as severe, and not [`OFF`](Self::OFF) itself.
    #[inline]
    #[must_use]
    pub(crate) const fn passes(self, threshold: u16) -> bool {
        // For a constant level the second test folds away.
        self.0 >= threshold && self.0 != Self::OFF.0
    }

    /// The level just above, for thresholds that exclude this one.
    pub(crate) const fn above(self) -> u16 {
        self.0.saturating_add(1)
    }

    /// The `log` filter that lets through what a threshold of this level lets through.
    pub(crate) fn to_level_filter(self) -> log::LevelFilter {
        match self.0 {
            0..=5 => log::LevelFilter::Trace,
            6..=10 => log::LevelFilter::Debug,
            11..=20 => log::LevelFilter::Info,
            21..=30 => log::LevelFilter::Warn,
            31..=40 => log::LevelFilter::Error,
            _ => log::LevelFilter::Off,
        }
    }

    /// The name of a built-in level but [`OFF`](Self::OFF), at which nothing is logged.
    #[inline]
    pub(crate) fn builtin_piece(self) -> Option<&'static Piece<16>> {
        PIECES.get(usize::from(self.0))?.as_ref()
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

/// The names of the built-in levels by their numbers, ready to be appended to lines.
static PIECES: [Option<Piece<16>>; 51] = {
    let mut pieces = [None; 51];
    let mut at = 0;
    while at < pieces.len() {
        #[expect(clippy::cast_possible_truncation, reason = "at most 50")]
        let level = Level(at as u16);
        if let Some(name) = level.builtin_name() {
            pieces[at] = Piece::new(name);
        }
        at += 1;
    }
    pieces
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_passes_at_off() {
        assert!(!Level::OFF.passes(0));
        assert!(Level(65_534).passes(65_534));
    }

    #[test]
    fn thresholds_map_to_the_facades_filters() {
        for (level, filter) in [
            (1, "TRACE"),
            (5, "TRACE"),
            (6, "DEBUG"),
            (10, "DEBUG"),
            (25, "WARN"),
            (41, "OFF"),
        ] {
            assert_eq!(
                Level(level).to_level_filter().to_string(),
                filter,
                "{level}"
            );
        }
    }
}
