//! What a tail asks for: [`TailFilter`].

use crate::control::tail::glob::{Glob, is_within};
use crate::level::Level;
use crate::record::Record;
use crate::registry::may_log_secrets;

/// What a tail asks for. All of it must hold of a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::control) struct TailFilter {
    /// Levels of loggers, the root's name being empty: what is named is shown from its level on,
    /// even if the loggers' levels hide it, and nothing else. [`None`] is what the loggers show.
    pub(in crate::control) levels: Option<Vec<(String, Level)>>,
    /// Whether loggers of secrets show no more than `INFO`, unless their levels show it.
    pub(in crate::control) keeps_secrets: bool,
    /// Which loggers, by name: those of the records, or their owners.
    pub(in crate::control) logger: Option<Glob>,
    /// What message or error contain, in small letters; ASCII letters match in either case.
    pub(in crate::control) text: Option<String>,
    /// Keys that the record has, with the text of their value.
    pub(in crate::control) key_values: Vec<(String, String)>,
}

/// The loggers that a record belongs to, by their names.
#[derive(Clone, Copy)]
pub(super) struct Names<'r> {
    pub(super) logger: &'r str,
    pub(super) owner: Option<&'r str>,
}

impl<'r> Names<'r> {
    pub(super) fn of(record: &'r Record<'_>) -> Self {
        Self {
            logger: record.name(),
            owner: record.rare_fields().owner.as_deref(),
        }
    }

    fn any(self, is_it: impl Fn(&str) -> bool) -> bool {
        is_it(self.logger) || self.owner.is_some_and(is_it)
    }
}

impl TailFilter {
    /// Reports whether a record may be one, by what can be said without its text. As in the tree, a
    /// level asked for the owner, or for a logger between it and the root, replaces that of the
    /// record's logger.
    pub(super) fn wants(&self, names: Names<'_>, level: Level, is_shown: bool) -> bool {
        let by_level = match &self.levels {
            None => is_shown,
            Some(levels) => {
                let nearest = |name| {
                    let near = levels.iter().filter(|(logger, _)| is_within(name, logger));
                    near.max_by_key(|(logger, _)| logger.len())
                };
                let of_owner = names.owner.and_then(nearest);
                let of_owner = of_owner.filter(|(logger, _)| !logger.is_empty());
                let asked = of_owner.or_else(|| nearest(names.logger));
                asked.is_some_and(|(_, from)| level >= *from)
            }
        };
        let is_secret =
            || self.keeps_secrets && !is_shown && level < Level::INFO && names.any(may_log_secrets);
        let is_named = |glob: &Glob| names.any(|name| glob.matches(name));
        by_level && !is_secret() && self.logger.as_ref().is_none_or(is_named)
    }

    /// Reports whether text and key-values are as asked. The record is redacted already: a search
    /// must not find what is not shown.
    pub(super) fn matches(&self, record: &Record<'_>) -> bool {
        let has_text = |text: &String| {
            let contains = |found: &str| found.to_ascii_lowercase().contains(text);
            contains(record.message()) || record.error_text().is_some_and(|error| contains(&error))
        };
        self.text.as_ref().is_none_or(has_text) && self.has_key_values(record)
    }

    fn has_key_values(&self, record: &Record<'_>) -> bool {
        if self.key_values.is_empty() {
            return true;
        }
        let found = record.key_values().to_owned();
        self.key_values.iter().all(|(key, value)| {
            let mut found = found.iter();
            found.any(|(known, found)| **known == **key && text_of(found) == *value)
        })
    }
}

fn text_of(value: &crate::record::OwnedValue) -> std::borrow::Cow<'_, str> {
    match value.as_str() {
        Some(text) => text.into(),
        None => value.to_string().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names<'r>(logger: &'r str, owner: Option<&'r str>) -> Names<'r> {
        Names { logger, owner }
    }

    fn levels(levels: &[(&str, Level)]) -> TailFilter {
        let levels = levels
            .iter()
            .map(|(name, level)| ((*name).to_owned(), *level));
        TailFilter {
            levels: Some(levels.collect()),
            ..TailFilter::default()
        }
    }

    #[test]
    fn the_nearest_level_counts() {
        let filter = levels(&[
            ("a", Level::DEBUG),
            ("a.b", Level::OFF),
            ("a.b.c", Level::INFO),
        ]);
        let wants = |name, level| filter.wants(names(name, None), level, false);
        assert!(wants("a", Level::DEBUG) && wants("a.x", Level::DEBUG));
        assert!(!wants("a.b", Level::CRITICAL) && !wants("a.b.x", Level::CRITICAL));
        assert!(wants("a.b.c.d", Level::INFO) && !wants("a.b.c", Level::DEBUG));
        assert!(!wants("ab", Level::CRITICAL) && !wants("root", Level::CRITICAL));
        assert!(levels(&[("", Level::INFO)]).wants(names("root", None), Level::INFO, false));
        let all = TailFilter::default();
        assert!(all.wants(names("a", None), Level::TRACE, true));
        assert!(!all.wants(names("a", None), Level::CRITICAL, false));
    }

    #[test]
    fn what_is_asked_of_the_owner_stands_for_the_logger() {
        let mut filter = levels(&[
            ("", Level::INFO),
            ("shared", Level::WARNING),
            ("service", Level::DEBUG),
            ("service.quiet", Level::OFF),
        ]);
        let owned = |filter: &TailFilter, name, owner, level| {
            filter.wants(names(name, Some(owner)), level, false)
        };
        assert!(owned(&filter, "shared", "service", Level::DEBUG));
        assert!(owned(&filter, "shared", "service.part", Level::DEBUG));
        assert!(!owned(&filter, "shared", "service.quiet", Level::CRITICAL));
        // Nothing is asked of this one.
        assert!(!owned(&filter, "shared", "other", Level::INFO));
        assert!(owned(&filter, "shared", "other", Level::WARNING));
        assert!(owned(&filter, "app", "other", Level::INFO));
        filter.logger = Some(Glob::new("serv*"));
        assert!(owned(&filter, "shared", "service", Level::DEBUG));
        assert!(!owned(&filter, "app", "other", Level::INFO));
        filter.keeps_secrets = true;
        assert!(owned(&filter, "shared", "service", Level::DEBUG));
        assert!(!owned(&filter, "shared.wire", "service", Level::DEBUG));
    }

    #[test]
    fn text_and_key_values_all_hold() {
        let mut filter = TailFilter {
            text: Some("time out".to_owned()),
            ..TailFilter::default()
        };
        let of = |message: &str| {
            let record = Record::builder().message(message.to_owned());
            record.key_value("tenant", "acme").key_value("n", 7).build()
        };
        assert!(filter.matches(&of("A Time Out")) && !filter.matches(&of("timeout")));
        let in_error = Record::builder()
            .message("m")
            .error_text("Time out")
            .build();
        assert!(filter.matches(&in_error));
        filter.key_values = vec![("tenant".into(), "acme".into()), ("n".into(), "7".into())];
        assert!(filter.matches(&of("time out")) && !filter.matches(&in_error));
        filter.key_values[0].1 = "acm".to_owned();
        assert!(!filter.matches(&of("time out")));
    }
}
