//! A change of many loggers in one step.

use std::collections::HashSet;

use crate::filter::SharedFilter;
use crate::handler::{Handler, Observer};
use crate::level::Level;
use crate::registry::core::RegistryCore;
use crate::registry::node::NodeId;
use crate::registry::registry::Registry;
use crate::registry::tree::Tree;
use crate::sys::sync::{Arc, Weak};

/// What becomes of a logger; `None` leaves it as it is.
#[derive(Default)]
pub(crate) struct NodeChange {
    pub(crate) level: Option<Level>,
    pub(crate) propagates: Option<bool>,
    pub(crate) handlers: Option<Vec<Handler>>,
    /// In place of those that a configuration made; others stay.
    pub(crate) filters: Option<Vec<SharedFilter>>,
    pub(crate) disabled: Option<bool>,
}

impl NodeChange {
    /// As a logger is that was just made.
    pub(crate) fn as_new(is_root: bool) -> Self {
        Self {
            level: Some(if is_root {
                Level::WARNING
            } else {
                Level::NOTSET
            }),
            propagates: Some(true),
            handlers: Some(Vec::new()),
            filters: Some(Vec::new()),
            disabled: Some(false),
        }
    }

    /// What becomes of a logger below one that was named. Its filters stay, and it stays switched
    /// off.
    fn below_a_named_one() -> Self {
        Self {
            filters: None,
            disabled: None,
            ..Self::as_new(false)
        }
    }
}

impl RegistryCore {
    /// Changes loggers, which are made where they are not there, all in one step: each record meets
    /// either what was before or what is after. `disable_existing` says of a whole configuration
    /// what becomes of loggers that it does not name.
    ///
    /// Returns the handlers that were removed.
    pub(crate) fn configure(
        self: &Arc<Self>,
        changes: Vec<(String, NodeChange)>,
        disable_existing: Option<bool>,
    ) -> Vec<Handler> {
        let registry: Weak<dyn Observer> = Arc::<Self>::downgrade(self);
        let mut by_node = Vec::with_capacity(changes.len());
        for (name, change) in changes {
            // There was room when it was checked; what cannot be made is reported, and set up in no
            // other's place.
            let Some(node) = self.logger(&name) else {
                continue;
            };
            // Before they are in a route, so that no change of them is missed.
            for handler in change.handlers.iter().flatten() {
                handler.observe(&registry);
            }
            by_node.push((node.id(), change));
        }
        let old = self.change(|tree| tree.configure(by_node, disable_existing));
        let (handlers, filters): (Vec<_>, Vec<_>) = old.into_iter().unzip();
        // Out of the lock: the end of a filter runs the user's code.
        drop(filters);
        handlers.into_iter().flatten().collect()
    }
}

type Taken = (Vec<Handler>, Vec<SharedFilter>);

impl Tree {
    fn configure(
        &mut self,
        mut changes: Vec<(NodeId, NodeChange)>,
        disable_existing: Option<bool>,
    ) -> Vec<Taken> {
        if let Some(disable) = disable_existing {
            let named: HashSet<_> = changes.iter().map(|(id, _)| *id).collect();
            let others: Vec<_> = self
                .loggers()
                .map(|node| node.id())
                .filter(|id| !named.contains(id))
                .collect();
            for id in others {
                if self.is_below_any(id, &named) {
                    changes.push((id, NodeChange::below_a_named_one()));
                } else {
                    self.slot_node(id).set_disabled(disable);
                }
            }
        }
        let mut old = Vec::new();
        for (id, change) in changes {
            let node = self.slot_node(id);
            if let Some(disabled) = change.disabled {
                node.set_disabled(disabled);
            }
            if let Some(level) = change.level {
                node.set_level(level);
            }
            if let Some(propagates) = change.propagates {
                node.set_propagates(propagates);
            }
            if change.handlers.is_some() || change.filters.is_some() {
                old.push(self.replace_own(id, change.handlers, change.filters));
            }
        }
        self.refresh();
        old
    }

    /// Whether a logger hangs below one of these, the root apart.
    fn is_below_any(&self, id: NodeId, named: &HashSet<NodeId>) -> bool {
        let mut at = id;
        while let Some(parent) = self.parent_logger(at) {
            if parent == NodeId::ROOT {
                return false;
            }
            if named.contains(&parent) {
                return true;
            }
            at = parent;
        }
        false
    }
}

impl Registry {
    /// How many names can still be made.
    pub(crate) fn room_for_loggers(&self) -> usize {
        let inner = self.inner();
        inner.max_loggers.saturating_sub(inner.read(Tree::len))
    }

    /// How many names, prefixes included, are not there yet.
    pub(crate) fn missing_loggers<'n>(&self, names: impl Iterator<Item = &'n str>) -> usize {
        self.inner().missing(names)
    }
}
