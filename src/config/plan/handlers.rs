//! Handlers of a plan.

use crate::config::arguments::{Arguments, PLACES};
use crate::config::factories::Table;
use crate::config::plan::location::Location;
use crate::config::plan::order::in_order;
use crate::config::plan::plan::{Fingerprints, HandlerPlan};
use crate::config::plan::planner::{Names, Planner};
use crate::handler::{Handler, handler_by_name};
use crate::level::Level;

/// The keys of every handler.
const HANDLER_KEYS: &[&str] = &["class", "()", ".", PLACES, "level", "formatter", "filters"];

impl<'c> Planner<'c> {
    /// Plans the handlers, in the order in which they are to be built.
    pub(super) fn handlers(
        &self,
        table: &'c Table<Handler>,
        formatters: &Names,
        filters: &Names,
    ) -> Vec<HandlerPlan> {
        let mut plans = Vec::new();
        for (key, node) in self.entries("handlers") {
            let path = format!("handlers.{}", key.text);
            let Some(map) = self.section(&path, node) else {
                continue;
            };
            let mut arguments = Arguments::new(
                self.context,
                "handlers",
                &key.text,
                key.place,
                map,
                HANDLER_KEYS,
            );
            let build = self.build(&mut arguments, &path, key.place, map, table, None);
            let level_path = format!("{path}.level");
            let level = map
                .get("level")
                .and_then(|node| self.value(&level_path, node));
            let mut fingerprints = Fingerprints::default();
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
                fingerprints.formatter = Some(*own);
                Some(*number)
            });
            let filter_path = format!("{path}.filters");
            let filters = self.named(
                "filter",
                &filter_path,
                map.get("filters"),
                filters,
                &mut fingerprints.filters,
            );
            let Some(build) = build else {
                continue;
            };
            arguments.finish();
            fingerprints.handler = arguments.fingerprint;
            plans.push(HandlerPlan {
                name: key.text.clone(),
                build,
                location: Location {
                    path,
                    place: key.place,
                },
                level,
                formatter,
                filters,
                handler_ref: self
                    .context
                    .handlers
                    .get(&*key.text)
                    .cloned()
                    .unwrap_or_default(),
                needs: arguments.needs,
                fingerprints,
            });
        }
        let (plans, circle) = in_order(plans);
        for plan in circle {
            let names = plan.needs.join(", ");
            let message = format!(
                "it refers to {names}, but handlers must not refer to each other in a circle"
            );
            self.report(plan.location.place, plan.location.path, message);
        }
        plans
    }

    /// Plans what `incremental` changes of handlers: their levels. Unlike in Python, 0 is one too.
    pub(super) fn handler_levels(&self) -> Vec<(Handler, Level)> {
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
}
