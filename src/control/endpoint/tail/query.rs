//! What the query of a tail says: [`TailQuery`].

use crate::control::tail::{Glob, TailFilter};
use crate::level_spec::LevelSpec;
use crate::registry::Registry;

/// What the query of a tail says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TailQuery {
    pub(super) filter: TailFilter,
    pub(super) backlog: usize,
    pub(super) limit: Option<u64>,
    pub(super) is_json: Option<bool>,
}

/// How many levels one tail may ask for: each can take a place in the registry.
const MAX_LEVELS: usize = 64;

const PARAMETERS: [&str; 7] = ["level", "logger", "q", "kv", "backlog", "limit", "format"];

impl TailQuery {
    /// Reads the decoded pairs of a query.
    ///
    /// # Errors
    /// The first that is wrong, with its name.
    pub(super) fn parse(registry: &Registry, pairs: &[(String, String)]) -> Result<Self, String> {
        let mut query = Self::default();
        let mut seen: Vec<&str> = Vec::new();
        for (name, value) in pairs {
            if !PARAMETERS.contains(&&**name) {
                let expected = PARAMETERS.join(", ");
                let name = shortened(name);
                return Err(format!(
                    "unknown parameter {name:?}: expected one of {expected}"
                ));
            }
            if name != "kv" && seen.contains(&&**name) {
                return Err(format!("{name}: found twice"));
            }
            seen.push(name);
            // As a form sends it that was left empty.
            if value.is_empty() {
                continue;
            }
            query
                .set(registry, name, value)
                .map_err(|why| format!("{name}: {why}"))?;
        }
        Ok(query)
    }

    fn set(&mut self, registry: &Registry, name: &str, value: &str) -> Result<(), String> {
        let filter = &mut self.filter;
        match name {
            "level" => filter.levels = Some(levels(registry, value)?),
            "logger" => filter.logger = Some(Glob::new(value)),
            "q" => filter.text = Some(value.to_ascii_lowercase()),
            "kv" => {
                let pair = value.split_once(':').filter(|(key, _)| !key.is_empty());
                let (key, value) = pair.ok_or_else(|| expected("KEY:VALUE", value))?;
                filter.key_values.push((key.to_owned(), value.to_owned()));
            }
            "backlog" => self.backlog = number(value, "a number of records")?,
            "limit" => {
                let limit = number(value, "a number of records from 1 on")?;
                if limit == 0 {
                    return Err(expected("a number of records from 1 on", value));
                }
                self.limit = Some(limit);
            }
            _ => {
                self.is_json = Some(match value {
                    "json" => true,
                    "text" => false,
                    _ => return Err(expected("json or text", value)),
                });
            }
        }
        Ok(())
    }
}

fn levels(registry: &Registry, value: &str) -> Result<Vec<(String, crate::level::Level)>, String> {
    let spec = LevelSpec::parse_in(registry, value);
    if let Some(problem) = spec.problems().first() {
        return Err(problem.message().to_owned());
    }
    let levels = spec.levels().map(|(name, level)| (name.to_owned(), level));
    let levels: Vec<_> = levels.collect();
    match levels.len() {
        0 => Err(expected("LEVEL, NAME=LEVEL or NAME", value)),
        1..=MAX_LEVELS => Ok(levels),
        count => Err(format!(
            "expected at most {MAX_LEVELS} levels, found {count}"
        )),
    }
}

/// Digits alone, as no sign is meant here.
fn number<N: std::str::FromStr>(value: &str, what: &str) -> Result<N, String> {
    let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
    let number = value.parse().ok().filter(|_| is_number);
    number.ok_or_else(|| expected(what, value))
}

fn expected(what: &str, found: &str) -> String {
    format!("expected {what}, found {:?}", shortened(found))
}

/// The beginning of a text, for a message.
fn shortened(text: &str) -> String {
    text.chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::endpoint::request::pairs;
    use crate::level::Level;
    use proptest::prelude::*;

    fn parse(query: &str) -> Result<TailQuery, String> {
        TailQuery::parse(&Registry::new(), &pairs(query).unwrap())
    }

    #[test]
    fn all_parameters() {
        let query = parse(
            "level=botocore=DEBUG,urllib3=INFO&logger=boto*&q=Time+Out&kv=tenant:acme&kv=a%3Ab:c\
             &backlog=200&limit=1&format=text",
        )
        .unwrap();
        let levels = [("botocore", Level::DEBUG), ("urllib3", Level::INFO)];
        let expected = TailFilter {
            levels: Some(levels.map(|(name, level)| (name.to_owned(), level)).into()),
            keeps_secrets: false,
            logger: Some(Glob::new("boto*")),
            text: Some("time out".to_owned()),
            key_values: vec![("tenant".into(), "acme".into()), ("a".into(), "b:c".into())],
        };
        assert_eq!(query.filter, expected);
        assert_eq!(
            (query.backlog, query.limit, query.is_json),
            (200, Some(1), Some(false))
        );
        let nothing = "level=&logger=&q=&kv=&backlog=&limit=&format=";
        assert_eq!(parse(nothing), Ok(TailQuery::default()));
        assert_eq!(parse(""), Ok(TailQuery::default()));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (query, start) in [
            (
                "levels=DEBUG",
                "unknown parameter \"levels\": expected one of level,",
            ),
            ("Level=DEBUG", "unknown parameter"),
            ("level=a=loud", "level: unknown level \"loud\""),
            ("level=deubg", "level: "),
            (
                "level=,",
                "level: expected LEVEL, NAME=LEVEL or NAME, found \",\"",
            ),
            ("level=a=info&level=b=info", "level: found twice"),
            ("q=&q=", "q: found twice"),
            ("kv=tenant", "kv: expected KEY:VALUE, found \"tenant\""),
            ("kv=:acme", "kv: expected KEY:VALUE"),
            (
                "backlog=-1",
                "backlog: expected a number of records, found \"-1\"",
            ),
            (
                "backlog=%2B1",
                "backlog: expected a number of records, found \"+1\"",
            ),
            (
                "limit=0",
                "limit: expected a number of records from 1 on, found \"0\"",
            ),
            ("limit=99999999999999999999", "limit: expected a number"),
            ("format=xml", "format: expected json or text, found \"xml\""),
        ] {
            let why = parse(query).unwrap_err();
            assert!(why.starts_with(start), "{query}: {why}");
        }
        let many: Vec<_> = (0..65).map(|n| format!("n{n}=info")).collect();
        let why = parse(&format!("level={}", many.join(","))).unwrap_err();
        assert_eq!(why, "level: expected at most 64 levels, found 65");
    }

    proptest! {
        #[test]
        fn any_query_is_read_or_refused(query in "((level|logger|q|kv|backlog|limit|format|\\PC{0,3})=?\\PC{0,8}&?){0,5}") {
            if let Some(pairs) = pairs(&query) {
                if let Err(why) = TailQuery::parse(&Registry::new(), &pairs) {
                    prop_assert!(!why.is_empty() && why.chars().count() < 1000);
                }
            }
        }
    }
}
