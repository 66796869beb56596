//! What passes, or is silenced, whatever the levels of the loggers.
//!
//! | override | reach | kept in | opens | says |
//! |---|---|---|---|---|
//! | tap (capture, backlog) | subtree | the tree and its routes | its subtree, to its level | gets the record as well |
//! | judge (a control's rules) | registry | [`Judges`](crate::registry::judges::Judges) | all loggers, to its lowest level | pass, silence, or nothing |
//! | scope with a level | thread | the thread | all loggers of all registries, to the level | pass |
//!
//! What they share is one number and two questions. The number is the *gate* of each node, which all of them lower: it is the
//! one load and compare of a call that is off. [`RegistryCore::wants`] comes behind an open gate and before the record is made: does
//! anything on this thread want this level? [`RegistryCore::decides_for`] comes with the record, and has the last word. From the strongest:
//!
//! 1. what is disabled: a logger, everything up to a level, everything. The gate stays closed, whatever opens it;
//! 2. the level of the thread's scopes passes, and never silences;
//! 3. the judges' rules that go before loggers, the first opinion;
//! 4. the level of the nearest logger that has one;
//! 5. the judges' rules that go before the root;
//! 6. the root's level.
//!
//! Taps get what they want in any case but the first. A span that owns what is logged in it will stand between 3 and 4, in the
//! place of the logger: its level would be handed to `decides_for` as `by_level`.

use crate::level::Level;
use crate::record::Record;
use crate::registry::core::RegistryCore;
use crate::registry::judges::Judge;
use crate::registry::node::Node;
use crate::scope::here;
use crate::sys::sync::{Arc, Ordering};
use crate::sys::user_code;

impl RegistryCore {
    /// Puts a judge in charge, for as long as the registry lives; one is all there can be.
    pub(crate) fn set_judge(&self, judge: Arc<dyn Judge>) {
        let _ = self.judges.judge.set(judge);
    }

    /// Has the judge be asked, and the gates be open down to the lowest level at which it may let something pass. `None` where
    /// it has nothing to decide.
    pub(crate) fn set_judge_floor(&self, floor: Option<Level>) {
        let judges = &self.judges;
        let level = floor.unwrap_or(Level::OFF);
        // Before the gates open: what comes through them is judged. Under the lock, as two changes may be made at once.
        self.change(|tree| {
            judges.floor.store(level.number(), Ordering::Relaxed);
            judges.is_active.store(floor.is_some(), Ordering::Release);
            tree.set_judge_floor(level);
        });
    }

    /// Whether a record of a level that the gate lets through may go on, as far as can be known without it.
    #[inline]
    pub(crate) fn wants(&self, node: &Node, level: Level) -> bool {
        level.passes(node.effective_level().number()) || self.wants_otherwise(node, level, true)
    }

    /// The same for a level that the logger's own does not let through.
    #[cold]
    #[inline(never)]
    pub(crate) fn wants_otherwise(&self, node: &Node, level: Level, has_key_values: bool) -> bool {
        let judged = || level.passes(self.judges.floor.load(Ordering::Relaxed));
        let wanted = level.passes(node.floor())
            || here::lets_through(level)
            || judged() && (has_key_values || here::is_in_scope());
        if !wanted {
            here::in_vain();
        }
        wanted
    }

    /// Whether a record of a call goes on. The gate lets more through: for taps, for scopes of other threads, for a judge.
    #[inline]
    pub(crate) fn decides_for(&self, node: &Node, record: &Record<'_>, by_level: bool) -> bool {
        if by_level && !self.judges.is_active.load(Ordering::Relaxed) {
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
        let is_active = self.judges.is_active.load(Ordering::Acquire);
        let judge = self.judges.judge.get().filter(|_| is_active);
        let judged = judge
            .filter(|_| record.key_values().has_source())
            // It reads key-values, whose source may be a user's. What fails there decides nothing.
            .and_then(|judge| {
                user_code::call(|| judge.judge(record, node.is_at_default())).ok()?
            });
        judged.unwrap_or(by_level)
    }
}
