//! What a follower has: [`Place`].

use std::sync::{Arc, Mutex};

use logtree::Level;
use logtree::control::LevelTarget;
use logtree::control::fleet::{
    Condition, Following, Health, Key, Selector, Sink, Snapshot, Store, Value,
};
use logtree_etcd::EtcdStore;

use crate::until;

/// Everything that a follower was passed.
#[derive(Default)]
pub(crate) struct Place {
    pub(crate) snapshots: Mutex<Vec<Snapshot>>,
    pub(crate) healths: Mutex<Vec<Health>>,
}

impl Sink for Place {
    fn snapshot(&self, whole: Snapshot) {
        self.snapshots.lock().unwrap().push(whole);
    }

    fn health(&self, health: Health) {
        self.healths.lock().unwrap().push(health);
    }
}

impl Place {
    pub(crate) fn follow(store: &EtcdStore) -> (Arc<Self>, Box<dyn Following>) {
        let place = Arc::new(Self::default());
        let following = store.follow(Arc::clone(&place) as Arc<dyn Sink>).unwrap();
        (place, following)
    }

    pub(crate) fn newest(&self) -> Snapshot {
        let snapshots = self.snapshots.lock().unwrap();
        snapshots.last().cloned().unwrap_or_default()
    }

    pub(crate) fn until(&self, what: &str, holds: impl Fn(&Snapshot) -> bool) {
        until(what, || {
            self.snapshots.lock().unwrap().last().is_some_and(&holds)
        });
    }

    pub(crate) fn until_number(&self, number: u64) {
        self.until(&format!("change {number}"), |newest| {
            newest.number() == number
        });
    }

    /// Waits until it follows, or does not.
    pub(crate) fn until_condition(&self, condition: Condition) {
        until(&format!("{condition:?}"), || {
            let healths = self.healths.lock().unwrap();
            healths
                .last()
                .is_some_and(|health| health.condition == condition)
        });
    }
}

/// The level that all instances have for a logger, for a while or for good.
pub(crate) fn level_of(snapshot: &Snapshot, logger: &str) -> Option<Level> {
    let target = || LevelTarget::logger(logger);
    let keys = [
        Key::For(Selector::all(), target()),
        Key::Level(Selector::all(), target()),
    ];
    let held = keys.iter().find_map(|key| snapshot.entries.get(key))?;
    match &held.value {
        Value::Level(setting) => Some(setting.level),
        other => panic!("{other:?}"),
    }
}
