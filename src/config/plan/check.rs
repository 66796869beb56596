//! The check of a document: [`check`].

use crate::config::factories::Factories;
use crate::config::foreign;
use crate::config::handler_ref::HandlerRef;
use crate::config::node::{Node, Value};
use crate::config::plan::plan::Plan;
use crate::config::plan::planner::Planner;
use crate::config::raw_problem::RawProblem;
use crate::config::read_context::ReadContext;
use crate::config::settings::Settings;
use crate::registry::Registry;

const SECTIONS: &[&str] = &[
    "version",
    "formatters",
    "filters",
    "handlers",
    "loggers",
    "root",
    "control",
    "incremental",
    "disable_existing_loggers",
];

/// Checks a document, and returns what it asks for, or everything that is wrong with it.
pub(in crate::config) fn check(
    root: &Node,
    factories: &Factories,
    registry: &Registry,
    settings: &Settings,
) -> Result<Plan, Vec<RawProblem>> {
    if let Some(problem) = foreign::describe(root) {
        return Err(vec![problem]);
    }
    let Some(document) = root.map() else {
        return Err(Vec::new());
    };
    let mut context = ReadContext::new(root, registry, settings, &factories.streams);
    let handlers = document.get("handlers");
    let handlers = handlers.and_then(|node| context.references.resolve(node).ok()?.map());
    context.handlers = handlers
        .into_iter()
        .flat_map(|map| &map.0)
        .map(|(key, _)| (&*key.text, HandlerRef::default()))
        .collect();
    let planner = Planner {
        context: &context,
        document,
    };
    let plan = planner.plan(factories);
    let problems = context.take_problems();
    if problems.is_empty() {
        Ok(plan)
    } else {
        Err(problems)
    }
}

impl<'c> Planner<'c> {
    fn plan(&self, factories: &'c Factories) -> Plan {
        self.version();
        let incremental = self.flag("incremental").unwrap_or(false);
        let disable_existing = self.flag("disable_existing_loggers");
        let disable_existing = self.context.settings.disable_existing.or(disable_existing);
        let mut plan = Plan {
            formatters: Vec::new(),
            filters: Vec::new(),
            handlers: Vec::new(),
            loggers: Vec::new(),
            disable_existing: disable_existing.unwrap_or(false),
            control: None,
            incremental: None,
        };
        if incremental {
            plan.incremental = Some(self.handler_levels());
            plan.loggers = self.loggers(None);
        } else {
            let formatters = self.parts(
                "formatters",
                "logging.Formatter",
                &factories.formatters,
                &mut plan.formatters,
            );
            let filters = self.parts(
                "filters",
                "logging.Filter",
                &factories.filters,
                &mut plan.filters,
            );
            plan.handlers = self.handlers(&factories.handlers, &formatters, &filters);
            plan.loggers = self.loggers(Some(&filters));
            plan.control = self.control();
        }
        self.unknown_sections();
        self.room(&plan.loggers);
        plan
    }

    /// Checks the version, which is 1.
    fn version(&self) {
        let Some(node) = self.document.get("version") else {
            self.report(
                self.context.references.root().place,
                "",
                "expected the key \"version\" with the value 1, which is missing",
            );
            return;
        };
        // As in Python, 1.0 equals 1.
        let is_one = match node.value {
            Value::Whole(number) => number == 1,
            Value::Float(number) => number == 1.0,
            _ => false,
        };
        if !is_one {
            self.report(
                node.place,
                "version",
                format!("expected 1, found {}", node.describe()),
            );
        }
    }

    /// Reports top-level keys that are neither known nor referred to.
    fn unknown_sections(&self) {
        for (key, _) in &self.document.0 {
            let is_known = SECTIONS.contains(&&*key.text) || foreign::is_remark(&key.text);
            if !is_known && !key.is_shared && !self.context.references.is_used(&key.text) {
                let message = format!(
                    "unknown key {:?}, and no cfg:// reference uses it",
                    key.text
                );
                let problem = RawProblem::new(key.place, message).at(&*key.text);
                self.context
                    .report_among(problem, &key.text, SECTIONS.iter().copied());
            }
        }
    }
}
