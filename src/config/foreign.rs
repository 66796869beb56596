//! Errors for documents and classes of other programs.

use crate::config::node::{Map, Node, Value};
use crate::config::place::Place;
use crate::config::raw_problem::RawProblem;

/// Classes that no version has: those of which Python derives others, and those of Windows.
const NOT_BUILT: &[&str] = &[
    "logging.handlers.NTEventLogHandler",
    "logging.handlers.BufferingHandler",
    "logging.handlers.BaseRotatingHandler",
    "logging.Handler",
    "logging.BufferingFormatter",
    "logging.LoggerAdapter",
];

/// What brings classes that are not in every build.
enum Bringer {
    /// A feature.
    Feature(&'static str),
    /// A method of `Factories`, of a feature.
    Method(&'static str, &'static str),
}

/// Classes that a build can lack, with the method of `Factories` that would add them.
const OPTIONAL: &[(&str, Bringer, &[&str])] = &[
    (
        "handler",
        Bringer::Feature("socket"),
        &[
            "logging.handlers.SocketHandler",
            "socket",
            "logging.handlers.DatagramHandler",
            "datagram",
        ],
    ),
    (
        "handler",
        Bringer::Feature("syslog"),
        &["logging.handlers.SysLogHandler", "syslog"],
    ),
    (
        "handler",
        Bringer::Feature("smtp"),
        &["logging.handlers.SMTPHandler", "smtp"],
    ),
    (
        "handler",
        Bringer::Feature("http-handler"),
        &["logging.handlers.HTTPHandler", "http"],
    ),
    (
        "handler",
        Bringer::Feature("journald"),
        &["systemd.journal.JournalHandler", "journald"],
    ),
    ("handler", Bringer::Feature("gelf"), &["gelf"]),
    (
        "handler",
        Bringer::Feature("otlp"),
        &["opentelemetry.sdk._logs.LoggingHandler", "otlp"],
    ),
    (
        "handler",
        Bringer::Method("cloudwatch", "cloudwatch"),
        &["watchtower.CloudWatchLogHandler", "cloudwatch"],
    ),
    (
        "formatter",
        Bringer::Feature("pretty"),
        &[
            "logtree.PrettyFormatter",
            "pretty",
            "logtree.AutoFormatter",
            "auto",
        ],
    ),
];

/// Returns the error for an unknown class; `None` for one that is probably misspelled.
pub(super) fn unknown_class(name: &str, method: &str) -> Option<String> {
    let is_named = |of: &str, names: &[&str]| of == method && names.contains(&name);
    if let Some((_, bringer, _)) = OPTIONAL.iter().find(|row| is_named(row.0, row.2)) {
        return Some(match bringer {
            Bringer::Feature(feature) => {
                format!("{name:?} needs the feature {feature:?}, which this build lacks")
            }
            Bringer::Method(method, feature) => {
                format!("{name:?} needs Factories::{method}, of the feature {feature:?}")
            }
        });
    }
    let register = format!("Factories::{method} registers a factory of that name");
    if NOT_BUILT.contains(&name) {
        return Some(format!(
            "{name:?} is not part of this version of logtree; {register}"
        ));
    }
    let (module, class) = name.rsplit_once('.')?;
    if module == "logging" || module.starts_with("logging.") {
        return None;
    }
    let ours = if method == "formatter" && class.to_lowercase().contains("json") {
        "; this crate's JSON formatter is \"json\""
    } else {
        ""
    };
    Some(format!(
        "unknown class {name:?}: classes of other programs are not loaded; {register}{ours}"
    ))
}

/// Whether a top-level key is a comment, or belongs to a YAML anchor or a tool.
pub(super) fn is_remark(key: &str) -> bool {
    ["x-", "x_", "_", "$", ".", "#", "//"]
        .iter()
        .any(|start| key.starts_with(start))
}

/// Returns the error for a document that is not a configuration in Python's format.
pub(super) fn describe(root: &Node) -> Option<RawProblem> {
    let place = root.place;
    let map = match &root.value {
        Value::Null => return Some(RawProblem::new(place, "the document is empty")),
        Value::Map(map) => map,
        _ => {
            let message = format!("expected a section, found {}", root.describe());
            return Some(RawProblem::new(place, message));
        }
    };
    if map.0.is_empty() {
        return Some(RawProblem::new(
            place,
            "the document is empty: expected the key \"version\", with the value 1",
        ));
    }
    if is_configuration(map) {
        return None;
    }
    if let Some((path, place)) = wrapped(map) {
        let message = format!(
            "the configuration is in the section {path:?}: use DictConfig::section({path:?})"
        );
        return Some(RawProblem::new(place, message).at(path));
    }
    let has = |key: &str| map.get(key).is_some();
    let other = if has("appenders") {
        "this looks like a log4rs file: appenders are handlers here, and encoders are formatters"
    } else if has("global_level") || has("modules") {
        "this looks like a flexi_logger file: module levels are logger levels here"
    } else if has("Configuration") || has("configuration") {
        "this looks like a log4j or logback file"
    } else {
        return None;
    };
    let form = "expected the format of Python's logging.config, see DictConfig";
    Some(RawProblem::new(place, format!("{other}; {form}")))
}

const SECTIONS: &[&str] = &["handlers", "formatters", "loggers", "filters", "root"];

fn is_configuration(map: &Map) -> bool {
    map.get("version").is_some() || map.get("handlers").is_some() || map.get("loggers").is_some()
}

/// Returns the path and place of a configuration inside another document.
fn wrapped(map: &Map) -> Option<(String, Place)> {
    /// The depth of `tool.app.logging`.
    const DEEPEST: usize = 3;
    let mut level: Vec<(String, &Map)> = vec![(String::new(), map)];
    for _ in 0..DEEPEST {
        let mut next = Vec::new();
        for (path, map) in level {
            for (key, node) in &map.0 {
                let Some(inner) = node.map() else { continue };
                let path = format!("{path}{}", key.text);
                let sections = SECTIONS
                    .iter()
                    .filter(|section| inner.get(section).is_some());
                if is_configuration(inner) && sections.count() > 0 {
                    return Some((path, key.place));
                }
                next.push((format!("{path}."), inner));
            }
        }
        level = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_for_an_optional_class_says_what_it_needs() {
        assert_eq!(
            unknown_class("syslog", "handler").unwrap(),
            r#""syslog" needs the feature "syslog", which this build lacks"#
        );
        assert_eq!(
            unknown_class("cloudwatch", "handler").unwrap(),
            r#""cloudwatch" needs Factories::cloudwatch, of the feature "cloudwatch""#
        );
    }

    /// A name is optional for the objects that it makes, and for no others.
    #[test]
    fn a_short_name_of_another_sort_of_object_is_unknown() {
        assert_eq!(unknown_class("syslog", "formatter"), None);
        assert_eq!(unknown_class("pretty", "handler"), None);
    }

    /// Each of these names is one that a build with all features has.
    #[cfg(feature = "full")]
    #[test]
    fn the_names_are_those_of_the_factories() {
        let factories = crate::config::factories::Factories::new();
        let handlers: Vec<&str> = factories.handlers.names().collect();
        let formatters: Vec<&str> = factories.formatters.names().collect();
        for (method, bringer, names) in OPTIONAL {
            let known = match *method {
                "handler" => &handlers,
                _ => &formatters,
            };
            let is_by_hand = matches!(bringer, Bringer::Method(..));
            for name in *names {
                assert_eq!(known.contains(name), !is_by_hand, "{name}");
            }
        }
    }
}
