//! A hash that shows whether two objects would be built from the same arguments: [`Fingerprint`].

use std::hash::{DefaultHasher, Hash, Hasher};

/// A hash of all values that were read; valid within one process.
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
