//! The translation of an INI file into the document that `dictConfig` would get for the same
//! configuration.

use crate::config::arguments::PLACES;
use crate::config::node::{Map, Node, Value};
use crate::config::place::Place;
use crate::config::raw_problem::RawProblem;
use crate::config::syntax::ini::sections::{Defaults, Entry, Section, Sections};
use crate::config::syntax::map_builder::MapBuilder;
use crate::config::syntax::python_literal;

/// Reads an INI file.
pub(in crate::config::syntax) fn read(
    text: &str,
    defaults: &Defaults,
) -> Result<Node, Vec<RawProblem>> {
    let mut sections = Sections::parse(text).map_err(|problem| vec![problem])?;
    sections.add_defaults(defaults);
    let mut translator = Translator {
        sections: &sections,
        problems: Vec::new(),
    };
    let document = translator.document();
    if translator.problems.is_empty() {
        Ok(document)
    } else {
        Err(translator.problems)
    }
}

/// Turns sections into a document, and collects what is wrong with them.
struct Translator<'s> {
    sections: &'s Sections,
    problems: Vec<RawProblem>,
}

const LOGGER_KEYS: &[&str] = &[
    "level",
    "handlers",
    "qualname",
    "propagate",
    "channel",
    "parent",
];
const HANDLER_KEYS: &[&str] = &["class", "level", "formatter", "args", "kwargs", "target"];
const FORMATTER_KEYS: &[&str] = &[
    "format", "datefmt", "style", "class", "defaults", "validate",
];

impl Translator<'_> {
    fn document(&mut self) -> Node {
        let mut document = Map::default();
        document.set("version", Node::loose(Value::Whole(1)));
        let formatters = self.listed("formatters", "formatter_", FORMATTER_KEYS);
        let formatters = self.each(formatters, Self::formatter);
        document.set("formatters", formatters);
        let handlers = self.listed("handlers", "handler_", HANDLER_KEYS);
        let handlers = self.each(handlers, Self::handler);
        document.set("handlers", handlers);
        let mut loggers = MapBuilder::default();
        let mut root = None;
        for (name, at) in self.listed("loggers", "logger_", LOGGER_KEYS) {
            let section = format!("logger_{name}");
            let logger = self.logger(&section, at);
            if name == "root" {
                root = Some(logger);
            } else if let Some(qualname) = self.need(&section, "qualname") {
                if let Err(problem) = loggers.push(qualname.text, Place::Byte(qualname.at), logger)
                {
                    self.problems.push(problem);
                }
            }
        }
        document.set("loggers", Node::loose(loggers.finish()));
        match root {
            Some(root) => document.set("root", root),
            None if self.sections.by_name.contains_key("loggers") => {
                self.report(
                    "loggers",
                    "expected `root` among the keys of [loggers]".to_owned(),
                );
            }
            None => {}
        }
        if let Some(control) = self.control() {
            document.set("control", control);
        }
        Node::new(Value::Map(document), Place::Byte(0))
    }

    /// The section of the endpoint, which Python does not have.
    fn control(&mut self) -> Option<Node> {
        let Section { at, entries } = self.sections.by_name.get("control")?;
        let mut map = MapBuilder::default();
        let mut entries: Vec<_> = entries.iter().collect();
        entries.sort_by_key(|(_, entry)| entry.at);
        for (key, entry) in entries {
            let place = Place::Byte(entry.at);
            let node = Node::new(Value::Text(entry.text.clone()), place);
            if let Err(problem) = map.push(key.clone(), place, node) {
                self.problems.push(problem);
            }
        }
        Some(Node::new(map.finish(), Place::Byte(*at)))
    }

    fn report(&mut self, section: &str, message: String) {
        let at = self
            .sections
            .by_name
            .get(section)
            .map(|section| Place::Byte(section.at));
        self.problems
            .push(RawProblem::new(at.unwrap_or_default(), message));
    }

    /// Returns the names that a section lists in `keys`, and where their sections are.
    fn listed(&mut self, list: &str, prefix: &str, known: &[&str]) -> Vec<(String, usize)> {
        let Some(keys) = self.need(list, "keys") else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for name in names(&keys.text) {
            let section = format!("{prefix}{name}");
            let Some(Section { at, entries }) = self.sections.by_name.get(&section) else {
                let message =
                    format!("[{list}] lists {name:?}, but the section [{section}] is missing");
                self.problems
                    .push(RawProblem::new(Place::Byte(keys.at), message));
                continue;
            };
            for (key, entry) in entries.iter().filter(|(key, _)| !known.contains(&&***key)) {
                // Python ignores unknown keys, and files rely on that; one similar to a known key
                // is a typo.
                let message = format!("unknown key {key:?} in [{section}]");
                let problem = RawProblem::new(Place::Byte(entry.at), message);
                let problem = problem.among(key, known.iter().copied());
                if problem.suggestion.is_some() {
                    self.problems.push(problem);
                }
            }
            found.push((name.to_owned(), *at));
        }
        found
    }

    fn each(
        &mut self,
        names: Vec<(String, usize)>,
        translate: fn(&mut Self, &str, usize) -> Node,
    ) -> Node {
        let mut map = MapBuilder::default();
        for (name, at) in names {
            let node = translate(self, &name, at);
            if let Err(problem) = map.push(name, Place::Byte(at), node) {
                self.problems.push(problem);
            }
        }
        Node::loose(map.finish())
    }

    fn value(&mut self, section: &str, key: &str) -> Option<Entry> {
        self.sections.value(section, key).unwrap_or_else(|problem| {
            self.problems.push(problem);
            None
        })
    }

    fn need(&mut self, section: &str, key: &str) -> Option<Entry> {
        if !self.sections.by_name.contains_key(section) {
            self.report(
                section,
                format!("expected the section [{section}], which is missing"),
            );
            return None;
        }
        if self.sections.raw(section, key).is_none() {
            self.report(
                section,
                format!("expected the key {key:?} in [{section}], which is missing"),
            );
        }
        self.value(section, key)
    }

    fn text_into(&mut self, map: &mut Map, section: &str, key: &str) {
        if let Some(entry) = self
            .value(section, key)
            .filter(|entry| !entry.text.is_empty())
        {
            push(map, key, entry.at, Value::Text(entry.text));
        }
    }

    fn logger(&mut self, section: &str, at: usize) -> Node {
        let mut map = Map::default();
        self.text_into(&mut map, section, "level");
        if let Some(handlers) = self.need(section, "handlers") {
            let list = names(&handlers.text)
                .map(|name| Node::new(Value::Text(name.to_owned()), Place::Byte(handlers.at)));
            push(
                &mut map,
                "handlers",
                handlers.at,
                Value::List(list.collect()),
            );
        }
        if section != "logger_root" {
            let propagate = self.value(section, "propagate");
            let text = propagate.as_ref().map_or("1", |entry| entry.text.trim());
            let value = text.parse::<i64>().ok().map(|number| number != 0);
            match (value, propagate) {
                (Some(value), entry) => {
                    let at = entry.map_or(at, |entry| entry.at);
                    push(&mut map, "propagate", at, Value::Bool(value));
                }
                (None, Some(entry)) => {
                    let message =
                        format!("expected 0 or another whole number, found {:?}", entry.text);
                    self.problems
                        .push(RawProblem::new(Place::Byte(entry.at), message));
                }
                (None, None) => {}
            }
        }
        Node::new(Value::Map(map), Place::Byte(at))
    }

    fn formatter(&mut self, name: &str, at: usize) -> Node {
        let section = format!("formatter_{name}");
        let mut map = Map::default();
        // Python reads these raw: their percent signs belong to the template.
        for key in ["format", "datefmt", "style"] {
            if let Some(entry) = self.sections.raw(&section, key) {
                push(&mut map, key, entry.at, Value::Text(entry.text.clone()));
            }
        }
        if let Some(class) = self
            .value(&section, "class")
            .filter(|class| !class.text.is_empty())
        {
            push(
                &mut map,
                "class",
                class.at,
                Value::Text(full_name(&class.text)),
            );
        }
        for key in ["defaults", "validate"] {
            let entry = self.sections.raw(&section, key).cloned();
            if let Some(value) = entry.and_then(|entry| self.literal(&entry)) {
                map.push(key, value.place, value);
            }
        }
        Node::new(Value::Map(map), Place::Byte(at))
    }

    fn handler(&mut self, name: &str, at: usize) -> Node {
        let section = format!("handler_{name}");
        let mut map = Map::default();
        let class = self.need(&section, "class").unwrap_or_default();
        let full = full_name(&class.text);
        push(&mut map, "class", class.at, Value::Text(full));
        for key in ["level", "formatter", "target"] {
            self.text_into(&mut map, &section, key);
        }
        let args = self.value(&section, "args");
        if let Some(Node { value, place }) = args.and_then(|entry| self.literal(&entry)) {
            let values = match value {
                Value::List(values) => values,
                // `('x')` is not a tuple, but is meant to be one.
                value => vec![Node::new(value, place)],
            };
            map.push(PLACES, place, Node::new(Value::List(values), place));
        }
        let kwargs = self.value(&section, "kwargs");
        if let Some(Node { value, place }) = kwargs.and_then(|entry| self.literal(&entry)) {
            match value {
                Value::Map(entries) => {
                    for (key, node) in entries.0 {
                        self.argument(&mut map, &key.text, key.place, node);
                    }
                }
                _ => self
                    .problems
                    .push(RawProblem::new(place, "expected a dict")),
            }
        }
        Node::new(Value::Map(map), Place::Byte(at))
    }

    /// Adds an argument of the class.
    fn argument(&mut self, map: &mut Map, key: &str, place: Place, node: Node) {
        if map.get(key).is_some() {
            self.problems
                .push(RawProblem::new(place, format!("{key:?} is given twice")));
        } else {
            map.push(key, place, node);
        }
    }

    fn literal(&mut self, entry: &Entry) -> Option<Node> {
        python_literal::read(&entry.text, entry.at)
            .map_err(|problem| self.problems.push(problem))
            .ok()
    }
}

fn push(map: &mut Map, key: &str, at: usize, value: Value) {
    let place = Place::Byte(at);
    map.push(key, place, Node::new(value, place));
}

/// Returns the names in a comma-separated list.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
}

/// Returns the full name of a class: INI files look names up in the module `logging` first.
fn full_name(class: &str) -> String {
    match class {
        "StreamHandler" | "FileHandler" | "NullHandler" | "Formatter" => format!("logging.{class}"),
        _ if class.starts_with("handlers.") => format!("logging.{class}"),
        _ => class.to_owned(),
    }
}
