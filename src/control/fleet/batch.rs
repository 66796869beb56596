//! A change of a store: [`Batch`].

use std::time::Duration;

use crate::control::fleet::key::Key;

/// A change of a store, which is made as a whole or not at all.
///
/// All operations are in it, those on the [head](Key::Head) and the [log](Key::Log) too.
///
/// # Examples
/// ```
/// use logtree::Level;
/// use logtree::control::LevelTarget;
/// use logtree::control::fleet::{Batch, Key, Setting};
///
/// let key = Key::Level(Selector::all(), LevelTarget::logger("botocore"));
/// # use logtree::control::fleet::Selector;
/// let batch = Batch::new(1, "9f2c41d07be3a815").put(key, Setting::new(Level::DEBUG).to_json());
/// assert_eq!(batch.puts.len(), 1);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[must_use]
#[non_exhaustive]
pub struct Batch {
    /// The number of the change.
    pub number: u64,
    /// What identifies the change: it is in the head and in the log.
    pub change: String,
    /// The change is made only if the head has this [version](super::Snapshot::head_version) still;
    /// 0 if there is none yet.
    pub head_version: u64,
    /// The change is made only if no key below `set/` has a version above this one.
    pub unchanged_since: Option<u64>,
    /// What is put.
    pub puts: Vec<Put>,
    /// What is deleted. A key that is not there is no error.
    pub deletes: Vec<Key>,
    /// For how long the store keeps what is put as [leased](Put::leased).
    pub lease: Option<Duration>,
}

/// A key that is put.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Put {
    /// The key.
    pub key: Key,
    /// Its value, which is JSON.
    pub value: String,
    /// Whether it is removed after [`Batch::lease`].
    pub leased: bool,
}

impl Batch {
    /// Returns a change without operations.
    pub fn new(number: u64, change: impl Into<String>) -> Self {
        Self {
            number,
            change: change.into(),
            ..Self::default()
        }
    }

    /// Sets the version that the head has.
    pub fn head_version(mut self, version: u64) -> Self {
        self.head_version = version;
        self
    }

    /// Requires that no key below `set/` has a version above this one.
    pub fn unchanged_since(mut self, position: u64) -> Self {
        self.unchanged_since = Some(position);
        self
    }

    /// Puts a key.
    pub fn put(mut self, key: Key, value: impl Into<String>) -> Self {
        self.puts.push(Put {
            key,
            value: value.into(),
            leased: false,
        });
        self
    }

    /// Puts a key that is removed after the time of the [lease](Self::lease).
    pub fn put_leased(self, key: Key, value: impl Into<String>) -> Self {
        let mut batch = self.put(key, value);
        if let Some(put) = batch.puts.last_mut() {
            put.leased = true;
        }
        batch
    }

    /// Deletes a key.
    pub fn delete(mut self, key: Key) -> Self {
        self.deletes.push(key);
        self
    }

    /// Sets for how long the store keeps what is put as leased.
    pub fn lease(mut self, time: Duration) -> Self {
        self.lease = Some(time);
        self
    }

    /// Returns the number of operations.
    #[must_use]
    pub fn len(&self) -> usize {
        self.puts.len() + self.deletes.len()
    }

    /// Reports whether there is no operation.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
