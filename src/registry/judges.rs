//! Those who decide by what a record says.

use crate::level::Level;
use crate::record::Record;
use crate::sys::sync::{Arc, AtomicBool, AtomicU16, OnceCell};

/// Decides by what a record says.
pub(crate) trait Judge: Send + Sync {
    /// Whether a record goes on; `None` for no opinion. `is_at_default` is whether no logger on its
    /// way up to the root has a level.
    ///
    /// Only asked of records with key-values. No lock is held.
    fn judge(&self, record: &Record<'_>, is_at_default: bool) -> Option<bool>;
}

/// Who decides for single records of a registry.
pub(super) struct Judges {
    pub(super) judge: OnceCell<Arc<dyn Judge>>,
    /// Whether it has anything to decide.
    pub(super) is_active: AtomicBool,
    /// The lowest level at which it may let a record pass that the logger's level hides.
    pub(super) floor: AtomicU16,
}

impl Judges {
    pub(super) fn new() -> Self {
        Self {
            judge: OnceCell::new(),
            is_active: AtomicBool::new(false),
            floor: AtomicU16::new(Level::OFF.number()),
        }
    }
}
