//! The buckets of a bounded number of keys: [`KeyTable`].

use std::array;

use crate::filter::volume::bucket::Bucket;
use crate::filter::volume::rule::{Rule, UNUSED};
use crate::sys::sync::{AtomicU64, Mutex, OnceCell, Ordering};
use crate::time::Timestamp;

const SETS: usize = 128;
const SET: usize = 32;

/// How many keys have a bucket of their own.
#[cfg(test)]
pub(super) const MOST_KEYS: usize = SETS * SET;

/// Buckets by the hash of their key. A key that is known is found without a lock.
///
/// A new key gets the bucket that has been idle for longest among those that are as good as unused,
/// such as full of tokens: an old key that comes again gets such a one anyway, so no limit is ever
/// forgotten. Where there is none, it gets the one that all such keys share: new keys all the time
/// do not buy new bursts.
#[derive(Debug)]
pub(super) struct KeyTable {
    sets: [OnceCell<Box<Set>>; SETS],
    shared: Bucket,
    /// Suppressed and not reported, of keys that lost their bucket.
    orphaned: AtomicU64,
}

/// The buckets of the keys whose hashes end alike.
#[derive(Debug)]
struct Set {
    /// 0 where there is none, or where a bucket passes from one key to another.
    hashes: [AtomicU64; SET],
    buckets: [Bucket; SET],
    /// Held while a bucket gets another key.
    changing: Mutex<()>,
}

impl KeyTable {
    pub(super) fn new() -> Self {
        Self {
            sets: [const { OnceCell::new() }; SETS],
            shared: Bucket::new(),
            orphaned: AtomicU64::new(0),
        }
    }

    /// Decides on a record of a key. Returns the key's bucket, and whether the record passes.
    #[inline]
    pub(super) fn step(&self, hash: u64, now: Timestamp, rule: impl Rule) -> (&Bucket, bool) {
        let set = self.set(hash).get_or_init(Box::default);
        match set.step(hash, now, rule) {
            Some(decided) => decided,
            None => self.step_as_new(set, hash, now, rule),
        }
    }

    /// Returns the bucket of a key that has one of its own.
    pub(super) fn known(&self, hash: u64) -> Option<&Bucket> {
        let set = self.set(hash).get()?;
        Some(&set.buckets[set.position(hash)?])
    }

    fn set(&self, hash: u64) -> &OnceCell<Box<Set>> {
        // The low bits.
        &self.sets[usize::try_from(hash % 128).unwrap_or_default()]
    }

    #[cold]
    fn step_as_new<'t>(
        &'t self,
        set: &'t Set,
        hash: u64,
        now: Timestamp,
        rule: impl Rule,
    ) -> (&'t Bucket, bool) {
        let changing = set.changing.lock();
        if let Some(decided) = set.step(hash, now, rule) {
            return decided;
        }
        if let Some((bucket, passes)) = set.begin(hash, now, rule) {
            self.orphaned
                .fetch_add(bucket.take_pending(), Ordering::SeqCst);
            return (bucket, passes);
        }
        drop(changing);
        let passes = self.shared.step(now, rule, || true);
        (&self.shared, passes == Some(true))
    }

    /// As [`Bucket::take_quiet`], of all keys.
    pub(super) fn take_quiet(&self, all: bool) -> (u64, bool) {
        let sets = self.sets.iter().filter_map(OnceCell::get);
        let buckets = sets.flat_map(|set| &set.buckets).chain([&self.shared]);
        let orphaned = self.orphaned.swap(0, Ordering::SeqCst);
        buckets.fold((orphaned, false), |(sum, any_left), bucket| {
            let (taken, left) = bucket.take_quiet(all);
            (sum + taken, any_left || left)
        })
    }
}

impl Default for Set {
    fn default() -> Self {
        Self {
            hashes: array::from_fn(|_| AtomicU64::new(0)),
            buckets: array::from_fn(|_| Bucket::new()),
            changing: Mutex::new(()),
        }
    }
}

impl Set {
    #[inline]
    fn position(&self, hash: u64) -> Option<usize> {
        let mut hashes = self.hashes.iter();
        hashes.position(|known| known.load(Ordering::Acquire) == hash)
    }

    /// Decides on a record of a key that is known.
    #[inline]
    fn step(&self, hash: u64, now: Timestamp, rule: impl Rule) -> Option<(&Bucket, bool)> {
        let at = self.position(hash)?;
        let bucket = &self.buckets[at];
        let is_own = || self.hashes[at].load(Ordering::Acquire) == hash;
        Some((bucket, bucket.step(now, rule, is_own)?))
    }

    /// Gives an idle bucket to a new key. Returns it, and whether the key's first record passes.
    fn begin(&self, hash: u64, now: Timestamp, rule: impl Rule) -> Option<(&Bucket, bool)> {
        let (next, passes) = rule.step(UNUSED, now);
        // Another thread may change the one that is chosen.
        for _ in 0..SET {
            let idle = self.buckets.iter().enumerate();
            let idle = idle.filter_map(|(at, bucket)| Some((bucket.idle_since(now, rule)?, at)));
            let ((_, state), at) = idle.min_by_key(|((since, _), at)| (*since, *at))?;
            // First, so that no thread sees the new state under the old key.
            let old = self.hashes[at].swap(0, Ordering::AcqRel);
            if self.buckets[at].exchange(state, next) {
                self.hashes[at].store(hash, Ordering::Release);
                return Some((&self.buckets[at], passes));
            }
            self.hashes[at].store(old, Ordering::Release);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::filter::volume::rule::Rate;

    fn hash(key: u64) -> u64 {
        // Spread over sets, and never 0.
        (key + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    /// A million keys that never come again, at one moment: those that have a bucket pass, and the
    /// others share one.
    #[test]
    fn new_keys_all_the_time_neither_grow_it_nor_pass_all() {
        const KEYS: u64 = 1_000_000;
        let rate = Rate::new(1, Duration::from_secs(1), 3);
        let table = KeyTable::new();
        let now = Timestamp::from_nanos(0);
        let mut passed = 0;
        for key in 0..KEYS {
            let (bucket, taken) = table.step(hash(key), now, rate);
            if taken {
                passed += 1;
            } else {
                bucket.suppress();
            }
        }
        assert_eq!(passed, MOST_KEYS as u64 + 3);
        assert_eq!(table.take_quiet(true), (KEYS - passed, false));
        // A second later, new keys take the places, which are full again or not: burst 3, one used.
        let later = now + Duration::from_secs(1);
        assert!(table.step(hash(KEYS), later, rate).1);
        assert!(table.known(hash(KEYS)).is_some());
    }

    /// A key whose bucket is not full keeps it, however many others come.
    #[test]
    fn no_limit_is_forgotten() {
        let rate = Rate::new(1, Duration::from_secs(1_000), 1);
        let table = KeyTable::new();
        let now = Timestamp::from_nanos(0);
        assert!(table.step(hash(0), now, rate).1);
        for key in 1..100_000 {
            table.step(hash(key), now + Duration::from_secs(1), rate);
        }
        assert!(!table.step(hash(0), now + Duration::from_secs(999), rate).1);
        assert!(
            table
                .step(hash(0), now + Duration::from_secs(1_000), rate)
                .1
        );
    }

    /// Buckets change hands while others take tokens of them: no key gets more than its own.
    #[test]
    fn keys_that_come_and_go_on_8_threads_get_their_tokens_and_no_more() {
        let rate = Rate::new(1, Duration::from_nanos(1_000_000), 1);
        let table = KeyTable::new();
        // Each round is a time of its own, at which each key of it has one token; all in one set.
        for round in 0..200 {
            let now = Timestamp::from_nanos(round * 1_000_000);
            let passed = AtomicU64::new(0);
            std::thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(|| {
                        for key in 0..20 {
                            let key = u64::try_from(round % 3).unwrap() * 20 + key;
                            if table.step((key + 1) << 7, now, rate).1 {
                                passed.fetch_add(1, Ordering::Relaxed);
                            }
                        }
                    });
                }
            });
            assert_eq!(passed.load(Ordering::Relaxed), 20, "round {round}");
        }
    }
}
