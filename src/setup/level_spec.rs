//! Levels of loggers as one line of text: [`LevelSpec`].

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use crate::error::{Error, ErrorKind};
use crate::level::Level;
use crate::name::{self, ROOT};
use crate::registry::Registry;
use crate::setup::name_doubt::{self, Doubt, Verdict, quoted};

/// Of a text that is wrong throughout, no more is told.
const MAX_PROBLEMS: usize = 16;

/// Levels of loggers as one line of text: `warn,boto3=debug,botocore.client.S3=info`.
///
/// Parts are separated by commas or semicolons. `LEVEL` alone is the root's, `NAME=LEVEL` a logger's with all below it, by whole segments; `NAME`
/// alone shows all of it (`TRACE`). Names may use `.` or `::`. Levels are names in any case, those registered too, or numbers. Of two parts for one
/// name the later one holds.
///
/// A part that is wrong does not keep the others from being applied; [`problems`](Self::problems) says which and why. Reading one
/// by `parse` is strict: it fails with the first problem.
///
/// Problems are also what no record would ever match, or was hardly meant, unless the registry has a logger of exactly that name:
///
/// | part | problem | applied |
/// |---|---|---|
/// | `*=debug`, `app*=debug` | a name stands for all below it, and has no patterns | no |
/// | `app:debug`, `trace!`, `a@b=info` | signs other than letters, digits, `_`, `-`, `.` and `::` | no |
/// | `a.=debug`, `.a`, `a..b` | an empty segment | no |
/// | `70000`, `-1`, `1.5=info` | a number in place of a name, or beyond the levels | no |
/// | `deubg`, `err`, `all`, `verbose` | a word alone that is nearly a level's name, or another program's; `deubg=trace` is a logger | as a name |
/// | `my-crate=debug` | a `-`, where the targets of Rust crates have `_` | as a name |
/// | `debug/pattern` | from the first `/` on, a pattern for messages, as `env_logger` has it | what is before the `/` |
/// | `app[span]=debug`, `{field}` | spans and fields, as `tracing-subscriber` has them | no |
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
///     "unknown level \"loud\" at column 35: expected one of NOTSET, TRACE, DEBUG, INFO, WARNING, \
///      ERROR, CRITICAL, OFF, or a number from 0 to 65535"
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
        let (mut column, mut unnamed) = (1, 0);
        let (levels, pattern) = match text.split_once('/') {
            Some((levels, pattern)) => (levels, Some(pattern)),
            None => (text, None),
        };
        for part in levels.split([',', ';']) {
            let inner = part.trim();
            // No more is compared than will be reported.
            let hints = spec.problems.len() < MAX_PROBLEMS;
            let (level, problem) = read_part(registry, inner, hints);
            spec.levels.extend(level);
            if let Some(problem) = problem {
                if hints {
                    let before = &part[..part.len() - part.trim_start().len() + problem.offset];
                    spec.add_problem(format!(
                        "{} at column {}: expected {}",
                        problem.what,
                        column + before.chars().count(),
                        problem.expected
                    ));
                } else {
                    unnamed += 1;
                }
            }
            column += part.chars().count() + 1;
        }
        if let Some(pattern) = pattern {
            spec.add_problem(format!(
                "a pattern for messages, /{}, which is ignored, at column {}: expected levels alone",
                quoted(pattern),
                levels.chars().count() + 1
            ));
        }
        if unnamed > 0 {
            spec.add_problem(format!("as many as {unnamed} more parts are wrong"));
        }
        spec.keep_the_later_ones();
        spec
    }

    fn add_problem(&mut self, what: String) {
        self.problems
            .push(Error::new(ErrorKind::InvalidLevel, what));
    }

    /// Of the levels for one name, the last one holds, and stands where it was given.
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

    /// One that has only a problem.
    pub(super) fn of_problem(what: String) -> Self {
        let mut spec = Self::default();
        spec.add_problem(what);
        spec
    }

    /// The same, whose problems say where the text came from.
    pub(super) fn read_from(mut self, source: &str) -> Self {
        for problem in std::mem::take(&mut self.problems) {
            self.add_problem(format!("cannot read {source}: {problem}"));
        }
        self
    }

    /// Whether it names the root's level.
    pub(super) fn names_the_root(&self) -> bool {
        self.levels.iter().any(|(name, _)| name.is_empty())
    }

    /// Sets a logger's level, in place of one that was given before; `""` and `"root"` are the root.
    pub fn set(&mut self, name: impl Into<String>, level: impl Into<Level>) {
        let (mut name, level) = (name.into(), level.into());
        if name == ROOT {
            name.clear();
        }
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

/// What a part says: a level for a name, a problem, or both.
type Part = (Option<(String, Level)>, Option<Doubt>);

/// The name and level of a part. Without `hints`, no near level is looked for.
fn read_part(registry: &Registry, part: &str, hints: bool) -> Part {
    if part.is_empty() {
        return (None, None);
    }
    if let Some(offset) = part.find(['[', '{']) {
        let sign = part[offset..].chars().next().unwrap_or_default();
        let what = format!("{sign:?}, which asks for spans or fields,");
        return (
            None,
            Some(Doubt::new(offset, what, "LEVEL, NAME=LEVEL or NAME")),
        );
    }
    let (name, level) = match part.split_once('=') {
        Some((name, level)) => match registry.parse_level(level.trim()) {
            Ok(value) => (name.trim_end(), value),
            Err(_) => {
                let offset = part.len() - level.trim_start().len();
                return (
                    None,
                    Some(Doubt::unknown_level(registry, offset, level.trim(), hints)),
                );
            }
        },
        None => match registry.parse_level(part) {
            Ok(level) => return (Some((String::new(), level)), None),
            // As the users of the `log` crate know it: a name alone shows all of it.
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
        Some((doubt, Verdict::NoName)) => (None, Some(doubt)),
        Some((doubt, Verdict::Unlikely)) => (Some((dotted, level)), Some(doubt)),
        None => (Some((dotted, level)), None),
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
    use proptest::prelude::*;

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
        assert_eq!(levels("root=info,error"), [(String::new(), 40)]);
        let mut spec = LevelSpec::new("error");
        spec.set("root", Level::INFO);
        assert_eq!(spec.to_string(), "INFO");
    }

    #[test]
    fn what_is_wrong_is_told_and_the_rest_holds() {
        let registry = Registry::new();
        let spec = LevelSpec::by_names_of(&registry, "é=loud,b=info,c d=info,x[y]=info,f/z,g=info");
        let problems: Vec<_> = spec.problems().iter().map(ToString::to_string).collect();
        assert_eq!(problems.len(), 4, "{problems:?}");
        for (problem, start) in problems.iter().zip([
            "unknown level \"loud\" at column 3: expected one of NOTSET",
            "a sign that no name has in the name \"c d\" at column 16: expected a name",
            "'[', which asks for spans or fields, at column 25: expected LEVEL,",
            "a pattern for messages, /\"z,g=info\", which is ignored, at column 35: expected levels",
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
        let spec = LevelSpec::by_names_of(&registry, &many.repeat(2));
        assert_eq!((spec.levels().count(), spec.problems().len()), (200_000, 0));
        let spec = LevelSpec::by_names_of(&registry, &"=\u{1b}loud,".repeat(200_000));
        assert_eq!(spec.problems().len(), MAX_PROBLEMS + 1);
        assert_eq!(
            spec.problems()[16].to_string(),
            "as many as 199984 more parts are wrong"
        );
        let spec = LevelSpec::by_names_of(&registry, &format!("a={}", "x".repeat(1_000_000)));
        assert!(spec.problems()[0].to_string().len() < 500);
    }

    proptest! {
        /// Whatever is read, reading what comes of it changes nothing.
        #[test]
        fn any_text_is_read(text in "([a-cé:.]{0,3}[=,; \\[\"]|info|[0-9]{1,6}|\\PC){0,12}") {
            let registry = Registry::new();
            let spec = LevelSpec::by_names_of(&registry, &text);
            let again = LevelSpec::by_names_of(&registry, &spec.to_string());
            prop_assert!(again.levels().eq(spec.levels()));
            // What is written out names levels: no word stands alone. Names with a `-` stay doubtful.
            for problem in again.problems() {
                prop_assert!(problem.to_string().starts_with("a '-' in"), "{problem}");
            }
            for problem in spec.problems() {
                let problem = problem.to_string();
                let column = problem.rsplit(" at column ").next().and_then(|rest| rest.split(':').next());
                let column: usize = column.unwrap().parse().unwrap();
                prop_assert!((1..=text.chars().count() + 1).contains(&column), "{problem}");
            }
        }
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
