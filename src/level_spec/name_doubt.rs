//! What a directive of a [`LevelSpec`](super::LevelSpec) may have meant: [`Doubt`].

use crate::level::Level;
use crate::registry::Registry;

/// What is wrong or unlikely in a directive, at which byte, and what was expected.
pub(super) struct Doubt {
    pub(super) offset: usize,
    pub(super) what: String,
    pub(super) expected: String,
}

/// Whether a doubtful name is used.
pub(super) enum Verdict {
    /// It cannot be a name.
    Invalid,
    /// It can be a name.
    Unlikely,
}

impl Doubt {
    pub(super) fn new(offset: usize, what: String, expected: impl Into<String>) -> Self {
        Self {
            offset,
            what,
            expected: expected.into(),
        }
    }

    pub(super) fn unknown_level(
        registry: &Registry,
        offset: usize,
        word: &str,
        hints: bool,
    ) -> Self {
        const LEVELS: &str = "one of NOTSET, TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL, OFF, or a number from 0 to 65535";
        let expected = match hints.then(|| near(registry, word)).flatten() {
            Some(name) => format!("{name}, or another {LEVELS}"),
            None => LEVELS.to_owned(),
        };
        Self::new(offset, format!("unknown level {}", quoted(word)), expected)
    }
}

/// Returns what is wrong or unlikely in a name; `is_alone` if no level follows it.
pub(super) fn of_name(
    registry: &Registry,
    name: &str,
    is_alone: bool,
    hints: bool,
) -> Option<(Doubt, Verdict)> {
    let in_name = format!("in the name {}", quoted(name));
    if is_number(name) {
        let doubt = if is_alone {
            Doubt::unknown_level(registry, 0, name, hints)
        } else {
            let what = format!("number {} instead of a name", quoted(name));
            Doubt::new(0, what, "NAME=LEVEL")
        };
        return Some((doubt, Verdict::Invalid));
    }
    if let Some(doubt) = of_sign(registry, name, &in_name).or_else(|| of_segment(name, &in_name)) {
        return Some((doubt, Verdict::Invalid));
    }
    if is_alone && hints {
        if let Some(level) = near(registry, name) {
            let what = format!("unknown level {}", quoted(name));
            let expected = format!("{level}, or {name}=TRACE for a logger of that name");
            return Some((Doubt::new(0, what, expected), Verdict::Unlikely));
        }
    }
    let offset = name.find('-')?;
    let expected = format!(
        "{}, as in the targets of Rust crates",
        quoted(&name.replace('-', "_"))
    );
    let doubt = Doubt::new(offset, format!("'-' {in_name}"), expected);
    Some((doubt, Verdict::Unlikely))
}

/// Finds the first character that names do not have.
fn of_sign(registry: &Registry, name: &str, in_name: &str) -> Option<Doubt> {
    let is_odd = |c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'));
    let single_colon = || {
        let mut from = 0;
        while let Some(at) = name[from..].find(':').map(|at| from + at) {
            if !name[at..].starts_with("::") {
                return Some(at);
            }
            from = at + 2;
        }
        None
    };
    let odd = name.find(is_odd);
    let colon = single_colon().filter(|at| odd.is_none_or(|odd| *at < odd));
    if let Some(at) = colon {
        let level = registry.parse_level(&name[at + 1..]).ok();
        let expected = match level.filter(|_| at > 0) {
            Some(level) => format!("{}={}", &name[..at], registry.level_name(level)),
            None => "'.' or \"::\" between segments".to_owned(),
        };
        return Some(Doubt::new(at, format!("single ':' {in_name}"), expected));
    }
    let at = odd?;
    let sign = name[at..].chars().next().unwrap_or_default();
    if matches!(sign, '*' | '?') {
        let above = name[..at].trim_end_matches(['.', ':']);
        let expected = if above.is_empty() {
            "LEVEL alone, for all loggers".to_owned()
        } else if above.len() < at {
            format!("{}, which includes all loggers below it", quoted(above))
        } else {
            // The name before it need not be that of any logger.
            "whole names, each of which includes all loggers below it".to_owned()
        };
        return Some(Doubt::new(
            at,
            format!("unsupported pattern {in_name}"),
            expected,
        ));
    }
    let what = format!("invalid character {sign:?} {in_name}");
    if sign.is_whitespace() || sign.is_control() || matches!(sign, '=' | '"' | '\'') {
        let expected = "a name without blanks, quotes and control characters";
        return Some(Doubt::new(at, what, expected));
    }
    let letters: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
    let expected = match registry.parse_level(&letters) {
        Ok(level) if !is_number(&letters) => registry.level_name(level),
        _ => "letters, digits, '_', '-', '.' or \"::\"".to_owned(),
    };
    Some(Doubt::new(at, what, expected))
}

/// Finds the first segment that is empty or starts with a dash.
fn of_segment(name: &str, in_name: &str) -> Option<Doubt> {
    let segments = || name.split("::").flat_map(|part| part.split('.'));
    let mut offset = 0;
    for segment in segments() {
        if segment.is_empty() {
            let others: Vec<_> = segments().filter(|segment| !segment.is_empty()).collect();
            let expected = if others.is_empty() {
                "a name".to_owned()
            } else {
                quoted(&others.join("."))
            };
            let what = format!("empty segment {in_name}");
            return Some(Doubt::new(offset, what, expected));
        }
        if segment.starts_with('-') {
            let what = format!("segment starting with '-' {in_name}");
            let expected = quoted(segment.trim_start_matches('-'));
            return Some(Doubt::new(offset, what, expected));
        }
        offset += segment.len();
        offset += if name[offset..].starts_with("::") {
            2
        } else {
            1
        };
    }
    None
}

fn is_number(name: &str) -> bool {
    let digits = name.strip_prefix(['-', '+']).unwrap_or(name);
    digits.contains(|c: char| c.is_ascii_digit())
        && digits
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | '_'))
}

/// Other programs' words for levels.
const OTHER_WORDS: [(&str, Level); 20] = [
    ("ALL", Level::TRACE),
    ("EVERYTHING", Level::TRACE),
    ("MAX", Level::TRACE),
    ("FINE", Level::DEBUG),
    ("VERBOSE", Level::DEBUG),
    ("DBG", Level::DEBUG),
    ("DEFAULT", Level::INFO),
    ("NORMAL", Level::INFO),
    ("ON", Level::INFO),
    ("TRUE", Level::INFO),
    ("NOTICE", Level::INFO),
    ("WRN", Level::WARNING),
    ("SEVERE", Level::ERROR),
    ("ALERT", Level::CRITICAL),
    ("EMERGENCY", Level::CRITICAL),
    ("PANIC", Level::CRITICAL),
    ("NONE", Level::OFF),
    ("FALSE", Level::OFF),
    ("QUIET", Level::OFF),
    ("SILENT", Level::OFF),
];

/// Returns the level whose name is close to a word: another program's word, a prefix, or one typing
/// error away (two in a long name).
fn near(registry: &Registry, word: &str) -> Option<String> {
    /// A longer word is no misspelt level, and comparing takes long.
    const LONGEST: usize = 24;
    const SHORTEST: usize = 3;
    const LONG: usize = 7;
    if word.len() > LONGEST {
        return None;
    }
    let word = word.to_uppercase();
    if let Some((_, level)) = OTHER_WORDS.iter().find(|(other, _)| *other == word) {
        return Some(registry.level_name(*level));
    }
    if word.chars().count() < SHORTEST {
        return None;
    }
    let errors = |name: &str| {
        let name = name.to_uppercase();
        if name.starts_with(&word) {
            return Some(0);
        }
        let errors = strsim::osa_distance(&word, &name);
        let allowed = if name.chars().count() < LONG { 1 } else { 2 };
        (errors <= allowed).then_some(errors)
    };
    let names = registry.level_names().into_iter();
    let near = names.filter_map(|(name, level)| Some((errors(&name)?, level)));
    near.min_by_key(|(errors, _)| *errors)
        .map(|(_, level)| registry.level_name(level))
}

/// How many characters of an invalid text are shown.
const MAX_QUOTED: usize = 80;

/// Returns the text in quotes, shortened if it is long.
pub(super) fn quoted(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTED) {
        Some((end, _)) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level_spec::level_spec::LevelSpec;

    /// Per kind: the problem, and what is applied.
    #[test]
    fn what_matches_nothing_is_reported() {
        let registry = Registry::new();
        for (text, problem, applied) in [
            (
                "*=debug",
                "line 1, column 1: unsupported pattern in the name \"*\": expected LEVEL alone, for all loggers",
                "",
            ),
            (
                "*",
                "line 1, column 1: unsupported pattern in the name \"*\": expected LEVEL alone",
                "",
            ),
            (
                "app*=info",
                "line 1, column 4: unsupported pattern in the name \"app*\": expected whole names, each of which includes all loggers below it",
                "",
            ),
            (
                "x=info,app::*=info",
                "line 1, column 13: unsupported pattern in the name \"app::*\": expected \"app\"",
                "x=INFO",
            ),
            (
                "a?c=info",
                "line 1, column 2: unsupported pattern in the name \"a?c\": expected whole names",
                "",
            ),
            (
                "app:debug",
                "line 1, column 4: single ':' in the name \"app:debug\": expected app=DEBUG",
                "",
            ),
            (
                "app:x=info",
                "line 1, column 4: single ':' in the name \"app:x\": expected '.' or \"::\" between segments",
                "",
            ),
            (
                "trace!",
                "line 1, column 6: invalid character '!' in the name \"trace!\": expected TRACE",
                "",
            ),
            (
                "a@b=info",
                "line 1, column 2: invalid character '@' in the name \"a@b\": expected letters, digits, '_', '-', '.' or \"::\"",
                "",
            ),
            (
                "70000",
                "line 1, column 1: unknown level \"70000\": expected one of NOTSET,",
                "",
            ),
            (
                "-1",
                "line 1, column 1: unknown level \"-1\": expected one of NOTSET,",
                "",
            ),
            (
                "1.5=info",
                "line 1, column 1: number \"1.5\" instead of a name: expected NAME=LEVEL",
                "",
            ),
            (
                "a.=debug",
                "line 1, column 3: empty segment in the name \"a.\": expected \"a\"",
                "",
            ),
            (
                "::a::b",
                "line 1, column 1: empty segment in the name \"::a::b\": expected \"a.b\"",
                "",
            ),
            (
                "a..b=info",
                "line 1, column 3: empty segment in the name \"a..b\": expected \"a.b\"",
                "",
            ),
            (
                ".=info",
                "line 1, column 1: empty segment in the name \".\": expected a name",
                "",
            ),
            (
                "-a=info",
                "line 1, column 1: segment starting with '-' in the name \"-a\": expected \"a\"",
                "",
            ),
            (
                "a=deubg",
                "line 1, column 3: unknown level \"deubg\": expected DEBUG, or another one of NOTSET,",
                "",
            ),
            (
                "a=verbose",
                "line 1, column 3: unknown level \"verbose\": expected DEBUG, or",
                "",
            ),
            (
                "deubg",
                "line 1, column 1: unknown level \"deubg\": expected DEBUG, or deubg=TRACE for a logger of that name",
                "deubg=TRACE",
            ),
            (
                "a=info, inof",
                "line 1, column 9: unknown level \"inof\": expected INFO,",
                "a=INFO,inof=TRACE",
            ),
            (
                "err",
                "line 1, column 1: unknown level \"err\": expected ERROR,",
                "err=TRACE",
            ),
            (
                "all",
                "line 1, column 1: unknown level \"all\": expected TRACE,",
                "all=TRACE",
            ),
            (
                "none",
                "line 1, column 1: unknown level \"none\": expected OFF,",
                "none=TRACE",
            ),
            (
                "Verbose",
                "line 1, column 1: unknown level \"Verbose\": expected DEBUG,",
                "Verbose=TRACE",
            ),
            (
                "warnings",
                "line 1, column 1: unknown level \"warnings\": expected WARNING,",
                "warnings=TRACE",
            ),
            (
                "crit",
                "line 1, column 1: unknown level \"crit\": expected CRITICAL,",
                "crit=TRACE",
            ),
            (
                "my-crate=debug",
                "line 1, column 3: '-' in the name \"my-crate\": expected \"my_crate\", as in the targets of Rust crates",
                "my-crate=DEBUG",
            ),
            (
                "debug/fo+o",
                "line 1, column 6: unsupported '/': message filters are not supported; \"fo+o\" is ignored",
                "DEBUG",
            ),
        ] {
            let spec = LevelSpec::parse_in(&registry, text);
            let problems: Vec<_> = spec.problems().iter().map(ToString::to_string).collect();
            assert_eq!(problems.len(), 1, "{text}: {problems:?}");
            assert!(problems[0].starts_with(problem), "{text}: {}", problems[0]);
            assert_eq!(spec.to_string(), applied, "{text}");
        }
    }

    /// Directives as real programs use them, and names that the registry has, are no problem.
    #[test]
    fn what_is_meant_is_no_problem() {
        let registry = Registry::new();
        registry.add_level_name(Level::new(25), "NOTICE");
        for name in ["my-app", "a:b", "deubg", "60"] {
            registry.get_logger(name);
        }
        for text in [
            "sqlx",
            "hyper=info,tower_http::trace=debug,aws_smithy_runtime",
            "boto3,botocore.client.S3,urllib3",
            "error,h2=off,tokio_util::codec=warn",
            "tracing::span=off,rustls,reqwest=trace,wasm,main,tests,server",
            "a.1=info,_a=info",
            "notice,my-app=info,a:b=info,deubg",
            "MyApp.Größe=info,日本=debug",
        ] {
            let spec = LevelSpec::parse_in(&registry, text);
            assert!(spec.problems().is_empty(), "{text}: {:?}", spec.problems());
        }
    }
}
