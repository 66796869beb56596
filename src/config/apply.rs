//! From a plan to the tree: everything is made first, then put in place in one step.

use std::collections::{HashMap, HashSet};

use super::plan::{Origin, Plan};
use super::problems::Trouble;
use crate::registry::NodeChange;
use crate::sync::Arc;
use crate::{Error, Format, Handler, Level, Registry, SharedFilter};

/// What a configuration has put in place, for the next one.
#[derive(Debug, Default)]
pub(super) struct InPlace {
    /// By name, with the fingerprint of what they were made from.
    handlers: HashMap<String, (u64, Handler)>,
    loggers: HashSet<String>,
}

impl Plan {
    /// Makes what is to be made, and changes the registry; where something cannot be made, nothing is changed.
    ///
    /// Handlers of an earlier configuration that would be made anew from the same arguments stay as they are. Loggers that the
    /// earlier one named and this one does not go back to what new ones are. `None` where the document is `incremental`: what is in
    /// place stays the earlier configuration's.
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
            filters.push(filter.ok());
        }
        let mut new = InPlace::default();
        let mut levels = Vec::new();
        for plan in self.handlers {
            let kept = earlier.handlers.get(&plan.name);
            let kept = kept.filter(|(fingerprint, _)| *fingerprint == plan.fingerprint.value());
            let level = plan.level.unwrap_or(Level::NOTSET);
            let handler = match kept {
                Some((_, handler)) => {
                    plan.made.set(handler.clone());
                    handler.clone()
                }
                None => match make(plan.build, &plan.made) {
                    Ok(handler) => {
                        dress(
                            &handler,
                            plan.formatter,
                            &plan.filters,
                            &formatters,
                            &filters,
                        );
                        handler.set_level(level);
                        handler
                    }
                    Err(error) => {
                        made(&plan.origin, &error);
                        continue;
                    }
                },
            };
            levels.push((handler.clone(), level));
            new.handlers
                .insert(plan.name, (plan.fingerprint.value(), handler));
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
            };
            new.loggers.insert(plan.name.clone());
            changes.push((plan.name, change));
        }
        for name in &earlier.loggers {
            if !new.loggers.contains(name) {
                changes.push((name.clone(), NodeChange::as_new(name.is_empty())));
            }
        }
        let old = registry
            .inner()
            .configure(changes, Some(self.disable_existing));
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

fn make(
    build: super::kinds::Build<Handler>,
    cell: &super::arguments::HandlerRef,
) -> Result<Handler, Error> {
    let handler = build()?;
    cell.set(handler.clone());
    Ok(handler)
}

fn dress(
    handler: &Handler,
    formatter: Option<usize>,
    own_filters: &[usize],
    formatters: &[Option<Arc<dyn Format>>],
    filters: &[Option<SharedFilter>],
) {
    if let Some(Some(formatter)) = formatter.and_then(|number| formatters.get(number)) {
        handler.set_formatter(Arc::clone(formatter));
    }
    for number in own_filters {
        if let Some(Some(filter)) = filters.get(*number) {
            handler.add_filter(filter.clone());
        }
    }
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
