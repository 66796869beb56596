//! Levels in the words of a dialect: [`LevelWord`], [`nearest`].

use serde::Deserialize;

use crate::error::Error;
use crate::level::Level;
use crate::registry::Registry;

/// A level in a body: a name, an alias or a number, which may be a string too.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected a level: a name, or a number from 0 to 65535"
)]
pub(super) enum LevelWord {
    Name(String),
    Number(u16),
}

impl LevelWord {
    /// Returns the level that it means in a registry.
    pub(super) fn level(&self, registry: &Registry) -> Result<Level, Error> {
        match self {
            Self::Name(name) => registry.parse_level(name),
            Self::Number(number) => Ok(Level::new(*number)),
        }
    }
}

/// Returns the word of a level, or else that of the next less severe one. `words` begin with the
/// least severe level, which levels below it have too.
pub(super) fn nearest(level: Level, words: &[(Level, &'static str)]) -> &'static str {
    let reached = words.partition_point(|(known, _)| *known <= level);
    let word = words.get(reached.saturating_sub(1));
    word.map_or("", |(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_without_a_word_has_that_of_a_less_severe_one() {
        let words = [
            (Level::DEBUG, "debug"),
            (Level::ERROR, "error"),
            (Level::OFF, "off"),
        ];
        for (level, word) in [
            (0, "debug"),
            (5, "debug"),
            (10, "debug"),
            (39, "debug"),
            (40, "error"),
            (65_534, "error"),
            (65_535, "off"),
        ] {
            assert_eq!(nearest(Level::new(level), &words), word, "{level}");
        }
    }

    #[test]
    fn a_level_is_a_name_or_a_number() {
        let registry = Registry::new();
        registry.add_level_name(Level::new(25), "NOTICE");
        let read = |text: &str| {
            let word: Result<LevelWord, _> = serde_json::from_str(text);
            word.map_err(|why| why.to_string())
                .and_then(|word| word.level(&registry).map_err(|why| why.to_string()))
        };
        for (text, level) in [
            (r#""notice""#, 25),
            (r#""Warn""#, 30),
            (r#""15""#, 15),
            ("15", 15),
            ("65535", 65_535),
        ] {
            assert_eq!(read(text), Ok(Level::new(level)), "{text}");
        }
        for text in [
            r#""loud""#,
            r#""""#,
            "65536",
            "-1",
            "1.5",
            "true",
            "[]",
            "{}",
        ] {
            let why = read(text).unwrap_err();
            assert!(why.contains("expected a"), "{text}: {why}");
        }
    }
}
