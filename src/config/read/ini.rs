//! The INI files of Python's `fileConfig`, turned into the document that `dictConfig` would be given for the same.
//!
//! Python evaluates `args`, `kwargs` and `class` as code; here they are [literals](super::python_literal) and names.

use std::collections::{HashMap, hash_map};

use crate::config::arguments::PLACES;
use crate::config::kinds;
use crate::config::node::{Map, Node, Place, Value};
use crate::config::problems::Trouble;
use crate::config::read::{Defaults, MapBuilder, python_literal};

pub(super) fn read(text: &str, defaults: &Defaults) -> Result<Node, Vec<Trouble>> {
    let mut sections = Sections::parse(text).map_err(|trouble| vec![trouble])?;
    sections.add_defaults(defaults);
    let mut translator = Translator {
        sections: &sections,
        troubles: Vec::new(),
    };
    let document = translator.document();
    if translator.troubles.is_empty() {
        Ok(document)
    } else {
        Err(translator.troubles)
    }
}

/// The section whose values hold in all others.
const DEFAULT: &str = "DEFAULT";

/// The name in a line `[name]`; what follows the last bracket is no part of it.
fn section_name(line: &str) -> Option<&str> {
    let (name, _) = line.strip_prefix('[')?.rsplit_once(']')?;
    (!name.is_empty()).then_some(name)
}

/// A text and where it stands.
#[derive(Clone, Debug, Default)]
struct Entry {
    text: String,
    at: usize,
}

#[derive(Debug, Default)]
struct Section {
    at: usize,
    /// By their names in small letters.
    entries: HashMap<String, Entry>,
}

/// The sections of a file, by the rules of Python's `configparser`.
#[derive(Debug, Default)]
struct Sections {
    by_name: HashMap<String, Section>,
}

impl Sections {
    fn parse(text: &str) -> Result<Self, Trouble> {
        let mut sections = Self::default();
        // The section and the key that the line above belongs to.
        let mut section: Option<String> = None;
        let mut key: Option<String> = None;
        let mut indent = 0;
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let start = at;
            at += line.len();
            let content = line.trim();
            let own_indent = line.len() - line.trim_start().len();
            if content.starts_with(['#', ';']) {
                continue;
            }
            let place = start + own_indent;
            if content.is_empty() || own_indent > indent {
                // A line that is further in goes on with the value above; an empty one is part of it.
                let above = section.as_ref().zip(key.as_ref());
                let entry = above.and_then(|(section, key)| sections.entry_mut(section, key));
                if let Some(entry) = entry {
                    entry.text.push('\n');
                    entry.text.push_str(content);
                    continue;
                }
            }
            if content.is_empty() {
                continue;
            }
            indent = own_indent;
            if let Some(name) = section_name(content) {
                sections.open(name, place)?;
                section = Some(name.to_owned());
                key = None;
                continue;
            }
            let Some(name) = &section else {
                return Err(Trouble::new(
                    Place::Byte(place),
                    "expected a section in brackets, as [loggers]",
                ));
            };
            let Some(split) = content.find(['=', ':']) else {
                return Err(Trouble::new(Place::Byte(place), "expected `key = value`"));
            };
            let own_key = content[..split].trim().to_lowercase();
            let value = content[split + 1..].trim_start();
            let entry = Entry {
                text: value.to_owned(),
                at: place + content.len() - value.len(),
            };
            let entries = &mut sections.by_name.entry(name.clone()).or_default().entries;
            if own_key.is_empty() || entries.insert(own_key.clone(), entry).is_some() {
                let message = format!("the key {own_key:?} is empty or there twice");
                return Err(Trouble::new(Place::Byte(place), message));
            }
            key = Some(own_key);
        }
        sections.trim();
        Ok(sections)
    }

    /// Starts a section. `[DEFAULT]` may be there more than once.
    fn open(&mut self, name: &str, at: usize) -> Result<(), Trouble> {
        let entries = HashMap::new();
        let is_new = match self.by_name.entry(name.to_owned()) {
            hash_map::Entry::Vacant(vacant) => {
                vacant.insert(Section { at, entries });
                true
            }
            hash_map::Entry::Occupied(_) => name == DEFAULT,
        };
        if is_new {
            Ok(())
        } else {
            let message = format!("the section [{name}] is there twice");
            Err(Trouble::new(Place::Byte(at), message))
        }
    }

    fn entry_mut(&mut self, section: &str, key: &str) -> Option<&mut Entry> {
        self.by_name.get_mut(section)?.entries.get_mut(key)
    }

    /// Removes the empty lines that follow a value.
    fn trim(&mut self) {
        let sections = self.by_name.values_mut();
        for entry in sections.flat_map(|section| section.entries.values_mut()) {
            entry.text.truncate(entry.text.trim_end().len());
        }
    }

    /// Adds values for what the file does not say itself in `[DEFAULT]`.
    fn add_defaults(&mut self, defaults: &Defaults) {
        let section = self.by_name.entry(DEFAULT.to_owned()).or_default();
        for (key, text) in defaults {
            // Nothing in it stands for another value.
            let text = text.replace('%', "%%");
            let entry = section.entries.entry(key.to_lowercase());
            entry.or_insert(Entry { text, at: 0 });
        }
    }

    /// A value of a section, or of `[DEFAULT]`, as it is written.
    fn raw(&self, section: &str, key: &str) -> Option<&Entry> {
        let own = self.by_name.get(section)?.entries.get(key);
        own.or_else(|| self.by_name.get(DEFAULT)?.entries.get(key))
    }

    /// The same with `%(name)s` replaced by the value of that name.
    fn value(&self, section: &str, key: &str) -> Result<Option<Entry>, Trouble> {
        let Some(raw) = self.raw(section, key) else {
            return Ok(None);
        };
        let mut text = String::new();
        self.interpolate(section, raw, &mut Interpolation::default(), &mut text)?;
        Ok(Some(Entry { text, at: raw.at }))
    }

    fn interpolate(
        &self,
        section: &str,
        entry: &Entry,
        so_far: &mut Interpolation,
        text: &mut String,
    ) -> Result<(), Trouble> {
        let wrong = |message: String| Trouble::new(Place::Byte(entry.at), message);
        let mut rest = &*entry.text;
        while let Some(percent) = rest.find('%') {
            text.push_str(&rest[..percent]);
            rest = &rest[percent + 1..];
            if let Some(behind) = rest.strip_prefix('%') {
                text.push('%');
                rest = behind;
                continue;
            }
            let reference = rest
                .strip_prefix('(')
                .and_then(|rest| rest.split_once(")s"));
            let Some((name, behind)) = reference else {
                return Err(wrong(
                    "expected `%%` or `%(name)s` where a percent sign stands".to_owned(),
                ));
            };
            let Some(value) = self.raw(section, &name.to_lowercase()) else {
                let message = format!(
                    "there is no value {name:?} for %({name})s; DictConfig::from_ini_with gives such values"
                );
                return Err(wrong(message));
            };
            so_far.depth += 1;
            so_far.values += 1;
            if so_far.depth > Interpolation::DEEPEST
                || so_far.values > Interpolation::MOST
                || text.len() > Interpolation::LONGEST
            {
                return Err(wrong(format!(
                    "%({name})s leads to too many or too long values"
                )));
            }
            self.interpolate(section, value, so_far, text)?;
            so_far.depth -= 1;
            rest = behind;
        }
        text.push_str(rest);
        Ok(())
    }
}

/// How much one value has brought in.
#[derive(Default)]
struct Interpolation {
    depth: usize,
    values: usize,
}

impl Interpolation {
    /// As in Python.
    const DEEPEST: usize = 10;
    const MOST: usize = 1_000;
    const LONGEST: usize = 64 * 1024;
}

/// Makes a document of sections, and notes what is wrong with them.
struct Translator<'s> {
    sections: &'s Sections,
    troubles: Vec<Trouble>,
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
                if let Err(trouble) = loggers.push(qualname.text, Place::Byte(qualname.at), logger)
                {
                    self.troubles.push(trouble);
                }
            }
        }
        document.set("loggers", Node::loose(loggers.finish()));
        match root {
            Some(root) => document.set("root", root),
            None if self.sections.by_name.contains_key("loggers") => {
                self.trouble(
                    "loggers",
                    "expected `root` among the keys of [loggers]".to_owned(),
                );
            }
            None => {}
        }
        Node::new(Value::Map(document), Place::Byte(0))
    }

    fn trouble(&mut self, section: &str, message: String) {
        let at = self
            .sections
            .by_name
            .get(section)
            .map(|section| Place::Byte(section.at));
        self.troubles
            .push(Trouble::new(at.unwrap_or_default(), message));
    }

    /// The names that a section's `keys` lists, and where their sections stand.
    fn listed(&mut self, list: &str, prefix: &str, known: &[&str]) -> Vec<(String, usize)> {
        let Some(keys) = self.need(list, "keys") else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for name in names(&keys.text) {
            let section = format!("{prefix}{name}");
            let Some(Section { at, entries }) = self.sections.by_name.get(&section) else {
                let message =
                    format!("[{list}] lists {name:?}, but there is no section [{section}]");
                self.troubles
                    .push(Trouble::new(Place::Byte(keys.at), message));
                continue;
            };
            for (key, entry) in entries.iter().filter(|(key, _)| !known.contains(&&***key)) {
                // Python passes over unknown keys, and files rely on that; one that is nearly a known one is a slip.
                let message = format!("unknown key {key:?} in [{section}]");
                let trouble = Trouble::new(Place::Byte(entry.at), message);
                let trouble = trouble.among(key, known.iter().copied());
                if trouble.suggestion.is_some() {
                    self.troubles.push(trouble);
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
            if let Err(trouble) = map.push(name, Place::Byte(at), node) {
                self.troubles.push(trouble);
            }
        }
        Node::loose(map.finish())
    }

    fn value(&mut self, section: &str, key: &str) -> Option<Entry> {
        self.sections.value(section, key).unwrap_or_else(|trouble| {
            self.troubles.push(trouble);
            None
        })
    }

    fn need(&mut self, section: &str, key: &str) -> Option<Entry> {
        if !self.sections.by_name.contains_key(section) {
            self.trouble(section, format!("there is no section [{section}]"));
            return None;
        }
        if self.sections.raw(section, key).is_none() {
            self.trouble(section, format!("[{section}] has no {key:?}"));
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
                        format!("expected a whole number, 0 for no, found {:?}", entry.text);
                    self.troubles
                        .push(Trouble::new(Place::Byte(entry.at), message));
                }
                (None, None) => {}
            }
        }
        Node::new(Value::Map(map), Place::Byte(at))
    }

    fn formatter(&mut self, name: &str, at: usize) -> Node {
        let section = format!("formatter_{name}");
        let mut map = Map::default();
        // Python reads these as they are: their percent signs are the template's.
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
                Value::Text(kinds::full_name(&class.text)),
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
        let full = kinds::full_name(&class.text);
        push(&mut map, "class", class.at, Value::Text(full));
        for key in ["level", "formatter", "target"] {
            self.text_into(&mut map, &section, key);
        }
        let args = self.value(&section, "args");
        if let Some(Node { value, place }) = args.and_then(|entry| self.literal(&entry)) {
            let values = match value {
                Value::List(values) => values,
                // `('x')` is no tuple, but what else can be meant?
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
                _ => self.troubles.push(Trouble::new(place, "expected a dict")),
            }
        }
        Node::new(Value::Map(map), Place::Byte(at))
    }

    /// An argument of the class.
    fn argument(&mut self, map: &mut Map, key: &str, place: Place, node: Node) {
        if map.get(key).is_some() {
            self.troubles
                .push(Trouble::new(place, format!("{key:?} is given twice")));
        } else {
            map.push(key, place, node);
        }
    }

    fn literal(&mut self, entry: &Entry) -> Option<Node> {
        python_literal::read(&entry.text, entry.at)
            .map_err(|trouble| self.troubles.push(trouble))
            .ok()
    }
}

fn push(map: &mut Map, key: &str, at: usize, value: Value) {
    let place = Place::Byte(at);
    map.push(key, place, Node::new(value, place));
}

/// The names of a list with commas.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
}
