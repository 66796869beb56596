//! Levels of loggers as one line of text: [`LevelSpec`].

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use crate::error::{Error, ErrorKind, Problem};
use crate::level::Level;
use crate::level_spec::levels::Levels;
use crate::level_spec::name_doubt::{self, Doubt, Verdict, quoted};
use crate::name::{self, ROOT};
use crate::registry::Registry;

/// How many problems of one text are described.
const MAX_PROBLEMS: usize = 16;

/// Levels of loggers as one line of text: `warn,boto3=debug,botocore.client.S3=info`.
///
/// Directives are separated by commas or semicolons. `LEVEL` sets the root's level, `NAME=LEVEL`
/// the level of a logger and its descendants (by whole segments), and `NAME` shows all of it
/// (`TRACE`). Names may use `.` or `::`. Levels are names in any case, including registered ones,
/// or numbers. Of two directives for one name the later one applies.
///
/// An invalid directive does not keep the others from being applied; [`problems`](Self::problems)
/// lists it. `parse` is strict: it fails with the first problem.
///
/// Directives that no record would ever match, or that were hardly meant, are problems too, unless
/// the registry has a logger of exactly that name:
///
/// | directive | problem | applied |
/// |---|---|---|
/// | `*=debug`, `app.*=debug`, `app*=debug` | a name includes all loggers below it; patterns are not supported | no |
/// | `app:debug`, `trace!`, `a@b=info` | characters other than letters, digits, `_`, `-`, `.` and `::` | no |
/// | `a.=debug`, `.a`, `a..b` | an empty segment | no |
/// | `70000`, `-1`, `1.5=info` | a number instead of a name, or out of the levels' range | no |
/// | `deubg`, `err`, `all`, `verbose` | a single word close to a level's name, or another program's word for one; `deubg=trace` is a logger | as a name |
/// | `my-crate=debug` | a `-`, where the targets of Rust crates have `_` | as a name |
/// | `debug/pattern` | a message filter, from the first `/` on, as in `env_logger` | the part before the `/` |
/// | `app[span]=debug`, `{field}` | span and field filters, as in `tracing-subscriber` | no |
///
/// # Examples
/// ```
/// use logtree::{Level, LevelSpec, Registry};
///
/// let registry = Registry::new();
/// let spec = LevelSpec::parse_lossy("info,boto3=debug,botocore::client=loud");
/// spec.apply_in(&registry);
/// assert_eq!(registry.get_logger("boto3.session").effective_level(), Level::DEBUG);
/// assert_eq!(spec.problems()[0].column(), Some(35));
/// assert_eq!(
///     spec.problems()[0].message(),
///     "unknown level \"loud\": expected one of NOTSET, TRACE, DEBUG, INFO, WARNING, \
///      ERROR, CRITICAL, OFF, or a number from 0 to 65535"
/// );
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LevelSpec {
    levels: Vec<(String, Level)>,
    problems: Vec<Problem>,
}

impl LevelSpec {
    /// Reads a text with the level names of the global registry. Invalid directives become
    /// [`problems`](Self::problems).
    #[must_use]
    pub fn parse_lossy(text: &str) -> Self {
        Self::parse_in(Registry::global(), text)
    }

    /// Reads a text with the level names of a registry. Invalid directives become
    /// [`problems`](Self::problems).
    #[must_use]
    pub fn parse_in(registry: &Registry, text: &str) -> Self {
        let mut spec = Self::default();
        let (mut column, mut undescribed) = (1, 0);
        let (levels, pattern) = match text.split_once('/') {
            Some((levels, pattern)) => (levels, Some(pattern)),
            None => (text, None),
        };
        for part in levels.split([',', ';']) {
            let inner = part.trim();
            // Similar names are looked up only for problems that are described.
            let hints = spec.problems.len() < MAX_PROBLEMS;
            let (level, problem) = read_directive(registry, inner, hints);
            spec.levels.extend(level);
            if let Some(problem) = problem {
                if hints {
                    let before = &part[..part.len() - part.trim_start().len() + problem.offset];
                    let column = column + before.chars().count();
                    let message = format!("{}: expected {}", problem.what, problem.expected);
                    spec.add_problem(Some(column), message);
                } else {
                    undescribed += 1;
                }
            }
            column += part.chars().count() + 1;
        }
        if let Some(pattern) = pattern {
            spec.add_problem(
                Some(levels.chars().count() + 1),
                format!(
                    "unsupported '/': message filters are not supported; {} is ignored",
                    quoted(pattern)
                ),
            );
        }
        if undescribed > 0 {
            let message = format!("{undescribed} more invalid directives");
            spec.add_problem(None, message);
        }
        spec.keep_the_later_ones();
        spec
    }

    fn add_problem(&mut self, column: Option<usize>, message: String) {
        self.problems.push(Problem {
            path: String::new(),
            position: column.map(|column| (1, column)),
            message,
            suggestion: None,
        });
    }

    /// Keeps the last one of the levels for a name, at its own place.
    fn keep_the_later_ones(&mut self) {
        let mut names = HashSet::with_capacity(self.levels.len());
        let mut keeps: Vec<_> = self
            .levels
            .iter()
            .rev()
            .map(|(name, _)| names.insert(name))
            .collect();
        self.levels.retain(|_| keeps.pop().unwrap_or_default());
    }

    /// Returns a specification without levels and with a problem.
    pub(super) fn of_problem(message: String) -> Self {
        let mut spec = Self::default();
        spec.add_problem(None, message);
        spec
    }

    /// Returns the specification with the source of its text as the problems' path.
    pub(super) fn read_from(mut self, source: &str) -> Self {
        for problem in &mut self.problems {
            source.clone_into(&mut problem.path);
        }
        self
    }

    /// Reports whether it sets the root's level.
    pub(super) fn names_the_root(&self) -> bool {
        self.levels.iter().any(|(name, _)| name.is_empty())
    }

    /// Sets a logger's level, in place of an earlier one for the same name; `""` and `"root"` are
    /// the root.
    pub fn set(&mut self, name: impl Into<String>, level: impl Into<Level>) {
        let (mut name, level) = (name.into(), level.into());
        if name == ROOT {
            name.clear();
        }
        self.levels.retain(|(known, _)| *known != name);
        self.levels.push((name, level));
    }

    /// Returns an iterator over the names and levels, in the order of their directives; the root's
    /// name is empty.
    #[must_use]
    pub fn levels(&self) -> Levels<'_> {
        Levels(self.levels.iter())
    }

    /// Reports whether it sets no level.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.levels.is_empty()
    }

    /// Returns the problems of the text, with their position and what was expected. The
    /// [path](Problem::path) is the environment variable that the text was read from, if any.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Sets the levels of the global registry's loggers. Loggers that are not named keep theirs.
    pub fn apply(&self) {
        self.apply_in(Registry::global());
    }

    /// Sets the levels of a registry's loggers.
    pub fn apply_in(&self, registry: &Registry) {
        for (name, level) in &self.levels {
            registry.get_logger(name).set_level(*level);
        }
    }
}

/// What a directive contains: a level for a name, a problem, or both.
type Directive = (Option<(String, Level)>, Option<Doubt>);

/// Reads a directive. Without `hints`, no similar level is looked up.
fn read_directive(registry: &Registry, part: &str, hints: bool) -> Directive {
    if part.is_empty() {
        return (None, None);
    }
    if let Some(offset) = part.find(['[', '{']) {
        const EXPECTED: &str =
            "LEVEL, NAME=LEVEL or NAME; span and field filters are not supported";
        let sign = part[offset..].chars().next().unwrap_or_default();
        let what = format!("unsupported {sign:?}");
        return (None, Some(Doubt::new(offset, what, EXPECTED)));
    }
    let (name, level) = match part.split_once('=') {
        Some((name, level)) => match registry.parse_level(level.trim()) {
            Ok(value) => (name.trim_end(), value),
            Err(_) => {
                let offset = part.len() - level.trim_start().len();
                let doubt = Doubt::unknown_level(registry, offset, level.trim(), hints);
                return (None, Some(doubt));
            }
        },
        None => match registry.parse_level(part) {
            Ok(level) => return (Some((String::new(), level)), None),
            // As in `env_logger`: a name alone shows all of it.
            Err(_) => (part, Level::TRACE),
        },
    };
    if name::is_root(name) {
        return (Some((String::new(), level)), None);
    }
    let dotted = name.replace("::", ".");
    if registry.inner().nearest(&dotted).name() == dotted {
        return (Some((dotted, level)), None);
    }
    let is_alone = name.len() == part.len();
    match name_doubt::of_name(registry, name, is_alone, hints) {
        Some((doubt, Verdict::Invalid)) => (None, Some(doubt)),
        Some((doubt, Verdict::Unlikely)) => (Some((dotted, level)), Some(doubt)),
        None => (Some((dotted, level)), None),
    }
}

impl FromStr for LevelSpec {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let spec = Self::parse_lossy(text);
        match spec.problems.first() {
            None => Ok(spec),
            Some(problem) => Err(Error::new(ErrorKind::InvalidLevel, problem.to_string())),
        }
    }
}

impl fmt::Display for LevelSpec {
    /// Writes the directives in the syntax that is read.
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
    use proptest::prelude::*;

    use super::*;

    fn levels(text: &str) -> Vec<(String, u16)> {
        let spec = LevelSpec::parse_in(&Registry::new(), text);
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
        assert_eq!(levels("root=info,error"), [(String::new(), 40)]);
        let mut spec = LevelSpec::parse_lossy("error");
        spec.set("root", Level::INFO);
        assert_eq!(spec.to_string(), "INFO");
    }

    #[test]
    fn problems_are_listed_and_the_rest_applies() {
        let registry = Registry::new();
        let spec = LevelSpec::parse_in(&registry, "é=loud,b=info,c d=info,x[y]=info,f/z,g=info");
        let problems: Vec<_> = spec.problems().iter().map(ToString::to_string).collect();
        assert_eq!(problems.len(), 4, "{problems:?}");
        for (problem, start) in problems.iter().zip([
            "line 1, column 3: unknown level \"loud\": expected one of NOTSET",
            "line 1, column 16: invalid character ' ' in the name \"c d\": expected a name",
            "line 1, column 25: unsupported '[': expected LEVEL, NAME=LEVEL or NAME; span and field",
            "line 1, column 35: unsupported '/': message filters are not supported; \"z,g=info\" is",
        ]) {
            assert!(problem.starts_with(start), "{problem}");
        }
        let levels = [("b", Level::INFO), ("f", Level::TRACE)];
        assert_eq!(spec.levels().collect::<Vec<_>>(), levels);
        assert!("b=info,c=loud".parse::<LevelSpec>().is_err());
    }

    #[test]
    fn long_texts_take_time_and_room_by_their_length() {
        let registry = Registry::new();
        let many: String = (0..200_000).map(|n| format!("n{n}=info,")).collect();
        let spec = LevelSpec::parse_in(&registry, &many.repeat(2));
        assert_eq!((spec.levels().count(), spec.problems().len()), (200_000, 0));
        let spec = LevelSpec::parse_in(&registry, &"=\u{1b}loud,".repeat(200_000));
        assert_eq!(spec.problems().len(), MAX_PROBLEMS + 1);
        assert_eq!(
            spec.problems()[16].to_string(),
            "199984 more invalid directives"
        );
        let spec = LevelSpec::parse_in(&registry, &format!("a={}", "x".repeat(1_000_000)));
        assert!(spec.problems()[0].to_string().len() < 500);
    }

    proptest! {
        /// Whatever is read, reading what is written of it changes nothing.
        #[test]
        fn any_text_is_read(text in "([a-cé:.]{0,3}[=,; \\[\"]|info|[0-9]{1,6}|\\PC){0,12}") {
            let registry = Registry::new();
            let spec = LevelSpec::parse_in(&registry, &text);
            let again = LevelSpec::parse_in(&registry, &spec.to_string());
            prop_assert!(again.levels().eq(spec.levels()));
            // What is written out names levels: no single words. Names with a `-` stay doubtful.
            for problem in again.problems() {
                prop_assert!(problem.message().starts_with("'-' in"), "{problem}");
            }
            for problem in spec.problems() {
                let column = problem.column().unwrap();
                prop_assert!((1..=text.chars().count() + 1).contains(&column), "{problem}");
            }
        }
    }

    #[test]
    fn whole_segments_count_and_names_come_back() {
        let registry = Registry::new();
        let text = "WARNING,boto=DEBUG,boto.x=25";
        let spec = LevelSpec::parse_in(&registry, text);
        spec.apply_in(&registry);
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
