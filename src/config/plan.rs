//! From a document to a plan: what is to be made, and which logger gets what. All that can be wrong without making anything
//! is found here.

use std::collections::{HashMap, VecDeque};

use crate::config::arguments::{Arguments, HandlerRef, PLACES};
use crate::config::check::{Check, Settings};
use crate::config::fingerprint::Fingerprint;
use crate::config::foreign;
use crate::config::kinds::{Build, Kinds, Table};
use crate::config::node::{Key, Map, Node, Place, Value};
use crate::config::problems::Trouble;
use crate::config::value::Read;
use crate::filter::SharedFilter;
use crate::formatter::Format;
use crate::handler::{Handler, handler_by_name};
use crate::level::Level;
use crate::name;
use crate::registry::Registry;
use crate::sys::sync::Arc;

/// A document without errors.
pub(super) struct Plan {
    pub(super) formatters: Vec<Part<Arc<dyn Format>>>,
    pub(super) filters: Vec<Part<SharedFilter>>,
    /// Each behind those that it names.
    pub(super) handlers: Vec<HandlerPlan>,
    pub(super) loggers: Vec<LoggerPlan>,
    pub(super) disable_existing: bool,
    /// `incremental`: levels and propagation only, of what is there.
    pub(super) incremental: Option<Vec<(Handler, Level)>>,
}

/// A formatter or filter still to be made.
pub(super) struct Part<T> {
    pub(super) build: Build<T>,
    pub(super) origin: Origin,
}

/// Where something stands, for errors of its making.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    pub(super) path: String,
    pub(super) place: Place,
}

pub(super) struct HandlerPlan {
    pub(super) name: String,
    pub(super) build: Build<Handler>,
    pub(super) origin: Origin,
    pub(super) level: Option<Level>,
    pub(super) formatter: Option<usize>,
    pub(super) filters: Vec<usize>,
    /// For those that name it.
    pub(super) made: HandlerRef,
    needs: Vec<String>,
    pub(super) prints: Prints,
}

/// Identifies a handler: two with the same one are the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Prints {
    /// Equal for handlers that are made from equal arguments and handlers.
    pub(super) made: Fingerprint,
    /// Equal for equal formatters.
    pub(super) formatter: Option<u64>,
    /// Equal for equal filters.
    pub(super) filters: Fingerprint,
}

pub(super) struct LoggerPlan {
    /// `""` is the root.
    pub(super) name: String,
    pub(super) level: Option<Level>,
    pub(super) propagate: Option<bool>,
    /// By their names.
    pub(super) handlers: Vec<String>,
    pub(super) filters: Vec<usize>,
}

const SECTIONS: &[&str] = &[
    "version",
    "formatters",
    "filters",
    "handlers",
    "loggers",
    "root",
    "incremental",
    "disable_existing_loggers",
];

/// What every handler is told, whatever its kind.
const HANDLER_KEYS: &[&str] = &["class", "()", ".", PLACES, "level", "formatter", "filters"];
const PART_KEYS: &[&str] = &["class", "()", "."];
const LOGGER_KEYS: &[&str] = &["level", "propagate", "filters", "handlers"];

pub(super) fn check(
    root: &Node,
    kinds: &Kinds,
    registry: &Registry,
    settings: &Settings,
) -> Result<Plan, Vec<Trouble>> {
    if let Some(trouble) = foreign::describe(root) {
        return Err(vec![trouble]);
    }
    let Some(document) = root.map() else {
        return Err(Vec::new());
    };
    let mut check = Check::new(root, kinds, registry, settings);
    let handlers = document.get("handlers");
    let handlers = handlers.and_then(|node| check.resolve(node).ok()?.map());
    check.handlers = handlers
        .into_iter()
        .flat_map(|map| &map.0)
        .map(|(key, _)| (&*key.text, HandlerRef::default()))
        .collect();
    let planner = Planner {
        check: &check,
        document,
    };
    let plan = planner.plan();
    let troubles = check.troubles.take();
    if troubles.is_empty() {
        Ok(plan)
    } else {
        Err(troubles)
    }
}

struct Planner<'c> {
    check: &'c Check<'c>,
    document: &'c Map,
}

/// Parts by name: the place in the list, and the fingerprint.
type Names = HashMap<String, (usize, u64)>;

impl<'c> Planner<'c> {
    fn plan(&self) -> Plan {
        self.version();
        let incremental = self.flag("incremental").unwrap_or(false);
        let disable_existing = self.flag("disable_existing_loggers");
        let disable_existing = self.check.settings.disable_existing.or(disable_existing);
        let mut plan = Plan {
            formatters: Vec::new(),
            filters: Vec::new(),
            handlers: Vec::new(),
            loggers: Vec::new(),
            disable_existing: disable_existing.unwrap_or(false),
            incremental: None,
        };
        let kinds = self.check.kinds;
        if incremental {
            plan.incremental = Some(self.handler_levels());
            plan.loggers = self.loggers(None);
        } else {
            let formatters = self.parts(
                "formatters",
                "logging.Formatter",
                &kinds.formatters,
                &mut plan.formatters,
            );
            let filters = self.parts(
                "filters",
                "logging.Filter",
                &kinds.filters,
                &mut plan.filters,
            );
            plan.handlers = self.handlers(&formatters, &filters);
            plan.loggers = self.loggers(Some(&filters));
        }
        self.unknown_sections();
        self.room(&plan.loggers);
        plan
    }

    /// Loggers that cannot be made would leave their settings with others.
    fn room(&self, loggers: &[LoggerPlan]) {
        let needed = self
            .check
            .registry
            .missing_loggers(loggers.iter().map(|plan| &*plan.name));
        let room = self.check.registry.room_for_loggers();
        if needed > room {
            let message = format!("expected at most {room} new names of loggers, found {needed}");
            self.trouble(Place::Nowhere, "loggers", message);
        }
    }

    fn trouble(&self, place: Place, path: impl Into<String>, message: impl Into<String>) {
        self.check
            .trouble(Trouble::new(place, message.into()).at(path));
    }

    /// Statement 102.
    fn version(&self) {
        let Some(node) = self.document.get("version") else {
            self.trouble(
                self.check.root.place,
                "",
                "expected the key \"version\", which is missing: it is 1",
            );
            return;
        };
        // As in Python, where 1.0 is 1.
        let is_one = match node.value {
            Value::Whole(number) => number == 1,
            Value::Float(number) => number == 1.0,
            _ => false,
        };
        if !is_one {
            self.trouble(
                node.place,
                "version",
                format!("expected 1, found {}", node.describe()),
            );
        }
    }

    fn flag(&self, key: &str) -> Option<bool> {
        self.value(key, self.document.get(key)?)
    }

    /// A value, resolved and read; what is wrong is noted. Null is nothing.
    fn value<T: Read>(&self, path: &str, node: &Node) -> Option<T> {
        let node = self.resolve(path, node)?;
        if matches!(node.value, Value::Null) {
            return None;
        }
        match T::read(node, self.check) {
            Ok(value) => Some(value),
            Err(mismatch) => {
                self.check.trouble(mismatch.trouble(node).at(path));
                None
            }
        }
    }

    fn resolve<'n>(&self, path: &str, node: &'n Node) -> Option<&'n Node>
    where
        'c: 'n,
    {
        let resolved = self.check.resolve(node);
        resolved
            .map_err(|trouble| self.check.trouble(trouble.at(path)))
            .ok()
    }

    /// The entries of a section at the top, in the order of their names, as Python has it.
    fn entries(&self, section: &str) -> Vec<(&'c Key, &'c Node)> {
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
                self.trouble(
                    node.place,
                    section,
                    format!("expected a section, found {}", node.describe()),
                );
                Vec::new()
            }
        }
    }

    /// An entry that is a section itself.
    fn section(&self, path: &str, node: &'c Node) -> Option<&'c Map> {
        let node = self.resolve(path, node)?;
        if matches!(node.value, Value::Null) {
            static EMPTY: Map = Map(Vec::new());
            return Some(&EMPTY);
        }
        let map = node.map();
        if map.is_none() {
            self.trouble(
                node.place,
                path,
                format!("expected a section, found {}", node.describe()),
            );
        }
        map
    }

    /// The kind that an entry names, as `()` or as `class`, and what it makes of its arguments.
    fn build<T>(
        &self,
        arguments: &mut Arguments<'_>,
        path: &str,
        place: Place,
        map: &'c Map,
        kinds: &'c Table<T>,
        default: Option<&str>,
    ) -> Option<Build<T>> {
        let given = |key| {
            let node = map.get(key)?;
            (!matches!(node.value, Value::Null)).then_some((key, node))
        };
        let named = given("()").or_else(|| given("class"));
        if named.is_none() && default.is_none() {
            self.trouble(place, path, "expected the key \"class\", which is missing");
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
        let Some(factory) = kinds.get(plain) else {
            let place = named.map_or(place, |node| node.place);
            match foreign::unknown_class(plain, kinds.method()) {
                Some(message) => self.trouble(place, path, message),
                None => {
                    let message = format!("unknown class {name:?}");
                    let trouble = Trouble::new(place, message).at(path);
                    self.check.trouble_among(trouble, plain, kinds.names());
                }
            }
            return None;
        };
        arguments.fingerprint.add(plain);
        Some(factory(arguments))
    }

    /// Formatters or filters.
    fn parts<T>(
        &self,
        section: &str,
        default: &str,
        kinds: &'c Table<T>,
        parts: &mut Vec<Part<T>>,
    ) -> Names {
        let mut names = Names::new();
        for (key, node) in self.entries(section) {
            let path = format!("{section}.{}", key.text);
            let Some(map) = self.section(&path, node) else {
                // It is there, so that those who name it are not wrong as well.
                names.insert(key.text.clone(), (usize::MAX, 0));
                continue;
            };
            let mut arguments =
                Arguments::new(self.check, section, &key.text, key.place, map, PART_KEYS);
            let build = self.build(&mut arguments, &path, key.place, map, kinds, Some(default));
            let mut number = usize::MAX;
            if let Some(build) = build {
                arguments.finish();
                number = parts.len();
                let origin = Origin {
                    path,
                    place: key.place,
                };
                parts.push(Part { build, origin });
            }
            names.insert(key.text.clone(), (number, arguments.fingerprint.value()));
        }
        names
    }

    /// The numbers of named parts; what is not there is noted.
    fn named(
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

    fn unknown<'k>(
        &self,
        what: &str,
        name: &str,
        place: Place,
        path: &str,
        known: impl Iterator<Item = &'k str>,
    ) {
        let trouble = Trouble::new(place, format!("there is no {what} {name:?}")).at(path);
        self.check.trouble_among(trouble, name, known);
    }

    fn handlers(&self, formatters: &Names, filters: &Names) -> Vec<HandlerPlan> {
        let mut plans = Vec::new();
        for (key, node) in self.entries("handlers") {
            let path = format!("handlers.{}", key.text);
            let Some(map) = self.section(&path, node) else {
                continue;
            };
            let mut arguments = Arguments::new(
                self.check,
                "handlers",
                &key.text,
                key.place,
                map,
                HANDLER_KEYS,
            );
            let build = self.build(
                &mut arguments,
                &path,
                key.place,
                map,
                &self.check.kinds.handlers,
                None,
            );
            let level_path = format!("{path}.level");
            let level = map
                .get("level")
                .and_then(|node| self.value(&level_path, node));
            let mut prints = Prints::default();
            let formatter = map.get("formatter").and_then(|node| {
                let path = format!("{path}.formatter");
                let name: String = self.value(&path, node)?;
                let found = formatters.get(&name);
                if found.is_none() {
                    self.unknown(
                        "formatter",
                        &name,
                        node.place,
                        &path,
                        formatters.keys().map(|name| &**name),
                    );
                }
                let (number, own) = found?;
                prints.formatter = Some(*own);
                Some(*number)
            });
            let filter_path = format!("{path}.filters");
            let filters = self.named(
                "filter",
                &filter_path,
                map.get("filters"),
                filters,
                &mut prints.filters,
            );
            let Some(build) = build else {
                continue;
            };
            arguments.finish();
            prints.made = arguments.fingerprint;
            plans.push(HandlerPlan {
                name: key.text.clone(),
                build,
                origin: Origin {
                    path,
                    place: key.place,
                },
                level,
                formatter,
                filters,
                made: self
                    .check
                    .handlers
                    .get(&*key.text)
                    .cloned()
                    .unwrap_or_default(),
                needs: arguments.needs,
                prints,
            });
        }
        self.in_order(plans)
    }

    /// Puts each handler behind those that it names, and notes circles.
    fn in_order(&self, plans: Vec<HandlerPlan>) -> Vec<HandlerPlan> {
        let by_name: HashMap<String, usize> = plans
            .iter()
            .enumerate()
            .map(|(number, plan)| (plan.name.clone(), number))
            .collect();
        // What each waits for, and who waits for it. One that has errors of its own is not waited for.
        let needs: Vec<Vec<usize>> = plans
            .iter()
            .map(|plan| {
                plan.needs
                    .iter()
                    .filter_map(|name| by_name.get(name).copied())
                    .collect()
            })
            .collect();
        let mut waits: Vec<usize> = needs.iter().map(Vec::len).collect();
        let mut waiting: Vec<Vec<usize>> = vec![Vec::new(); plans.len()];
        for (number, needs) in needs.iter().enumerate() {
            needs.iter().for_each(|&need| waiting[need].push(number));
        }
        let mut ready: VecDeque<usize> = (0..plans.len())
            .filter(|&number| waits[number] == 0)
            .collect();
        let mut plans: Vec<Option<HandlerPlan>> = plans.into_iter().map(Some).collect();
        let mut fingerprints = vec![0; plans.len()];
        let mut ordered = Vec::with_capacity(plans.len());
        while let Some(number) = ready.pop_front() {
            let Some(mut plan) = plans[number].take() else {
                continue;
            };
            for &need in &needs[number] {
                plan.prints.made.add(fingerprints[need]);
            }
            fingerprints[number] = plan.prints.made.value();
            ordered.push(plan);
            for &next in &waiting[number] {
                waits[next] -= 1;
                if waits[next] == 0 {
                    ready.push_back(next);
                }
            }
        }
        for plan in plans.into_iter().flatten() {
            let names = plan.needs.join(", ");
            let message =
                format!("it needs {names}, but handlers must not name each other in a circle");
            self.trouble(plan.origin.place, plan.origin.path, message);
        }
        ordered
    }

    /// What `incremental` says of handlers: their levels (statement 108, but 0 is a level as well).
    fn handler_levels(&self) -> Vec<(Handler, Level)> {
        let mut levels = Vec::new();
        for (key, node) in self.entries("handlers") {
            let path = format!("handlers.{}", key.text);
            let Some(map) = self.section(&path, node) else {
                continue;
            };
            let level = map
                .get("level")
                .and_then(|node| self.value(&format!("{path}.level"), node));
            match (handler_by_name(&key.text), level) {
                (Some(handler), Some(level)) => levels.push((handler, level)),
                (Some(_), None) => {}
                (None, _) => {
                    let names = crate::handler::handler_names();
                    self.unknown(
                        "handler",
                        &key.text,
                        key.place,
                        &path,
                        names.iter().map(|name| &**name),
                    );
                }
            }
        }
        levels
    }

    /// The loggers, the root among them; without filters where only levels count.
    fn loggers(&self, filters: Option<&Names>) -> Vec<LoggerPlan> {
        let mut plans: Vec<LoggerPlan> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        for (key, node) in self.entries("loggers") {
            let path = format!("loggers.{}", key.text);
            let Some(map) = self.section(&path, node) else {
                continue;
            };
            let dotted = name::dotted(&key.text);
            let name = if name::is_root(&dotted) { "" } else { &*dotted };
            if known.insert(name.to_owned(), plans.len()).is_some() {
                self.trouble(
                    key.place,
                    &*path,
                    "the same logger is there under another name",
                );
                continue;
            }
            plans.push(self.logger(name, &key.text, &path, map, filters));
        }
        // Statement 107: the key at the top wins; 106: an empty one says nothing.
        let root = self
            .document
            .get("root")
            .and_then(|node| self.section("root", node));
        if let Some(map) = root.filter(|map| !map.0.is_empty()) {
            let mut plan = self.logger("", "root", "root", map, filters);
            if let Some(&earlier) = known.get("") {
                let earlier = plans.remove(earlier);
                plan.level = plan.level.or(earlier.level);
                plan.propagate = plan.propagate.or(earlier.propagate);
            }
            plans.push(plan);
        }
        plans
    }

    /// A logger by its name, and the name that the document gives it.
    fn logger(
        &self,
        name: &str,
        own_name: &str,
        path: &str,
        map: &'c Map,
        filters: Option<&Names>,
    ) -> LoggerPlan {
        for (key, node) in &map.0 {
            // The key of INI files for what is the name of the section here.
            let is_own_name = key.text == "qualname" && node.text() == Some(own_name);
            if !is_own_name && !LOGGER_KEYS.contains(&&*key.text) {
                let trouble = Trouble::new(key.place, format!("unknown key {:?}", key.text));
                let trouble = trouble.at(format!("{path}.{}", key.text));
                self.check
                    .trouble_among(trouble, &key.text, LOGGER_KEYS.iter().copied());
            }
        }
        let key = |key: &str| (format!("{path}.{key}"), map.get(key));
        let (level_path, level) = key("level");
        let (propagate_path, propagate) = key("propagate");
        let mut plan = LoggerPlan {
            name: name.to_owned(),
            level: level.and_then(|node| self.value(&level_path, node)),
            propagate: propagate.and_then(|node| self.value(&propagate_path, node)),
            handlers: Vec::new(),
            filters: Vec::new(),
        };
        if let Some(filters) = filters {
            let (filters_path, named) = key("filters");
            plan.filters = self.named(
                "filter",
                &filters_path,
                named,
                filters,
                &mut Fingerprint::default(),
            );
            let (handlers_path, named) = key("handlers");
            let list = named.and_then(|node| self.value::<Vec<String>>(&handlers_path, node));
            let place = named.map_or(Place::Nowhere, |node| node.place);
            for name in list.unwrap_or_default() {
                if self.check.handlers.contains_key(&*name) {
                    plan.handlers.push(name);
                } else {
                    let known = self.check.handlers.keys().copied();
                    self.unknown("handler", &name, place, &handlers_path, known);
                }
            }
        }
        plan
    }

    /// What stands at the top and is neither known nor referred to.
    fn unknown_sections(&self) {
        for (key, _) in &self.document.0 {
            let is_known = SECTIONS.contains(&&*key.text) || foreign::is_remark(&key.text);
            if !is_known && !key.is_shared && !self.check.is_referenced(&key.text) {
                let message = format!(
                    "unknown key {:?}, and no cfg:// reference leads to it",
                    key.text
                );
                let trouble = Trouble::new(key.place, message).at(&*key.text);
                self.check
                    .trouble_among(trouble, &key.text, SECTIONS.iter().copied());
            }
        }
    }
}
