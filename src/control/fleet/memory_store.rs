//! A store in memory: [`MemoryStore`].

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::control::fleet::abilities::{Abilities, Watch};
use crate::control::fleet::batch::Batch;
use crate::control::fleet::health::{Condition, Health};
use crate::control::fleet::key::Key;
use crate::control::fleet::logged::Logged;
use crate::control::fleet::report::{Report, Reported};
use crate::control::fleet::revision::Revision;
use crate::control::fleet::snapshot::{Raw, Snapshot};
use crate::control::fleet::store::{Following, Sink, Store};
use crate::control::fleet::store_error::{StoreError, StoreErrorKind};
use crate::sys::sync::{Arc, Mutex};
use crate::sys::user_code;

/// A store in memory, for tests of what uses one. Clones share what it holds.
///
/// Its time stands still but for [`advance`](Self::advance): levels for a while end in it, and
/// reports go, only then.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// use logtree::control::fleet::{MemoryStore, Store, StoreErrorKind};
///
/// let store = MemoryStore::new();
/// store.set_reachable(false);
/// let error = store.load(Duration::ZERO).unwrap_err();
/// assert_eq!(error.kind(), StoreErrorKind::Unreachable);
/// store.set_reachable(true);
/// store.put("set/level/all/LOGGER/a", r#"{"number":10}"#);
/// assert_eq!(store.load(Duration::ZERO)?.entries.len(), 1);
/// # Ok::<(), logtree::control::fleet::StoreError>(())
/// ```
#[derive(Clone, Default)]
pub struct MemoryStore(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    now: Duration,
    position: u64,
    /// Another history, after a restoration.
    cluster: u64,
    unreachable: bool,
    uncertain: Option<bool>,
    kept: BTreeMap<String, Kept>,
    followers: Vec<Follower>,
    next_follower: u64,
    /// Whether a thread passes states to the followers: others leave theirs to it.
    is_passing: bool,
}

struct Kept {
    value: String,
    version: u64,
    end: Option<Duration>,
}

struct Follower {
    number: u64,
    sink: Arc<dyn Sink>,
    /// What it was passed last: the revision, and whether the store could be reached.
    passed: Option<(u64, u64, bool)>,
}

/// How long a report is kept.
const REPORT: Duration = Duration::from_secs(60);

impl MemoryStore {
    /// Returns an empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets whether the store can be reached. Followers that cannot reach it get the newest state
    /// once they can.
    pub fn set_reachable(&self, reachable: bool) {
        self.change(|inner| inner.unreachable = !reachable);
    }

    /// Has the next change end without a response: [`StoreErrorKind::Uncertain`], whether it was
    /// made or not.
    pub fn lose_next_response(&self, is_made: bool) {
        self.0.lock().uncertain = Some(is_made);
    }

    /// Puts a key past the head, as an operator does with `etcdctl`.
    pub fn put(&self, key: impl Into<String>, value: impl Into<String>) {
        let (key, value) = (key.into(), value.into());
        self.change(|inner| {
            inner.position += 1;
            inner.put(key, value, None);
        });
    }

    /// Deletes a key past the head.
    pub fn delete(&self, key: &str) {
        self.change(|inner| {
            inner.position += 1;
            inner.kept.remove(key);
        });
    }

    /// Lets time pass: what is kept for a while ends.
    pub fn advance(&self, time: Duration) {
        self.change(|inner| {
            inner.now += time;
            let now = inner.now;
            let before = inner.kept.len();
            inner
                .kept
                .retain(|_, kept| kept.end.is_none_or(|end| end > now));
            if inner.kept.len() < before {
                inner.position += 1;
            }
        });
    }

    /// Returns the value of a key.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<String> {
        let inner = self.0.lock();
        inner.kept.get(key).map(|kept| kept.value.clone())
    }

    fn change(&self, change: impl FnOnce(&mut Inner)) {
        change(&mut self.0.lock());
        self.pass();
    }

    /// Passes the newest state to the followers that do not have it, one thread at a time and with
    /// no lock held.
    fn pass(&self) {
        while let Some((sink, snapshot)) = self.next_to_pass() {
            user_code::call_ignoring_panic(|| match snapshot {
                Ok(snapshot) => {
                    sink.health(Health::new(Condition::Following));
                    sink.snapshot(snapshot);
                }
                Err(why) => {
                    sink.health(Health::new(Condition::CutOff).with_reason(why.to_string()));
                }
            });
            user_code::drop_value(sink);
            self.0.lock().is_passing = false;
        }
    }

    fn next_to_pass(&self) -> Option<(Arc<dyn Sink>, Result<Snapshot, StoreError>)> {
        let mut inner = self.0.lock();
        if inner.is_passing {
            return None;
        }
        let now = (inner.cluster, inner.position, inner.unreachable);
        let snapshot = inner.snapshot();
        let mut followers = inner.followers.iter_mut();
        // One that is cut off does not see what changes.
        let late = followers.find(|follower| match (follower.passed, now.2) {
            (Some((.., cut_off)), true) => !cut_off,
            (passed, _) => passed != Some(now),
        })?;
        late.passed = Some(now);
        let sink = Arc::clone(&late.sink);
        inner.is_passing = true;
        drop(inner);
        Some((sink, snapshot))
    }
}

impl Inner {
    fn require_reachable(&self) -> Result<(), StoreError> {
        match self.unreachable {
            false => Ok(()),
            true => Err(StoreError::new(
                StoreErrorKind::Unreachable,
                "cannot reach the store: it was made unreachable",
            )),
        }
    }

    fn put(&mut self, key: String, value: String, end: Option<Duration>) {
        let version = self.position;
        let kept = Kept {
            value,
            version,
            end,
        };
        self.kept.insert(key, kept);
    }

    fn snapshot(&self) -> Result<Snapshot, StoreError> {
        self.require_reachable()?;
        let all = self.kept.iter();
        let raw = all
            .filter(|(key, _)| key.starts_with(Key::SET))
            .map(|(key, kept)| Raw {
                left: kept.end.map(|end| end.saturating_sub(self.now)),
                ..Raw::new(key, kept.value.as_str(), kept.version)
            });
        Ok(Snapshot::read(self.cluster, self.position, raw))
    }

    fn version(&self, key: &Key) -> u64 {
        self.kept
            .get(&key.to_string())
            .map_or(0, |kept| kept.version)
    }

    fn commit(&mut self, batch: &Batch) -> Result<Revision, StoreError> {
        let newest = || {
            let all = self.kept.iter();
            let set = all.filter(|(key, _)| key.starts_with(Key::SET));
            set.map(|(_, kept)| kept.version).max().unwrap_or_default()
        };
        let is_unchanged = batch.unchanged_since.is_none_or(|since| newest() <= since);
        if self.version(&Key::Head) != batch.head_version || !is_unchanged {
            let error =
                StoreError::new(StoreErrorKind::Conflict, "the fleet was changed meanwhile");
            return Err(error.with_found(self.snapshot()?.revision()));
        }
        self.position += 1;
        for key in &batch.deletes {
            self.kept.remove(&key.to_string());
        }
        let end = batch.lease.map(|time| self.now + time);
        for put in &batch.puts {
            let end = end.filter(|_| put.leased);
            self.put(put.key.to_string(), put.value.clone(), end);
        }
        Ok(Revision::new(batch.number, self.position))
    }
}

impl Store for MemoryStore {
    fn abilities(&self) -> Abilities {
        Abilities {
            expiry: Some(Duration::from_secs(1)),
            ..Abilities::new(Watch::Push)
        }
    }

    fn load(&self, _: Duration) -> Result<Snapshot, StoreError> {
        self.0.lock().snapshot()
    }

    fn commit(&self, batch: &Batch, _: Duration) -> Result<Revision, StoreError> {
        let mut inner = self.0.lock();
        inner.require_reachable()?;
        let lost = inner.uncertain.take();
        let result = match lost {
            Some(false) => Ok(Revision::default()),
            _ => inner.commit(batch),
        };
        drop(inner);
        self.pass();
        match lost {
            None => result,
            Some(_) => Err(StoreError::new(
                StoreErrorKind::Uncertain,
                "no response: it was lost",
            )),
        }
    }

    fn follow(&self, sink: Arc<dyn Sink>) -> Result<Box<dyn Following>, StoreError> {
        let mut inner = self.0.lock();
        let number = inner.next_follower;
        inner.next_follower += 1;
        let passed = None;
        inner.followers.push(Follower {
            number,
            sink,
            passed,
        });
        drop(inner);
        self.pass();
        let store = self.clone();
        Ok(Box::new(MemoryFollowing { store, number }))
    }

    fn report(&self, report: Report, _: Duration) {
        let mut inner = self.0.lock();
        if !inner.unreachable {
            let end = inner.now + REPORT;
            let key = Key::Seen(report.instance.clone()).to_string();
            inner.put(key, report.to_json(), Some(end));
        }
    }

    fn reports(&self, _: Duration) -> Result<Vec<Reported>, StoreError> {
        let inner = self.0.lock();
        inner.require_reachable()?;
        let reports = inner.kept.iter().filter_map(|(key, kept)| {
            let Ok(Key::Seen(instance)) = key.parse() else {
                return None;
            };
            let report = Report::from_json(&instance, kept.value.as_bytes()).ok()?;
            let left = kept.end.map(|end| end.saturating_sub(inner.now));
            Some(Reported::new(report, left))
        });
        let reports = reports.collect();
        drop(inner);
        Ok(reports)
    }

    fn log(&self, most: usize, _: Duration) -> Result<Vec<Logged>, StoreError> {
        let inner = self.0.lock();
        inner.require_reachable()?;
        let logged = inner.kept.iter().rev().filter_map(|(key, kept)| {
            let is_logged = matches!(key.parse(), Ok(Key::Log(_)));
            Logged::from_json(kept.value.as_bytes())
                .ok()
                .filter(|_| is_logged)
        });
        let logged = logged.take(most).collect();
        drop(inner);
        Ok(logged)
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = self.0.lock();
        let (position, keys) = (inner.position, inner.kept.len());
        let followers = inner.followers.len();
        drop(inner);
        f.debug_struct("MemoryStore")
            .field("position", &position)
            .field("keys", &keys)
            .field("followers", &followers)
            .finish()
    }
}

struct MemoryFollowing {
    store: MemoryStore,
    number: u64,
}

impl Following for MemoryFollowing {
    fn health(&self) -> Health {
        Health::new(match self.store.0.lock().unreachable {
            true => Condition::CutOff,
            false => Condition::Following,
        })
    }

    fn stop(self: Box<Self>) {}
}

impl Drop for MemoryFollowing {
    fn drop(&mut self) {
        let mut inner = self.store.0.lock();
        let mut followers = inner.followers.iter();
        let at = followers.position(|follower| follower.number == self.number);
        let removed = at.map(|at| inner.followers.remove(at));
        drop(inner);
        // Outside the lock: its destructor is the user's.
        drop(removed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::fleet::selector::Selector;
    use crate::control::target::LevelTarget;

    /// What a follower was passed.
    #[derive(Default)]
    struct Seen(Mutex<Vec<u64>>);

    impl Sink for Seen {
        fn snapshot(&self, whole: Snapshot) {
            self.0.lock().push(whole.position);
        }

        fn health(&self, _: Health) {}
    }

    #[test]
    fn a_change_needs_the_state_that_it_was_made_for() {
        let store = MemoryStore::new();
        let within = Duration::ZERO;
        let batch = |head| {
            Batch::new(1, "a")
                .head_version(head)
                .put(Key::Head, r#"{"n":1}"#)
        };
        assert_eq!(
            store.commit(&batch(0), within).unwrap(),
            Revision::new(1, 1)
        );
        let error = store.commit(&batch(0), within).unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Conflict);
        assert_eq!(error.found(), Some(Revision::new(1, 1)));
        // Past the head.
        store.put("set/level/all/LOGGER/a", r#"{"number":10}"#);
        let error = store
            .commit(&batch(1).unchanged_since(1), within)
            .unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Conflict);
        store.commit(&batch(1).unchanged_since(2), within).unwrap();
        for is_made in [false, true] {
            let version = store.load(within).unwrap().head_version;
            store.lose_next_response(is_made);
            let error = store.commit(&batch(version), within).unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::Uncertain);
            assert_eq!(store.load(within).unwrap().head_version > version, is_made);
        }
    }

    #[test]
    fn what_is_leased_ends_and_who_is_cut_off_gets_the_newest_state() {
        let (store, seen) = (MemoryStore::new(), Arc::new(Seen::default()));
        let sink: Arc<Seen> = Arc::clone(&seen);
        let following = store.follow(sink).unwrap();
        let key = || Key::For(Selector::all(), LevelTarget::logger("a"));
        let batch = Batch::new(1, "a").put_leased(key(), r#"{"number":10,"for_s":60}"#);
        let batch = batch
            .put(Key::Head, r#"{"n":1}"#)
            .lease(Duration::from_secs(60));
        store.commit(&batch, Duration::ZERO).unwrap();
        let held = &store.load(Duration::ZERO).unwrap().entries[&key()];
        assert_eq!(held.left, Some(Duration::from_secs(60)));
        store.set_reachable(false);
        store.advance(Duration::from_secs(60));
        store.put("set/level/all/LOGGER/b", r#"{"number":10}"#);
        assert_eq!(*seen.0.lock(), [0, 1]);
        store.set_reachable(true);
        assert_eq!(*seen.0.lock(), [0, 1, 3]);
        assert!(store.value(&key().to_string()).is_none());
        following.stop();
        store.delete("set/head");
        assert_eq!(seen.0.lock().len(), 3);
    }
}
