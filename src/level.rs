//! How much a record matters: [`Level`], and the table of their names.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use arc_swap::ArcSwap;

use crate::environment::Environment;
use crate::sync::{Arc, AtomicBool, Mutex, Ordering};
use crate::{Error, ErrorKind};

/// How much a record matters, or how much a logger lets through: a number, with names for some of them.
///
/// The higher, the more severe, with room between for levels of your own ([`add_level_name`](crate::add_level_name)).
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

    const fn builtin_name(self) -> Option<&'static str> {
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

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&Environment::global().level_names.name(*self))
    }
}

impl fmt::Debug for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Level {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Environment::global().level_names.parse(text)
    }
}

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

/// The name of a level, without an allocation for the usual ones.
#[derive(Clone, Debug)]
pub(crate) enum LevelName {
    Builtin(&'static str),
    Registered(Arc<str>),
    /// `Level 15`: the text and how much of it is used.
    Numbered([u8; 11], u8),
}

impl LevelName {
    fn numbered(level: Level) -> Self {
        let mut text = *b"Level      ";
        let mut digits = itoa::Buffer::new();
        let digits = digits.format(level.0).as_bytes();
        text[6..6 + digits.len()].copy_from_slice(digits);
        #[expect(clippy::cast_possible_truncation, reason = "at most 5 digits")]
        Self::Numbered(text, 6 + digits.len() as u8)
    }
}

impl Deref for LevelName {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Builtin(name) => name,
            Self::Registered(name) => name,
            Self::Numbered(text, used) => {
                std::str::from_utf8(&text[..usize::from(*used)]).unwrap_or_default()
            }
        }
    }
}

/// Python's two tables: the name a level prints, and the levels that names stand for.
///
/// They are not each other's inverse: an older name goes on to mean its level after a renaming (statement 20).
#[derive(Debug)]
pub(crate) struct LevelNames {
    /// False as long as only the built-in names exist: then no table is looked at.
    changed: AtomicBool,
    table: ArcSwap<Table>,
    writing: Mutex<()>,
}

#[derive(Clone, Debug)]
struct Table {
    names: BTreeMap<Level, Arc<str>>,
    levels: BTreeMap<Arc<str>, Level>,
}

impl LevelNames {
    pub(crate) fn new() -> Self {
        let builtin = [
            Level::NOTSET,
            Level::TRACE,
            Level::DEBUG,
            Level::INFO,
            Level::WARNING,
            Level::ERROR,
            Level::CRITICAL,
            Level::OFF,
        ];
        let aliases = [
            ("WARN", Level::WARNING),
            ("FATAL", Level::CRITICAL),
            ("DISABLED", Level::OFF),
        ];
        let mut table = Table {
            names: BTreeMap::new(),
            levels: BTreeMap::new(),
        };
        for level in builtin {
            let name: Arc<str> = level.builtin_name().unwrap_or_default().into();
            table.names.insert(level, Arc::clone(&name));
            table.levels.insert(name, level);
        }
        table
            .levels
            .extend(aliases.map(|(alias, level)| (Arc::from(alias), level)));
        Self {
            changed: AtomicBool::new(false),
            table: ArcSwap::from_pointee(table),
            writing: Mutex::new(()),
        }
    }

    pub(crate) fn add(&self, level: Level, name: &str) {
        let _one_writer = self.writing.lock();
        let mut table = Table::clone(&self.table.load());
        let name: Arc<str> = name.into();
        table.names.insert(level, Arc::clone(&name));
        table.levels.insert(name, level);
        self.table.store(Arc::new(table));
        // After the table, so that whoever sees the flag sees the name as well.
        self.changed.store(true, Ordering::Release);
    }

    /// The name of a built-in level, as long as there are no others.
    #[inline]
    pub(crate) fn builtin(&self, level: Level) -> Option<&'static str> {
        if self.changed.load(Ordering::Acquire) {
            None
        } else {
            level.builtin_name()
        }
    }

    pub(crate) fn name(&self, level: Level) -> LevelName {
        if let Some(name) = self.builtin(level) {
            return LevelName::Builtin(name);
        }
        match self.table.load().names.get(&level) {
            Some(name) => LevelName::Registered(Arc::clone(name)),
            None => LevelName::numbered(level),
        }
    }

    /// The level of exactly this name.
    pub(crate) fn level(&self, name: &str) -> Option<Level> {
        self.table.load().levels.get(name).copied()
    }

    pub(crate) fn all(&self) -> Vec<(String, Level)> {
        self.table
            .load()
            .levels
            .iter()
            .map(|(name, level)| (name.to_string(), *level))
            .collect()
    }

    pub(crate) fn parse(&self, text: &str) -> Result<Level, Error> {
        if let Some(level) = self.level(text) {
            return Ok(level);
        }
        let table = self.table.load();
        let any_case = table
            .levels
            .iter()
            .find(|(name, _)| name.to_lowercase() == text.to_lowercase());
        if let Some((_, level)) = any_case {
            return Ok(*level);
        }
        // What `Display` prints reads back.
        let number = text.strip_prefix("Level ").unwrap_or(text);
        number.parse().map(Level).map_err(|_| {
            let mut known: Vec<_> = table
                .names
                .iter()
                .filter(|(_, name)| !name.is_empty())
                .collect();
            known.sort();
            let known: Vec<_> = known.into_iter().map(|(_, name)| &**name).collect();
            let message = format!(
                "unknown level {text:?}: expected a number from 0 to {} or one of {}",
                u16::MAX,
                known.join(", ")
            );
            Error::new(ErrorKind::InvalidLevel, message)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_names_aliases_and_numbers_in_any_case() {
        let names = LevelNames::new();
        for (text, level) in [
            ("DEBUG", Level::DEBUG),
            ("debug", Level::DEBUG),
            ("Warn", Level::WARNING),
            ("fatal", Level::CRITICAL),
            ("disabled", Level::OFF),
            ("17", Level(17)),
            ("Level 17", Level(17)),
        ] {
            assert_eq!(names.parse(text).unwrap(), level, "{text}");
        }
        for text in ["", " INFO", "loud", "-1", "1.5", "65536", "Level"] {
            let error = names.parse(text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidLevel);
            assert!(
                error.to_string().contains("NOTSET, TRACE, DEBUG"),
                "{error}"
            );
        }
    }

    /// Statement 20: renaming keeps the old name as an alias.
    #[test]
    fn renaming_keeps_the_old_name() {
        let names = LevelNames::new();
        names.add(Level::INFO, "Information");
        assert_eq!(&*names.name(Level::INFO), "Information");
        assert_eq!(names.level("INFO"), Some(Level::INFO));
        assert_eq!(&*names.name(Level(15)), "Level 15");
        assert_eq!(&*names.name(Level(65_534)), "Level 65534");
    }

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
