//! From a plan to the tree: everything is made first, then put in place in one step.

use std::collections::{HashMap, HashSet};

use crate::config::plan::{HandlerPlan, Origin, Plan, Prints};
use crate::config::problems::Trouble;
use crate::error::Error;
use crate::filter::SharedFilter;
use crate::formatter::Format;
use crate::handler::Handler;
use crate::level::Level;
use crate::registry::{NodeChange, Registry};
use crate::sys::sync::Arc;

/// What a configuration has put in place, for the next one.
#[derive(Debug, Default)]
pub(super) struct InPlace {
    /// By name.
    handlers: HashMap<String, (Prints, Handler)>,
    loggers: HashSet<String>,
}

impl Plan {
    /// Makes what is to be made, and changes the registry; where something cannot be made, nothing is changed.
    ///
    /// Handlers of an earlier configuration that would be made again from the same arguments stay, with their files and queues; where
    /// their formatter or filters are others, they are given these. Loggers that the earlier one named and this one does not go
    /// back to what new ones are. `None` where the document is `incremental`: what is in place stays the earlier configuration's.
    pub(super) fn apply(
        self,
        registry: &Registry,
        earlier: &InPlace,
    ) -> Result<Option<InPlace>, Vec<Trouble>> {
        if let Some(levels) = self.incremental {
            for (handler, level) in levels {
                handler.set_level(level);
            }
            let changes = self.loggers.into_iter().map(|plan| {
                let change = NodeChange {
                    level: plan.level,
                    propagates: plan.propagate,
                    disabled: switched_on(&plan.name),
                    ..NodeChange::default()
                };
                (plan.name, change)
            });
            registry.inner().configure(changes.collect(), None);
            return Ok(None);
        }
        let mut troubles = Vec::new();
        let mut made = |origin: &Origin, error: &Error| {
            troubles.push(Trouble::new(origin.place, error.to_string()).at(&*origin.path));
        };
        let mut formatters: Vec<Option<Arc<dyn Format>>> = Vec::new();
        for part in self.formatters {
            let formatter = (part.build)().map_err(|error| made(&part.origin, &error));
            formatters.push(formatter.ok());
        }
        let mut filters: Vec<Option<SharedFilter>> = Vec::new();
        for part in self.filters {
            let filter = (part.build)().map_err(|error| made(&part.origin, &error));
            filters.push(filter.ok().map(SharedFilter::configured));
        }
        let mut new = InPlace::default();
        let (mut levels, mut changed) = (Vec::new(), Vec::new());
        for plan in self.handlers {
            let kept = earlier.handlers.get(&plan.name);
            let kept = kept.filter(|(prints, _)| prints.made.value() == plan.prints.made.value());
            let level = plan.level.unwrap_or(Level::NOTSET);
            let dress = Dress::of(&plan, kept.map(|(prints, _)| prints), &formatters, &filters);
            let handler = match kept {
                Some((_, handler)) => {
                    changed.push((handler.clone(), dress));
                    handler.clone()
                }
                None => match (plan.build)() {
                    Ok(handler) => {
                        dress.put_on(&handler);
                        handler.set_level(level);
                        handler
                    }
                    Err(error) => {
                        made(&plan.origin, &error);
                        continue;
                    }
                },
            };
            plan.made.set(handler.clone());
            levels.push((handler.clone(), level));
            new.handlers.insert(plan.name, (plan.prints, handler));
        }
        if !troubles.is_empty() {
            return Err(troubles);
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
                disabled: switched_on(&plan.name),
            };
            new.loggers.insert(plan.name.clone());
            changes.push((plan.name, change));
        }
        for name in &earlier.loggers {
            if !new.loggers.contains(name) {
                let change = NodeChange {
                    disabled: switched_on(name).map(|_| self.disable_existing),
                    ..NodeChange::as_new(name.is_empty())
                };
                changes.push((name.clone(), change));
            }
        }
        let old = registry
            .inner()
            .configure(changes, Some(self.disable_existing));
        for (handler, dress) in changed {
            dress.put_on(&handler);
        }
        for (handler, level) in levels {
            handler.set_level(level);
        }
        for (name, (_, handler)) in &new.handlers {
            if handler.name().as_deref() != Some(name) {
                handler.set_name(&**name);
            }
        }
        retire(registry, &new, old);
        Ok(Some(new))
    }
}

/// What a handler wears: `None` leaves it as it is.
struct Dress {
    formatter: Option<Option<Arc<dyn Format>>>,
    filters: Option<Vec<SharedFilter>>,
}

impl Dress {
    /// For a handler that is new, or was dressed by an earlier configuration.
    fn of(
        plan: &HandlerPlan,
        earlier: Option<&Prints>,
        formatters: &[Option<Arc<dyn Format>>],
        filters: &[Option<SharedFilter>],
    ) -> Self {
        let own = |number: usize| formatters.get(number)?.clone();
        let formatter = plan.formatter.and_then(own);
        let own_filters = plan.filters.iter();
        let own_filters = own_filters.filter_map(|&number| filters.get(number)?.clone());
        let Some(earlier) = earlier else {
            // A kind may have given it a formatter of its own.
            return Self {
                formatter: formatter.map(Some),
                filters: Some(own_filters.collect()),
            };
        };
        let new = &plan.prints;
        Self {
            formatter: (earlier.formatter != new.formatter).then_some(formatter),
            filters: (earlier.filters.value() != new.filters.value())
                .then(|| own_filters.collect()),
        }
    }

    fn put_on(self, handler: &Handler) {
        if let Some(None) = self.formatter {
            handler.clear_formatter();
        }
        let formatter = self.formatter.flatten();
        if formatter.is_some() || self.filters.is_some() {
            handler.dress(formatter, self.filters);
        }
    }
}

/// A logger that is named is switched on; the root stays as it is, as in Python.
fn switched_on(name: &str) -> Option<bool> {
    (!name.is_empty()).then_some(false)
}

/// Lets go of handlers that are out of use: what they hold back is written, and their names are free. They end when nobody has them
/// any more; a record that is on its way to one of them still arrives.
fn retire(registry: &Registry, new: &InPlace, old: Vec<Handler>) {
    let in_use = registry.handlers();
    let is_new = |handler: &Handler| new.handlers.values().any(|(_, new)| new.is(handler));
    for handler in old {
        if !in_use.iter().any(|used| used.is(&handler)) && !is_new(&handler) {
            handler.set_name(None);
            // What cannot be written it has counted and reported.
            let _ = handler.flush();
        }
    }
}
