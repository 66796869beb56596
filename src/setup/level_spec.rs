//! Levels of loggers as one line of text: [`LevelSpec`].

use std::fmt;
use std::str::FromStr;

use crate::{Error, ErrorKind, Level, Registry};

/// Levels of loggers as one line of text: `warn,boto3=debug,botocore.client.S3=info`.
///
/// Parts are separated by commas or semicolons. `LEVEL` alone is the root's, `NAME=LEVEL` a logger's with all below it, by whole segments; `NAME`
/// alone shows all of it (`TRACE`). Names may use `.` or `::`. Levels are names in any case, those registered too, or numbers. Of two parts for one
/// name the later one holds.
///
/// A part that is wrong does not keep the others from being applied; [`problems`](Self::problems) says which and why. Reading one
/// by `parse` is strict: it fails with the first problem.
///
/// # Examples
/// ```
/// use logtree::{Level, LevelSpec, Registry};
///
/// let registry = Registry::new();
/// let spec = LevelSpec::new("info,boto3=debug,botocore::client=loud");
/// spec.apply_to(&registry);
/// assert_eq!(registry.get_logger("boto3.session").effective_level(), Level::DEBUG);
/// assert_eq!(
///     spec.problems()[0].to_string(),
///     "unknown level \"loud\" at column 35 of \"info,boto3=debug,botocore::client=loud\": expected one of NOTSET, TRACE, DEBUG, \
///      INFO, WARNING, ERROR, CRITICAL, OFF, or a number from 0 to 65535"
/// );
/// ```
#[derive(Debug, Default)]
pub struct LevelSpec {
    levels: Vec<(String, Level)>,
    problems: Vec<Error>,
}

impl LevelSpec {
    /// Reads a text, by the level names of the global registry.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self::by_names_of(Registry::global(), text)
    }

    /// Reads a text, by the level names of a registry.
    #[must_use]
    pub fn by_names_of(registry: &Registry, text: &str) -> Self {
        let mut spec = Self::default();
        let mut start = 0;
        for part in text.split([',', ';']) {
            let column = start + part.len() - part.trim_start().len();
            start += part.len() + 1;
            let part = part.trim();
            if part.is_empty() {
                continue;
            }
            match read_part(registry, part) {
                Ok((name, level)) => spec.set(name, level),
                Err((offset, why)) => {
                    let at = text[..column + offset].chars().count() + 1;
                    let why = format!("{} at column {at} of {text:?}{}", why.what, why.expected);
                    spec.problems.push(Error::new(ErrorKind::InvalidLevel, why));
                }
            }
        }
        spec
    }

    /// One that has only a problem.
    pub(super) fn of_problem(problem: Error) -> Self {
        Self {
            levels: Vec::new(),
            problems: vec![problem],
        }
    }

    /// Sets a logger's level, in place of one that was given before; `""` is the root.
    pub fn set(&mut self, name: impl Into<String>, level: impl Into<Level>) {
        let (name, level) = (name.into(), level.into());
        self.levels.retain(|(known, _)| *known != name);
        self.levels.push((name, level));
    }

    /// The levels, in the order of their parts; the root's name is empty.
    pub fn levels(&self) -> impl Iterator<Item = (&str, Level)> {
        self.levels.iter().map(|(name, level)| (&**name, *level))
    }

    /// Whether it names no level.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.levels.is_empty()
    }

    /// What was wrong with the text, with the place and what was expected.
    #[must_use]
    pub fn problems(&self) -> &[Error] {
        &self.problems
    }

    /// Sets the levels of the global registry's loggers. Loggers that are not named keep theirs.
    pub fn apply(&self) {
        self.apply_to(Registry::global());
    }

    /// Sets the levels of a registry's loggers.
    pub fn apply_to(&self, registry: &Registry) {
        for (name, level) in &self.levels {
            registry.get_logger(name).set_level(*level);
        }
    }
}

/// What is wrong with a part, before and behind the place where it is.
struct Why {
    what: String,
    expected: String,
}

/// The name and level of a part, or where in it something is wrong.
fn read_part(registry: &Registry, part: &str) -> Result<(String, Level), (usize, Why)> {
    let wrong = |what: String, expected: &str| Why {
        what,
        expected: format!(": expected {expected}"),
    };
    if let Some(at) = part.find(['[', '{', '/']) {
        let sign = part[at..].chars().next().unwrap_or_default();
        let why = wrong(
            format!("{sign:?}, which asks for spans, fields or patterns,"),
            "LEVEL, NAME=LEVEL or NAME",
        );
        return Err((at, why));
    }
    let level_of = |text: &str| {
        registry.parse_level(text).map_err(|_| {
            wrong(
                format!("unknown level {text:?}"),
                "one of NOTSET, TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL, OFF, or a number from 0 to 65535",
            )
        })
    };
    match part.split_once('=') {
        Some((name, level)) => {
            let at = part.len() - level.trim_start().len();
            let level = level_of(level.trim()).map_err(|why| (at, why))?;
            Ok((name_of(name.trim())?, level))
        }
        None => match registry.parse_level(part) {
            Ok(level) => Ok((String::new(), level)),
            // As the `log` crate's users know it: a name alone shows all of it.
            Err(_) => Ok((name_of(part)?, Level::TRACE)),
        },
    }
}

fn name_of(name: &str) -> Result<String, (usize, Why)> {
    let is_odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '=' | '"' | '\'');
    match name.find(is_odd) {
        Some(at) => {
            let why = Why {
                what: format!("{name:?} is no name of a logger"),
                expected: String::new(),
            };
            Err((at, why))
        }
        None => Ok(name.replace("::", ".")),
    }
}

impl FromStr for LevelSpec {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut spec = Self::new(text);
        if spec.problems.is_empty() {
            Ok(spec)
        } else {
            Err(spec.problems.swap_remove(0))
        }
    }
}

impl fmt::Display for LevelSpec {
    /// In the form that it is read from.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (name, level)) in self.levels.iter().enumerate() {
            let comma = if at > 0 { "," } else { "" };
            let text = level.builtin_name();
            match (name.is_empty(), text) {
                (true, Some(text)) => write!(f, "{comma}{text}")?,
                (true, None) => write!(f, "{comma}{}", level.number())?,
                (false, Some(text)) => write!(f, "{comma}{name}={text}")?,
                (false, None) => write!(f, "{comma}{name}={}", level.number())?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(text: &str) -> Vec<(String, u16)> {
        let spec = LevelSpec::by_names_of(&Registry::new(), text);
        assert!(spec.problems().is_empty(), "{:?}", spec.problems());
        spec.levels()
            .map(|(name, level)| (name.to_owned(), level.number()))
            .collect()
    }

    #[test]
    fn parts_of_all_forms() {
        let expected = [
            ("", 30),
            ("boto3", 10),
            ("a.b", 20),
            ("c", 15),
            ("d", 5),
            ("e", 65_535),
        ];
        let expected = expected.map(|(name, level)| (name.to_owned(), level));
        assert_eq!(
            levels(" warn, boto3=debug ;a::b = Info,c=15,, d ,e=off"),
            expected
        );
        assert_eq!(levels(""), []);
        assert_eq!(levels("a=info,a=debug"), [("a".to_owned(), 10)]);
    }

    #[test]
    fn what_is_wrong_is_told_and_the_rest_holds() {
        let registry = Registry::new();
        let spec = LevelSpec::by_names_of(&registry, "é=loud,b=info,c d=info,x[y]=info,f/z");
        let problems: Vec<_> = spec.problems().iter().map(ToString::to_string).collect();
        assert_eq!(problems.len(), 4, "{problems:?}");
        for (problem, start) in problems.iter().zip([
            "unknown level \"loud\" at column 3 of",
            "\"c d\" is no name of a logger at column 16 of",
            "'[', which asks for spans, fields or patterns, at column 25 of",
            "'/', which asks for spans, fields or patterns, at column 35 of",
        ]) {
            assert!(problem.starts_with(start), "{problem}");
        }
        assert_eq!(spec.levels().collect::<Vec<_>>(), [("b", Level::INFO)]);
        assert!("b=info,c=loud".parse::<LevelSpec>().is_err());
    }

    #[test]
    fn whole_segments_count_and_names_come_back() {
        let registry = Registry::new();
        let text = "WARNING,boto=DEBUG,boto.x=25";
        let spec = LevelSpec::by_names_of(&registry, text);
        spec.apply_to(&registry);
        assert_eq!(
            registry.get_logger("boto3").effective_level(),
            Level::WARNING
        );
        assert_eq!(
            registry.get_logger("boto.y").effective_level(),
            Level::DEBUG
        );
        assert_eq!(spec.to_string(), text);
    }
}
