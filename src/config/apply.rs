//! Applies a plan: everything is built first, then the tree changes in one step.

use std::collections::{HashMap, HashSet};

#[cfg(feature = "control")]
use crate::config::plan::ControlPlan;
use crate::config::plan::{Fingerprints, HandlerPlan, Location, Plan};
use crate::config::raw_problem::RawProblem;
use crate::error::{Chain, Error};
use crate::filter::SharedFilter;
use crate::formatter::Format;
use crate::handler::Handler;
use crate::level::Level;
use crate::registry::{NodeChange, Registry};
use crate::sys::sync::Arc;

/// What a configuration has put in place, which the next one builds on.
#[derive(Debug, Default)]
pub(super) struct InPlace {
    /// By name.
    handlers: HashMap<String, (Fingerprints, Handler)>,
    loggers: HashSet<String>,
}

impl Plan {
    /// Builds all objects, and then changes the registry. If an object cannot be built, nothing is
    /// changed.
    ///
    /// Handlers of the earlier configuration that would be built again from the same arguments
    /// stay, with their files and queues; only a changed formatter or changed filters are set.
    /// Loggers that only the earlier configuration named are reset. Returns `None` for an
    /// `incremental` document, which leaves the earlier configuration in place.
    pub(super) fn apply(
        self,
        registry: &Registry,
        earlier: &InPlace,
    ) -> Result<Option<InPlace>, Vec<RawProblem>> {
        if let Some(levels) = self.incremental {
            for (handler, level) in levels {
                handler.set_level(level);
            }
            let changes = self.loggers.into_iter().map(|plan| {
                let change = NodeChange {
                    level: plan.level,
                    propagates: plan.propagate,
                    disabled: disabled_of(&plan.name),
                    ..NodeChange::default()
                };
                (plan.name, change)
            });
            registry.inner().configure(changes.collect(), None);
            return Ok(None);
        }
        let mut problems = Vec::new();
        let mut report = |location: &Location, error: &Error| {
            problems.push(
                RawProblem::new(location.place, Chain::one_line(error).to_string())
                    .at(&*location.path),
            );
        };
        let mut formatters: Vec<Option<Arc<dyn Format>>> = Vec::new();
        for part in self.formatters {
            let formatter = (part.build)().map_err(|error| report(&part.location, &error));
            formatters.push(formatter.ok());
        }
        let mut filters: Vec<Option<SharedFilter>> = Vec::new();
        for part in self.filters {
            let filter = (part.build)().map_err(|error| report(&part.location, &error));
            filters.push(filter.ok().map(SharedFilter::configured));
        }
        let mut new = InPlace::default();
        let (mut levels, mut changed) = (Vec::new(), Vec::new());
        for plan in self.handlers {
            let kept = earlier.handlers.get(&plan.name);
            let kept = kept.filter(|(fingerprints, _)| {
                fingerprints.handler.value() == plan.fingerprints.handler.value()
            });
            let level = plan.level.unwrap_or(Level::NOTSET);
            let update = HandlerUpdate::of(
                &plan,
                kept.map(|(fingerprints, _)| fingerprints),
                &formatters,
                &filters,
            );
            let handler = match kept {
                Some((_, handler)) => {
                    changed.push((handler.clone(), update));
                    handler.clone()
                }
                None => match (plan.build)() {
                    Ok(handler) => {
                        update.apply_to(&handler);
                        handler.set_level(level);
                        handler
                    }
                    Err(error) => {
                        report(&plan.location, &error);
                        continue;
                    }
                },
            };
            plan.handler_ref.set(handler.clone());
            levels.push((handler.clone(), level));
            new.handlers.insert(plan.name, (plan.fingerprints, handler));
        }
        #[cfg(feature = "control")]
        if problems.is_empty() {
            // The last step that can fail.
            let control = self.control.as_ref();
            if let Err(error) = ControlPlan::serve(control, registry) {
                let nowhere = Location::default();
                let location = control.map_or(&nowhere, |plan| &plan.location);
                let problem = Chain::one_line(&error).to_string();
                problems.push(RawProblem::new(location.place, problem).at(&*location.path));
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut changes = Vec::new();
        for plan in self.loggers {
            let handlers = plan.handlers.iter();
            let handlers = handlers
                .filter_map(|name| new.handlers.get(name).map(|(_, handler)| handler.clone()));
            let own_filters = plan.filters.iter();
            let own_filters = own_filters.filter_map(|&number| filters.get(number)?.clone());
            let change = NodeChange {
                level: plan.level,
                propagates: plan.propagate,
                handlers: Some(handlers.collect()),
                filters: Some(own_filters.collect()),
                disabled: disabled_of(&plan.name),
            };
            new.loggers.insert(plan.name.clone());
            changes.push((plan.name, change));
        }
        for name in &earlier.loggers {
            if !new.loggers.contains(name) {
                let change = NodeChange {
                    disabled: disabled_of(name).map(|_| self.disable_existing),
                    ..NodeChange::as_new(name.is_empty())
                };
                changes.push((name.clone(), change));
            }
        }
        let old = registry
            .inner()
            .configure(changes, Some(self.disable_existing));
        for (handler, update) in changed {
            update.apply_to(&handler);
        }
        for (handler, level) in levels {
            handler.set_level(level);
        }
        for (name, (_, handler)) in &new.handlers {
            if handler.name().as_deref() != Some(name) {
                handler.set_name(&**name);
            }
        }
        release(registry, &new, old);
        Ok(Some(new))
    }
}

/// A change of a handler; `None` leaves a property unchanged.
struct HandlerUpdate {
    formatter: Option<Option<Arc<dyn Format>>>,
    filters: Option<Vec<SharedFilter>>,
}

impl HandlerUpdate {
    /// The change of a new handler, or of one that the earlier configuration built.
    fn of(
        plan: &HandlerPlan,
        earlier: Option<&Fingerprints>,
        formatters: &[Option<Arc<dyn Format>>],
        filters: &[Option<SharedFilter>],
    ) -> Self {
        let own = |number: usize| formatters.get(number)?.clone();
        let formatter = plan.formatter.and_then(own);
        let own_filters = plan.filters.iter();
        let own_filters = own_filters.filter_map(|&number| filters.get(number)?.clone());
        let Some(earlier) = earlier else {
            // The factory may have set a formatter.
            return Self {
                formatter: formatter.map(Some),
                filters: Some(own_filters.collect()),
            };
        };
        let new = &plan.fingerprints;
        Self {
            formatter: (earlier.formatter != new.formatter).then_some(formatter),
            filters: (earlier.filters.value() != new.filters.value())
                .then(|| own_filters.collect()),
        }
    }

    fn apply_to(self, handler: &Handler) {
        if let Some(None) = self.formatter {
            handler.clear_formatter();
        }
        let formatter = self.formatter.flatten();
        if formatter.is_some() || self.filters.is_some() {
            handler.configure(formatter, self.filters);
        }
    }
}

/// The flag `disabled` of a named logger: it is enabled. As in Python, the root stays unchanged.
fn disabled_of(name: &str) -> Option<bool> {
    (!name.is_empty()).then_some(false)
}

/// Releases handlers that are no longer used: flushes them and frees their names. They are closed
/// when the last reference to them is dropped; a record on its way to one of them still arrives.
fn release(registry: &Registry, new: &InPlace, old: Vec<Handler>) {
    let in_use = registry.handlers();
    let is_new = |handler: &Handler| new.handlers.values().any(|(_, new)| new == handler);
    for handler in old {
        if !in_use.contains(&handler) && !is_new(&handler) {
            handler.set_name(None);
            // Records that cannot be written are counted and reported by the handler.
            let _ = handler.flush();
        }
    }
}
