//! Levels by what a record says.

use std::collections::BTreeMap;

use dashmap::DashMap;

use crate::control::target::{Target, TargetType};
use crate::level::Level;
use crate::record::Record;
use crate::registry::Judge;
use crate::sys::fork::InLock;
use crate::sys::sync::{AtomicUsize, Mutex, Ordering};
use crate::sys::user_code;

/// The levels of values of fields, which are part of a registry.
///
/// A rule is changed in place, so that one more costs the same however many there are. A record that is decided meanwhile
/// meets each rule as it was or as it is.
#[derive(Default)]
pub(super) struct Rules {
    /// What decides before the logger, in this order.
    clients: Levels,
    principals: Levels,
    addresses: Levels,
    /// What decides before the root alone.
    events: Levels,
    /// How many rules have each level.
    counts: Mutex<BTreeMap<Level, usize>>,
}

/// By value. No guard of the map is held while user code runs.
#[derive(Default)]
struct Levels {
    by_value: DashMap<Box<str>, Level>,
    /// Told apart without a look into each part of the map.
    len: AtomicUsize,
}

impl Rules {
    fn of_type(&self, kind: TargetType) -> Option<&Levels> {
        match kind {
            TargetType::ClientId => Some(&self.clients),
            TargetType::PrincipalId => Some(&self.principals),
            TargetType::SourceIp => Some(&self.addresses),
            TargetType::EventType => Some(&self.events),
            TargetType::Default | TargetType::Logger => None,
        }
    }

    /// Sets a level for a value, or takes it away.
    pub(super) fn set(&self, target: &Target, level: Option<Level>) {
        let Some(levels) = self.of_type(target.target_type()) else {
            return;
        };
        let before = match level {
            Some(level) => levels.by_value.insert(target.name().into(), level),
            None => levels
                .by_value
                .remove(target.name())
                .map(|(_, level)| level),
        };
        levels.len.store(levels.by_value.len(), Ordering::Relaxed);
        let mut counts = self.counts.lock();
        if let Some(level) = level {
            *counts.entry(level).or_default() += 1;
        }
        if let Some(before) = before {
            if let Some(count) = counts.get_mut(&before) {
                *count -= 1;
                if *count == 0 {
                    counts.remove(&before);
                }
            }
        }
    }

    /// The lowest level there is.
    pub(super) fn floor(&self) -> Option<Level> {
        self.counts.lock().keys().next().copied()
    }
}

impl Judge for Rules {
    fn judge(&self, record: &Record<'_>, is_at_default: bool) -> Option<bool> {
        let before_loggers = [
            (TargetType::ClientId, &self.clients),
            (TargetType::PrincipalId, &self.principals),
            (TargetType::SourceIp, &self.addresses),
        ];
        let mut found = before_loggers
            .into_iter()
            .find_map(|(kind, levels)| levels.of(record, kind));
        if found.is_none() && is_at_default {
            found = self.events.of(record, TargetType::EventType);
        }
        found.map(|level| record.level().passes(level.number()))
    }
}

impl Levels {
    fn get(&self, value: &str) -> Option<Level> {
        // The map's own locks.
        let _inside = InLock::enter();
        self.by_value.get(value).map(|level| *level)
    }

    /// The level for a record by the values of a type's keys; the most verbose, where it has several.
    fn of(&self, record: &Record<'_>, kind: TargetType) -> Option<Level> {
        if self.len.load(Ordering::Relaxed) == 0 {
            return None;
        }
        let mut found: Option<Level> = None;
        record.key_values().for_each(|key, value| {
            if kind.keys().contains(&key) {
                let level = match value.to_borrowed_str() {
                    Some(text) => self.get(text),
                    None => self.get(&user_code::display(value)),
                };
                found = match (found, level) {
                    (Some(found), Some(level)) => Some(found.min(level)),
                    (found, level) => found.or(level),
                };
            }
        });
        found
    }
}
