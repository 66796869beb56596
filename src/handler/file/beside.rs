//! Rotations of this process, as other handlers of the same path must notice them: see [`count`].

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::sys::sync::{AtomicU64, Mutex, Ordering};

/// How many rotations there were.
static COUNT: AtomicU64 = AtomicU64::new(0);

/// What was rotated. It holds no more paths than the process has rotating handlers.
static PATHS: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Takes note of a rotation.
pub(super) fn note(path: &Path) {
    let mut paths = PATHS.lock();
    if !paths.contains(path) {
        paths.insert(path.to_owned());
    }
    drop(paths);
    // Release: a handler that sees the number sees the path.
    COUNT.fetch_add(1, Ordering::Release);
}

/// How many rotations there were, of whatever path: while it stays the same, no file was moved.
#[inline]
pub(super) fn count() -> u64 {
    COUNT.load(Ordering::Acquire)
}

/// Whether a path was rotated by this process.
pub(super) fn is_rotated(path: &Path) -> bool {
    PATHS.lock().contains(path)
}
