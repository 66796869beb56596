//! Locks of files, between processes. They belong to the opening of a file and end with it, also
//! where its process is killed.

use std::fs::File;

/// Locks the file. Reports whether no other opening of it has the lock.
#[cfg(unix)]
pub(crate) fn try_lock(file: &File) -> bool {
    use rustix::fs::{FlockOperation, flock};

    flock(file, FlockOperation::NonBlockingLockExclusive).is_ok()
}

/// What fails here ends with the file.
#[cfg(unix)]
pub(crate) fn unlock(file: &File) {
    use rustix::fs::{FlockOperation, flock};

    let _ = flock(file, FlockOperation::Unlock);
}

/// For a file that is not open for appending alone. Std has the same methods since Rust 1.89.
#[cfg(windows)]
pub(crate) fn try_lock(file: &File) -> bool {
    fs4::FileExt::try_lock(file).is_ok()
}

#[cfg(windows)]
pub(crate) fn unlock(file: &File) {
    let _ = fs4::FileExt::unlock(file);
}

/// Elsewhere there is one process.
#[cfg(not(any(unix, windows)))]
pub(crate) fn try_lock(_: &File) -> bool {
    true
}

#[cfg(not(any(unix, windows)))]
pub(crate) fn unlock(_: &File) {}
