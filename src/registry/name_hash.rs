//! How names are hashed.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, DefaultHasher, Hasher};

/// std's keyed hash, which of a long name takes the length and both ends only.
///
/// A name of 100,000 dots has as many prefixes, and each is looked up: hashing all of each would be work by the square of
/// the length.
#[derive(Clone, Debug, Default)]
pub(super) struct NameHash(RandomState);

#[derive(Debug)]
pub(super) struct NameHasher(DefaultHasher);

/// What is taken from each end of a name that is longer than both together.
const END: usize = 128;

impl BuildHasher for NameHash {
    type Hasher = NameHasher;

    fn build_hasher(&self) -> NameHasher {
        NameHasher(self.0.build_hasher())
    }
}

impl Hasher for NameHasher {
    fn write(&mut self, bytes: &[u8]) {
        if bytes.len() <= 2 * END {
            self.0.write(bytes);
        } else {
            self.0.write_usize(bytes.len());
            self.0.write(&bytes[..END]);
            self.0.write(&bytes[bytes.len() - END..]);
        }
    }

    fn finish(&self) -> u64 {
        self.0.finish()
    }
}
