//! Documents and classes that are not this crate's: what can be said of them.

use crate::config::node::{Map, Node, Place, Value};
use crate::config::problems::Trouble;

/// Classes of Python's `logging` that this version does not have.
const NOT_BUILT: &[&str] = &[
    "logging.handlers.SocketHandler",
    "logging.handlers.DatagramHandler",
    "logging.handlers.SysLogHandler",
    "logging.handlers.NTEventLogHandler",
    "logging.handlers.SMTPHandler",
    "logging.handlers.HTTPHandler",
    "logging.handlers.BufferingHandler",
    "logging.handlers.BaseRotatingHandler",
    "logging.Handler",
    "logging.BufferingFormatter",
    "logging.LoggerAdapter",
];

/// What to say of a class that no kind has; `None` where it is probably a misspelt one.
pub(super) fn unknown_class(name: &str, method: &str) -> Option<String> {
    let register = format!("Kinds::{method} registers a kind of that name");
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
        "; the formatter of this crate for JSON is \"json\""
    } else {
        ""
    };
    Some(format!(
        "unknown class {name:?}: the classes of other programs are not loaded; {register}{ours}"
    ))
}

/// Whether a key at the top is a remark, an anchor's place or a tool's, and no section.
pub(super) fn is_remark(key: &str) -> bool {
    ["x-", "x_", "_", "$", ".", "#", "//"]
        .iter()
        .any(|start| key.starts_with(start))
}

/// What a document is that is no configuration of Python's form.
pub(super) fn describe(root: &Node) -> Option<Trouble> {
    let place = root.place;
    let map = match &root.value {
        Value::Null => return Some(Trouble::new(place, "the document is empty")),
        Value::Map(map) => map,
        _ => {
            let message = format!("expected a section, found {}", root.describe());
            return Some(Trouble::new(place, message));
        }
    };
    if map.0.is_empty() {
        return Some(Trouble::new(
            place,
            "the document is empty: expected the key \"version\", which is 1",
        ));
    }
    if is_configuration(map) {
        return None;
    }
    if let Some((path, place)) = wrapped(map) {
        let message = format!(
            "the configuration stands below {path:?}: DictConfig::below({path:?}) takes it from there"
        );
        return Some(Trouble::new(place, message).at(path));
    }
    let has = |key: &str| map.get(key).is_some();
    let other = if has("appenders") {
        "this looks like a file of log4rs: its appenders are handlers here, and its encoders formatters"
    } else if has("global_level") || has("modules") {
        "this looks like a file of flexi_logger: levels of modules are levels of loggers here"
    } else if has("Configuration") || has("configuration") {
        "this looks like a file of log4j or logback"
    } else {
        return None;
    };
    let form = "the form that is read is that of Python's logging.config, see DictConfig";
    Some(Trouble::new(place, format!("{other}; {form}")))
}

const SECTIONS: &[&str] = &["handlers", "formatters", "loggers", "filters", "root"];

fn is_configuration(map: &Map) -> bool {
    map.get("version").is_some() || map.get("handlers").is_some() || map.get("loggers").is_some()
}

/// The place of a configuration inside another document.
fn wrapped(map: &Map) -> Option<(String, Place)> {
    /// As deep as `tool.app.logging`.
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
