//! Loggers of a plan.

use std::collections::HashMap;

use crate::config::fingerprint::Fingerprint;
use crate::config::node::Map;
use crate::config::place::Place;
use crate::config::plan::plan::LoggerPlan;
use crate::config::plan::planner::{Names, Planner};
use crate::config::raw_problem::RawProblem;
use crate::name;

const LOGGER_KEYS: &[&str] = &["level", "propagate", "filters", "handlers"];

impl<'c> Planner<'c> {
    /// Plans the loggers, including the root. `filters` is `None` if only levels count.
    pub(super) fn loggers(&self, filters: Option<&Names>) -> Vec<LoggerPlan> {
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
                self.report(
                    key.place,
                    &*path,
                    "the logger is also configured under another name",
                );
                continue;
            }
            plans.push(self.logger(name, &key.text, &path, map, filters));
        }
        // As in `dictConfig`, the top-level key wins, and an empty one is ignored.
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

    /// Plans a logger, given its name in the tree and the one in the document.
    fn logger(
        &self,
        name: &str,
        own_name: &str,
        path: &str,
        map: &'c Map,
        filters: Option<&Names>,
    ) -> LoggerPlan {
        for (key, node) in &map.0 {
            // INI files have this key; here it is the name of the section.
            let is_own_name = key.text == "qualname" && node.text() == Some(own_name);
            if !is_own_name && !LOGGER_KEYS.contains(&&*key.text) {
                let problem = RawProblem::new(key.place, format!("unknown key {:?}", key.text));
                let problem = problem.at(format!("{path}.{}", key.text));
                self.context
                    .report_among(problem, &key.text, LOGGER_KEYS.iter().copied());
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
                if self.context.handlers.contains_key(&*name) {
                    plan.handlers.push(name);
                } else {
                    let known = self.context.handlers.keys().copied();
                    self.unknown("handler", &name, place, &handlers_path, known);
                }
            }
        }
        plan
    }

    /// Reports more loggers than the registry has room for: their settings would go to ancestors.
    pub(super) fn room(&self, loggers: &[LoggerPlan]) {
        let needed = self
            .context
            .registry
            .missing_loggers(loggers.iter().map(|plan| &*plan.name));
        let room = self.context.registry.room_for_loggers();
        if needed > room {
            let message = format!("expected at most {room} new logger names, found {needed}");
            self.report(Place::Nowhere, "loggers", message);
        }
    }
}
