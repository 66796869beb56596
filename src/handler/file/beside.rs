//! Rotations of this process, as other handlers of the same path must notice them (see [`count`])
//! and stay out of their way (see [`Renames`]).

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::sys::sync::{Arc, AtomicU64, Mutex, Ordering};
use crate::sys::turn::{NoTurn, Taken, Turn};

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

/// The turns of the paths that have log files.
static TURNS: Mutex<BTreeMap<PathBuf, Arc<Turn>>> = Mutex::new(BTreeMap::new());

/// Renaming takes microseconds; namers and rotators, which are user code, may take longer.
const PATIENCE: Duration = Duration::from_secs(1);

/// The right to rename the files of a path, which all log files of the process with that path
/// share: a handler that was dropped may still compress what its successor rotates.
#[derive(Debug)]
pub(super) struct Renames {
    path: PathBuf,
    turn: Arc<Turn>,
}

impl Renames {
    pub(super) fn of(path: &Path) -> Self {
        let mut turns = TURNS.lock();
        let turn = Arc::clone(turns.entry(path.to_owned()).or_default());
        drop(turns);
        let path = path.to_owned();
        Self { path, turn }
    }

    /// Waits for the turn, a second at most.
    pub(super) fn take(&self) -> Result<Taken<'_>, NoTurn> {
        self.turn.take_within(PATIENCE)
    }
}

impl Drop for Renames {
    fn drop(&mut self) {
        let mut turns = TURNS.lock();
        // The table's and this one.
        if Arc::strong_count(&self.turn) == 2 {
            turns.remove(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::error::ErrorKind;
    use crate::handler::file::RotatingFileHandler;
    use crate::handler::file::compression::Rotated;
    use crate::record::Record;

    /// The thread of a handler that was dropped is about to exchange a file for the compressed one.
    #[test]
    fn a_handler_does_not_rotate_what_another_one_of_its_path_exchanges() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.log");
        let open = || RotatingFileHandler::builder(&path).backup_count(9).open();
        let (former, handler) = (open().unwrap(), open().unwrap());
        handler.handle(&Record::builder().message("x").build());
        let exchange = former.file().with_rotation_alone(|_| {
            thread::scope(|scope| scope.spawn(|| handler.rotate()).join().unwrap())
        });
        assert_eq!(exchange.unwrap().unwrap_err().kind(), ErrorKind::TimedOut);
        assert!(handler.rotate().unwrap());
        let of_path = |turns: &BTreeMap<PathBuf, Arc<Turn>>| turns.contains_key(&path);
        assert!(of_path(&TURNS.lock()));
        drop((former, handler));
        assert!(!of_path(&TURNS.lock()));
    }
}
