//! Overrides: what passes, or is hidden, regardless of the levels of the loggers.
//!
//! | override | reach | kept in | opens | says |
//! |---|---|---|---|---|
//! | tap (capture, backlog, tail) | subtree | the tree and its routes | its subtree, to its level | gets the record as well |
//! | a control's rules | registry | [`OverrideSlot`](crate::registry::level_override::OverrideSlot) | all loggers, to its lowest level | pass, silence, or nothing |
//! | owner | what is logged in a scope or span | the thread; the owner's node is marked | all loggers, to what the owner asks for | decides in the logger's place |
//! | scope with a level | thread | the thread | all loggers of all registries, to the level | pass |
//!
//! What they share is one number and two questions. The number is the *gate* of each node, which
//! all of them lower: it is the load and compare of a disabled call.
//! [`RegistryCore::wants_otherwise`] is asked after an open gate that the logger's level does not
//! pass, and before the record is made: does anything else on this thread want this level?
//! [`RegistryCore::decides_for`] is asked with the record and decides. From the strongest:
//!
//! 1. what is disabled: a logger, everything up to a level, everything. The gate stays closed,
//!    whatever opens it;
//! 2. the level of the thread's scopes passes, and never silences;
//! 3. a control's rules that go before loggers, the first opinion;
//! 4. the owner's level, if one is set on it or between it and the root; it then stands for the
//!    logger in 5 and 6;
//! 5. the level of the nearest logger that has one;
//! 6. a control's rules that go before the root;
//! 7. the root's level.
//!
//! Taps get what they want in all cases except the first, those of the owner too. An owner that is
//! disabled owns nothing.
//!
//! A node is marked as an owner for good, as nothing knows when the last scope of it ends. It opens
//! gates only while a level or a tap is set on it, or between it and the root.

use crate::level::Level;
use crate::record::{Owner, Record};
use crate::registry::core::RegistryCore;
use crate::registry::level_override::LevelOverride;
use crate::registry::node::Node;
use crate::scope;
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
        // Before the gates open, so that everything that passes them is decided on. Under the lock,
        // as changes may be concurrent.
        self.change_unnoticed(|tree| {
            slot.floor.store(level.number(), Ordering::Relaxed);
            slot.is_active.store(floor.is_some(), Ordering::Release);
            tree.set_override_floor(level);
        });
    }

    /// Reports whether a record that passed the gate is wanted, as far as is known without it.
    /// `by_level` is whether the logger's level passes it. A call need not ask this if it does, and
    /// finds out later that an owner hides the record.
    #[inline]
    pub(crate) fn wants(&self, node: &Node, level: Level, by_level: bool) -> bool {
        let is_hidden = || {
            let hides = |owner: &Node| owner.has_level() && level < owner.level_for(node.name());
            here::is_owned() && self.is_owner_so(hides)
        };
        by_level && !is_hidden() || self.wants_otherwise(node, level, true)
    }

    /// Reports whether a record of a level that passed the gate, and that the logger's level does
    /// not pass, may pass, as far as is known without it.
    #[cold]
    #[inline(never)]
    pub(crate) fn wants_otherwise(&self, node: &Node, level: Level, has_key_values: bool) -> bool {
        let may_pass = || level.passes(self.overrides.floor.load(Ordering::Relaxed));
        let passes = |owner: &Node| {
            let shows = owner.has_level() && level >= owner.level_for(node.name());
            shows || level.passes(owner.floor())
        };
        let wanted = level.passes(node.floor())
            || here::lets_through(level)
            || may_pass() && (has_key_values || here::is_in_scope())
            || here::is_owned() && self.is_owner_so(passes);
        if !wanted {
            here::in_vain();
        }
        wanted
    }

    /// Asks for something about the owner of the thread's records; `false` if they have none.
    fn is_owner_so(&self, ask: impl FnOnce(&Node) -> bool) -> bool {
        scope::with_owner(|owner| self.owner_node(owner).is_some_and(ask)).unwrap_or(false)
    }

    /// Returns the node of an owner; `None` if it is disabled, or another registry's.
    pub(crate) fn owner_node<'o>(&self, owner: &'o Owner) -> Option<&'o Node> {
        let node: &Node = owner.node(self.number)?;
        (!node.is_disabled()).then_some(node)
    }

    /// Reports whether a record passes, that of an owner or not. The gate passes more: for taps,
    /// owners, scopes of other threads, an override.
    #[inline]
    pub(crate) fn decides_for(
        &self,
        node: &Node,
        owner: Option<&Node>,
        record: &Record<'_>,
        by_level: bool,
    ) -> bool {
        let (node, by_level) = match owner {
            Some(owner) if owner.has_level() => {
                (owner, record.level() >= owner.level_for(record.name()))
            }
            _ => (node, by_level),
        };
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
