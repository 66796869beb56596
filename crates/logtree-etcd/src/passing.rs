//! Passes states on to a sink: [`Passing`].

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use logtree::control::fleet::{Condition, Health, Raw, Sink, Snapshot};

use crate::client::Failure;
use crate::commit::unsigned;
use crate::follower::Output;
use crate::state::State;

/// The way from a follower to its sink.
pub(crate) struct Passing {
    sink: Arc<dyn Sink>,
    /// The length of what precedes the keys of the service.
    prefix: usize,
    health: Mutex<Health>,
}

impl Passing {
    pub(crate) fn new(sink: Arc<dyn Sink>, prefix: usize) -> Self {
        Self {
            sink,
            prefix,
            health: Mutex::new(Health::new(Condition::Starting)),
        }
    }

    pub(crate) fn health(&self) -> Health {
        let health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        health.clone()
    }

    fn set_health(&self, new: Health) {
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        if health.condition == new.condition {
            // Since when stays.
            health.reason = new.reason;
            return;
        }
        *health = new.clone();
        drop(health);
        self.sink.health(new);
    }
}

impl Output for Passing {
    fn state(&self, state: &State) {
        self.sink.snapshot(snapshot(state, self.prefix));
    }

    fn reachable(&self) {
        self.set_health(Health::new(Condition::Following));
    }

    fn failed(&self, failure: &Failure) {
        let health = Health::new(Condition::CutOff);
        self.set_health(health.with_reason(failure.to_string()));
    }
}

/// Returns what a state says, whose keys have the prefix of their service.
pub(crate) fn snapshot(state: &State, prefix: usize) -> Snapshot {
    let now = Instant::now();
    let raw = state.entries.iter().map(|(key, entry)| {
        // What is no UTF-8 is no key of this crate, whatever is read.
        let key = String::from_utf8_lossy(key.get(prefix..).unwrap_or_default());
        let raw = Raw::new(key, entry.value.clone(), unsigned(entry.modified));
        match state.ends.get(&entry.lease) {
            Some(end) => raw.with_left(end.saturating_duration_since(now)),
            None => raw,
        }
    });
    Snapshot::read(state.cluster, unsigned(state.revision), raw)
}
