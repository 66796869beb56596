//! Levels by the values of a record: [`Rules`].

use std::collections::BTreeMap;

use dashmap::DashMap;

use crate::control::target::LevelTarget;
use crate::control::target_type::TargetType;
use crate::level::Level;
use crate::record::Record;
use crate::registry::{LevelOverride, inherited};
use crate::sys::fork::InLock;
use crate::sys::sync::{AtomicUsize, Mutex, Ordering};
use crate::sys::user_code;

/// The levels of key-values, which are part of a registry.
///
/// Rules are changed in place, so a change costs the same however many there are. A record that is
/// decided meanwhile sees each rule before or after its change.
#[derive(Default)]
pub(super) struct Rules {
    /// Rules that precede the logger's level, in this order.
    clients: Levels,
    principals: Levels,
    addresses: Levels,
    /// Rules that precede only the root's level.
    events: Levels,
    /// How many rules have each level.
    counts: Mutex<BTreeMap<Level, usize>>,
}

/// Levels by value. No guard of the map is held while user code runs.
#[derive(Default)]
struct Levels {
    by_value: DashMap<Box<str>, Rule>,
    /// The number of values, without locking each shard of the map.
    len: AtomicUsize,
}

#[derive(Clone, Copy)]
struct Rule {
    level: Level,
    /// Whether loggers of secrets take a lower level as `INFO`.
    guarded: bool,
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

    /// Sets the level of a value, or removes it.
    pub(super) fn set(&self, target: &LevelTarget, level: Option<Level>, guarded: bool) {
        let Some(levels) = self.of_type(target.target_type()) else {
            return;
        };
        let before = match level {
            Some(level) => {
                let rule = Rule { level, guarded };
                levels.by_value.insert(target.name().into(), rule)
            }
            None => levels.by_value.remove(target.name()).map(|(_, rule)| rule),
        };
        levels.len.store(levels.by_value.len(), Ordering::Relaxed);
        let mut counts = self.counts.lock();
        if let Some(level) = level {
            *counts.entry(level).or_default() += 1;
        }
        if let Some(Rule { level, .. }) = before {
            if let Some(count) = counts.get_mut(&level) {
                *count -= 1;
                if *count == 0 {
                    counts.remove(&level);
                }
            }
        }
    }

    /// Returns the lowest level of any rule.
    pub(super) fn floor(&self) -> Option<Level> {
        self.counts.lock().keys().next().copied()
    }
}

impl LevelOverride for Rules {
    fn decide(&self, record: &Record<'_>, is_at_default: bool) -> Option<bool> {
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
    fn get(&self, value: &str) -> Option<Rule> {
        // The map's own locks.
        let _inside = InLock::enter();
        self.by_value.get(value).map(|rule| *rule)
    }

    /// Returns the level of a record by the values of a type's keys; the most verbose of several.
    fn of(&self, record: &Record<'_>, kind: TargetType) -> Option<Level> {
        if self.len.load(Ordering::Relaxed) == 0 {
            return None;
        }
        let mut found: Option<Level> = None;
        record.key_values().for_each(|key, value| {
            if kind.keys().contains(&key) {
                let rule = match value.to_borrowed_str() {
                    Some(text) => self.get(text),
                    None => self.get(&user_code::display(value)),
                };
                // Each as it counts for the logger: a guarded one may be lower, and show less.
                let level = rule.map(|rule| inherited(rule.level, rule.guarded, record.name()));
                found = [found, level].into_iter().flatten().min();
            }
        });
        found
    }
}
