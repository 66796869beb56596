//! The tools of a check: [`Planner`].

use std::collections::HashMap;

use crate::config::arguments::Arguments;
use crate::config::factories::{Build, Table};
use crate::config::fingerprint::Fingerprint;
use crate::config::foreign;
use crate::config::from_config::Read;
use crate::config::node::{Key, Map, Node, Value};
use crate::config::place::Place;
use crate::config::raw_problem::RawProblem;
use crate::config::read_context::ReadContext;

/// Turns a document into a plan, and reports everything that is wrong with it.
pub(super) struct Planner<'c> {
    pub(super) context: &'c ReadContext<'c>,
    pub(super) document: &'c Map,
}

/// Formatters or filters by name: the index in the plan, and the fingerprint.
pub(super) type Names = HashMap<String, (usize, u64)>;

impl<'c> Planner<'c> {
    pub(super) fn report(&self, place: Place, path: impl Into<String>, message: impl Into<String>) {
        self.context
            .report(RawProblem::new(place, message.into()).at(path));
    }

    pub(super) fn flag(&self, key: &str) -> Option<bool> {
        self.value(key, self.document.get(key)?)
    }

    /// Resolves and reads a value. `None` for null, and for a wrong value, which is reported.
    pub(super) fn value<T: Read>(&self, path: &str, node: &Node) -> Option<T> {
        let node = self.resolve(path, node)?;
        if matches!(node.value, Value::Null) {
            return None;
        }
        match T::read(node, self.context) {
            Ok(value) => Some(value),
            Err(mismatch) => {
                self.context.report(mismatch.problem(node).at(path));
                None
            }
        }
    }

    fn resolve<'n>(&self, path: &str, node: &'n Node) -> Option<&'n Node>
    where
        'c: 'n,
    {
        let resolved = self.context.references.resolve(node);
        resolved
            .map_err(|problem| self.context.report(problem.at(path)))
            .ok()
    }

    /// Returns the entries of a top-level section, sorted by name, as Python handles them.
    pub(super) fn entries(&self, section: &str) -> Vec<(&'c Key, &'c Node)> {
        let Some(node) = self.document.get(section) else {
            return Vec::new();
        };
        let Some(node) = self.resolve(section, node) else {
            return Vec::new();
        };
        match &node.value {
            Value::Null => Vec::new(),
            Value::Map(map) => {
                let mut entries: Vec<_> = map.0.iter().map(|(key, node)| (key, node)).collect();
                entries.sort_by(|(a, _), (b, _)| a.text.cmp(&b.text));
                entries
            }
            _ => {
                self.report(
                    node.place,
                    section,
                    format!("expected a section, found {}", node.describe()),
                );
                Vec::new()
            }
        }
    }

    /// Returns an entry as a section.
    pub(super) fn section(&self, path: &str, node: &'c Node) -> Option<&'c Map> {
        let node = self.resolve(path, node)?;
        if matches!(node.value, Value::Null) {
            static EMPTY: Map = Map(Vec::new());
            return Some(&EMPTY);
        }
        let map = node.map();
        if map.is_none() {
            self.report(
                node.place,
                path,
                format!("expected a section, found {}", node.describe()),
            );
        }
        map
    }

    /// Runs the factory that an entry names, as `()` or as `class`.
    pub(super) fn build<T>(
        &self,
        arguments: &mut Arguments<'_>,
        path: &str,
        place: Place,
        map: &'c Map,
        table: &'c Table<T>,
        default: Option<&str>,
    ) -> Option<Build<T>> {
        let given = |key| {
            let node = map.get(key)?;
            (!matches!(node.value, Value::Null)).then_some((key, node))
        };
        let named = given("()").or_else(|| given("class"));
        if named.is_none() && default.is_none() {
            self.report(place, path, "expected the key \"class\", which is missing");
            return None;
        }
        let key = named.map_or("class", |(key, _)| key);
        let named = named.map(|(_, node)| node);
        let path = format!("{path}.{key}");
        let name = match named {
            Some(node) => self.value::<String>(&path, node)?,
            None => default.unwrap_or_default().to_owned(),
        };
        let plain = name.strip_prefix("ext://").unwrap_or(&name);
        let Some(factory) = table.get(plain) else {
            let place = named.map_or(place, |node| node.place);
            match foreign::unknown_class(plain, table.method()) {
                Some(message) => self.report(place, path, message),
                None => {
                    let message = format!("unknown class {name:?}");
                    let problem = RawProblem::new(place, message).at(path);
                    self.context.report_among(problem, plain, table.names());
                }
            }
            return None;
        };
        arguments.fingerprint.add(plain);
        Some(factory(arguments))
    }

    /// Returns the indices of named parts; unknown names are reported.
    pub(super) fn named(
        &self,
        what: &str,
        path: &str,
        node: Option<&Node>,
        names: &Names,
        fingerprint: &mut Fingerprint,
    ) -> Vec<usize> {
        let Some(list) = node.and_then(|node| self.value::<Vec<String>>(path, node)) else {
            return Vec::new();
        };
        let place = node.map_or(Place::Nowhere, |node| node.place);
        let find = |name: &String| {
            let found = names.get(name);
            if found.is_none() {
                self.unknown(what, name, place, path, names.keys().map(|name| &**name));
            }
            let (number, own) = found?;
            fingerprint.add(own);
            Some(*number)
        };
        list.iter().filter_map(find).collect()
    }

    pub(super) fn unknown<'k>(
        &self,
        what: &str,
        name: &str,
        place: Place,
        path: &str,
        known: impl Iterator<Item = &'k str>,
    ) {
        let problem = RawProblem::new(place, format!("unknown {what} {name:?}")).at(path);
        self.context.report_among(problem, name, known);
    }
}
