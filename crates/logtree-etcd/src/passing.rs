//! Passes what a store holds on to a sink: [`Passing`].

use std::sync::{Arc, Mutex, PoisonError};

use logtree::control::fleet::{Condition, Health, Sink, Snapshot};

use crate::caught::caught;

/// The way from a follower to its sink.
pub(crate) struct Passing {
    sink: Arc<dyn Sink>,
    health: Mutex<Health>,
}

impl Passing {
    pub(crate) fn new(sink: Arc<dyn Sink>) -> Self {
        Self {
            sink,
            health: Mutex::new(Health::new(Condition::Starting)),
        }
    }

    pub(crate) fn health(&self) -> Health {
        let health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        health.clone()
    }

    /// Reports whether the sink has taken it; it may panic.
    pub(crate) fn pass(&self, snapshot: Snapshot) -> bool {
        caught(|| self.sink.snapshot(snapshot)).is_some()
    }

    pub(crate) fn report(&self, condition: Condition, reason: Option<&String>) {
        let mut new = Health::new(condition);
        new.reason = reason.cloned();
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        if health.condition == condition {
            // Since when stays.
            health.reason = new.reason;
            return;
        }
        *health = new.clone();
        drop(health);
        // If it panics, the condition can still be asked for.
        let _ = caught(|| self.sink.health(new));
    }
}
