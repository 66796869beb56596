//! What a part of a [`LevelSpec`](super::LevelSpec) may have meant: [`Doubt`].

use crate::level::Level;
use crate::registry::Registry;

/// What is doubtful in a part, where, and what was expected.
pub(super) struct Doubt {
    pub(super) offset: usize,
    pub(super) what: String,
    pub(super) expected: String,
}

/// What becomes of a name that is in doubt.
pub(super) enum Verdict {
    /// It can be none.
    NoName,
    /// It can be one.
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

/// What is doubtful in a name; `is_alone` where no level follows it.
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
            let what = format!("a number in place of the name {}", quoted(name));
            Doubt::new(0, what, "NAME=LEVEL")
        };
        return Some((doubt, Verdict::NoName));
    }
    if let Some(doubt) = of_sign(registry, name, &in_name).or_else(|| of_segment(name, &in_name)) {
        return Some((doubt, Verdict::NoName));
    }
    if is_alone && hints {
        if let Some(level) = near(registry, name) {
            let what = format!("a word that is no level, {},", quoted(name));
            let expected = format!("{level}, or {name}=TRACE for a logger of that name");
            return Some((Doubt::new(0, what, expected), Verdict::Unlikely));
        }
    }
    let offset = name.find('-')?;
    let expected = format!(
        "{}, as targets of Rust crates have it",
        quoted(&name.replace('-', "_"))
    );
    let doubt = Doubt::new(offset, format!("a '-' {in_name}"), expected);
    Some((doubt, Verdict::Unlikely))
}

/// The first sign that names do not have.
fn of_sign(registry: &Registry, name: &str, in_name: &str) -> Option<Doubt> {
    let is_odd = |c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'));
    // The text by colons: a pair of them leaves an empty piece.
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
        return Some(Doubt::new(at, format!("a single ':' {in_name}"), expected));
    }
    let at = odd?;
    let sign = name[at..].chars().next().unwrap_or_default();
    if matches!(sign, '*' | '?') {
        let above = name[..at].trim_end_matches(['.', ':']);
        let expected = if above.is_empty() {
            "LEVEL alone, for all loggers".to_owned()
        } else {
            format!("{}, which stands for all below it", quoted(above))
        };
        return Some(Doubt::new(at, format!("a pattern {in_name}"), expected));
    }
    if sign.is_whitespace() || sign.is_control() || matches!(sign, '=' | '"' | '\'') {
        let what = format!("a sign that no name has {in_name}");
        let expected = "a name without blanks, quotes and control characters";
        return Some(Doubt::new(at, what, expected));
    }
    let letters: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
    let expected = match registry.parse_level(&letters) {
        Ok(level) if !is_number(&letters) => registry.level_name(level),
        _ => "letters, digits, '_', '-', '.' or \"::\"".to_owned(),
    };
    Some(Doubt::new(at, format!("{sign:?} {in_name}"), expected))
}

/// The first segment that is empty, or begins with a dash.
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
            let what = format!("an empty segment {in_name}");
            return Some(Doubt::new(offset, what, expected));
        }
        if segment.starts_with('-') {
            let what = format!("a segment with '-' in front {in_name}");
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

/// Words that other programs have for levels.
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

/// The level that a word is nearly the name of: by another program's word, by its beginning, or with one slip, two in a long name.
fn near(registry: &Registry, word: &str) -> Option<String> {
    /// A longer word is no slip of a level's name, and comparing takes long.
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
    let slips = |name: &str| {
        let name = name.to_uppercase();
        if name.starts_with(&word) {
            return Some(0);
        }
        let slips = strsim::osa_distance(&word, &name);
        let allowed = if name.chars().count() < LONG { 1 } else { 2 };
        (slips <= allowed).then_some(slips)
    };
    let names = registry.level_names().into_iter();
    let near = names.filter_map(|(name, level)| Some((slips(&name)?, level)));
    near.min_by_key(|(slips, _)| *slips)
        .map(|(_, level)| registry.level_name(level))
}

/// How many characters of what is wrong are shown.
const MAX_QUOTED: usize = 80;

/// The text in quotes, with its end left out where it is long.
pub(super) fn quoted(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTED) {
        Some((end, _)) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup::level_spec::LevelSpec;

    /// For each kind: what is reported, and what is applied.
    #[test]
    fn what_fits_nothing_is_reported() {
        let registry = Registry::new();
        for (text, problem, applied) in [
            (
                "*=debug",
                "a pattern in the name \"*\" at column 1: expected LEVEL alone, for all loggers",
                "",
            ),
            (
                "*",
                "a pattern in the name \"*\" at column 1: expected LEVEL alone",
                "",
            ),
            (
                "app*=info",
                "a pattern in the name \"app*\" at column 4: expected \"app\", which stands for all below it",
                "",
            ),
            (
                "x=info,app::*=info",
                "a pattern in the name \"app::*\" at column 13: expected \"app\"",
                "x=INFO",
            ),
            (
                "a?c=info",
                "a pattern in the name \"a?c\" at column 2: expected \"a\"",
                "",
            ),
            (
                "app:debug",
                "a single ':' in the name \"app:debug\" at column 4: expected app=DEBUG",
                "",
            ),
            (
                "app:x=info",
                "a single ':' in the name \"app:x\" at column 4: expected '.' or \"::\" between segments",
                "",
            ),
            (
                "trace!",
                "'!' in the name \"trace!\" at column 6: expected TRACE",
                "",
            ),
            (
                "a@b=info",
                "'@' in the name \"a@b\" at column 2: expected letters, digits, '_', '-', '.' or \"::\"",
                "",
            ),
            (
                "70000",
                "unknown level \"70000\" at column 1: expected one of NOTSET,",
                "",
            ),
            (
                "-1",
                "unknown level \"-1\" at column 1: expected one of NOTSET,",
                "",
            ),
            (
                "1.5=info",
                "a number in place of the name \"1.5\" at column 1: expected NAME=LEVEL",
                "",
            ),
            (
                "a.=debug",
                "an empty segment in the name \"a.\" at column 3: expected \"a\"",
                "",
            ),
            (
                "::a::b",
                "an empty segment in the name \"::a::b\" at column 1: expected \"a.b\"",
                "",
            ),
            (
                "a..b=info",
                "an empty segment in the name \"a..b\" at column 3: expected \"a.b\"",
                "",
            ),
            (
                ".=info",
                "an empty segment in the name \".\" at column 1: expected a name",
                "",
            ),
            (
                "-a=info",
                "a segment with '-' in front in the name \"-a\" at column 1: expected \"a\"",
                "",
            ),
            (
                "a=deubg",
                "unknown level \"deubg\" at column 3: expected DEBUG, or another one of NOTSET,",
                "",
            ),
            (
                "a=verbose",
                "unknown level \"verbose\" at column 3: expected DEBUG, or",
                "",
            ),
            (
                "deubg",
                "a word that is no level, \"deubg\", at column 1: expected DEBUG, or deubg=TRACE for a logger of that name",
                "deubg=TRACE",
            ),
            (
                "a=info, inof",
                "a word that is no level, \"inof\", at column 9: expected INFO,",
                "a=INFO,inof=TRACE",
            ),
            (
                "err",
                "a word that is no level, \"err\", at column 1: expected ERROR,",
                "err=TRACE",
            ),
            (
                "all",
                "a word that is no level, \"all\", at column 1: expected TRACE,",
                "all=TRACE",
            ),
            (
                "none",
                "a word that is no level, \"none\", at column 1: expected OFF,",
                "none=TRACE",
            ),
            (
                "Verbose",
                "a word that is no level, \"Verbose\", at column 1: expected DEBUG,",
                "Verbose=TRACE",
            ),
            (
                "warnings",
                "a word that is no level, \"warnings\", at column 1: expected WARNING,",
                "warnings=TRACE",
            ),
            (
                "crit",
                "a word that is no level, \"crit\", at column 1: expected CRITICAL,",
                "crit=TRACE",
            ),
            (
                "my-crate=debug",
                "a '-' in the name \"my-crate\" at column 3: expected \"my_crate\", as targets of Rust crates have it",
                "my-crate=DEBUG",
            ),
            (
                "debug/fo+o",
                "a pattern for messages, /\"fo+o\", which is ignored, at column 6: expected levels alone",
                "DEBUG",
            ),
        ] {
            let spec = LevelSpec::by_names_of(&registry, text);
            let problems: Vec<_> = spec.problems().iter().map(ToString::to_string).collect();
            assert_eq!(problems.len(), 1, "{text}: {problems:?}");
            assert!(problems[0].starts_with(problem), "{text}: {}", problems[0]);
            assert_eq!(spec.to_string(), applied, "{text}");
        }
    }

    /// What real programs write, and what the registry knows, is taken as it is.
    #[test]
    fn what_is_meant_is_taken_without_a_word() {
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
            let spec = LevelSpec::by_names_of(&registry, text);
            assert!(spec.problems().is_empty(), "{text}: {:?}", spec.problems());
        }
    }
}
