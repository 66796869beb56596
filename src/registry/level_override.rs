//! An override that decides by what a record says: [`LevelOverride`].

use crate::level::Level;
use crate::record::Record;
use crate::sys::sync::{Arc, AtomicBool, AtomicU16, OnceCell};

/// Decides on single records, regardless of the levels of loggers.
pub(crate) trait LevelOverride: Send + Sync {
    /// Whether a record goes on; `None` for no opinion. `is_at_default` is whether no logger on its
    /// way up to the root has a level.
    ///
    /// Only asked of records with key-values. No lock is held.
    fn decide(&self, record: &Record<'_>, is_at_default: bool) -> Option<bool>;
}

/// The override of a registry.
pub(super) struct OverrideSlot {
    pub(super) rules: OnceCell<Arc<dyn LevelOverride>>,
    /// Whether it has anything to decide.
    pub(super) is_active: AtomicBool,
    /// The lowest level at which it may let a record pass that the logger's level hides.
    pub(super) floor: AtomicU16,
}

impl OverrideSlot {
    pub(super) fn new() -> Self {
        Self {
            rules: OnceCell::new(),
            is_active: AtomicBool::new(false),
            floor: AtomicU16::new(Level::OFF.number()),
        }
    }
}
