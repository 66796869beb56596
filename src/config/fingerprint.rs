//! What tells whether two handlers would be made from the same arguments.

use std::hash::{DefaultHasher, Hash, Hasher};

/// A hash of all that was read; it holds within one process.
#[derive(Clone, Debug, Default)]
pub(super) struct Fingerprint(DefaultHasher);

impl Fingerprint {
    pub(super) fn add(&mut self, value: impl Hash) {
        value.hash(&mut self.0);
    }

    pub(super) fn value(&self) -> u64 {
        self.0.finish()
    }
}
