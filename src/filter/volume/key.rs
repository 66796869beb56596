//! What records are counted by: [`Key`].

use std::fmt::{self, Write};
use std::hash::{BuildHasher, Hasher, RandomState};

use crate::record::Record;

/// What a [`RateLimitFilter`](crate::filter::RateLimitFilter) counts records by: records that are
/// equal in it share one limit.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Key {
    /// The place in the program, by file and line; for records without one, their logger.
    CallSite,
    /// The logger.
    Logger,
    /// The text, which is formatted for it.
    Message,
    /// The value of the key-value with this key, by its `Display`. Records without it share one
    /// limit.
    Field(String),
}

impl Key {
    /// Returns the key for a field.
    ///
    /// # Examples
    /// ```
    /// use logtree::filter::Key;
    ///
    /// assert_eq!(Key::field("tenant"), Key::Field("tenant".to_owned()));
    /// ```
    #[must_use]
    pub fn field(name: impl Into<String>) -> Self {
        Self::Field(name.into())
    }
}

/// Hashes keys with a secret: a client that chooses its tenant's name cannot choose its hash.
#[derive(Clone, Debug, Default)]
pub(super) struct KeyHasher(RandomState);

impl KeyHasher {
    /// Returns the hash of a record's key, which is never 0. Two keys of a filter have the same one
    /// with a probability of one to 2⁴⁰ or less.
    #[inline]
    pub(super) fn hash(&self, key: &Key, record: &Record<'_>) -> u64 {
        let source = record.source();
        let hash = match key {
            Key::CallSite if source.line() > 0 => of_place(source.file(), source.line()),
            Key::CallSite | Key::Logger => self.of_text(record.name()),
            Key::Message => self.of_text(record.message()),
            Key::Field(name) => match record.key_values().get(name) {
                None => 0,
                Some(value) => {
                    let mut hasher = self.start();
                    let _ = write!(hasher, "{value}");
                    hasher.0.finish()
                }
            },
        };
        hash.max(1)
    }

    /// Returns what hashes a key of several parts.
    pub(super) fn start(&self) -> HashedText<impl Hasher + use<>> {
        HashedText(self.0.build_hasher())
    }

    fn of_text(&self, text: &str) -> u64 {
        let mut hasher = self.0.build_hasher();
        hasher.write(text.as_bytes());
        hasher.finish()
    }
}

/// The programmer alone chooses places, so this needs no secret, and costs a fifth of one.
#[inline]
fn of_place(file: &str, line: u32) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, part: u64| {
        let product = u128::from(hash ^ part) * u128::from(ODD);
        let [low, high] = [product, product >> 64].map(|half| half & u128::from(u64::MAX));
        u64::try_from(low ^ high).unwrap_or_default()
    };
    let chunks = file.as_bytes().chunks(8).map(|chunk| {
        let mut bytes = [0; 8];
        bytes[..chunk.len()].copy_from_slice(chunk);
        u64::from_le_bytes(bytes)
    });
    chunks.fold(mix(ODD.rotate_left(32), line.into()), mix)
}

/// Hashes what is written to it.
pub(super) struct HashedText<H>(pub(super) H);

impl<H: Hasher> Write for HashedText<H> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::record::Source;

    #[test]
    fn each_key_sees_its_part_of_a_record() {
        let hasher = KeyHasher::default();
        let hashes = |key: &Key| {
            let source = |line| Source::default().with_file("src/a.rs").with_line(line);
            let record = |name, text, line, tenant| {
                let record = Record::builder().name(name).message(text);
                let record = record.source(source(line)).key_value("tenant", tenant);
                hasher.hash(key, &record.build())
            };
            [
                record("a", "x", 1, 1),
                record("b", "x", 1, 1),
                record("a", "y", 1, 1),
                record("a", "x", 2, 1),
                record("a", "x", 1, 2),
            ]
        };
        for (key, other) in [
            (Key::Logger, 1),
            (Key::Message, 2),
            (Key::CallSite, 3),
            (Key::field("tenant"), 4),
        ] {
            let hashes = hashes(&key);
            for at in 1..5 {
                assert_eq!(hashes[at] != hashes[0], at == other, "{key:?} {at}");
            }
        }
    }

    #[test]
    fn places_have_different_hashes() {
        let files = ["src/a.rs", "src/b.rs", "src/long/path/a.rs", ""];
        let places = files
            .iter()
            .flat_map(|file| (1..5_000).map(move |line| (file, line)));
        let hashes: HashSet<_> = places.map(|(file, line)| of_place(file, line)).collect();
        assert_eq!(hashes.len(), files.len() * 4_999);
    }
}
