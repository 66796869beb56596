//! What one scope, or several merged, hold.

use crate::level::Level;
use crate::record::{Context, ContextKey, OwnedValue, Owner, set_value};
use crate::scope::here::{self, Entered};
use crate::sys::sync::Arc;

/// A scope merged with all around it.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    /// `None` for none, so that a scope without key-values shares nothing that is counted.
    pub(super) values: Option<Arc<Context>>,
    /// `OFF` for none.
    pub(super) level: Level,
    pub(super) owner: Option<Entered<Owner>>,
}

impl Frame {
    pub(super) const EMPTY: Self = Self {
        values: None,
        level: Level::OFF,
        owner: None,
    };

    /// The frame of a scope by itself; no level for one that asks for none.
    pub(super) fn new(
        values: Vec<(ContextKey, OwnedValue)>,
        level: Option<Level>,
        owner: Option<Owner>,
    ) -> Self {
        Self {
            values: (!values.is_empty()).then(|| values.into()),
            level: level.unwrap_or(Level::OFF),
            owner: owner.map(|owner| (0, owner)),
        }
    }

    /// Notes that it is entered now.
    pub(super) fn enter(&mut self) {
        if let Some((since, _)) = &mut self.owner {
            *since = here::next_entry();
        }
    }

    /// Drops an owner that was entered earlier than something else that has one.
    #[cfg(feature = "tracing")]
    pub(super) fn end_owner_before(&mut self, since: u64) {
        self.owner.take_if(|owner| owner.0 < since);
    }

    /// It within another one: the inner key-values hide the outer ones, and the more verbose level
    /// holds, and the inner owner.
    pub(super) fn within(&self, around: &Self) -> Self {
        let values = match (&around.values, &self.values) {
            (Some(around), Some(own)) => {
                let mut values = around.to_vec();
                for (key, value) in own.iter() {
                    set_value(&mut values, key.clone(), value.clone());
                }
                Some(values.into())
            }
            (around, own) => own.as_ref().or(around.as_ref()).cloned(),
        };
        Self {
            values,
            level: self.level.min(around.level),
            owner: self.owner.as_ref().or(around.owner.as_ref()).cloned(),
        }
    }
}
