//! One bucket, or one for each key: [`Buckets`].

use crate::filter::volume::bucket::Bucket;
use crate::filter::volume::key::{Key, KeyHasher};
use crate::filter::volume::key_table::KeyTable;
use crate::filter::volume::limiter::Decision;
use crate::filter::volume::rule::Rule;
use crate::record::Record;

/// What filters count in.
pub(super) enum Buckets {
    One(Bucket),
    ByKey(Key, KeyHasher, Box<KeyTable>),
}

impl Buckets {
    pub(super) fn new(key: Option<Key>) -> Self {
        match key {
            None => Self::One(Bucket::new()),
            Some(key) => Self::ByKey(key, KeyHasher::default(), Box::new(KeyTable::new())),
        }
    }

    #[inline]
    pub(super) fn decide(&self, record: &Record<'_>, rule: impl Rule) -> Decision {
        let now = record.time();
        let (bucket, passes) = match self {
            Self::One(bucket) => (bucket, bucket.step(now, rule, || true) == Some(true)),
            Self::ByKey(key, hasher, table) => table.step(hasher.hash(key, record), now, rule),
        };
        if passes {
            Decision::Pass(bucket.take_pending())
        } else {
            bucket.suppress();
            Decision::Suppress
        }
    }

    /// Returns what is pending for the key of a record that passes in any case.
    pub(super) fn exempt(&self, record: &Record<'_>) -> u64 {
        match self {
            Self::One(bucket) => bucket.take_pending(),
            Self::ByKey(key, hasher, table) => {
                let bucket = table.known(hasher.hash(key, record));
                bucket.map_or(0, Bucket::take_pending)
            }
        }
    }

    pub(super) fn take_quiet(&self, all: bool) -> (u64, bool) {
        match self {
            Self::One(bucket) => bucket.take_quiet(all),
            Self::ByKey(_, _, table) => table.take_quiet(all),
        }
    }
}
