//! The names of levels: [`LevelNames`].

use std::collections::BTreeMap;
use std::ops::Deref;

use arc_swap::ArcSwap;

use crate::error::{Error, ErrorKind};
use crate::level::level::Level;
use crate::sys::sync::{Arc, AtomicBool, Mutex, Ordering};
use crate::text::short_str::ShortStr;

/// The name of a level. A built-in name needs no allocation.
#[derive(Clone, Debug)]
pub(crate) enum LevelName {
    Builtin(&'static str),
    Registered(Arc<str>),
    /// `Level 15`: the string, and how many of its bytes are used.
    Numbered([u8; 11], u8),
}

impl LevelName {
    fn numbered(level: Level) -> Self {
        let mut text = *b"Level      ";
        let mut digits = itoa::Buffer::new();
        let digits = digits.format(level.number()).as_bytes();
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

/// The two tables of Python: the name of each level, and the level of each name.
///
/// They are not each other's inverse: after a renaming, the earlier name still means its level, as
/// after Python's `addLevelName`.
#[derive(Debug)]
pub(crate) struct LevelNames {
    /// `false` as long as only the built-in names exist; then no table is read.
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
        // After the table, so that a thread that sees the flag sees the name as well.
        self.changed.store(true, Ordering::Release);
    }

    /// Reports whether the built-in levels have no other names, and no other level has one.
    #[inline]
    pub(crate) fn are_builtin(&self) -> bool {
        !self.changed.load(Ordering::Acquire)
    }

    /// Returns the name of a built-in level, as long as there are no other names.
    #[inline]
    pub(crate) fn builtin(&self, level: Level) -> Option<&'static str> {
        level.builtin_name().filter(|_| self.are_builtin())
    }

    /// [`builtin`](Self::builtin), to be appended to a line.
    #[inline]
    pub(crate) fn builtin_short(&self, level: Level) -> Option<&'static ShortStr<16>> {
        level.builtin_short().filter(|_| self.are_builtin())
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

    /// Returns the level of exactly this name.
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
        // What `Display` prints parses.
        let number = text.strip_prefix("Level ").unwrap_or(text);
        number.parse().map(Level::new).map_err(|_| {
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
            ("17", Level::new(17)),
            ("Level 17", Level::new(17)),
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

    /// As after `addLevelName` of Python.
    #[test]
    fn renaming_keeps_the_old_name() {
        let names = LevelNames::new();
        names.add(Level::INFO, "Information");
        assert_eq!(&*names.name(Level::INFO), "Information");
        assert_eq!(names.level("INFO"), Some(Level::INFO));
        assert_eq!(&*names.name(Level::new(15)), "Level 15");
        assert_eq!(&*names.name(Level::new(65_534)), "Level 65534");
    }
}
