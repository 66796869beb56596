//! Overrides: what passes, or is hidden, regardless of the levels of the loggers.
//!
//! | override | reach | kept in | opens | says |
//! |---|---|---|---|---|
//! | tap (capture, backlog, tail) | subtree | the tree and its routes | its subtree, to its level | gets the record as well |
//! | a control's rules | registry | [`OverrideSlot`](crate::registry::level_override::OverrideSlot) | all loggers, to its lowest level | pass, silence, or nothing |
//! | scope with a level | thread | the thread | all loggers of all registries, to the level | pass |
//!
//! What they share is one number and two questions. The number is the *gate* of each node, which
//! all of them lower: it is the load and compare of a disabled call. [`RegistryCore::wants_otherwise`]
//! is asked after an open gate that the logger's level does not pass, and before the record is made:
//! does anything else on this thread want this level? [`RegistryCore::decides_for`] is asked with the record and decides. From the strongest:
//!
//! 1. what is disabled: a logger, everything up to a level, everything. The gate stays closed,
//!    whatever opens it;
//! 2. the level of the thread's scopes passes, and never silences;
//! 3. a control's rules that go before loggers, the first opinion;
//! 4. the level of the nearest logger that has one;
//! 5. a control's rules that go before the root;
//! 6. the root's level.
//!
//! Taps get what they want in all cases except the first. A span that owns the records logged in it
//! will come between 3 and 4, in place of the logger: its level would be passed to `decides_for` as
//! `by_level`.

use crate::level::Level;
use crate::record::Record;
use crate::registry::core::RegistryCore;
use crate::registry::level_override::LevelOverride;
use crate::registry::node::Node;
use crate::scope::here;
use crate::sys::sync::{Arc, Ordering};
use crate::sys::user_code;

impl RegistryCore {
    /// Sets the override, once for the life of the registry.
    pub(crate) fn set_override(&self, rules: Arc<dyn LevelOverride>) {
        let _ = self.overrides.rules.set(rules);
    }

    /// Activates the override and opens the gates down to the lowest level at which it may pass a
    /// record; `None` deactivates it; see [`change_unnoticed`](Self::change_unnoticed).
    pub(crate) fn set_override_floor(&self, floor: Option<Level>) {
        let slot = &self.overrides;
        let level = floor.unwrap_or(Level::OFF);
        // Before the gates open, so that everything that passes them is decided on. Under the lock, as
        // changes may be concurrent.
        self.change_unnoticed(|tree| {
            slot.floor.store(level.number(), Ordering::Relaxed);
            slot.is_active.store(floor.is_some(), Ordering::Release);
            tree.set_override_floor(level);
        });
    }

    /// Reports whether a record of a level that passed the gate, and that the logger's level does not
    /// pass, may pass, as far as is known without it.
    #[cold]
    #[inline(never)]
    pub(crate) fn wants_otherwise(&self, node: &Node, level: Level, has_key_values: bool) -> bool {
        let may_pass = || level.passes(self.overrides.floor.load(Ordering::Relaxed));
        let wanted = level.passes(node.floor())
            || here::lets_through(level)
            || may_pass() && (has_key_values || here::is_in_scope());
        if !wanted {
            here::in_vain();
        }
        wanted
    }

    /// Reports whether a record passes. The gate passes more: for taps, scopes of other threads, an
    /// override.
    #[inline]
    pub(crate) fn decides_for(&self, node: &Node, record: &Record<'_>, by_level: bool) -> bool {
        if by_level && !self.overrides.is_active.load(Ordering::Relaxed) {
            return true;
        }
        self.decides_otherwise(node, record, by_level)
    }

    #[cold]
    #[inline(never)]
    fn decides_otherwise(&self, node: &Node, record: &Record<'_>, by_level: bool) -> bool {
        if here::lets_through(record.level()) {
            return true;
        }
        // Acquire: its rules are those that it had when it was made active.
        let is_active = self.overrides.is_active.load(Ordering::Acquire);
        let rules = self.overrides.rules.get().filter(|_| is_active);
        let decision = rules
            .filter(|_| record.key_values().has_source())
            // It reads key-values, which may run user code. A failure there decides nothing.
            .and_then(|rules| {
                user_code::call(|| rules.decide(record, node.is_at_default())).ok()?
            });
        decision.unwrap_or(by_level)
    }
}
