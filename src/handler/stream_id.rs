//! Where a sink writes to: [`StreamId`].

use std::hash::{BuildHasher, RandomState};
use std::path::Path;

use crate::sys::sync::{AtomicU64, Lazy, Ordering};

/// Which stream a sink writes to: two sinks with the same one write to the same place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StreamId(u64);

/// Set in the numbers of files.
const OF_A_PATH: u64 = 1 << 63;

impl StreamId {
    /// The process's standard error.
    pub const STDERR: Self = Self(2);
    /// The process's standard output.
    pub const STDOUT: Self = Self(1);

    /// A stream like no other.
    #[must_use]
    pub fn unique() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(3);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// The stream of a file: one for each path, whatever the file of that name is from time to
    /// time. The path should be absolute; two names of one file, as by a link, are two streams.
    #[must_use]
    pub fn of_path(path: &Path) -> Self {
        // By a hash with keys of this process: no table that would grow, and no path can be made to
        // collide.
        static KEYS: Lazy<RandomState> = Lazy::new(RandomState::new);
        Self(KEYS.hash_one(path) | OF_A_PATH)
    }
}
